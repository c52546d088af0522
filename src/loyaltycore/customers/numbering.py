"""Giving out customer numbers: one versioned record per range, so that no number is given twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import evolve

from loyaltycore.customers.aliases import taken_numbers
from loyaltycore.customers.rules.customer import Customer, NumberRange
from loyaltycore.customers.rules.numbers import NumberPattern, free_numbers, number_key
from loyaltycore.kernel.criteria import stored
from loyaltycore.work.unit import Unit


class Numbering:
    """The numbers that one unit of work gives out.

    Two units that give out numbers at the same time save the same range, so one of them loses the version race and runs
    again.
    """

    def __init__(
        self,
        unit: Unit,
        pattern: NumberPattern,
        year: int,
        *,
        block: int = 1,
        behind: int = 0,
        keep: bool = True,
    ) -> None:
        """Take the range.

        Args:
            pattern: What numbers look like.
            block: How many numbers are likely to be needed.
            behind: Begin after this running number, or later.
            keep: Whether the range will be saved; a unit that only looks does not hold others up.
        """
        self._unit = unit
        key = pattern.range_id(year)
        self._stored = unit.seek(NumberRange, key, for_update=keep)
        self._range = self._stored or NumberRange(key, 0)
        self._range = evolve(self._range, last=max(self._range.last, behind))
        self._free = free_numbers(pattern, year, self._range.last, self._taken, block=block)

    @property
    def last(self) -> int:
        """The running number given last."""
        return self._range.last

    def next(self, *, unless: Callable[[str], bool] = lambda _: False) -> str:
        """The next number that no customer has.

        Args:
            unless: Whether this unit has given a number to a customer whom it has not stored yet.
        """
        running, number = next(item for item in self._free if not unless(item[1]))
        self._range = evolve(self._range, last=running)
        return number

    def keep(self) -> None:
        """Save how far the range has been given out."""
        if self._stored is None and self._range.last:
            self._unit.add(self._range)
        elif self._stored is not None and self._range != self._stored:
            self._unit.save(self._range)

    def _taken(self, numbers: Sequence[str]) -> set[str]:
        keys = {number_key(number): number for number in numbers}
        holders = self._unit.find(Customer, stored("number_key").one_of(tuple(keys)))
        held = {holder.number_key for holder in holders} | taken_numbers(self._unit, tuple(keys))
        return {keys[key] for key in held}
