"""Points of two customers who may be merged: whatever is done, the laws of the ledger hold, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from loyaltycore import Money, Refused
from loyaltycore.kernel.criteria import Query, stored
from loyaltycore.kernel.ledger import available_of, replay
from loyaltycore.memory import MemoryStorage
from loyaltycore.programs import Balance, Earn, PointsTerms, ProgramAssignment, ProgramMove, days, period
from loyaltycore.sales import Order, OrderLine
from loyaltycore_sql import SqlStorage
from tests.conftest import STORAGES
from tests.engines import fresh_database
from tests.faults.effort import FACTOR
from tests.house import build_house
from tests.services.programs import define

TERMS = PointsTerms(
    Earn(1, per=Money(100, "EUR"), after=days(2)), expiry=period(days(30)), worth=Money(1, "EUR")
)
ENGINE = "memory"
"""Which storage the machine runs on; set for each run."""

which = st.integers(0, 1)
amounts = st.integers(1, 60)


def _said(balance: Balance) -> tuple[int, int, int, int, int]:
    return (balance.balance, balance.available, balance.held, balance.pending, balance.owed)


@contextmanager
def refusing(*codes: str) -> Iterator[None]:
    """Let a refusal pass that may be."""
    try:
        yield
    except Refused as refused:
        if refused.code not in codes:
            raise


class Points(RuleBasedStateMachine):
    """Two customers, a purse each, and orders that are paid with points."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.moves: list[str] = []
        self.remembered: list[tuple[str, datetime, tuple[int, ...]]] = []
        self.numbers = 0
        self.open: list[tuple[Order, str]] = []
        self.settled: list[str] = []
        self.merge: Any = None

    @initialize()
    def begin(self) -> None:
        storage: Any = MemoryStorage()
        if ENGINE != "memory":
            storage = SqlStorage(self.stack.enter_context(fresh_database(ENGINE)))
            self.stack.callback(storage.close)
        self.house = build_house(storage)
        define(self.house.desk, "club", TERMS)
        self.people = [self.house.customer(first_name=name).id for name in ("Erika", "Erica")]
        self.rows = [self.house.desk.programs.assign(each, "club", value=50).id for each in self.people]

    def teardown(self) -> None:
        self.stack.close()

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    def number(self) -> str:
        self.numbers += 1
        return f"R-{self.numbers}"

    def available(self, row_id: str) -> int:
        """What the customer of a purse has in all of his."""
        programs = self.house.desk.programs
        customer = programs.assignment(row_id).customer_id
        purses = [row.purse for row in programs.of_customer(customer) if row.purse]
        return available_of(purses, self.now)

    @rule(at=which, cents=st.integers(50, 9000))
    def earn(self, at: int, cents: int) -> None:
        spent, number = Money(cents, "EUR"), self.number()
        programs = self.house.desk.programs
        move = programs.earn(self.rows[at], spent, order_ref=number)
        assert programs.earn(self.rows[at], spent, order_ref=number) == move
        self.moves += [move.id] if move else []

    @rule(at=which, amount=amounts)
    def use(self, at: int, amount: int) -> None:
        """Law 4: it succeeds exactly if there is so much; law 17: the same receipt counts once."""
        programs, before, number = self.house.desk.programs, self.available(self.rows[at]), self.number()
        if amount > before:
            with pytest.raises(Refused, match="are left"):
                programs.use(self.rows[at], quantity=amount, order_ref=number)
            return
        move = programs.use(self.rows[at], quantity=amount, order_ref=number)
        assert self.available(self.rows[at]) == before - amount
        assert programs.use(self.rows[at], quantity=amount, order_ref=number) == move
        self.moves.append(move.id)

    @rule(at=which, amount=st.integers(-20, 40).filter(bool))
    def adjust(self, at: int, amount: int) -> None:
        with refusing("purse.insufficient"):
            self.moves.append(self.house.desk.programs.adjust(self.rows[at], amount, reason="x").id)

    @precondition(lambda self: self.moves)
    @rule(data=st.data(), beyond=st.sampled_from(["refuse", "cap", "deficit"]), amount=st.none() | amounts)
    def undo(self, data: st.DataObject, beyond: str, amount: int | None) -> None:
        move = data.draw(st.sampled_from(self.moves))
        with refusing("program.nothing_to_undo", "purse.insufficient"):
            self.house.desk.programs.undo(move, amount=amount, beyond=beyond)

    @rule()
    def sweep(self) -> None:
        """Law 6: no answer changes, and a second sweep has nothing to book."""
        programs = self.house.desk.programs
        before = [_said(programs.balance(row)) for row in self.rows]
        programs.sweep()
        assert [_said(programs.balance(row)) for row in self.rows] == before
        assert programs.sweep() == 0

    @rule(hours=st.integers(1, 500))
    def wait(self, hours: int) -> None:
        """Law 16: what was said of a day to come is so when it comes."""
        programs, later = self.house.desk.programs, self.now + timedelta(hours=hours)
        expected = [_said(programs.balance(row, at=later)) for row in self.rows]
        self.house.clock.instant = later
        assert [_said(programs.balance(row)) for row in self.rows] == expected
        for row in self.rows:
            self.remembered.append((row, self.now, _said(programs.balance(row))[:1]))
        self.house.clock.instant += timedelta(microseconds=1)

    @rule(at=which, points=amounts, minutes=st.integers(1, 600))
    def reserve(self, at: int, points: int, minutes: int) -> None:
        """Law 9: set aside, it is there and cannot be spent."""
        customer = self.house.desk.programs.assignment(self.rows[at]).customer_id
        lines = [OrderLine("1", "frame", Money(points, "EUR"))]
        order = Order(self.number(), customer, lines, spend={"club": points})
        before = self.available(self.rows[at])
        held = self.house.desk.sales.reserve(order, minutes=minutes)
        assert self.available(self.rows[at]) == before - min(before, points)
        self.open.append((order, held.id))

    @precondition(lambda self: self.open)
    @rule(settles=st.booleans())
    def end(self, *, settles: bool) -> None:
        """Laws 7 and 10: a hold that lives pays; released, nothing is held any more."""
        order, held = self.open.pop()
        sales = self.house.desk.sales
        reservation = sales.reservation(held)
        if not settles:
            sales.release(held)
            return
        set_aside = sum(part.units for part in reservation.parts)
        customer = order.customer_id or ""
        if self.merge and customer == self.people[1]:
            return
        sale = sales.settle(order)
        paid = sum(draw.units for tender in sale.tenders for draw in tender.draws)
        if reservation.is_live(self.now):
            assert paid >= set_aside
        self.settled.append(order.number)

    @precondition(lambda self: self.settled)
    @rule()
    def refund(self) -> None:
        self.house.desk.sales.refund(self.settled.pop(), "G-1")

    @rule()
    def merge_or_part(self) -> None:
        """Law 14: nothing is summed, and undoing gives each his own back."""
        merging = self.house.desk.merging
        if self.merge is None:
            one, other = self.people
            self.merge = merging.execute(merging.plan(survivor=one, loser=other))
        else:
            merging.undo(self.merge.id)
            self.merge = None

    @invariant()
    def the_books_add_up(self) -> None:
        """Laws 1, 2, 3, 8: zero, the history is the purse, nothing is negative, no more is set aside than there is."""
        if not self.moves and not self.numbers:
            return
        with self.house.loyalty.storage.transaction(read_only=True) as tx:
            for row_id in self.rows:
                row = tx.get(ProgramAssignment, row_id)
                assert row is not None
                assert row.purse is not None
                mine = Query(stored("holder_id") == row_id, ("seq",))
                history = list(tx.find(ProgramMove, mine))
                purse = row.purse
                assert replay(purse.unit, history) == purse
                assert sum(lot.left for lot in purse.lots) - purse.deficit + purse.turnover.total == 0
                assert all(lot.left > 0 for lot in purse.lots)
                assert all(purse.pinned(lot, self.now) <= lot.left for lot in purse.lots)
                for move in history:
                    assert sum(part.left for part in move.parts) - move.owed == move.amount

    @precondition(lambda self: self.remembered)
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        """Law 15: what was is not changed by what came later, as it was known then."""
        row, at, said = data.draw(st.sampled_from(self.remembered))
        assert _said(self.house.desk.programs.balance(row, at=at, known=at))[:1] == said


@pytest.mark.every_engine
@pytest.mark.parametrize("engine", STORAGES)
def test_the_laws_of_the_ledger_hold(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Laws 1 to 4, 6 to 10 and 14 to 17, at random: at length in memory, and for a while on each engine."""
    monkeypatch.setattr(f"{__name__}.ENGINE", engine)
    examples, steps = (12 * FACTOR, 30) if engine == "memory" else (FACTOR, 30)
    run_state_machine_as_test(
        Points,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
