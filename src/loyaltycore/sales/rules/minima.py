"""Rules that applied because an order was large enough, once some of it has come back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.parts import Minimum, MinimumLine, MinimumUnit, TaxPart
from loyaltycore.kernel.pricing.result import runs
from loyaltycore.kernel.pricing.rule import OnReturn
from loyaltycore.kernel.pricing.spreading import spread
from loyaltycore.kernel.pricing.taxing import tax_in
from loyaltycore.sales.rules.settlement import SettledLine, Settlement, each_unit


@frozen
class ClawedBack:
    """What the rest of an order costs more."""

    settlement: Settlement
    by_rule: tuple[tuple[str, int], ...] = ()
    taxes: tuple[TaxPart, ...] = ()

    @property
    def amount(self) -> int:
        """All of it, in minor units."""
        return sum(amount for _, amount in self.by_rule)


def mind(after: Settlement) -> ClawedBack:
    """Let rules of which the rest of an order falls short take back what they gave; nothing if all has come back.

    Raises:
        Refused: ``refund.below_minimum``.
    """
    left = {line.id: line.returned for line in after.lines if line.returned < line.quantity}
    short = [each for each in after.minima if left and _falls_short(each, left)]
    for each in short:
        if each.on_return is OnReturn.REFUSE:
            raise below_minimum(each, after.currency)
    if not short:
        return ClawedBack(after)
    off: dict[str, list[int]] = {}
    by_rule = []
    for each in short:
        parts = {line.line: [unit.off for unit in _rest(line, left)] for line in each.lines}
        by_rule.append((each.rule, sum(map(sum, parts.values()))))
        for line_id, amounts in parts.items():
            before = off.get(line_id, [0] * len(amounts))
            off[line_id] = [one + other for one, other in zip(before, amounts, strict=True)]
    taxes, tax_parts = _taxes(after, short, off)
    lines = tuple(_dearer(line, off.get(line.id, []), taxes.get(line.id, [])) for line in after.lines)
    minima = tuple(each for each in after.minima if each not in short)
    return ClawedBack(evolve(after, lines=lines, minima=minima), tuple(by_rule), tax_parts)


def below_minimum(minimum: Minimum, currency: str) -> Refused:
    """The refusal of a refund after which a rule would fall short of its minimum."""
    return Refused(
        "refund.below_minimum",
        f"{minimum.title} was given for more than would be left",
        remedy="return all of the order, or less of it",
        rule=minimum.rule,
        least_amount=Money(minimum.least_amount, currency),
        least_quantity=minimum.least_quantity,
    )


def _falls_short(minimum: Minimum, returned: Mapping[str, int]) -> bool:
    rest = [unit for line in minimum.lines if line.counts for unit in _rest(line, returned)]
    amount = sum(unit.counted for unit in rest)
    return amount < minimum.least_amount or len(rest) < minimum.least_quantity


def _rest(line: MinimumLine, returned: Mapping[str, int]) -> Iterator[MinimumUnit]:
    """The units of a line that have not come back, one by one."""
    if line.line in returned:
        units = [unit for unit in line.units for _ in range(unit.count)]
        yield from units[returned[line.line] :]


def _taxes(
    after: Settlement, short: Sequence[Minimum], off: Mapping[str, Sequence[int]]
) -> tuple[dict[str, list[int]], tuple[TaxPart, ...]]:
    """The tax contained in what units cost more: by line and unit, and by tax key."""
    rates = {line.line: line.rate for each in short for line in each.lines}
    by_key: dict[str, list[SettledLine]] = defaultdict(list)
    for line in after.lines:
        if line.tax and off.get(line.id):
            by_key[line.tax].append(line)
    taxes: dict[str, list[int]] = {}
    parts = []
    for key, lines in sorted(by_key.items()):
        amounts = [amount for line in lines for amount in off[line.id]]
        tax = tax_in(sum(amounts), rates[lines[0].id])
        shares = iter(spread(tax, amounts, amounts))
        taxes |= {line.id: [next(shares) for _ in off[line.id]] for line in lines}
        parts.append(TaxPart(key, Money(sum(amounts), after.currency), Money(tax, after.currency)))
    return taxes, tuple(parts)


def _dearer(line: SettledLine, off: Sequence[int], taxes: Sequence[int]) -> SettledLine:
    """A line whose last units cost more."""
    if not any(off):
        return line
    gone = list(each_unit(line, 0, line.returned))
    rest = each_unit(line, line.returned, line.quantity - line.returned)
    contained = taxes or [0] * len(off)
    dearer = [
        evolve(
            share,
            price=share.price + more,
            taxed=share.taxed + (more if line.tax else 0),
            tax=share.tax + tax,
        )
        for share, more, tax in zip(rest, off, contained, strict=True)
    ]
    alone = [evolve(share, count=1) for share in (*gone, *dearer)]
    return evolve(line, units=tuple(runs(alone)))
