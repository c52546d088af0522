"""What has no connections in a copy of its process: locks that were held at the fork are free in the copy."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from loyaltycore import Loyalty
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.forking import PerProcess, this_process
from loyaltycore.testing.processes import Say, forked
from loyaltycore.work.ambient import TimeOrderedIds
from loyaltycore_holidays import HolidayCalendar
from loyaltycore_holidays.calendar import _COMPUTING
from tests.bounded import join, start

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@contextmanager
def held(lock: PerProcess[threading.Lock]) -> Iterator[None]:
    """Another thread holds a lock during the block."""
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.get():
            ready.set()
            done.wait(60)

    thread = start(hold)
    ready.wait(60)
    try:
        yield
    finally:
        done.set()
        join(thread)


def in_a_child(work: Callable[[], str]) -> str | None:
    """What some work answers in a copy of this process."""

    def report(say: Say) -> None:
        say(work())

    with forked(report) as child:
        return child.line()


def test_ids_of_a_child_are_its_own() -> None:
    """A child makes ids although another thread was making one at the fork, and none that its parent makes."""
    ids = TimeOrderedIds()
    with held(ids._lock):
        theirs = in_a_child(ids.new)
    assert theirs not in {None, ids.new()}


def test_a_storage_in_memory_is_copied() -> None:
    """A child reads and writes a copy of the records, although a thread of its parent was writing at the fork."""
    storage = MemoryStorage()
    desk = Loyalty(storage).session("anna")
    erika = desk.customers.create(last_name="Mustermann").id
    ready, done = threading.Event(), threading.Event()

    def write() -> None:
        with storage.transaction():
            ready.set()
            done.wait(60)

    thread = start(write)
    ready.wait(60)
    try:
        said = in_a_child(lambda: desk.customers.change(erika, last_name="Neumann").last_name)
    finally:
        done.set()
        join(thread)
    assert said == "Neumann"
    assert desk.customers.get(erika).last_name == "Mustermann"


def test_calendars_are_computed_in_a_child() -> None:
    """A child computes a year although another thread was computing one at the fork."""
    calendar = HolidayCalendar("DE")
    with held(_COMPUTING):
        said = in_a_child(lambda: str(calendar.is_working_day(date(2026, 12, 25))))
    assert said == "False"


def test_each_process_makes_its_own() -> None:
    """A thing is made once in a process, and once more in a copy of it, from what was inherited if that is asked for."""
    made = PerProcess(lambda: [this_process()], lambda inherited: [*inherited, this_process()])
    (parent,) = made.get()
    assert made.get() is made.get()
    assert in_a_child(lambda: str((made.get()[0] == parent, made.get()[1] == this_process()))) == str(
        (True, True)
    )
    assert made.get() == [parent]
