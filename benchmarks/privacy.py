"""Exporting a customer about whom very much was written down."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from attrs import evolve
from sqlalchemy import Connection, text

from benchmarks.databases import ENGINES, bare_engine, database, settle
from benchmarks.timing import Result, at_most, duel, processor
from loyaltycore import Loyalty
from loyaltycore.kernel.criteria import Query, stored
from loyaltycore.privacy.exporting import exported
from loyaltycore.work.journal import Activity
from loyaltycore_sql import SqlStorage

ACTIVITIES: Final = 10_000
LIMIT: Final = 1.5


def run() -> Iterator[Result]:
    """Each engine: the archive, beside the same rows as they lie there, written into an archive by hand."""
    for name in ENGINES:
        with database(name) as url:
            yield _export(name, url)


def _export(name: str, url: str) -> Result:
    storage = SqlStorage(url)
    loyalty = Loyalty(storage)
    desk = loyalty.session("bench")
    erika = desk.customers.create(last_name="Mustermann", first_name="Erika", email="erika@example.org").id
    desk.customers.change(erika, first_name="Erika Maria", email="maria@example.org")
    with storage.transaction() as tx:
        (change,) = tx.find(Activity, Query(stored("action") == "customer.changed"))
        tx.add(*(evolve(change, id=f"{number:08d}") for number in range(ACTIVITIES - 2)))
    bare = bare_engine(url)
    settle(bare)
    questions = [
        text(f"SELECT * FROM loyalty_{each.table} WHERE {link.field} = :id")  # noqa: S608  the names are the library's own
        for each, link in exported(loyalty.registry)
    ]

    def ours() -> None:
        with tempfile.TemporaryFile() as to:
            desk.privacy.export(erika, to=to)

    def peer() -> None:
        with tempfile.TemporaryFile() as to, bare.connect() as connection:
            _by_hand(connection, questions, erika, to)

    result = at_most(
        f"export a customer with {ACTIVITIES:,} activities, beside the same queries by hand, {name}",
        *duel(ours, peer, rounds=5, clock=processor),
        LIMIT,
    )
    bare.dispose()
    storage.close()
    return result


def _by_hand(connection: Connection, questions: list[Any], customer: str, to: IO[bytes]) -> None:
    """Write the rows as the database gives them, a line each, into an archive."""
    with ZipFile(to, "w", ZIP_DEFLATED) as archive, archive.open("customer.json", "w") as document:
        for each in questions:
            rows = connection.execute(each, {"id": customer}).mappings()
            for row in rows:
                document.write(json.dumps(dict(row), default=str).encode())
