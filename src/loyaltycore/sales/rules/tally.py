"""Tallies: how often, and for how much, the limited rules of a program were used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.combining import Combining
from loyaltycore.kernel.pricing.rule import Every
from loyaltycore.kernel.showing import showing

USES: Final = "uses"

MOST_HOLDS: Final = 500
"""Of one record at the same moment."""


@frozen
class Counter:
    """What is counted of one program: one rule, in one period, in one unit."""

    rule: str
    every: Every
    period: str
    """For example ``2026-11``; empty for ever."""
    unit: str
    """``uses``, or a currency, whose minor units are counted."""


@frozen
class Count:
    """How much of one thing there was."""

    counter: Counter
    amount: int


@frozen
class Taken:
    """What an order took of one limit."""

    program: str
    of_customer: bool
    """Whether it was one of a customer's limits, and not one of everybody's."""
    count: Count


@frozen
class TallyHold:
    """What an order has set aside."""

    id: str
    """Its reservation."""
    expires_at: datetime
    counts: tuple[Count, ...]


@frozen(repr=False)
class Tally:
    """What was used of one program's limits, by everybody together or by one customer; or a share of what everybody may use."""

    __repr__ = showing("id", "program", "customer_id")

    id: str
    """The key of the program, where it counts everybody's uses; of a share, with its place behind."""
    program: str
    customer_id: str | None
    """Whose uses it counts; None for everybody's."""
    counts: tuple[Count, ...] = ()
    """What was used, with what shares were given. Of a share: what it has, with what is set aside of it."""
    holds: tuple[TallyHold, ...] = ()
    version: int = 1

    @property
    def place(self) -> int | None:
        """Which share it is; None if it is none."""
        is_share = self.customer_id is None and self.id != self.program
        return int(self.id[len(self.program) + 1 :]) if is_share else None

    def used(self, counter: Counter) -> int:
        """How much was used of one thing; of a share, how much of it there is."""
        return next((count.amount for count in self.counts if count.counter == counter), 0)

    def held(self, counter: Counter, at: datetime, without: Iterable[str] = ()) -> int:
        """How much of it is set aside.

        Args:
            without: Reservations that do not count.
        """
        left_out = frozenset(without)
        return sum(
            count.amount
            for hold in self.holds
            if at < hold.expires_at and hold.id not in left_out
            for count in hold.counts
            if count.counter == counter
        )

    def after(self, counts: Iterable[Count]) -> Tally:
        """The same after more was used, or less if an amount is negative."""
        sums = {count.counter: count.amount for count in self.counts}
        for count in counts:
            sums[count.counter] = max(0, sums.get(count.counter, 0) + count.amount)
        return evolve(
            self, counts=tuple(Count(counter, amount) for counter, amount in sums.items() if amount)
        )

    def holding(self, hold: TallyHold, at: datetime) -> Tally:
        """The same with something set aside; what is over is dropped.

        Raises:
            Refused: ``tally.too_many_holds``.
        """
        live = tuple(each for each in self.holds if at < each.expires_at)
        if len(live) >= MOST_HOLDS:
            raise Refused(
                "tally.too_many_holds",
                f"{MOST_HOLDS} orders have something of it set aside already",
                remedy="settle without a reservation, or wait",
                program=self.program,
            )
        return evolve(self, holds=(*live, hold))

    def without_hold(self, hold_id: str) -> Tally:
        """The same without what an order had set aside."""
        return evolve(self, holds=tuple(each for each in self.holds if each.id != hold_id))

    def pruned(self, today: date) -> Tally:
        """The same without periods that are over for good: in any time zone, and for clocks that are slow."""
        earlier = today - timedelta(days=2)
        return evolve(
            self,
            counts=tuple(
                count
                for count in self.counts
                if count.counter.period >= period_of(count.counter.every, earlier)
            ),
        )


def share_of(program: str, place: int) -> Tally:
    """A share of what everybody may use, with nothing in it."""
    return Tally(f"{program}#{place:02}", program, None)


def period_of(every: Every, day: date) -> str:
    """The period that a day belongs to; later ones sort behind it.

    Example:
        >>> period_of(Every.WEEK, date(2027, 1, 1))
        '2026-W53'
    """
    match every:
        case Every.DAY:
            return day.isoformat()
        case Every.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case Every.MONTH:
            return day.isoformat()[:7]
        case Every.YEAR:
            return day.isoformat()[:4]
        case Every.EVER:
            return ""


def combine_tallies(mine: Tally, theirs: Tally, _by: Combining) -> tuple[Tally, None]:
    """One customer has used what both have used."""
    both = mine.after(theirs.counts)
    return evolve(both, holds=(*mine.holds, *theirs.holds)), None
