"""Past orders: what a simulation is fed with, from settlements or from a host's own books."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from attrs import evolve, field, frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.pricing.order import MOST_LINES, MOST_UNITS, WORD_LENGTH, Order, read_order
from loyaltycore.kernel.validation import Faults
from loyaltycore.sales.rules.refunding import read_units
from loyaltycore.sales.rules.settlement import SettledProgram, Settlement


@frozen
class PastRefund:
    """What came back of a past order, and when."""

    at: datetime
    lines: Mapping[str, int]
    """How many units, by the id of the line."""


@frozen
class PastOrder:
    """An order that was paid in the past, as a host knows it."""

    order: Order
    at: datetime
    branch_id: str = ""
    """Where it was paid; empty for the branch of whoever simulates."""
    refunds: tuple[PastRefund, ...] = field(default=(), converter=as_tuple)


@frozen
class Past:
    """A past order, read, with what is known of how it was priced."""

    order: Order
    at: datetime
    branch_id: str
    refunds: tuple[PastRefund, ...]
    """In their order."""
    programs: tuple[SettledProgram, ...] | None = None
    """What joined it; None if nobody knows."""
    left: Mapping[str, int] = field(factory=dict)
    spent: Mapping[str, int] = field(factory=dict)
    """What each tender paid, in its unit, in the order in which they did."""

    @property
    def customer(self) -> str:
        """The customer, or nothing."""
        return self.order.customer_id or ""


def past_of(place: int, given: object, branch_id: str) -> Past:
    """Read one element of a history.

    Args:
        place: Its number, for what is wrong with it.

    Raises:
        InvalidInput: Names every fault.
    """
    if isinstance(given, Settlement):
        return _settled(place, given)
    if type(given) is not PastOrder:
        what = "must be a Settlement or a PastOrder"
        raise InvalidInput([Fault(f"history[{place}]", "wrong_type", what)])
    with Faults() as all_faults:
        faults = all_faults.at(f"history[{place}]")
        at = _moment(faults, given.at)
        branch = faults.text("branch_id", given.branch_id, limit=WORD_LENGTH) or branch_id
        order = read_order(faults.at("order"), given.order)
        found = faults.items("refunds", given.refunds, most=MOST_UNITS)
        refunds = [_read_refund(faults.at(f"refunds[{n}]"), each, order, at) for n, each in enumerate(found)]
        for line in order.lines:
            if sum(each.lines.get(line.id, 0) for each in refunds) > line.quantity:
                faults.note("refunds", "too_many", f"return more of line {line.id!r} than was bought")
    return Past(order, at, branch, tuple(sorted(refunds, key=lambda each: each.at)))


def _moment(faults: Faults, given: object) -> datetime:
    at = faults.instant("at", given)
    if given is None:
        faults.note("at", "required", "must not be empty")
    return at or datetime.min.replace(tzinfo=UTC)


def _read_refund(faults: Faults, given: object, order: Order, since: datetime) -> PastRefund:
    if type(given) is not PastRefund:
        faults.note("$", "wrong_type", "must be a PastRefund")
        return PastRefund(since, {})
    at = _moment(faults, given.at)
    if at < since:
        faults.note("at", "out_of_range", "must not lie before the order")
    lines = faults.members("lines", given.lines, most=MOST_LINES)
    return PastRefund(at, read_units(faults, lines, [line.id for line in order.lines]))


def _settled(place: int, settlement: Settlement) -> Past:
    known = settlement.priced_from
    if known is None:
        fault = Fault(f"history[{place}]", "forgotten", "nobody knows any more what was bought")
        raise InvalidInput([fault])
    return Past(
        evolve(known.order, customer_id=settlement.customer_id),
        settlement.settled_at,
        settlement.branch_id,
        tuple(PastRefund(each.at, dict(each.lines)) for each in settlement.refunds),
        known.programs,
        known.left,
        {each.tender: sum(draw.units for draw in each.draws) for each in settlement.tenders},
    )
