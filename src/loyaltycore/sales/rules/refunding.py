"""Refunds: what comes back, unit by unit, exactly as it was paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.order import MOST_UNITS
from loyaltycore.kernel.pricing.parts import TaxPart, UnitShare
from loyaltycore.kernel.validation import Faults
from loyaltycore.sales.rules.minima import ClawedBack, below_minimum, mind
from loyaltycore.sales.rules.settlement import (
    Draw,
    Refund,
    RefundedTender,
    SettledLine,
    SettledTender,
    Settlement,
    Sold,
    each_unit,
)


@frozen
class Asked:
    """What somebody wants to return."""

    number: str
    """The refund's own."""
    lines: Mapping[str, int] | None
    """How many units, by the id of the line; None for all that are left."""
    reason: str
    at: datetime
    actor: str


def earlier_refund(settlement: Settlement, asked: Asked) -> Refund | None:
    """The refund that was asked for before under the same number.

    Raises:
        Refused: ``refund.differs``.
    """
    found = settlement.refund(asked.number)
    if found is not None and asked.lines is not None and dict(found.lines) != dict(asked.lines):
        raise Refused(
            "refund.differs",
            f"refund {asked.number!r} was about something else",
            remedy="give another number",
            lines=dict(found.lines),
        )
    return found


def everything_left(settlement: Settlement) -> dict[str, int]:
    """All units that have not come back, by the id of the line."""
    return {
        line.id: line.quantity - line.returned for line in settlement.lines if line.returned < line.quantity
    }


def plan_refund(settlement: Settlement, asked: Asked) -> tuple[Settlement, Refund]:
    """Give back what units had cost: the settlement afterwards, and the refund.

    Whatever is returned at one time or bit by bit, in any order of lines, comes to the same.

    Raises:
        InvalidInput: A line is unknown, or a number of units is none.
        Refused: ``refund.too_many`` or ``refund.below_minimum``.
    """
    lines = everything_left(settlement) if asked.lines is None else asked.lines
    if asked.lines is None and not lines:
        raise Refused(
            "refund.too_many",
            "nothing of the order is left to come back",
            remedy="return no more than was bought",
            left=0,
        )
    with Faults() as faults:
        read_units(faults, lines, [line.id for line in settlement.lines])
        if not lines:
            faults.note("lines", "required", "must name one line at least")
    returned = [(line, lines.get(line.id, 0)) for line in settlement.lines]
    for line, count in returned:
        _require_left(line, count)
    shares = [(line, share) for line, count in returned for share in each_unit(line, line.returned, count)]
    lines_after = tuple(evolve(line, returned=line.returned + count) for line, count in returned)
    rest = mind(evolve(settlement, lines=lines_after))
    refund = _less(
        Refund(
            asked.number,
            tuple((line.id, count) for line, count in returned if count),
            *_sums(settlement, shares),
            asked.at,
            asked.actor,
            asked.reason,
        ),
        rest,
    )
    _require_nothing_owed(settlement, refund)
    return evolve(rest.settlement, refunds=(*settlement.refunds, refund)), refund


def _less(refund: Refund, rest: ClawedBack) -> Refund:
    """A refund without what the rest of the order costs more."""
    if not rest.by_rule:
        return refund
    taxes = {part.key: part for part in refund.taxes}
    for more in rest.taxes:
        none = Money(0, more.gross.currency)
        before = taxes.get(more.key, TaxPart(more.key, none, none))
        taxes[more.key] = TaxPart(more.key, before.gross - more.gross, before.tax - more.tax)
    return evolve(
        refund,
        due=refund.due - Money(rest.amount, refund.due.currency),
        taxes=tuple(taxes[key] for key in sorted(taxes)),
        clawed_back=rest.by_rule,
    )


def _require_nothing_owed(settlement: Settlement, refund: Refund) -> None:
    """Make sure that nobody has to pay for giving something back."""
    if refund.due.amount < 0:
        rules = {rule for rule, _ in refund.clawed_back}
        raise below_minimum(
            next(each for each in settlement.minima if each.rule in rules), settlement.currency
        )


def sold_units(settlement: Settlement, refund: Refund) -> Iterator[Sold]:
    """What the units that come back had assigned.

    Args:
        settlement: As it was before.
    """
    counts = dict(refund.lines)
    for line in settlement.lines:
        back = range(line.returned, line.returned + counts.get(line.id, 0))
        yield from (sold for sold in line.sold if sold.unit in back)


def read_units(faults: Faults, lines: Mapping[str, object], known: Collection[str]) -> dict[str, int]:
    """Read how many units come back, by the id of the line.

    Args:
        known: The ids of all lines.
    """
    read = {}
    for line_id, count in lines.items():
        if line_id not in known:
            faults.unknown("lines", "unknown_line", "line", line_id, known)
        read[line_id] = faults.integer(f"lines.{line_id}", count, least=1, most=MOST_UNITS, required=True)
    return read


def _require_left(line: SettledLine, count: int) -> None:
    left = line.quantity - line.returned
    if count > left:
        raise Refused(
            "refund.too_many",
            f"{count} of line {line.id!r} are to come back, and {left} are left",
            remedy="return no more than was bought",
            line=line.id,
            asked=count,
            left=left,
        )


def _sums(
    settlement: Settlement, shares: Sequence[tuple[SettledLine, UnitShare]]
) -> tuple[Money, Money, tuple[RefundedTender, ...], tuple[TaxPart, ...], tuple[int, ...]]:
    currency = settlement.currency
    own = [share for _, share in shares]
    return (
        Money(sum(share.due for share in own), currency),
        Money(sum(share.covered for share in own), currency),
        tuple(
            RefundedTender(
                each.tender,
                each.title,
                Money(sum(share.paid[place] for share in own), currency),
                sum(share.spent[place] for share in own),
            )
            for place, each in enumerate(settlement.tenders)
        ),
        _taxes(shares, currency),
        tuple(sum(share.earned[place] for share in own) for place in range(len(settlement.awards))),
    )


def _taxes(shares: Iterable[tuple[SettledLine, UnitShare]], currency: str) -> tuple[TaxPart, ...]:
    gross: dict[str, int] = defaultdict(int)
    tax: dict[str, int] = defaultdict(int)
    for line, share in shares:
        if line.tax:
            gross[line.tax] += share.taxed
            tax[line.tax] += share.tax
    return tuple(
        TaxPart(key, Money(gross[key], currency), Money(tax[key], currency)) for key in sorted(gross)
    )


def given_back(settlement: Settlement, refund: Refund) -> Iterator[tuple[Draw, int]]:
    """From which draws units go back to what had paid.

    Args:
        settlement: As it was before.
    """
    for place, (tender, back) in enumerate(zip(settlement.tenders, refund.tenders, strict=True)):
        done = sum(each.tenders[place].units for each in settlement.refunds)
        yield from restored(tender, done, back.units)


def restored(tender: SettledTender, done: int, units: int) -> tuple[tuple[Draw, int], ...]:
    """From which draws units go back to a tender: what was spent last comes back first.

    Args:
        done: How many units went back before.
    """
    back = []
    for draw in reversed(tender.draws):
        passed = min(done, draw.units)
        done -= passed
        take = min(units, draw.units - passed)
        units -= take
        if take:
            back.append((draw, take))
    return tuple(back)
