"""Eight threads and two processes at one customer, and at one range of customer numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyaltycore.customers.rules.customer import NumberRange
from loyaltycore.customers.rules.numbers import NumberPattern
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.errors import EditedMeanwhile
from loyaltycore.kernel.criteria import Query
from loyaltycore.work.journal import Activity
from loyaltycore_sql import SqlStorage
from tests.bounded import at_once
from tests.faults import rivals
from tests.faults.effort import FACTOR
from tests.faults.meeting import MeetingStorage
from tests.faults.prefork import Prefork
from tests.faults.racing import PROCESSES, THREADS, race, tell
from tests.house import House, build_house

pytestmark = pytest.mark.every_engine

ROUNDS = 6 * FACTOR
RIVALS = THREADS + PROCESSES


@pytest.fixture
def house(url: str) -> Iterator[House]:
    """A house whose rivals can be made to meet."""
    storage = SqlStorage(url)
    yield build_house(MeetingStorage(storage))
    storage.close()


def test_changes_of_different_fields_are_all_kept(
    house: House, url: str, prefork: Prefork, tmp_path: Path
) -> None:
    """Each rival changes its own field: no change overwrites another's, and each one stands in the activities."""
    erika = house.customer(first_name="", last_name="v0")
    race(
        prefork,
        tmp_path,
        lambda number: rivals.change_own_field(house.desk, erika.id, number, ROUNDS),
        ("change_own_field", url, erika.id, ROUNDS),
    )
    after = house.desk.customers.get(erika.id)
    assert {name: getattr(after, name) for name in rivals.FIELDS} == {
        name: rivals.value_of(name, ROUNDS) for name in rivals.FIELDS
    }
    assert after.version == 1 + RIVALS * ROUNDS
    with house.loyalty.storage.transaction(read_only=True) as tx:
        changes = [
            change.field
            for activity in tx.find(Activity, Query())
            if activity.action == "customer.changed"
            for change in activity.changes
        ]
    assert {name: changes.count(name) for name in rivals.FIELDS} == dict.fromkeys(rivals.FIELDS, ROUNDS)


def test_no_count_is_lost(house: House, url: str, prefork: Prefork, tmp_path: Path) -> None:
    """All count in one customer's notes, by expected version or in a block of their own: the sum is right."""
    erika = house.customer(notes="0")
    lost, others = race(
        prefork,
        tmp_path,
        lambda number: rivals.count_in_notes(house.desk, erika.id, number, ROUNDS),
        ("count_in_notes", url, erika.id, ROUNDS),
    )
    after = house.desk.customers.get(erika.id)
    assert int(after.notes) == RIVALS * ROUNDS
    assert after.version == 1 + RIVALS * ROUNDS
    tell(f"{RIVALS * ROUNDS} counts, {sum(lost) + sum(others)} tries lost to others")


def test_one_version_is_changed_once(house: House) -> None:
    """Of several who change the version that they all saw exactly one wins; the others are told, and change nothing."""
    erika = house.customer(notes="before")
    for _ in range(3):
        seen = house.desk.customers.get(erika.id)
        assert isinstance(house.loyalty.storage, MeetingStorage)
        house.loyalty.storage.meet(THREADS)

        def change(number: int, version: int = seen.version) -> str:
            return house.desk.customers.change(
                erika.id, expected_version=version, notes=f"{version}-{number}"
            ).notes

        outcomes = at_once(THREADS, change)
        (winner,) = [outcome for outcome in outcomes if isinstance(outcome, str)]
        assert all(isinstance(outcome, EditedMeanwhile) for outcome in outcomes if outcome is not winner)
        after = house.desk.customers.get(erika.id)
        assert (after.notes, after.version) == (winner, seen.version + 1)


def test_numbers_are_given_once_and_without_gaps(
    house: House, url: str, prefork: Prefork, tmp_path: Path
) -> None:
    """Many take customers on and some change their minds: the numbers kept are all there are, from 1 without a gap."""
    threads, processes = race(
        prefork,
        tmp_path,
        lambda number: rivals.create_customers(house.desk, number, ROUNDS),
        ("create_customers", url, ROUNDS),
    )
    given = [number for rival in (*threads, *processes) for number in rival]
    pattern = NumberPattern.parse(NUMBER_PATTERN.default)
    assert sorted(given) == sorted(pattern.render(2026, n) for n in range(1, RIVALS * ROUNDS + 1))
    assert house.desk.customers.count() == RIVALS * ROUNDS
    with house.loyalty.storage.transaction(read_only=True) as tx:
        (range_,) = tx.find(NumberRange, Query())
    assert range_.last == RIVALS * ROUNDS
