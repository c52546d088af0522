"""Sharing limits out: orders that use the same limit take their units from records of their own.

While there is room for many more, an order takes from one of sixteen shares, which its number chooses. A share that is empty is
given units by the tally, which counts them as used from then on: so what was used and what shares have is never more than
the limit. Towards its end a limit is used at the tally itself; if that has too little, it gathers what is left in
all shares. An order saves every record that it takes units from, so two that want the same unit meet at a version.

A share does not know the limit that its units were given under. So an order takes from it only if the tally counts no more than
the order's own limit, which may be another one: programs and vouchers keep the limit of their revision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zlib import crc32

from attrs import evolve, field, frozen

from loyaltycore.sales.rules.tally import Count, Counter, Tally, TallyHold, share_of

SHARES: Final = 16

MANY: Final = 512
"""For so many more orders of the same size there has to be room, or nothing is given to shares."""

PART: Final = 32
"""Of what there is room for, one of so many parts is given at a time: sixteen shares are never given more than half."""


@frozen
class Wanted:
    """What an order takes of one limit."""

    counter: Counter
    amount: int
    most: int
    """The limit."""


def own_place(order_number: str) -> int:
    """The share from which an order takes."""
    return crc32(order_number.encode("utf-8", "replace")) % SHARES


@frozen
class Kept:
    """All that is kept of what one owner uses: a tally, and shares by their places."""

    tally: Tally
    shares: Mapping[int, Tally] = field(factory=dict)

    @property
    def records(self) -> Iterator[Tally]:
        """The shares that there are, then the tally: in this order they are locked and saved."""
        yield from (self.shares[place] for place in sorted(self.shares))
        yield self.tally

    def left(self, counter: Counter, most: int, at: datetime, without: Collection[str] = ()) -> int:
        """How much is left of a limit, wherever it is; negative if the limit was higher.

        Args:
            without: Reservations that do not count.
        """
        shared = sum(_free(share, counter, at, without) for share in self.shares.values())
        return most + _free(self.tally, counter, at, without, sign=-1) + shared

    def taking(self, wanted: Sequence[Wanted], own: int | None, at: datetime) -> Kept:
        """The same after an order took something that is left.

        Args:
            own: The share of the order; None if nothing is shared out.
        """
        ready, giver = self._ready(wanted, own, at)
        if giver is None:
            return evolve(ready, tally=_more(ready.tally, wanted))
        return ready.with_share(giver, _more(ready.shares[giver], wanted, sign=-1))

    def holding(self, hold: TallyHold, wanted: Sequence[Wanted], own: int | None, at: datetime) -> Kept:
        """The same after something that is left was set aside.

        Raises:
            Refused: ``tally.too_many_holds``.
        """
        ready, giver = self._ready(wanted, own, at)
        if giver is None:
            return evolve(ready, tally=ready.tally.holding(hold, at))
        return ready.with_share(giver, ready.shares[giver].holding(hold, at))

    def without_hold(self, hold_id: str) -> Kept:
        """The same without what an order had set aside."""
        shares = {place: share.without_hold(hold_id) for place, share in self.shares.items()}
        return Kept(self.tally.without_hold(hold_id), shares)

    def with_share(self, place: int, share: Tally) -> Kept:
        """The same with one share as it is now."""
        return evolve(self, shares={**self.shares, place: share})

    def _ready(self, wanted: Sequence[Wanted], own: int | None, at: datetime) -> tuple[Kept, int | None]:
        """Where an order takes its units, a share or the tally, once there are enough of them in one place."""
        if own is not None:
            lacking = [each for each in wanted if not self._has(own, each, at)]
            if all(self._room(each, at) > MANY * each.amount for each in lacking):
                return self._giving(own, lacking, at), own
        if any(self._room(each, at) < each.amount for each in wanted):
            return self._gathering([each.counter for each in wanted], at), None
        return self, None

    def _room(self, wanted: Wanted, at: datetime) -> int:
        return wanted.most + _free(self.tally, wanted.counter, at, sign=-1)

    def _has(self, place: int, wanted: Wanted, at: datetime) -> bool:
        share = self.shares.get(place)
        there = 0 if share is None else _free(share, wanted.counter, at)
        return there >= wanted.amount and self._room(wanted, at) >= 0

    def _giving(self, place: int, wanted: Iterable[Wanted], at: datetime) -> Kept:
        """The same after a share was given of what there is room for."""
        given = [Count(each.counter, self._room(each, at) // PART) for each in wanted]
        if not given:
            return self
        share = self.shares.get(place) or share_of(self.tally.program, place)
        return evolve(self, tally=self.tally.after(given)).with_share(place, share.after(given))

    def _gathering(self, counters: Iterable[Counter], at: datetime) -> Kept:
        """The same with everything that is left at the tally."""
        after = self
        for counter in dict.fromkeys(counters):
            for place, share in after.shares.items():
                back = [Count(counter, -max(0, _free(share, counter, at)))]
                after = evolve(after, tally=after.tally.after(back)).with_share(place, share.after(back))
        return after


def kept_of(tallies: Iterable[Tally]) -> dict[tuple[str, str | None], Kept]:
    """What is kept, by program and customer."""
    found: dict[tuple[str, str | None], Kept] = {}
    shares: dict[str, dict[int, Tally]] = defaultdict(dict)
    for each in tallies:
        if each.place is None:
            found[each.program, each.customer_id] = Kept(each)
        else:
            shares[each.program][each.place] = each
    return found | {
        (program, None): Kept(found[program, None].tally, some) for program, some in shares.items()
    }


def _free(
    tally: Tally, counter: Counter, at: datetime, without: Collection[str] = (), *, sign: int = 1
) -> int:
    """What a tally has of something, or with ``sign=-1`` lacks, and not what is set aside."""
    return sign * tally.used(counter) - tally.held(counter, at, without)


def _more(tally: Tally, wanted: Iterable[Wanted], *, sign: int = 1) -> Tally:
    return tally.after(Count(each.counter, sign * each.amount) for each in wanted)
