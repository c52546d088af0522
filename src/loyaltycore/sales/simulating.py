"""Simulating programs: what they would have cost, told from past orders; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache, partial
from itertools import takewhile
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from attrs import evolve

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import EVERYTHING, Criterion, stored
from loyaltycore.kernel.ledger import replay
from loyaltycore.kernel.validation import Faults, read_iterator
from loyaltycore.kernel.wall_clock import start_of_day
from loyaltycore.programs.kinds import PROGRAM_KINDS
from loyaltycore.programs.reading import history as history_of, terms_of
from loyaltycore.programs.rules import defining
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.kind import ProgramKind
from loyaltycore.programs.rules.program import Program, ProgramDraft, ProgramRevision, revision_key
from loyaltycore.sales.promoting import book_of, published
from loyaltycore.sales.rules.past import Past, PastOrder, past_of
from loyaltycore.sales.rules.promotions import Promotion
from loyaltycore.sales.rules.settlement import SettledProgram, Settlement
from loyaltycore.sales.rules.simulated import Simulated
from loyaltycore.sales.rules.simulating import Simulator
from loyaltycore.sales.rules.world import Redemption, World, newly_opened
from loyaltycore.storing.codec import to_json
from loyaltycore.work.running import query
from loyaltycore.work.service import Service
from loyaltycore.work.streaming import portions

PORTION: Final = 500
CUSTOMERS: Final = 50
"""Of so many what they bought is read with one query."""


class Simulating(Service):
    """What `Sales` does with what is past."""

    def history(self, *, year: int | None = None) -> Iterator[Settlement]:
        """What was settled, customer by customer and in its order, then what nobody is known for.

        It is read in portions, each in a short transaction. Orders of customers who were forgotten are left out.

        Args:
            year: That of the branch's calendar; None for all that there is.

        Raises:
            InvalidInput: The year is none.
        """
        with Faults() as faults:
            faults.integer("year", year, least=1970, most=9998)
        where = ~stored("priced_from").is_null()
        if year is not None:
            zone = self.session.branch.time_zone
            begin, end = (start_of_day(date(each, 1, 1), zone) for each in (year, year + 1))
            where &= (stored("settled_at") >= begin) & (stored("settled_at") < end)
        return self._history(where)

    def simulate(
        self,
        program: str,
        terms: Any,
        history: Iterable[Settlement | PastOrder],
        *,
        until: date | datetime | None = None,
        redemption: Redemption | None = None,
    ) -> Simulated:
        """Say what a program would have come to with these terms, if everybody had bought the same.

        Every order is priced anew, by the rules that were in force then but for those of this program, and booked into purses
        that exist nowhere else. Whoever had the program has it; if nobody has it yet, all customers who are known have it.
        What else paid pays as much as it did. A purse begins as it was before the first of the orders.

        Args:
            program: The key of a program, or of one that does not exist yet.
            terms: What it is to say, for example `PointsTerms`.
            history: Settlements, as `history` answers with, or the host's own orders; sorted by customer and time, with orders
                of nobody in particular anywhere.
            until: Until when; what comes later is left out. A day means its end; None for now.
            redemption: How many units customers spend with an order, of so many that they have; None for what was asked for then.

        Raises:
            InvalidInput: Names every fault of the arguments or of an order.
        """
        with Faults() as faults:
            key = faults.key("program", program)
            kind = self.session.house.added(PROGRAM_KINDS).of(terms)
            defining.read_terms(faults, kind, terms)
            end = self._until(faults, until)
            faults.function("redemption", redemption)
            orders = read_iterator(faults, "history", history, "settlements or past orders")
        simulator = Simulator(self._world(key, cast("ProgramKind", kind), terms, redemption), end)
        for place, each in enumerate(orders):
            simulator.sell(past_of(place, each, self.session.branch.id))
        return simulator.result()

    def _until(self, faults: Faults, given: object) -> datetime:
        if given is None or issubclass(type(given), datetime):
            return faults.instant("until", given) or self.session.house.clock.now()
        day = faults.day("until", given) or date.min
        last = start_of_day(day + timedelta(days=1), self.session.branch.time_zone)
        return last - timedelta(microseconds=1)

    @query
    def _world(self, key: str, kind: ProgramKind, terms: Any, redemption: Redemption | None) -> World:
        found = self.unit.seek(Program, key)
        draft = evolve(self._content(found), kind=kind.key, terms=to_json(terms))
        revision = ProgramRevision(revision_key(key, 0), key, 0, draft, self.unit.now, "")
        tried = Terms(revision, kind, terms)
        title = found.name if found else key
        is_promotion = isinstance(kind, Promotion)
        own = (published(revision, title),) if is_promotion else ()
        service = Simulating(self.session)
        return World(
            program=key,
            title=title,
            terms=tried,
            is_promotion=is_promotion,
            is_new=found is None or not found.revision,
            holder_of=service._holder_before,
            opened_for=partial(newly_opened, key, tried),
            terms_of=cache(service._terms_then),
            book_of=cache(lambda then: book_of((*service._promotions(then), *own))),
            zone_of=cache(service._zone),
            redemption=redemption,
        )

    def _content(self, program: Program | None) -> ProgramDraft:
        """What a program says beside its terms."""
        if program is None:
            return ProgramDraft("", "", zone=self.session.branch.time_zone)
        if program.draft is not None:
            return program.draft
        return self.unit.get(ProgramRevision, revision_key(program.id, program.revision)).content

    def _history(self, where: Criterion) -> Iterator[Settlement]:
        for some in portions(self.session, Customer, EVERYTHING, CUSTOMERS):
            yield from self._bought_by([each.id for each in some], where)
        yield from self._pages(where & stored("customer_id").is_null())

    def _bought_by(self, customers: list[str], where: Criterion) -> Iterator[Settlement]:
        """What some customers bought: with one query, if it is not much."""
        found = self._page(where & stored("customer_id").one_of(customers)) if customers else ()
        if len(found) < PORTION:
            yield from sorted(found, key=lambda each: (each.customer_id, each.id))
            return
        for each in customers:
            yield from self._pages(where & (stored("customer_id") == each))

    def _pages(self, where: Criterion) -> Iterator[Settlement]:
        for some in portions(self.session, Settlement, where, PORTION):
            yield from some

    @query
    def _page(self, where: Criterion) -> tuple[Settlement, ...]:
        return tuple(self.unit.find(Settlement, where, limit=PORTION))

    @query
    def _holder_before(self, settled: SettledProgram, past: Past) -> ProgramAssignment:
        """What a customer had of a program before an order, without what other orders had set aside."""
        row = self.unit.get(ProgramAssignment, settled.holder_id)
        if row.purse is None:
            return row
        number, at = past.order.number, past.at
        earlier = takewhile(
            lambda move: move.order_ref != number and move.at <= at, history_of(self.unit, row.id)
        )
        return evolve(row, purse=evolve(replay(row.purse.unit, earlier), holds=()))

    @query
    def _terms_then(self, settled: SettledProgram) -> tuple[Terms, str]:
        terms = terms_of(self.session.house, self.unit, settled.program, settled.revision)
        return terms, self.unit.get(Program, settled.program).name

    @query
    def _promotions(self, then: tuple[SettledProgram, ...]) -> tuple[Any, ...]:
        keys = [(each.program, each.revision) for each in then]
        return tuple(
            published(
                self.unit.get(ProgramRevision, revision_key(program, number)),
                self.unit.get(Program, program).name,
            )
            for program, number in keys
        )

    @query
    def _zone(self, branch_id: str) -> ZoneInfo:
        branch = self.unit.seek(Branch, branch_id)
        return ZoneInfo((branch or self.session.branch).time_zone)
