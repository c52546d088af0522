"""Processes that want the same times of one resource: through the library, and through a bare constraint of PostgreSQL."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any, Final

import psycopg
from sqlalchemy import make_url

from benchmarks.databases import database
from benchmarks.timing import Result
from loyaltycore import Loyalty
from loyaltycore.booking import hours_on
from loyaltycore.errors import Conflict, Refused, StorageBusy
from loyaltycore.memory import FixedClock
from loyaltycore_sql import SqlStorage

RIVALS: Final = 2
TRIES: Final = 400
"""Of each rival."""
NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
LENGTH: Final = timedelta(minutes=30)
_TABLE: Final = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE bookings (id serial PRIMARY KEY, resource text, during tstzrange, name text, email text, phone text,
                       EXCLUDE USING gist (resource WITH =, during WITH &&))
"""

Rival = Callable[[str, int, Any, Any], None]


def beside_a_constraint() -> Result:
    """How many bookings a second all rivals have together, whoever gets them."""
    mine = _had(by_the_library, _prepare_ours)
    bare = _had(by_a_constraint, _prepare_bare)
    share = mine / bare
    return Result(
        f"bookings of {RIVALS} rivals, postgresql, beside an exclusion constraint",
        f"{mine:,.0f}/s",
        f"{bare:,.0f}/s",
        f"{share:.2f}",
        "-",
        kept=True,
    )


def starts() -> list[datetime]:
    """Every quarter of an hour of forty days."""
    return [NOW + timedelta(hours=12, minutes=15 * number) for number in range(40 * 96)]


def by_the_library(url: str, number: int, ready: Any, had: Any) -> None:
    """Book through the planner."""
    storage = SqlStorage(url)
    planner = Loyalty(storage, clock=FixedClock(NOW)).planner("berlin")
    planner.templates()

    def book(each: datetime, at: int) -> bool:
        while True:
            try:
                planner.book(
                    each,
                    first_name="E",
                    last_name="R",
                    email=f"{number}.{at}@example.org",
                    phone="030 1234567",
                )
            except Refused:
                return False
            except (Conflict, StorageBusy):
                continue
            return True

    _try_all(number, ready, had, book)
    storage.close()


def by_a_constraint(url: str, number: int, ready: Any, had: Any) -> None:
    """Book by one INSERT, which the constraint may refuse."""
    with psycopg.connect(_bare(url), autocommit=True) as connection:

        def book(each: datetime, at: int) -> bool:
            try:
                connection.execute(
                    "INSERT INTO bookings (resource, during, name, email, phone)"
                    " VALUES ('room', tstzrange(%s, %s), 'R', %s, '0301')",
                    (each, each + LENGTH, f"{number}.{at}@example.org"),
                )
            except psycopg.errors.ExclusionViolation:
                return False
            return True

        _try_all(number, ready, had, book)


def _try_all(number: int, ready: Any, had: Any, book: Callable[[datetime, int], bool]) -> None:
    wanted = random.Random(number).sample(starts(), TRIES)  # noqa: S311  no secret
    ready.wait()
    count = sum(book(each, at) for at, each in enumerate(wanted))
    with had.get_lock():
        had.value += count


def _had(rival: Rival, prepare: Callable[[str], None]) -> float:
    """Bookings a second, all rivals together."""
    context = get_context("spawn")
    with database("postgresql") as url:
        prepare(url)
        ready, had = context.Barrier(RIVALS + 1), context.Value("i", 0)
        running = [context.Process(target=rival, args=(url, each, ready, had)) for each in range(RIVALS)]
        for each in running:
            each.start()
        ready.wait()
        begun = time.perf_counter()
        for each in running:
            each.join()
        return int(had.value) / (time.perf_counter() - begun)


def _prepare_ours(url: str) -> None:
    storage = SqlStorage(url)
    loyalty = Loyalty(storage, clock=FixedClock(NOW))
    setup = loyalty.session("bench")
    setup.branches.create("berlin", name="Berlin", time_zone="Europe/Berlin", country="DE")
    book = loyalty.session("bench", branch="berlin").appointments.setup
    book.save_resource(
        "room", branch_id="berlin", name="Room", week=hours_on(range(7), "00:00-24:00"), online=True
    )
    book.save_template("test", name="Test", length=30, step=15, online=True)
    storage.close()


def _prepare_bare(url: str) -> None:
    with psycopg.connect(_bare(url), autocommit=True) as connection:
        connection.execute(_TABLE)


def _bare(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
