"""Selections: what they can be built from, who is in them and why, and saved ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from attrs import evolve, frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import NotFound
from loyaltycore.kernel.criteria import Criterion, View, stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.selections.rules.catalogue import Catalogue
from loyaltycore.selections.rules.checking import check_condition
from loyaltycore.selections.rules.compiling import compile_condition
from loyaltycore.selections.rules.conditions import Condition
from loyaltycore.selections.rules.explaining import Explaining, Explanation, tables_of
from loyaltycore.selections.rules.json_form import as_condition, dumps
from loyaltycore.selections.rules.selection import (
    COMMENT_LENGTH,
    NAME_LENGTH,
    Selection,
    change_selection,
    delete_selection,
    save_selection,
)
from loyaltycore.selections.rules.sources import Today
from loyaltycore.selections.rules.words import words_of
from loyaltycore.selections.selectable import catalogue_for
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service
from loyaltycore.work.streaming import portions
from loyaltycore.work.unit import Unit

Where = Condition | Mapping[str, Any] | str
"""A condition, or its JSON form as data or as text."""

PORTION: Final = 8000
"""How many customers a stream reads in one transaction by default."""

LARGEST_PORTION: Final = 50_000

_NEITHER: Final = ("required", "give a condition, or the name of a selection as `name`")
_NOT_BOTH: Final = ("not_both", "give a condition or the name of a selection, not both")


class Selections(Service):
    """The selections of the chain."""

    @query
    def catalogue(self) -> Catalogue:
        """What conditions can be built from, as it is now."""
        return self._catalogue()

    @query
    def check(self, where: Where) -> Condition:
        """Check a condition.

        Returns:
            The condition with its values in normal form.

        Raises:
            InvalidInput: Names every fault with its place, for example ``where.parts[1].value``.
        """
        return self._asked(where, None).condition

    @query
    def words(self, where: Where | None = None, *, name: str | None = None) -> str:
        """What a condition means, in words, on one line.

        Raises:
            InvalidInput: As `check`, or neither or both of condition and name are given.
            NotFound: There is no selection with that name.
        """
        asked = self._asked(where, name)
        return words_of(asked.condition, asked.catalogue)

    @query
    def count(self, where: Where | None = None, *, name: str | None = None) -> int:
        """Count the customers for whom a condition holds.

        Raises:
            InvalidInput: As `words`.
            NotFound: There is no selection with that name.
        """
        return self.unit.count(Customer, self._asked(where, name).criteria)

    @query
    def page(
        self,
        where: Where | None = None,
        *,
        name: str | None = None,
        limit: int = 50,
        after: str = "",
    ) -> Page[Customer]:
        """One page of the customers for whom a condition holds, in alphabetical order.

        Args:
            name: The name of a saved selection, instead.
            limit: Length of the page, 1 to 500.
            after: `next` of the previous page.

        Raises:
            InvalidInput: As `words`, and every fault of the other arguments.
            NotFound: There is no selection with that name.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("sort_name",), limit, after)
            asked = self._asked(where, name, faults)
        return find_page(self.unit, Customer, asked.criteria, portion)

    def stream(
        self, where: Where | None = None, *, name: str | None = None, portion: int = PORTION
    ) -> Iterator[Customer]:
        """All customers for whom a condition holds, in the order of their ids, however many there are.

        They are read in portions, each in a short transaction of its own, so the reader holds nobody up. Changes in the
        meantime may or may not be seen; nobody appears twice. Relative days count from the day on which the stream was
        opened.

        Args:
            name: The name of a saved selection, instead.
            portion: How many customers are read at once and held in memory.

        Raises:
            InvalidInput: As `words`, at once.
            NotFound: There is no selection with that name.
        """
        with Faults() as faults:
            size = faults.integer("portion", portion, least=1, most=LARGEST_PORTION, default=PORTION)
            criteria = self._criteria(where, name, faults)
        return chain.from_iterable(portions(self.session, Customer, criteria, size))

    @query
    def explain(
        self, customer_id: str, where: Where | None = None, *, name: str | None = None
    ) -> Explanation:
        """Explain part by part why a customer is or is not in a selection.

        Raises:
            InvalidInput: As `words`.
            NotFound: There is no such customer, or no selection of that name.
        """
        asked = self._asked(where, name)
        customer = self.unit.get(Customer, customer_id)
        view = self._view(customer, tables_of(asked.condition, asked.catalogue))
        return Explaining(customer, asked.catalogue, asked.today, view).explain(asked.condition)

    @command("selections.save")
    def save(self, name: str, where: Where, *, comment: str = "") -> Selection:
        """Save a condition under a name.

        Raises:
            InvalidInput: As `check`, and every fault of the other arguments.
            Refused: ``selection.name_taken``.
        """
        with Faults() as faults:
            clean = _name(faults, name)
            remark = _comment(faults, comment)
            condition = self._asked(where, None, faults).condition
        acting = self.unit.acting
        selection = Selection(
            self.unit.ids.new(), clean, dumps(condition), self.unit.now, acting.actor, remark
        )
        return self.unit.apply(save_selection(selection, _named(self.unit, clean)))

    @command("selections.change")
    def change(
        self,
        selection_id: str,
        *,
        name: str | None = None,
        where: Where | None = None,
        comment: str | None = None,
    ) -> Selection:
        """Change the given fields of a saved selection; None leaves a field as it is.

        Raises:
            NotFound: There is no such selection.
            InvalidInput: As `save`.
            Refused: ``selection.name_taken``.
        """
        before = self.unit.get(Selection, selection_id, for_update=True)
        with Faults() as faults:
            clean = before.name if name is None else _name(faults, name)
            remark = before.comment if comment is None else _comment(faults, comment)
            text = before.condition
            if where is not None:
                text = dumps(self._asked(where, None, faults).condition)
        after = evolve(before, name=clean, condition=text, comment=remark)
        return self.unit.apply(change_selection(before, after, _named(self.unit, clean)))

    @command("selections.delete")
    def delete(self, selection_id: str) -> None:
        """Delete a saved selection; no customer is touched.

        Raises:
            NotFound: There is no such selection.
        """
        self.unit.apply(delete_selection(self.unit.get(Selection, selection_id, for_update=True)))

    @query
    def get(self, selection_id: str) -> Selection:
        """Read a saved selection by its id.

        Raises:
            NotFound: There is no such selection.
        """
        return self.unit.get(Selection, selection_id)

    @query
    def named(self, name: str) -> Selection:
        """Read a saved selection by its name.

        Raises:
            NotFound: There is no such selection.
        """
        return _require(self.unit, name)

    @query
    def all(self) -> tuple[Selection, ...]:
        """The saved selections, by name."""
        return tuple(self.unit.find(Selection, order_by=("name",)))

    @query
    def _criteria(self, where: Where | None, name: str | None, faults: Faults) -> Criterion:
        return self._asked(where, name, faults).criteria

    def _catalogue(self) -> Catalogue:
        return catalogue_for(self.unit, self.session.house)

    def _asked(self, where: Where | None, name: str | None, faults: Faults | None = None) -> _Asked:
        """Read and check what is asked for; raise its faults together with those of other arguments."""
        with faults or Faults() as noted:
            if (where is None) == (name is None):
                noted.note("where", *(_NEITHER if name is None else _NOT_BOTH))
                noted.raise_if_any()
            given: Any = where if name is None else _require(self.unit, name).condition
            catalogue = self._catalogue()
            condition = as_condition(noted, given)
            condition = check_condition(noted, condition, catalogue, self.session.branch.country)
        return _Asked(condition, catalogue, Today(self.today, self.session.branch.time_zone))

    def _view(self, customer: Customer, tables: Iterable[tuple[str, str]]) -> View:
        """A view of one customer, with the related records of some tables: a query for each table."""
        registry = self.session.house.registry
        related = {
            table: tuple(self.unit.find(registry.named(table).cls, stored(refers_by) == customer.id))
            for table, refers_by in tables
        }
        return View(
            keys=lambda record: registry.of(type(record)).keys_of(record),
            related=lambda table, _refers_by, _key: related.get(table, ()),
            key=lambda record: registry.of(type(record)).key_of(record),
        )


@frozen
class _Asked:
    """A condition that was checked, and against what."""

    condition: Condition
    """The condition in normal form."""
    catalogue: Catalogue
    """What it was checked against."""
    today: Today
    """The day on which it is asked."""

    @property
    def criteria(self) -> Criterion:
        """The criterion of the day."""
        return compile_condition(self.condition, self.catalogue, self.today)


def _named(unit: Unit, name: str) -> Selection | None:
    return unit.first(Selection, stored("name") == name)


def _require(unit: Unit, name: object) -> Selection:
    # What no selection can be called, no storage needs to be asked for.
    clean = _name(Faults(), name)
    found = _named(unit, clean) if clean else None
    if found is None:
        raise NotFound("selection", name)
    return found


def _name(faults: Faults, name: object) -> str:
    return faults.text("name", name, limit=NAME_LENGTH, required=True)


def _comment(faults: Faults, comment: object) -> str:
    return faults.text("comment", comment, limit=COMMENT_LENGTH, multiline=True)
