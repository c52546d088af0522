"""Merging a customer with very much of everything, and finding one among very many who may be the same."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Final

from attrs import frozen
from sqlalchemy import Engine, event, text

from benchmarks.databases import ENGINES, bare_engine, database, settle
from benchmarks.django_merging import peers
from benchmarks.people import customer, last_name
from benchmarks.timing import Result, at_most, processor, seconds
from loyaltycore import Capability, Loyalty
from loyaltycore.customers import Customer
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.desk import Desk
from loyaltycore.storing.registry import CustomerLink, OnErase, OnExport, OnMerge, RecordType
from loyaltycore_sql import SqlStorage

ROWS: Final = 30_000
TABLES: Final = 3
LIMIT: Final = 3.0
AMONG: Final = 1_000_000
PORTION: Final = 10_000
LOOKS: Final = 200


def _record_type(number: int) -> RecordType[object]:
    @frozen
    class Row:
        id: str
        customer_id: str
        text: str
        version: int = 1

    return RecordType(
        cls=Row,
        table=f"rows_{number}",
        indexes=(("customer_id", "id"),),
        lengths={"customer_id": 64},
        customer=CustomerLink(
            field="customer_id", merge=OnMerge.MOVE, export=OnExport.INCLUDE, erase=OnErase.REMOVE
        ),
    )


TYPES: Final = tuple(_record_type(number) for number in range(TABLES))


def run() -> Iterator[Result]:
    """Each engine: a merge beside bare UPDATEs; then the check of a new customer among very many, beside finding by e-mail."""
    for name in ENGINES:
        with database(name) as url:
            yield from _merges(name, url)
    with database("sqlite") as url:
        yield from _duplicates(url)


def _merges(name: str, url: str) -> Iterator[Result]:
    storage = SqlStorage(url)
    desk = Loyalty(storage, capabilities=[Capability(name="rows", records=TYPES)]).session("bench")
    bare = bare_engine(url)
    one, two = (desk.customers.create(last_name=last).id for last in ("One", "Two"))
    for each in TYPES:
        for start in range(0, ROWS // TABLES, PORTION):
            with storage.transaction() as tx:
                tx.add(
                    *(
                        each.cls(f"{start + n:08d}", two, "text")
                        for n in range(min(PORTION, ROWS // TABLES - start))
                    )
                )
    settle(bare)
    counted: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *given: counted.append(given[2]))
    # What SQLite does it does in this process, whatever other programs do meanwhile.
    clock = processor if name == "sqlite" else time.perf_counter
    ours, peer, statements = [], [], 0
    for _ in range(4):
        plan = desk.merging.plan(survivor=one, loser=two)
        counted.clear()
        done: list[str] = []
        ours.append(seconds(lambda plan=plan, done=done: done.append(desk.merging.execute(plan).id), clock))
        statements = len(counted)
        desk.merging.undo(done[0])
        peer.append(seconds(lambda: _update(bare, two, one), clock))
        _update(bare, one, two)
    yield at_most(
        f"merge {ROWS:,} records, beside {TABLES} bare UPDATEs, {name}", min(ours), min(peer), LIMIT
    )
    yield Result(f"statements of that, {name}", str(statements), "-", "-", "-", kept=True)
    if name == "sqlite":
        for peer_name, taken in peers(ROWS):
            yield at_most(f"merge {ROWS:,} records, beside {peer_name}, {name}", min(ours), taken)
    bare.dispose()
    storage.close()


def _update(bare: Engine, old: str, new: str) -> None:
    with bare.begin() as connection:
        for each in TYPES:
            connection.execute(
                text(f"UPDATE loyalty_{each.table} SET customer_id = :new WHERE customer_id = :old"),  # noqa: S608  the names are the library's own
                {"new": new, "old": old},
            )


def _duplicates(url: str) -> Iterator[Result]:
    storage = SqlStorage(url)
    desk = Loyalty(storage).session("bench")
    for first in range(0, AMONG, PORTION):
        people = [_person(n) for n in range(first, first + PORTION)]
        with storage.transaction() as tx:
            tx.add(*people)
    bare = bare_engine(url)
    settle(bare)
    wanted = [_person(n * 7919 % AMONG) for n in range(LOOKS)]
    for form, look in (("name and e-mail", _look), ("whole form", _look_whole)):
        ours: list[float] = []
        peer: list[float] = []
        sides = [
            (ours, lambda who, look=look: look(desk, who)),
            (peer, lambda who: desk.customers.find(email=who.email)),
        ]
        for who in wanted:
            # Who looks first finds less in memory, so they take turns.
            sides.reverse()
            for times, side in sides:
                times.append(seconds(lambda who=who, side=side: side(who), processor))
        yield at_most(
            f"p99 of a new customer, {form}, beside finding by e-mail, among {AMONG:,}, sqlite",
            _p99(ours),
            _p99(peer),
            LIMIT,
        )
    bare.dispose()
    storage.close()


def _person(number: int) -> Customer:
    """One whose name has nothing to do with the house and the date of birth, which follow from the number, too."""
    return with_derived(customer(number), last_name=last_name(number * 48_271 % 1_000_003))


def _look(desk: Desk, who: Customer) -> None:
    desk.merging.duplicates_like(last_name=who.last_name, first_name=who.first_name, email=who.email)


def _look_whole(desk: Desk, who: Customer) -> None:
    desk.merging.duplicates_like(
        last_name=who.last_name,
        first_name=who.first_name,
        email=who.email,
        birth_date=who.birth_date,
        phones=[each.number for each in who.phones],
        addresses=who.addresses,
    )


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]
