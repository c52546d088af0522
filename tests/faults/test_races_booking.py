"""Eight threads and two processes at the same times of the same resource: none is had twice, and nobody goes unanswered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from loyaltycore.booking import Appointment, hours_on
from loyaltycore.booking.rules.sheets import DaySheet
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore_sql import SqlStorage
from tests.faults import rivals
from tests.faults.effort import FACTOR
from tests.faults.prefork import Prefork
from tests.faults.racing import PROCESSES, THREADS, race, tell
from tests.house import THURSDAY, House, build_house

pytestmark = pytest.mark.every_engine

TIMES = 24 * FACTOR
MIDNIGHT = THURSDAY.replace(day=19, hour=23)
"""Monday at midnight, as the clock shows it in Berlin: an hour before the day changes in UTC."""


@pytest.fixture
def house(url: str) -> Iterator[House]:
    """A house with a room that is always open."""
    storage = SqlStorage(url)
    house = build_house(storage)
    setup = house.desk.appointments.setup
    setup.save_resource(
        "room", branch_id="berlin", name="Room", week=hours_on(range(7), "00:00-24:00"), online=True
    )
    setup.save_template("test", name="Test", length=60, step=30, online=True)
    yield house
    storage.close()


def test_no_time_is_had_twice(house: House, url: str, prefork: Prefork, tmp_path: Path) -> None:
    """Appointments of an hour, wanted at every half hour by all: those that are had never overlap."""
    times = rivals.half_hours(MIDNIGHT, TIMES)
    threads, processes = race(
        prefork,
        tmp_path,
        lambda number: rivals.book_anything(house.loyalty.planner("berlin"), times, number),
        ("book_anything", url, MIDNIGHT.isoformat(), TIMES),
    )
    answers = [*threads, *processes]
    with house.loyalty.storage.transaction(read_only=True) as tx:
        found = sorted(tx.find(Appointment, Query()), key=lambda each: each.starts_at)
        held = {hold.key for sheet in tx.find(DaySheet, Query()) for hold in sheet.holds}
    assert all(before.ends_at <= after.starts_at for before, after in pairwise(found))
    assert sum(had for had, _ in answers) == len(found)
    assert held == {each.id for each in found}
    assert [had + taken for had, taken in answers] == [TIMES] * (THREADS + PROCESSES)
    # Whatever is left between two of them is too short for another one.
    assert all(after.starts_at - before.ends_at < timedelta(hours=1) for before, after in pairwise(found))
    tell(f"{len(answers) * TIMES} tries, {len(found)} had")


def test_a_customer_is_told_once(house: House, url: str, prefork: Prefork, tmp_path: Path) -> None:
    """All tell the same at the same moment: there is one mail, and everybody learns of the same notice."""
    erika = house.customer()
    made = house.desk.appointments.make("room", MIDNIGHT, minutes=60, customer_id=erika.id)
    threads, processes = race(
        prefork,
        tmp_path,
        lambda _: rivals.tell_customer(house.loyalty, made.id),
        ("tell_customer", url, made.id),
    )
    with house.loyalty.storage.transaction(read_only=True) as tx:
        messages = [each.key for each in tx.find(OutboxMessage, Query()) if each.kind == "email.send"]
    (notice,) = house.desk.appointments.notices(made.id)
    assert {*threads, *processes} == {notice.id}
    assert len(messages) == 1
