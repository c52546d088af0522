"""An order while it is being priced: every unit with what is left of its price. Lines are bits of one integer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from loyaltycore.kernel.pricing.order import Order
from loyaltycore.kernel.pricing.rule import Phase, Where
from loyaltycore.kernel.pricing.spreading import spread

T = TypeVar("T")


class Basket:
    """The units of an order."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.lines = sorted(order.lines, key=lambda line: line.id)
        """By id: the order in which lines are given never decides who gets an odd cent."""
        self.by_article: dict[str, int] = defaultdict(int)
        self.by_group: dict[str, int] = defaultdict(int)
        self.every = (1 << len(self.lines)) - 1
        self.goods = self.delivery = 0
        self.units: list[range] = []
        """Where the units of each line stand in the following."""
        self.line_of: list[int] = []
        self.listed: list[int] = []
        for place, line in enumerate(self.lines):
            bit = 1 << place
            self.by_article[line.article] |= bit
            for group in line.groups:
                self.by_group[group] |= bit
            if line.delivery:
                self.delivery |= bit
            elif line.discountable and not line.stored_value:
                self.goods |= bit
            self.units.append(range(len(self.listed), len(self.listed) + line.quantity))
            self.line_of += [place] * line.quantity
            self.listed += [line.price.amount] * line.quantity
        self.left = list(self.listed)
        """What the customer still has to pay of each unit."""
        self.covered = [0] * len(self.left)
        """What the insurer pays of each unit."""
        self._listed_by_line = [line.price.amount * line.quantity for line in self.lines]
        self._counts = [line.quantity for line in self.lines]
        self._quantities: dict[int, int] = {}
        self.begin_phase()

    def begin_phase(self) -> None:
        """All rules of a phase are judged on what is left now."""
        self.base = list(self.left)
        self._by_line = [sum(self.base[units.start : units.stop]) for units in self.units]
        self._amounts: dict[tuple[int, bool], int] = {}
        self._priced: dict[int, tuple[list[int], list[int]]] = {}

    def cover(self) -> None:
        """Let the insurer pay: from now on, what is left is the customer's share."""
        for line, units in zip(self.lines, self.units, strict=True):
            if line.covered is not None:
                left = [self.left[unit] for unit in units]
                for unit, part in zip(units, spread(line.covered.amount, left, left), strict=True):
                    self.covered[unit] = part
                    self.left[unit] -= part

    def scope(self, phase: Phase) -> int:
        """The lines that rules of a phase may be about."""
        if phase is Phase.EARN:
            return self.every
        return self.delivery if phase is Phase.DELIVERY else self.goods

    def mask(self, where: Where, scope: int) -> int:
        """The lines that are meant."""
        if where.articles or where.groups:
            found = 0
            for article in where.articles:
                found |= self.by_article.get(article, 0)
            for group in where.groups:
                found |= self.by_group.get(group, 0)
            scope &= found
        for article in where.without_articles:
            scope &= ~self.by_article.get(article, 0)
        for group in where.without_groups:
            scope &= ~self.by_group.get(group, 0)
        return scope

    def amount(self, mask: int, *, listed: bool) -> int:
        """What lines come to: before any rule, or at the beginning of the phase."""
        found = self._amounts.get((mask, listed))
        if found is None:
            found = sum(_chosen(mask, self._listed_by_line if listed else self._by_line))
            self._amounts[mask, listed] = found
        return found

    def quantity(self, mask: int) -> int:
        """How many units lines have."""
        found = self._quantities.get(mask)
        if found is None:
            found = self._quantities[mask] = sum(_chosen(mask, self._counts))
        return found

    def priced(self, mask: int) -> tuple[list[int], list[int]]:
        """The units of lines that cost anything at the beginning of the phase, and how much."""
        found = self._priced.get(mask)
        if found is None:
            units = [unit for unit in self.units_of(mask) if self.base[unit]]
            found = self._priced[mask] = (units, [self.base[unit] for unit in units])
        return found

    def units_of(self, mask: int) -> Iterator[int]:
        """The units of lines, in order."""
        for units in _chosen(mask, self.units):
            yield from units


def _chosen(mask: int, values: Sequence[T]) -> Iterator[T]:
    while mask:
        lowest = mask & -mask
        yield values[lowest.bit_length() - 1]
        mask ^= lowest
