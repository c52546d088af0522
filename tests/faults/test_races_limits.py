"""Eight threads and two processes at one limit: it is reached, to the last use, and never passed."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from loyaltycore import Money
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.pricing.rule import Every
from loyaltycore.sales import AmountOff, Limit, PromotionTerms, Rule
from loyaltycore.sales.rules.sharing import SHARES
from loyaltycore.sales.rules.tally import USES, Count, Counter, Tally, share_of
from loyaltycore_sql import SqlStorage
from tests.faults import rivals
from tests.faults.effort import FACTOR
from tests.faults.prefork import Prefork
from tests.faults.racing import PROCESSES, THREADS, race, tell
from tests.house import House, build_house
from tests.services.programs import define

pytestmark = pytest.mark.every_engine

ROUNDS = 6 * FACTOR
"""Orders of each rival: 100,000 tries in all with a factor of 1,667."""
TRIES = (THREADS + PROCESSES) * ROUNDS
LEFT = TRIES // 2
MANY = 100_000
COUNTER = Counter("frames", Every.EVER, "", USES)


def _had(house: House, url: str, prefork: Prefork, folder: Path, left: int = LEFT) -> int:
    """How many orders are reduced, some of them by way of a reservation.

    Args:
        left: How many uses there are.
    """
    begun = time.monotonic()
    threads, processes = race(
        prefork,
        folder,
        lambda number: rivals.order_limited(house.desk, number, ROUNDS),
        ("order_limited", url, ROUNDS),
    )
    answers = [*threads, *processes]
    reduced = sum(had for had, _ in answers)
    rate = TRIES / (time.monotonic() - begun)
    tell(f"{TRIES:,} orders, {reduced:,} of {left:,} uses, {max(0, reduced - left)} too many, {rate:,.0f}/s")
    assert sum(map(sum, answers)) == TRIES
    return reduced


def _promote(house: House, uses: int) -> None:
    off = Rule("frames", AmountOff(Money(500, "EUR")), limits=[Limit(uses=uses)])
    define(house.desk, "spring", PromotionTerms([off]))


def _used(house: House) -> int:
    """What all records together say was used; nothing is set aside, and no share lacks anything."""
    with house.loyalty.storage.transaction(read_only=True) as tx:
        tallies = list(tx.find(Tally, Query()))
    assert not any(each.holds for each in tallies)
    assert all(count.amount > 0 for each in tallies for count in each.counts)
    return sum(each.used(COUNTER) * (1 if each.place is None else -1) for each in tallies)


def test_a_limit_is_reached_and_never_passed(url: str, prefork: Prefork, tmp_path: Path) -> None:
    """F191: exactly so many are reduced."""
    with closing(SqlStorage(url)) as storage:
        house = build_house(storage)
        _promote(house, LEFT)
        assert _had(house, url, prefork, tmp_path) == LEFT
        assert _used(house) == LEFT


def test_the_last_uses_of_sixteen_shares_are_had(url: str, prefork: Prefork, tmp_path: Path) -> None:
    """F191: what is left lies in shares, in some much and in some nothing, and is had by orders of all shares."""
    with closing(SqlStorage(url)) as storage:
        house = build_house(storage)
        _promote(house, MANY)
        has = [LEFT // SHARES * (place % 3) for place in range(SHARES)]
        has[0] += LEFT - sum(has)
        shares = [share_of("spring", place).after([Count(COUNTER, n)]) for place, n in enumerate(has) if n]
        tally = Tally("spring", "spring", None).after([Count(COUNTER, MANY)])
        with storage.transaction() as tx:
            tx.add(tally, *shares)
        assert _had(house, url, prefork, tmp_path) == LEFT
        assert _used(house) == MANY


def test_a_limit_far_away_is_shared_out(url: str, prefork: Prefork, tmp_path: Path) -> None:
    """All orders are reduced, and each is counted once, in whichever share."""
    with closing(SqlStorage(url)) as storage:
        house = build_house(storage)
        _promote(house, MANY)
        assert _had(house, url, prefork, tmp_path, MANY) == TRIES
        assert _used(house) == TRIES
