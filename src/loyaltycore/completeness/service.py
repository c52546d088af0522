"""Completeness of customer data: what is missing, for which customers, and completing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, Unpack

from loyaltycore.completeness.rules import assess as rules
from loyaltycore.completeness.rules.answers import CompletionAnswers, read_answers, read_draft
from loyaltycore.completeness.rules.assess import Completeness, CompletionRequest, CustomerGaps, assess
from loyaltycore.completeness.rules.fields import WatchedField, watchable
from loyaltycore.completeness.rules.options import REQUIRE_ADDRESS
from loyaltycore.completeness.rules.prompt import CompletionPrompt, last_asked, remember_asked
from loyaltycore.completeness.rules.report import Census, CompletenessReport
from loyaltycore.completeness.rules.watching import Watching, watching
from loyaltycore.customers.rules.changes import change_customer, require_version
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.form import CustomerFields, read_change
from loyaltycore.customers.service import reading_of
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import EVERYTHING, Criterion, stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query, run_query
from loyaltycore.work.service import Service
from loyaltycore.work.session import Session
from loyaltycore.work.streaming import portions
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from datetime import date


PORTION: Final = 500
"""Customers of one transaction of a report or a stream."""


class DataCompleteness(Service):
    """How complete the data of customers are, under the settings of one session."""

    @property
    def fields(self) -> tuple[WatchedField, ...]:
        """All fields that an option can watch, including those of the host application, in form order."""
        return tuple(_fields(self.session).values())

    @property
    def watching(self) -> Watching:
        """What is watched: the settings as they were when this session was opened."""
        return watching_of(self.session)

    @query
    def draft(self, **fields: Unpack[CustomerFields]) -> Completeness:
        """Say what a form for a new customer still lacks; nothing is stored, and no field is compulsory yet.

        Args:
            **fields: See `CustomerFields`.

        Raises:
            InvalidInput: Names every fault of every field.
        """
        given = {"branch_id": self.session.branch.id, **fields}
        draft = read_draft(given, reading_of(self.session, self.unit))
        return assess(draft, self.watching, {}, self.today)

    @query
    def of(self, customer_id: str) -> Completeness:
        """Say what a customer's data lack, and what to ask for again.

        Raises:
            NotFound: There is no such customer.
        """
        return completeness_of(self.session, self.unit, self.unit.get(Customer, customer_id))

    @command("completeness.answer")
    def answer(
        self,
        customer_id: str,
        *,
        expected_version: int | None = None,
        **answers: Unpack[CompletionAnswers],
    ) -> Customer:
        """Complete a customer with the answers, and remember what was asked.

        All fields that are due count as asked today, including those left open.

        Args:
            expected_version: The version that the caller saw; None accepts any.
            **answers: See `CompletionAnswers`; none if the questions were skipped.

        Raises:
            NotFound: There is no such customer or branch.
            EditedMeanwhile: Somebody else has changed the customer since the caller read it.
            InvalidInput: Names every fault of every answer.
        """
        before = self.unit.get(Customer, customer_id, for_update=True)
        with Faults() as faults:
            expected = faults.integer("expected_version", expected_version, least=1, most=2**31)
        require_version(before, expected)
        request = request_for(self.session, self.unit, before)
        after = complete(self.session, self.unit, before, answers)
        if request is not None:
            remember(self.session, self.unit, after, request.fields)
        return after

    @query
    def gaps(
        self,
        *,
        field: str | None = None,
        branch: str | None = None,
        limit: int = 50,
        after: str = "",
    ) -> Page[CustomerGaps]:
        """The customers who lack something, in alphabetical order, a page at a time.

        If addresses are watched, a page may be shorter than its limit, even empty, before the end.

        Args:
            field: Only customers who lack this field; None for any watched field.
            branch: Only customers of this branch; None for all.
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page, for the same field and branch.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            watched = self._watched(faults, field)
            portion = read_portion(faults, ("sort_name",), limit, after)
        where = watched.lacking & _of_branch(self.unit, branch)
        if not watched.watches:
            return Page(())
        found = find_page(self.unit, Customer, where, portion)
        return Page(self._lacking(found.items, watched), found.next)

    def each_gap(self, *, field: str | None = None, branch: str | None = None) -> Iterator[CustomerGaps]:
        """All customers who lack something, one after another.

        They are read in portions, each in a transaction of its own, so nothing is held up and memory stays flat. A
        customer who changes in the meantime comes once or, if nothing is missing any more, not at all.

        Args:
            field: Only customers who lack this field; None for any watched field.
            branch: Only customers of this branch; None for all.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: There is no such field.
        """
        with Faults() as faults:
            watched = self._watched(faults, field)
        where = watched.lacking & self._branch(branch)
        return self._each(watched, where) if watched.watches else iter(())

    def report(self, *, branch: str | None = None) -> CompletenessReport:
        """Count how complete all customers' data are: each field, each data group, and the gaps.

        Every customer is read once, in portions, each in a transaction of its own; memory stays flat.

        Args:
            branch: Only customers of this branch; None for all.

        Raises:
            NotFound: There is no such branch.
        """
        census = Census(self.fields, self.watching, self._today())
        for customers in portions(self.session, Customer, self._branch(branch), PORTION):
            census.count(customers)
        return census.report()

    def _each(self, watched: Watching, where: Criterion) -> Iterator[CustomerGaps]:
        for customers in portions(self.session, Customer, where, PORTION):
            yield from self._lacking(customers, watched)

    @query
    def _lacking(self, customers: tuple[Customer, ...], watched: Watching) -> tuple[CustomerGaps, ...]:
        """The customers with a gap, with all their gaps: one query for what all of them were asked."""
        today, everything = self.today, self.watching
        lacking = [customer for customer in customers if assess(customer, watched, {}, today).gaps]
        asked = _asked_of(self.unit, [customer.id for customer in lacking])
        return tuple(
            CustomerGaps(each, assess(each, everything, last_asked(asked.get(each.id, ())), today))
            for each in lacking
        )

    def _watched(self, faults: Faults, key: str | None) -> Watching:
        if key is None:
            return self.watching
        fields = _fields(self.session)
        if not isinstance(key, str) or key not in fields:
            faults.unknown("field", "unknown_field", "field", key, fields)
        return self.watching.only(key)

    @query
    def _branch(self, branch: str | None) -> Criterion:
        return _of_branch(self.unit, branch)

    def _today(self) -> date:
        return run_query(self.session, self.session.today)


