"""The report on the completeness of 1,000,000 customers, beside a hand-written scan that counts the same.

The scan reads the same columns of the same table into the same records, in one query that is streamed. Started as a
program with the URL of a database, this module runs the report and prints how many customers there were and how much
memory the process took at most.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from attrs import evolve
from sqlalchemy import ColumnElement, Engine, MetaData, Table, insert, literal, select

from benchmarks import by_hand
from benchmarks.databases import ENGINES, database, settle
from benchmarks.memory import flat, peak, peak_of
from benchmarks.people import customer
from benchmarks.timing import Result, duel, processor
from loyaltycore import Loyalty
from loyaltycore.completeness.rules.options import BIRTH_DATE, EMAIL, MOBILE, POSTAL_ADDRESS
from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.desk import Desk
from loyaltycore.kernel.contact import ConsentState
from loyaltycore_sql import SqlStorage

FEW, MANY = 100_000, 1_000_000
SEEDS = 1000
ROUNDS = 1
LIMIT = 1.3

PRESENT = (
    "salutation", "title", "first_name", "name_extension", "birth_date",
    "last_name", "language", "addresses", "email", "landline", "mobile", "phones", "preferred_channel",
    "privacy_date", "external_number", "customer_since", "branch_id", "notes",
)  # fmt: skip
CONSENTS = ("privacy", "consent_letter", "consent_email", "consent_phone", "consent_sms")


def run() -> Iterator[Result]:
    """Each engine: the report and the stream of gaps, and the memory that the report takes."""
    for name in ENGINES:
        with database(name) as url:
            storage = SqlStorage(url)
            desk, table = _desk(storage), _table(storage)
            bare = by_hand.engine(url)
            _seed(storage)
            _grow(bare, table, 1, FEW)
            few = peak_of("benchmarks.completeness", url, FEW)
            _grow(bare, table, FEW // SEEDS, MANY)
            settle(bare)
            yield from _times(name, desk, bare, table)
            many = peak_of("benchmarks.completeness", url, MANY)
            yield flat(f"peak memory of the report, {name}", (few, FEW), (many, MANY))
            storage.close()
            bare.dispose()


def _desk(storage: SqlStorage) -> Desk:
    loyalty = Loyalty(storage)
    for option in (EMAIL, MOBILE, BIRTH_DATE, POSTAL_ADDRESS):
        loyalty.session("bench").settings.change(option, value=True)
    return loyalty.session("bench")


def _table(storage: SqlStorage) -> Table:
    """The table of the storage, with the columns that the peer knows."""
    return by_hand.CUSTOMERS.to_metadata(MetaData(), name=f"{storage.prefix}customers")


def _seed(storage: SqlStorage) -> None:
    """Customers of whom each lacks something else; one in five lacks the e-mail address."""
    people = [_lacking(customer(n), n) for n in range(SEEDS)]
    with storage.transaction() as tx:
        tx.add(*people)


def _lacking(who: Customer, n: int) -> Customer:
    return with_derived(
        evolve(
            who,
            email="" if n % 5 == 0 else who.email,
            phones=() if n % 7 == 0 else who.phones,
            addresses=() if n % 11 == 0 else who.addresses,
            birth_date=None if n % 13 == 0 else who.birth_date,
            privacy=ConsentState.ACCEPTED if n % 3 else ConsentState.OPEN,
            privacy_date=date(2025, 1, 1) if n % 3 else None,
        )
    )


def _grow(bare: Engine, table: Table, copies: int, many: int) -> None:
    """Copy the seeds under further ids and numbers, inside the database: a report reads nothing but this table."""
    rest = [column for column in table.columns if column.name not in {"id", "number"}]
    names = ["id", "number", *(column.name for column in rest)]
    with bare.begin() as connection:
        for copy in range(copies, many // SEEDS):
            mark = literal(f"d{copy:04d}")
            seeds = select(mark + table.c.id, mark + table.c.number, *rest).where(
                table.c.id >= "c", table.c.id < "d"
            )
            connection.execute(insert(table).from_select(names, seeds))


def _times(name: str, desk: Desk, bare: Engine, table: Table) -> Iterator[Result]:
    clock = processor if name == "sqlite" else time.perf_counter
    counted: dict[str, Any] = {}

    def report() -> None:
        counted["ours"] = desk.completeness.report()

    def scan() -> None:
        counted["theirs"] = _scan(bare, table)

    times = duel(report, scan, ROUNDS, clock=clock)
    _compare(counted["ours"], counted["theirs"])
    yield _within(f"report on {MANY:,} customers, {name}", *times)

    def stream() -> None:
        counted["ours"] = sum(1 for _ in desk.completeness.each_gap(field="email"))

    def select_them() -> None:
        counted["theirs"] = sum(1 for _ in _people(bare, table, table.c.email == ""))

    times = duel(stream, select_them, ROUNDS, clock=clock)
    if counted["ours"] != counted["theirs"]:
        raise AssertionError("the gaps differ")
    yield _within(
        f"{counted['ours']:,} customers without e-mail among {MANY:,}, with their gaps, {name}", *times
    )


def _people(bare: Engine, table: Table, where: ColumnElement[bool] | None = None) -> Iterator[Customer]:
    wanted = select(table) if where is None else select(table).where(where)
    with bare.connect() as connection:
        for row in connection.execution_options(yield_per=500).execute(wanted):
            yield by_hand.customer_of(row)


def _scan(bare: Engine, table: Table) -> Counter[str]:
    """Count how many customers have what."""
    found: Counter[str] = Counter()
    for who in _people(bare, table):
        found["all"] += 1
        for name in PRESENT:
            if getattr(who, name):
                found[name] += 1
        for name in CONSENTS:
            if getattr(who, name) is not ConsentState.OPEN:
                found[name] += 1
        if who.has_post:
            found["postal_address"] += 1
            if who.company if who.kind is CustomerKind.COMPANY else who.first_name and who.last_name:
                found["group"] += 1
        if not (who.email and who.mobile and who.birth_date and who.has_post):
            found["gaps"] += 1
    return found


def _compare(ours: Any, theirs: Counter[str]) -> None:
    """Both ways count the same."""
    mine = {
        each.key: each.filled for each in ours.fields if each.key in {*PRESENT, *CONSENTS, "postal_address"}
    }
    mine |= {"all": ours.customers, "gaps": ours.with_gaps, "group": ours.reach("postal_address").filled}
    if mine != {key: theirs[key] for key in mine}:
        raise AssertionError("the reports differ")


def _within(subject: str, ours: float, peer: float) -> Result:
    ratio = ours / peer
    return Result(
        subject, f"{ours:.1f} s", f"{peer:.1f} s", f"{ratio:.2f}", f"at most {LIMIT:g} times", ratio <= LIMIT
    )


def main(url: str) -> None:
    """Run the report."""
    storage = SqlStorage(url)
    report = Loyalty(storage).session("bench").completeness.report()
    print(report.customers, peak())
    storage.close()


if __name__ == "__main__":
    main(sys.argv[1])
