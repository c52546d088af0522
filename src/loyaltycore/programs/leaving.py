"""What programs have against erasing a customer, and how long they are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from loyaltycore.customers.retaining import HISTORY, Retention
from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.leaving import unspent
from loyaltycore.work.unit import Unit

_PORTION: Final = 500


def unspent_value(unit: Unit, customer: Customer) -> Iterator[Blocker]:
    """What was paid for is owed, whoever it was."""
    yield from unspent(unit.find(ProgramAssignment, stored("customer_id") == customer.id), unit.now)


def forget_remarks(unit: Unit, customer: Customer) -> None:
    """Forget what was remarked about what the customer has, whoever had it at the time."""
    forget_remarks_about(ProgramAssignment, unit, customer)


def forget_remarks_about(cls: type[Any], unit: Unit, customer: Customer) -> None:
    """The same for one kind of holder: a merge that was undone may have left their moves with somebody else."""
    after: tuple[str] | None = None
    mine = stored("customer_id") == customer.id
    while portion := list(unit.find(cls, mine, after=after, limit=_PORTION)):
        holders = stored("holder_id").one_of([each.id for each in portion])
        unit.change_all(ProgramMove, holders, {"comment": ""})
        after = (portion[-1].id,)


def kept() -> Iterator[Retention]:
    """How long it is known what a customer had of a program that is over for him."""
    yield Retention(
        "ended programs",
        ProgramAssignment,
        "ends_at",
        HISTORY,
        in_order=False,
        needed=_in_the_books,
        also=_forget_moves,
    )


def _in_the_books(unit: Unit, rows: tuple[ProgramAssignment, ...], before: datetime) -> frozenset[str]:
    """Those that count in a report yet: something is left, or was booked since."""
    moved = stored("holder_id").one_of([each.id for each in rows]) & (stored("at") >= before)
    booked = {each.holder_id for each in unit.find(ProgramMove, moved)}
    left = (each.id for each in rows if each.balance or each.next_expiry or (each.purse and each.purse.holds))
    return frozenset((*booked, *left))


def _forget_moves(unit: Unit, holders: tuple[str, ...]) -> None:
    unit.remove_all(ProgramMove, stored("holder_id").one_of(holders))