def watching_of(session: Session) -> Watching:
    """What the settings of a session watch."""
    return watching(session.house.known_options.all, session.options, _fields(session))


def completeness_of(session: Session, unit: Unit, customer: Customer) -> Completeness:
    """How complete a customer is for a session today."""
    watched = watching_of(session)
    # Where nothing is watched nothing was asked, so nothing needs to be read.
    asked = last_asked(_asked_of(unit, [customer.id]).get(customer.id, ())) if watched.watches else {}
    return assess(customer, watched, asked, session.today(unit))


def request_for(session: Session, unit: Unit, customer: Customer) -> CompletionRequest | None:
    """What to ask of a customer now, or None."""
    return rules.request_of(customer, completeness_of(session, unit, customer))


def complete(session: Session, unit: Unit, customer: Customer, answers: Mapping[str, object]) -> Customer:
    """Complete a customer with answers; nothing happens if they say nothing new.

    Args:
        unit: The unit in which the customer was read.
        answers: Values by the key of a gap, or fields as in `CompletionAnswers`.

    Returns:
        The customer as now stored.

    Raises:
        NotFound: There is no such branch.
        InvalidInput: Names every fault of every answer.
    """
    with Faults() as faults:
        reading = reading_of(session, unit)
        fields = read_answers(faults, customer, answers, reading.country)
        after = read_change(faults, customer, fields, reading)
    if after.branch_id and after.branch_id != customer.branch_id:
        unit.get(Branch, after.branch_id)
    return unit.apply(change_customer(customer, after))


def remember(session: Session, unit: Unit, customer: Customer, fields: Iterable[str]) -> None:
    """Remember that a customer was asked for these fields today."""
    before = unit.seek(CompletionPrompt, customer.id, for_update=True)
    unit.apply(remember_asked(customer.id, before, fields, session.today(unit)))


def require_address(session: Session, customer: Customer) -> None:
    """Make sure that a process may be started for a customer, if processes need an address.

    Raises:
        Refused: ``process.address_required``.
    """
    if session.options[REQUIRE_ADDRESS]:
        rules.require_address(customer)


def _fields(session: Session) -> Mapping[str, WatchedField]:
    return watchable(session.house.custom_fields)


def _asked_of(unit: Unit, customer_ids: list[str]) -> Mapping[str, list[CompletionPrompt]]:
    """The prompts of several customers, by customer."""
    found: dict[str, list[CompletionPrompt]] = {}
    if customer_ids:
        for prompt in unit.find(CompletionPrompt, stored("customer_id").one_of(customer_ids)):
            found.setdefault(prompt.customer_id, []).append(prompt)
    return found


def _of_branch(unit: Unit, branch: str | None) -> Criterion:
    if branch is None:
        return EVERYTHING
    return stored("branch_id") == unit.get(Branch, branch).id
