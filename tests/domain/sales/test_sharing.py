"""Limits that are shared out: whatever is taken, set aside and given back in any order, they say what one number says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from attrs import define as mutable, evolve, field
from hypothesis import given, settings, strategies as st

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.parts import Use
from loyaltycore.kernel.pricing.rule import Every
from loyaltycore.sales.rules.counting import Counts, Limited
from loyaltycore.sales.rules.sharing import MANY, SHARES, kept_of, own_place
from loyaltycore.sales.rules.tally import USES, Count, Counter, Taken, Tally, TallyHold, share_of
from tests.domain.pricing.strategies import NOW

AUTUMN = ("autumn", None)
UNITS = (USES, "EUR")
COUNTERS = {unit: Counter("frames", Every.EVER, "", unit) for unit in UNITS}
EUROS = "frames#EUR"


class Stale(Exception):
    """Somebody else was faster."""


@mutable
class Till:
    """A storage of nothing but tallies, and beside it what one number says of each limit."""

    rows: dict[str, Tally] = field(factory=dict)
    now: Any = NOW
    taken: dict[str, dict[str, int]] = field(factory=dict)
    """By order and unit."""
    held: dict[str, tuple[Any, dict[str, int]]] = field(factory=dict)
    before: dict[str, int] = field(factory=lambda: dict.fromkeys(UNITS, 0))
    """What had been used when the tills opened."""

    def counts(self, order: str, rows: Mapping[str, Tally] | None = None) -> Counts:
        found = kept_of((self.rows if rows is None else rows).values())
        return Counts(self.now, lambda: "", found, order, own_place(order))

    def keep(self, counts: Counts) -> None:
        decision = counts.decision()
        if any(self.rows.get(each.id, each).version != each.version for each in decision.save) or any(
            each.id in self.rows for each in decision.add
        ):
            raise Stale
        for each in (*decision.add, *decision.save):
            self.rows[each.id] = evolve(each, version=each.version + 1)

    def used(self, unit: str) -> int:
        return self.before[unit] + sum(each.get(unit, 0) for each in self.taken.values())

    def is_held(self, order: str) -> bool:
        return order in self.held and self.now < self.held[order][0]

    def left(self, unit: str, most: int, order: str) -> int:
        """What one number says."""
        live = [units for other, (until, units) in self.held.items() if other != order and self.now < until]
        return most - self.used(unit) - sum(units.get(unit, 0) for units in live)


def limits_of(most: Mapping[str, int]) -> list[Limited]:
    return [
        Limited(f"frames#{unit}", AUTUMN, COUNTERS[unit], most[unit], ()) for unit in UNITS if unit in most
    ]


def wanted_of(counts: Counts, most: Mapping[str, int], cents: int) -> list[Use]:
    """What an order uses of what is left, as pricing would have it."""
    limits = limits_of(most)
    left = counts.left(limits)
    if not all(left.values()):
        return []
    amount = min(cents, left.get(EUROS, cents))
    return [Use("frames", place, each.key, Money(amount, "EUR")) for place, each in enumerate(limits)]


def amounts(uses: list[Use], most: Mapping[str, int]) -> dict[str, int]:
    units = [unit for unit in UNITS if unit in most]
    return {unit: 1 if unit == USES else use.amount.amount for unit, use in zip(units, uses, strict=False)}


def expected(till: Till, most: Mapping[str, int], cents: int, order: str) -> dict[str, int]:
    """What an order gets if one number is all there is."""
    left = {unit: max(0, till.left(unit, limit, order)) for unit, limit in most.items()}
    if not all(left.values()):
        return {}
    return {unit: 1 if unit == USES else min(cents, limit) for unit, limit in left.items()}


def act(till: Till, step: tuple[Any, ...]) -> None:
    """Do one thing, and see that the answer is that of one number."""
    match step:
        case ("reserve", order, _, _) if till.is_held(order):
            pass  # it is answered with the reservation that there is
        case ("settle" | "reserve" as verb, order, cents, most) if order not in till.taken:
            counts = till.counts(order)
            uses = wanted_of(counts, most, cents)
            assert amounts(uses, most) == expected(till, most, cents, order)
            limits = limits_of(most)
            to_lock = {each.id for each in counts.to_lock(limits, uses)}
            counts.let_go([AUTUMN], order)
            till.held.pop(order, None)
            if verb == "settle":
                counts.take(limits, uses)
                till.taken[order] = amounts(uses, most)
            elif uses:
                counts.hold(limits, uses, order, till.now + timedelta(minutes=5))
                till.held[order] = (till.now + timedelta(minutes=5), amounts(uses, most))
            assert {each.id for each in counts.decision().save} == to_lock
            till.keep(counts)
        case ("release", place) if till.held:
            order = sorted(till.held)[place % len(till.held)]
            counts = till.counts("")
            counts.let_go([AUTUMN], order)
            till.held.pop(order, None)
            till.keep(counts)
        case ("refund", place) if till.taken:
            counts = till.counts("")
            back = till.taken.pop(sorted(till.taken)[place % len(till.taken)]).items()
            counts.give_back([Taken("autumn", False, Count(COUNTERS[unit], n)) for unit, n in back], None)
            till.keep(counts)
        case ("wait", minutes):
            till.now += timedelta(minutes=minutes)


def check(till: Till) -> None:
    """Law 27: what shares have, what was used and what is left are the limit; and no share gives what is set aside."""
    kept = kept_of(till.rows.values()).get(AUTUMN)
    for unit, counter in COUNTERS.items():
        if kept is None:
            assert till.used(unit) == 0
            continue
        shared = sum(share.used(counter) for share in kept.shares.values())
        in_shares = sum(share.held(counter, till.now) for share in kept.shares.values())
        assert kept.tally.used(counter) - shared == till.used(unit)
        assert all(share.used(counter) >= share.held(counter, till.now) for share in kept.shares.values())
        assert kept.left(counter, 9999, till.now) == till.left(unit, 9999, "")
        assert shared - in_shares >= 0


orders = st.integers(0, 40).map(str)
mosts = st.sampled_from(
    [
        {USES: 40},
        {USES: MANY},
        {USES: MANY + 1},
        {USES: MANY + 20},
        {USES: 4000},
        {USES: 1000, "EUR": 20_000},
        {USES: 30, "EUR": 20_000},
        {"EUR": 5000},
        {"EUR": 800_000},
    ]
)
"""Of one revision and of the next: what counts for one order need not count for another."""
steps = st.one_of(
    st.tuples(st.sampled_from(("settle", "reserve")), orders, st.sampled_from([1, 2, 30, 999]), mosts),
    st.tuples(st.sampled_from(("release", "refund")), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 4)),
)


@st.composite
def tills(draw: st.DrawFn) -> Till:
    """A tally in which something was used, perhaps by a version that knew no shares, and perhaps stocked shares."""
    till = Till()
    if draw(st.booleans()):
        till.before = {USES: draw(st.sampled_from([1, 30, 480, 530])), "EUR": draw(st.integers(1, 20_000))}
        tally = Tally("autumn", "autumn", None).after(Count(COUNTERS[u], n) for u, n in till.before.items())
        _stock(till, tally, draw(st.dictionaries(st.integers(0, SHARES - 1), st.integers(0, 3))))
    return till


def _stock(till: Till, tally: Tally, shares: Mapping[int, int]) -> None:
    for place, has in shares.items():
        given = [Count(counter, has) for counter in COUNTERS.values()]
        share = share_of("autumn", place).after(given)
        till.rows[share.id] = share
        tally = tally.after(given)
    till.rows["autumn"] = tally


@given(tills(), st.lists(steps, max_size=60))
@settings(deadline=None)
def test_shares_together_are_one_number(till: Till, done: list[tuple[Any, ...]]) -> None:
    """Law 27: settled, reserved, released, late, given back, with other limits: as if one number was counted."""
    for step in done:
        act(till, step)
        check(till)


_NUMBERS = count()


def _of_place(place: int) -> str:
    """A fresh order that has this share."""
    return next(order for order in map(str, _NUMBERS) if own_place(order) == place)


@given(
    st.lists(st.integers(0, 2), min_size=3, max_size=3),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=2, max_size=9),
)
@settings(deadline=None)
def test_orders_that_race_are_as_if_one_came_after_the_other(
    stock: list[int], rivals: list[tuple[int, int]]
) -> None:
    """All decide on what they have read at the beginning; whoever is late reads again. None gets too much, none too little."""
    till = Till(before={USES: 30, "EUR": 0})
    _stock(till, Tally("autumn", "autumn", None).after([Count(COUNTERS[USES], 30)]), dict(enumerate(stock)))
    seen, had = dict(till.rows), []
    for place, more in rivals:
        order = _of_place(place)
        most = {USES: till.before[USES] + more} if more else {USES: 4000}
        for rows in (seen, till.rows):
            counts = till.counts(order, rows)
            uses = wanted_of(counts, most, 1)
            counts.take(limits_of(most), uses)
            try:
                till.keep(counts)
            except Stale:
                continue
            if uses:
                till.taken[order] = amounts(uses, most)
                had.append(most[USES])
            else:
                known = till if rows is till.rows else Till(seen, before=till.before)
                assert expected(known, most, 1, order) == {}
            break
        check(till)
    assert all(till.before[USES] + place <= most for place, most in enumerate(sorted(had), 1))


def test_a_limit_of_512_is_one_record_and_a_higher_one_is_shared_out() -> None:
    """One more, and the first order gives its share a part; its second one leaves the tally alone."""
    for most, parts in ((MANY, 0), (MANY + 1, 1)):
        till = Till()
        act(till, ("settle", "R-1", 1, {USES: most}))
        assert len(till.rows) == 1 + parts
    before = till.rows["autumn"]
    act(till, ("settle", _of_place(own_place("R-1")), 1, {USES: MANY + 1}))
    assert till.rows["autumn"] == before
    check(till)


def test_orders_far_from_the_limit_take_from_shares_alone() -> None:
    """Of four thousand orders, one in forty saves the tally."""
    till = Till()
    versions = []
    for number in range(4000):
        act(till, ("settle", f"R-{number}", 1, {USES: 10_000}))
        versions.append(till.rows["autumn"].version)
    assert len(till.rows) == 1 + SHARES
    assert len(set(versions)) < 4000 / 40
    check(till)


def test_what_is_left_in_a_share_of_another_order_is_had() -> None:
    """Nobody is refused because his own share is empty; what an order that was too slow had set aside is back."""
    counter, until = COUNTERS[USES], NOW + timedelta(minutes=5)
    till = Till(before={USES: 597, "EUR": 0}, held={"slow": (until, {USES: 1})})
    share = share_of("autumn", own_place("slow")).after([Count(counter, 3)])
    hold = TallyHold("slow", until, (Count(counter, 1),))
    till.rows = {
        "autumn": Tally("autumn", "autumn", None, (Count(counter, 600),)),
        share.id: evolve(share, holds=(hold,)),
    }
    others = [_of_place(own_place("slow") - 1) for _ in range(5)]
    for place, order in enumerate(others):
        if place == 3:
            act(till, ("wait", 5))
        act(till, ("settle", order, 1, {USES: 600}))
        check(till)
    assert [bool(till.taken[order]) for order in others] == [True, True, False, True, False]


@pytest.mark.parametrize("most", [{USES: 600}, {USES: 600, "EUR": 100_000}], ids=["uses", "and a budget"])
def test_a_limit_is_reached_to_the_last_use(most: dict[str, int]) -> None:
    """Six hundred orders get it, and the next ones do not, wherever the units have been."""
    till = Till()
    for number in range(620):
        act(till, ("settle", f"R-{number}", 30, most))
    assert till.used(USES) == 600
    check(till)
