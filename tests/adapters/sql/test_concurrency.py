"""Real threads at the same records: nothing is lost, nothing is there twice."""

from __future__ import annotations

from collections import Counter as Tally

import pytest
from attrs import evolve

from loyaltycore.errors import DuplicateKey, StaleRecord, StorageBusy
from loyaltycore.kernel.criteria import Query, stored
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.samples import Counter, Part
from tests.bounded import at_once

THREADS = 6
ROUNDS = 15


def test_two_savers_of_one_version(sql: SqlStorage) -> None:
    """Of several who save one version exactly one wins; the others are told stale or busy."""
    with sql.transaction() as tx:
        tx.add(Counter("a"))

    def save(number: int) -> None:
        with sql.transaction() as tx:
            tx.save(Counter("a", number))

    outcomes = at_once(THREADS, save)
    assert outcomes.count(None) == 1
    assert all(isinstance(outcome, StaleRecord | StorageBusy) for outcome in outcomes if outcome is not None)
    with sql.transaction(read_only=True) as tx:
        assert tx.get(Counter, "a") == Counter("a", outcomes.index(None), 2)


@pytest.mark.parametrize("for_update", [True, False])
@pytest.mark.parametrize("reads_before", [True, False])
def test_no_update_is_lost(sql: SqlStorage, *, for_update: bool, reads_before: bool) -> None:
    """Threads that count in one record, and run again what lost a race, arrive at the right sum."""
    with sql.transaction() as tx:
        tx.add(Counter("a"), Counter("b"))

    def once(number: int) -> None:
        with sql.transaction() as tx:
            if reads_before:
                tx.get(Counter, "b")
            counter = tx.get(Counter, "a", for_update=for_update)
            assert counter is not None
            tx.add(Part(code=f"{number}-{counter.value}", batch=str(number), order=counter.value))
            tx.save(evolve(counter, value=counter.value + 1))

    def count(number: int) -> int:
        lost = done = 0
        while done < ROUNDS:
            try:
                once(number)
            except (StaleRecord, StorageBusy):
                lost += 1
            else:
                done += 1
        return lost

    losses = at_once(THREADS, count)
    with sql.transaction(read_only=True) as tx:
        assert tx.get(Counter, "a") == Counter("a", THREADS * ROUNDS, THREADS * ROUNDS + 1)
        assert sorted(part.order for part in tx.find(Part, Query())) == list(range(THREADS * ROUNDS))
    # A unit that lost a race begins by locking the row, so it does not lose again and again.
    assert all(isinstance(lost, int) and lost <= 2 * ROUNDS for lost in losses), losses


def test_waiting_in_line_is_not_noticed(sql: SqlStorage) -> None:
    """Units that begin by locking the record that they change all succeed at the first try."""
    with sql.transaction() as tx:
        tx.add(Counter("a"))

    def count(_: int) -> None:
        for _round in range(ROUNDS):
            with sql.transaction() as tx:
                counter = tx.get(Counter, "a", for_update=True)
                assert counter is not None
                tx.save(evolve(counter, value=counter.value + 1))

    assert at_once(THREADS, count) == [None] * THREADS


def test_race_for_a_unique_value(sql: SqlStorage) -> None:
    """Of several who want one unique value exactly one gets it; the others are told which value is taken."""

    def take(number: int) -> None:
        with sql.transaction() as tx:
            tx.count(Part, Query(stored("serial") == "s"))
            tx.add(Part(code=str(number), serial="s"))

    outcomes = at_once(THREADS, take)
    assert outcomes.count(None) == 1
    for outcome in outcomes:
        assert outcome is None or isinstance(outcome, DuplicateKey | StorageBusy)
        if isinstance(outcome, DuplicateKey):
            assert (outcome.table, outcome.fields) == ("parts", ("serial",))
    with sql.transaction(read_only=True) as tx:
        assert tx.count(Part, Query()) == 1


def test_race_for_a_key(sql: SqlStorage) -> None:
    """The same for the key itself."""

    def take(number: int) -> None:
        with sql.transaction() as tx:
            tx.add(Counter("a", number))

    outcomes = at_once(THREADS, take)
    assert outcomes.count(None) == 1
    with sql.transaction(read_only=True) as tx:
        assert list(tx.find(Counter, Query())) == [Counter("a", outcomes.index(None))]


def test_savers_and_removers(sql: SqlStorage) -> None:
    """A record that some save and some remove ends in one of the two states, and nobody's success is a lie."""
    with sql.transaction() as tx:
        tx.add(Counter("a"))

    def act(number: int) -> str:
        with sql.transaction() as tx:
            if number % 2:
                tx.save(Counter("a", number))
            else:
                tx.remove(Counter("a"))
        return "saved" if number % 2 else "removed"

    tally = Tally(outcome for outcome in at_once(THREADS, act) if isinstance(outcome, str))
    with sql.transaction(read_only=True) as tx:
        left = tx.count(Counter, Query())
    assert tally == ({"saved": 1} if left else {"removed": 1})


def test_crossing_locks(sql: SqlStorage) -> None:
    """Two who lock two records in opposite order do not wait for ever: one is told busy, and both can be repeated."""
    with sql.transaction() as tx:
        tx.add(Counter("a"), Counter("b"))

    def both(number: int) -> int:
        order = ["a", "b"] if number % 2 else ["b", "a"]
        for tries in range(1, 100):
            try:
                with sql.transaction() as tx:
                    for key in order:
                        counter = tx.get(Counter, key, for_update=True)
                        assert counter is not None
                        tx.save(evolve(counter, value=counter.value + 1))
            except (StaleRecord, StorageBusy):
                continue
            return tries
        raise AssertionError("never got through")

    outcomes = at_once(4, both)
    assert all(isinstance(tries, int) for tries in outcomes), outcomes
    with sql.transaction(read_only=True) as tx:
        assert {counter.value for counter in tx.find(Counter, Query())} == {4}
