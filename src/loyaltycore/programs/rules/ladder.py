"""The chain ladder: how amounts develop with age, and what they come to in the end.

A triangle has a row for each month, the oldest first, and in it what had come together by each age: a young month has a short
row. From one age to the next all rows that have reached both develop by one factor, and the last amount of each row goes on by
the factors of the ages to come (T. Mack, Which stochastic model is underlying the chain ladder method?, 1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from attrs import frozen

Triangle = Sequence[Sequence[int]]


@frozen
class Cohort:
    """What was issued in one month, and what has become of it."""

    issued: int
    redeemed: tuple[int, ...]
    """In all by the end of each month since, the month of issue first."""
    open: int
    """What has neither been redeemed nor expired."""

    @property
    def expired(self) -> int:
        """What has expired."""
        return self.issued - self.redeemed[-1] - self.open

    @property
    def unredeemed(self) -> tuple[int, ...]:
        """What was not redeemed by the end of each month."""
        return tuple(max(0, self.issued - redeemed) for redeemed in self.redeemed)


def factors_of(triangle: Triangle) -> tuple[Fraction, ...]:
    """By how much amounts grow from each age to the next; 1 where nothing is known."""
    width = max(map(len, triangle), default=0)
    return tuple(_factor(triangle, age) for age in range(width - 1))


def ultimates_of(triangle: Triangle) -> tuple[Fraction, ...]:
    """What each row comes to at the greatest age that any of them has reached."""
    factors = factors_of(triangle)
    return tuple(row[-1] * prod(factors[len(row) - 1 :], start=Fraction(1)) for row in triangle)


def expected_breakage(cohorts: Sequence[Cohort]) -> tuple[int, ...]:
    """How much of what is open of each cohort will never be redeemed, if it goes as with older ones.

    What develops is what has not been redeemed: it is never nothing while something is open, also where nobody can have
    redeemed anything yet, and so never more than that is expected. What has expired by now is not expected any more.
    """
    ultimates = ultimates_of([each.unredeemed for each in cohorts])
    return tuple(
        min(max(round(ultimate) - each.expired, 0), each.open)
        for each, ultimate in zip(cohorts, ultimates, strict=True)
    )


def _factor(triangle: Triangle, age: int) -> Fraction:
    both = [row for row in triangle if len(row) > age + 1]
    before = sum(row[age] for row in both)
    return Fraction(sum(row[age + 1] for row in both), before) if before else Fraction(1)
