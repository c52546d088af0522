"""Eight threads and two processes at the same times of the same resource: none is had twice, and nobody goes unanswered."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from loyaltycore import Loyalty
from loyaltycore.booking import Appointment, BusyTime, hours_on
from loyaltycore.booking.rules.blocking import is_block
from loyaltycore.booking.rules.sheets import DaySheet
from loyaltycore.errors import Refused
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore_sql import SqlStorage
from tests.faults import rivals
from tests.faults.effort import FACTOR
from tests.faults.meeting import MeetingStorage
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
    days = house.loyalty.planner("berlin").grid(MIDNIGHT.date(), TIMES // 48 + 2)
    free = {slot.starts_at for day in days for slot in day.slots if slot.reason is None}
    assert not free & set(times), "nobody was refused what is left"
    tell(f"{len(answers) * TIMES} tries, {len(found)} had")


def test_a_calendar_and_an_appointment_meet(house: House, url: str) -> None:
    """Over midnight in UTC, at one moment: whoever comes second sees the other, and neither is lost on any sheet."""
    storage = MeetingStorage(SqlStorage(url))
    meeting = Loyalty(storage, clock=house.clock).session("anna", "berlin").appointments
    until = MIDNIGHT + timedelta(hours=2)
    storage.meet(2)
    with ThreadPoolExecutor(2) as both:
        made = both.submit(meeting.make, "room", MIDNIGHT, minutes=120)
        said = both.submit(
            meeting.setup.block, "room", [BusyTime(MIDNIGHT, until)], since=MIDNIGHT, until=until
        )
    assert said.exception() is None
    with house.loyalty.storage.transaction(read_only=True) as tx:
        sheets = list(tx.find(DaySheet, Query(order_by=("id",))))
    assert [sum(map(is_block, sheet.holds)) for sheet in sheets] == [1, 1]
    booked = [sum(not is_block(hold) for hold in sheet.holds) for sheet in sheets]
    if made.exception() is None:
        assert booked == [1, 1]
    else:
        assert (type(made.exception()), booked) == (Refused, [0, 0])
    storage.inner.close()


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
        messages = [each.key for each in tx.find(OutboxMessage, Query()) if each.kind.endswith("email")]
    (notice,) = house.desk.appointments.notices(made.id)
    assert {*threads, *processes} == {notice.id}
    assert len(messages) == 1
