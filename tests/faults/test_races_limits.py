"""Eight threads and two processes at one limit: it is reached, to the last use, and never passed."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from loyaltycore import Money
from loyaltycore.kernel.criteria import Query
from loyaltycore.sales import AmountOff, Limit, PromotionTerms, Rule
from loyaltycore.sales.rules.tally import Tally
from loyaltycore_sql import SqlStorage
from tests.faults import rivals
from tests.faults.effort import FACTOR
from tests.faults.prefork import Prefork
from tests.faults.racing import PROCESSES, THREADS, race, tell
from tests.house import build_house
from tests.services.programs import define

pytestmark = pytest.mark.every_engine

ROUNDS = 6 * FACTOR
"""Orders of each rival: 100,000 tries in all with a factor of 1,667."""
TRIES = (THREADS + PROCESSES) * ROUNDS
USES = TRIES // 2


def test_a_limit_is_reached_and_never_passed(url: str, prefork: Prefork, tmp_path: Path) -> None:
    """F191: twice as many orders as there are uses, some by way of a reservation: exactly so many are reduced."""
    with closing(SqlStorage(url)) as storage:
        house = build_house(storage)
        off = Rule("frames", AmountOff(Money(500, "EUR")), limits=[Limit(uses=USES)])
        define(house.desk, "spring", PromotionTerms([off]))
        begun = time.monotonic()
        threads, processes = race(
            prefork,
            tmp_path,
            lambda number: rivals.order_limited(house.desk, number, ROUNDS),
            ("order_limited", url, ROUNDS),
        )
        took = time.monotonic() - begun
        answers = [*threads, *processes]
        with storage.transaction(read_only=True) as tx:
            (tally,) = tx.find(Tally, Query())
        reduced = sum(had for had, _ in answers)
        tell(
            f"{TRIES:,} orders, {reduced:,} of {USES:,} uses, {reduced - USES} too many, {TRIES / took:,.0f}/s"
        )
        assert sum(map(sum, answers)) == TRIES
        assert reduced == USES
        assert ([count.amount for count in tally.counts], tally.holds) == ([USES], ())
