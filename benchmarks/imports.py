"""Importing files of customers, beside the bare driver that writes the same rows into the same tables."""

# ruff: noqa: S608  the names of our own tables

from __future__ import annotations

import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import count
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.databases import ENGINES, database
from benchmarks.memory import figures_of, peak
from benchmarks.people import customer
from benchmarks.timing import Result, at_most, duel, per_second, processor
from loyaltycore import Loyalty
from loyaltycore_sql import SqlStorage

ROWS = 5000
FILES = 5
BATCH = 500
LIMITS = {"sqlite": 7.0, "postgresql": 4.0}
FEW, MANY = 10_000, 100_000
PORTION = 1000
TABLES = {
    "loyalty_customers": "id",
    "loyalty_customers_keys": "record_key",
    "loyalty_activities": "subject_id",
}
"""The tables that an import fills, each with the column of the customer's id."""

Batches = list[list[tuple[str, list[tuple[Any, ...]]]]]
"""For each transaction its statements, and the rows of each."""


def run() -> Iterator[Result]:
    """Files of customers whom nobody knows, and the memory that a large one takes."""
    for engine in ENGINES:
        yield _beside_driver(engine)
    few, many = (figures_of("benchmarks.imports", str(rows))[0] for rows in (FEW, MANY))
    subject = "peak memory of an import, sqlite"
    flat = at_most(subject, many, few, 1.1)
    ours, peer = f"{many:.0f} MB at {MANY:,}", f"{few:.0f} MB at {FEW:,}"
    yield Result(subject, ours, peer, flat.ratio, f"flat: {flat.target}", flat.kept)


def _beside_driver(engine: str) -> Result:
    """Rows a second of a file that is read, recognised and stored, and of what is stored then."""
    starts = count(0, ROWS)
    portions: list[bytes] = []
    batches: Batches = []
    with (
        database(engine) as url,
        database(engine) as model,
        database(engine) as bare,
        Loyalty(SqlStorage(url)) as loyalty,
        Loyalty(SqlStorage(model)) as finished,
        Loyalty(SqlStorage(bare)) as empty,
        closing(_connect(bare)) as driver,
    ):
        # It makes the tables.
        empty.session("anna").customers.count()

        def prepare() -> None:
            start = next(starts)
            portions[:] = [table(range(start, start + ROWS))]
            _import(finished, portions)
            batches[:] = _take_rows(model, engine)

        def theirs() -> None:
            for statements in batches:
                cursor = driver.cursor()
                for statement, rows in statements:
                    cursor.executemany(statement, rows)
                driver.commit()

        clock = processor if engine == "sqlite" else time.perf_counter
        mine, peer = duel(lambda: _import(loyalty, portions), theirs, FILES, prepare, clock)
    return per_second(f"rows of a file of customers, {engine}", mine, peer, LIMITS[engine], ROWS)


def _import(loyalty: Loyalty, portions: Iterable[bytes]) -> None:
    desk = loyalty.session("anna").customers
    report = desk.import_file(portions, default_country="DE", batch_size=BATCH)
    if report.added != report.rows:
        raise AssertionError("a row was not taken")


def table(numbers: Iterable[int]) -> bytes:
    """The customers of these numbers, as a shop exports them."""
    lines = ["Kd-Nr;Vorname;Nachname;E-Mail;Mobil;Straße;PLZ;Ort;Geburtsdatum"]
    for each in map(customer, numbers):
        (phone,), (address,) = each.phones, each.addresses
        cells = (each.number, each.first_name, each.last_name, each.email, f"0170{phone.number[-7:]}")
        born = f"{each.birth_date:%d.%m.%Y}"
        lines.append(";".join((*cells, address.street, address.postal_code, address.city, born)))
    return "\n".join(lines).encode()


def _connect(url: str) -> Any:
    if not url.startswith("sqlite"):
        return psycopg.connect(url)
    connection = sqlite3.connect(str(make_url(url).database))
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _take_rows(url: str, engine: str) -> Batches:
    """Take all rows out of a database, in the order and the batches in which an import writes them."""
    mark = "?" if engine == "sqlite" else "%s"
    found: dict[str, dict[str, list[tuple[Any, ...]]]] = {}
    with closing(_connect(url)) as connection:
        cursor = connection.cursor()
        for name, key in TABLES.items():
            cursor.execute(f"SELECT {key} AS customer_, rows_.* FROM {name} AS rows_")
            marks = ", ".join([mark] * (len(cursor.description) - 1))
            by_customer = found[f"INSERT INTO {name} VALUES ({marks})"] = defaultdict(list)
            for owner, *row in cursor.fetchall():
                by_customer[owner].append(tuple(row))
            cursor.execute(f"DELETE FROM {name}")
        connection.commit()
    people = sorted(next(iter(found.values())))
    batches = [people[start : start + BATCH] for start in range(0, len(people), BATCH)]
    return [
        [(statement, [row for owner in batch for row in rows[owner]]) for statement, rows in found.items()]
        for batch in batches
    ]


def main(rows: int) -> None:
    """Import so many rows and tell the memory that it took."""
    parts = (table(range(start, start + PORTION)) for start in range(0, rows, PORTION))
    # Each part has the header; that of the first one is the file's.
    portions = (b"\n" + part.partition(b"\n")[2] if i else part for i, part in enumerate(parts))
    with database("sqlite") as url, Loyalty(SqlStorage(url)) as loyalty:
        _import(loyalty, portions)
        print(peak())


if __name__ == "__main__":
    main(int(sys.argv[1]))
