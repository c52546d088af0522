"""What a program owes to 1,000,000 holders, beside one query, streamed, that reads the same purses.

Started as a program with the URL of a database, this module runs the report and prints how many holders there were and how
much memory the process took at most.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from benchmarks import by_hand
from benchmarks.databases import ENGINES, database, settle
from benchmarks.memory import flat, peak, peak_of
from benchmarks.timing import Result, duel, processor
from loyaltycore import Loyalty, Money
from loyaltycore.desk import Desk
from loyaltycore.kernel.ledger import Funding, Lot, Purse, Turnover
from loyaltycore.programs import Earn, Liability, PointsTerms, ProgramAssignment, months, period
from loyaltycore_sql import SqlStorage

FEW, MANY = 100_000, 1_000_000
SEEDS = 200
ROUNDS = 3
LIMIT = 1.3


def run() -> Iterator[Result]:
    """Each engine: the report, and the memory that it takes."""
    for name in ENGINES:
        with database(name) as url:
            storage = SqlStorage(url)
            desk, bare = _seeded(storage), by_hand.engine(url)
            _grow(bare, 1, FEW)
            few = peak_of("benchmarks.liability", url, FEW)
            _grow(bare, FEW // SEEDS, MANY)
            settle(bare)
            yield _times(name, desk, bare)
            many = peak_of("benchmarks.liability", url, MANY)
            yield flat(f"peak memory of that, {name}", (few, FEW), (many, MANY))
            storage.close()
            bare.dispose()


def _seeded(storage: SqlStorage) -> Desk:
    """A club whose members have bought one to four times."""
    desk = Loyalty(storage).session("bench")
    desk.programs.define(
        "club", PointsTerms(Earn(1, per=Money(100, "EUR")), expiry=period(months(12))), name="Club"
    )
    desk.programs.publish("club")
    for n in range(SEEDS):
        row = desk.programs.assign(desk.customers.create(last_name=f"Muster {n}").id, "club")
        for bought in range(1 + n % 4):
            desk.programs.earn(row.id, Money(10_000 + 100 * n, "EUR"), order_ref=f"R-{n}-{bought}")
        if n % 3 == 0:
            desk.programs.use(row.id, quantity=7)
    return desk


_COLUMNS = (
    "program, revision, item, bundle, customer_id, card_id, reference, starts_at, ends_at, ended_why, order_ref, line_ref, "
    "purse, balance, next_expiry, comment, assigned_at, assigned_by, version"
)


def _grow(bare: Engine, copies: int, many: int) -> None:
    """Copy the seeds under further ids, inside the database: a report reads nothing but this table."""
    table = "loyalty_program_assignments"
    copied = text(
        "WITH RECURSIVE copies(n) AS "  # noqa: S608  the names of our own columns
        "(SELECT CAST(:first AS INTEGER) UNION ALL SELECT n + 1 FROM copies WHERE n < :last), "
        f"seeds AS MATERIALIZED (SELECT id, {_COLUMNS} FROM {table} WHERE slot IS NOT NULL) "
        f"INSERT INTO {table} (id, slot, {_COLUMNS}) "
        f"SELECT 'd' || CAST(n AS VARCHAR(9)) || id, NULL, {_COLUMNS} FROM copies, seeds"
    )
    with bare.begin() as connection:
        connection.execute(copied, {"first": 10_000 + copies, "last": 10_000 + many // SEEDS - 1})


def _times(name: str, desk: Desk, bare: Engine) -> Result:
    counted: dict[str, Any] = {}

    def report() -> None:
        counted["ours"] = desk.programs.reports.liability("club")

    def scan() -> None:
        counted["theirs"] = _scan(bare)

    ours, peer = duel(report, scan, ROUNDS, clock=processor)
    found: Liability = counted["ours"]
    if {"owed": found.owed, **dict(found.by_month)} != counted["theirs"]:
        raise AssertionError("the reports differ")
    ratio = ours / peer
    return Result(
        f"what {MANY:,} holders are owed, {name}",
        f"{ours:.1f} s",
        f"{peer:.1f} s",
        f"{ratio:.2f}",
        f"at most {LIMIT:g} times",
        ratio <= LIMIT,
    )


_READ = text(
    f"SELECT id, slot, {_COLUMNS} FROM loyalty_program_assignments WHERE program = 'club' AND purse IS NOT NULL"  # noqa: S608  the names of our own columns
)


def _scan(bare: Engine) -> dict[Any, int]:
    """Read the same records with one query, and count the same by hand."""
    now, zone = datetime.now(UTC), ZoneInfo("Europe/Berlin")
    months: Counter[Any] = Counter()
    owed = 0
    with bare.connect() as connection:
        for row in connection.execution_options(yield_per=500).execute(_READ):
            purse = _assignment(row).purse
            assert purse  # noqa: S101  the query asks for it
            for lot in purse.lots:
                if lot.expires_at is None or lot.expires_at <= now:
                    continue
                owed += lot.left
                day = datetime.fromtimestamp(lot.expires_at.timestamp() - 1, zone)
                months[day.year * 100 + day.month] += lot.left
            owed -= purse.deficit
    return {"owed": owed, **months}


def _assignment(row: Any) -> ProgramAssignment:
    values = row._asdict()
    data = json.loads(values["purse"])
    values["purse"] = Purse(
        data["unit"],
        tuple(
            Lot(
                each["id"],
                each["left"],
                datetime.fromisoformat(each["starts_at"]),
                datetime.fromisoformat(each["expires_at"]) if each["expires_at"] else None,
                Funding(each["funding"]),
                each["priority"],
                datetime.fromisoformat(each["since"]) if each["since"] else None,
            )
            for each in data["lots"]
        ),
        (),
        data["deficit"],
        Turnover(**data["turnover"]),
        tuple((month, amount) for month, amount in data["months"]),
        data["moves"],
    )
    for name in ("starts_at", "ends_at", "next_expiry", "assigned_at"):
        at = values[name]
        values[name] = None if at is None else by_hand.EPOCH + at * by_hand.MICROSECOND
    return ProgramAssignment(**values)


def main(url: str) -> None:
    """Run the report."""
    storage = SqlStorage(url)
    report = Loyalty(storage).session("bench").programs.reports.liability("club")
    print(report.holders, peak())
    storage.close()


if __name__ == "__main__":
    main(sys.argv[1])
