"""Processes that want the same times of one resource: through the library, and through a bare constraint of PostgreSQL."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import psycopg
from attrs import frozen
from psycopg import sql
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
ROUNDS: Final = 3
"""The best of each counts."""
NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
LENGTH: Final = timedelta(minutes=30)
_TABLE: Final = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE bookings (id serial PRIMARY KEY, resource text, during tstzrange, name text, email text, phone text,
                       EXCLUDE USING gist (resource WITH =, during WITH &&))
"""


@frozen
class Race:
    """What the rivals share."""

    together: Any
    """Where they and whoever counts wait for one another: at the beginning, at the end, and until all is counted."""
    had: Any
    """How many bookings they had."""
    spent: Any
    """Their processor time, in seconds."""


Rival = Callable[[str, int, Race], None]


def beside_a_constraint() -> Result:
    """How many bookings all rivals have together, whoever gets them, in a second of processor time."""
    return _beside(by_a_constraint, _prepare_bare, "an exclusion constraint")


def beside_the_same_rows() -> Result:
    """The same beside a constraint, where one transaction writes all rows that a booking has here."""
    return _beside(by_hand, _prepare_by_hand, "the same rows by hand and an exclusion constraint")


def _beside(rival: Rival, prepare: Callable[[str], None], what: str) -> Result:
    rounds = [(_had(by_the_library, _prepare_ours), _had(rival, prepare)) for _ in range(ROUNDS)]
    mine, theirs = map(max, zip(*rounds, strict=True))
    return Result(
        f"bookings of {RIVALS} rivals, postgresql, beside {what}",
        f"{mine:,.0f}/s",
        f"{theirs:,.0f}/s",
        f"{mine / theirs:.2f}",
        "-",
        kept=True,
    )


def starts() -> list[datetime]:
    """Every quarter of an hour of forty days."""
    return [NOW + timedelta(hours=12, minutes=15 * number) for number in range(40 * 96)]


def by_the_library(url: str, number: int, race: Race) -> None:
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

    _try_all(number, race, book)
    storage.close()


def by_a_constraint(url: str, number: int, race: Race) -> None:
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

        _try_all(number, race, book)


def by_hand(url: str, number: int, race: Race) -> None:
    """Book by the constraint, and write in the same transaction every other row that the library writes."""
    with psycopg.connect(_bare(url)) as connection:
        inserts = [_like_the_first(connection, table) for table in _WRITTEN]
        connection.commit()

        def book(each: datetime, at: int) -> bool:
            key = f"{number}.{at}"
            try:
                with connection.transaction():
                    connection.execute("SELECT * FROM loyalty_appointment_templates WHERE online").fetchall()
                    connection.execute("SELECT * FROM loyalty_resources WHERE online").fetchall()
                    connection.execute(
                        "SELECT * FROM loyalty_rate_windows WHERE id = %s FOR UPDATE", (key,)
                    ).fetchall()
                    connection.execute(
                        "INSERT INTO bookings (resource, during) VALUES ('room', tstzrange(%s, %s))",
                        (each, each + LENGTH),
                    )
                    for statement, row in inserts:
                        connection.execute(statement, {**row, "id": key, "key": key})
            except psycopg.errors.ExclusionViolation:
                return False
            return True

        _try_all(number, race, book)


_WRITTEN: Final = (
    "appointments",
    "appointment_links",
    "reminders",
    "outbox",
    "activities",
    "commands",
    "rate_windows",
)
"""The tables into which a booking writes a row, beside the day sheet."""


def _like_the_first(connection: psycopg.Connection[Any], table: str) -> tuple[Any, dict[str, Any]]:
    """A statement that inserts a row like the one that is there."""
    name = sql.Identifier(f"loyalty_{table}")
    found = connection.execute(sql.SQL("SELECT * FROM {}").format(name))
    columns = [each.name for each in found.description or ()]
    row = dict(zip(columns, found.fetchone() or (), strict=True))
    fields = sql.SQL(", ").join(map(sql.Identifier, columns))
    places = sql.SQL(", ").join(map(sql.Placeholder, columns))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(name, fields, places), row


def _try_all(number: int, race: Race, book: Callable[[datetime, int], bool]) -> None:
    wanted = random.Random(number).sample(starts(), TRIES)  # noqa: S311  no secret
    race.together.wait()
    begun = time.process_time()
    count = sum(book(each, at) for at, each in enumerate(wanted))
    spent = time.process_time() - begun
    with race.had.get_lock():
        race.had.value += count
        race.spent.value += spent
    race.together.wait()
    race.together.wait()


def _had(rival: Rival, prepare: Callable[[str], None]) -> float:
    """Bookings in a second of processor time, all rivals together, and what the server does for them included."""
    context = get_context("spawn")
    race = Race(context.Barrier(RIVALS + 1), context.Value("i", 0), context.Value("d", 0.0))
    with database("postgresql") as url:
        prepare(url)
        running = [context.Process(target=rival, args=(url, each, race)) for each in range(RIVALS)]
        for each in running:
            each.start()
        race.together.wait()
        before = _spent_by_the_server(url)
        race.together.wait()
        spent = race.spent.value + _spent_by_the_server(url) - before
        race.together.wait()
        for each in running:
            each.join()
    return int(race.had.value) / spent


def _spent_by_the_server(url: str) -> float:
    """Processor time of all that serve this database, in seconds; the server has to run on this machine."""
    with psycopg.connect(_bare(url)) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    ticks = 0
    for (pid,) in found:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime, see proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


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


def _prepare_by_hand(url: str) -> None:
    """What the library keeps, with one booking to copy, and the constraint."""
    _prepare_ours(url)
    _prepare_bare(url)
    storage = SqlStorage(url)
    planner = Loyalty(storage, clock=FixedClock(NOW)).planner("berlin")
    planner.book(
        NOW + timedelta(days=50), first_name="E", last_name="R", email="e@example.org", phone="030 1234567"
    )
    storage.close()


def _bare(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
