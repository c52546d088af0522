"""Using programs, beside SQL written by hand that writes the same rows of the same tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Any
from uuid import uuid4

from attrs import define
from sqlalchemy import Connection, Engine, text

from benchmarks import by_hand
from benchmarks.databases import ENGINES, database
from benchmarks.timing import Result, at_most, duel, processor
from loyaltycore import Loyalty
from loyaltycore.desk import Desk
from loyaltycore.programs import Quota, QuotaTerms
from loyaltycore.vouchers import CodeKey, DiscountVoucherTerms
from loyaltycore_sql import SqlStorage

USES = 300
USE_LIMITS = {"sqlite": 5.0, "postgresql": 2.5}
KEYS = (CodeKey("2026", "an old secret, only for benchmarks"),)


def run() -> Iterator[Result]:
    """Each engine: a use of a quota."""
    for name in ENGINES:
        with two_shops(name, USES) as (desk, ids, *bare):
            peer = Peer(*bare)
            clock = processor if name == "sqlite" else perf_counter
            times = duel(partial(_use_all, desk, ids), peer.use_all, rounds=5, clock=clock)
            yield at_most(f"use a quota, {name}", *times, USE_LIMITS[name], USES)


@contextmanager
def two_shops(name: str, many: int) -> Iterator[tuple[Desk, list[str], Engine, list[str]]]:
    """A shop and the ids of what its customers have, and the bare database of another one with the ids there."""
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(database(name)) for _ in range(2))
        desk, ids = shop_with_quotas(ours, many)
        other, their_ids = shop_with_quotas(theirs, many)
        other.house.storage.close()  # type: ignore[attr-defined]  # a SQL storage can be closed
        engine = by_hand.engine(theirs)
        yield desk, ids, engine, their_ids
        desk.house.storage.close()  # type: ignore[attr-defined]  # as above
        engine.dispose()


def shop_with_quotas(url: str, many: int = USES) -> tuple[Desk, list[str]]:
    """A shop with so many customers who have a quota."""
    desk = Loyalty(SqlStorage(url), code_keys=KEYS).session("anna")
    desk.programs.define("batteries", QuotaTerms([Quota(1_000_000)]), name="Batteries")
    desk.programs.define("autumn", DiscountVoucherTerms(percent=20), name="Autumn")
    desk.programs.publish("batteries", "autumn")
    ids = []
    for n in range(many):
        customer = desk.customers.create(last_name=f"Muster {n}")
        ids.append(desk.programs.assign(customer.id, "batteries").id)
    return desk, ids


def _use_all(desk: Desk, ids: list[str]) -> None:
    for each in ids:
        desk.programs.use(each)


@define
class Peer:
    """What a careful programmer would write for this alone: a version checked, bare rows, bare JSON."""

    engine: Engine
    ids: list[str]

    def use_all(self) -> None:
        """One use of each, each in a transaction of its own."""
        for each in self.ids:
            with self.engine.begin() as connection:
                self._use(connection, each)

    def _use(self, connection: Connection, key: str) -> None:
        row = connection.execute(_READ, {"id": key}).one()
        purse = json.loads(row.purse)
        lot = purse["lots"][0]
        if lot["left"] < 1:
            raise RuntimeError("exhausted")
        lot["left"] -= 1
        purse["moves"] += 1
        purse["turnover"]["redeemed"] += 1
        now = instant()
        saved = {"id": key, "version": row.version, "purse": json.dumps(purse), "balance": lot["left"]}
        if connection.execute(_SAVE, saved).rowcount != 1:
            raise RuntimeError("somebody was faster")
        part = json.dumps([{**lot, "left": -1}])
        move = {"id": uuid4().hex, "holder": key, "customer": row.customer_id, "seq": purse["moves"]}
        connection.execute(_MOVE, {**move, "parts": part, "at": now, "balance": lot["left"]})
        changes = json.dumps([{"field": "balance", "before": lot["left"] + 1, "after": lot["left"]}])
        activity = {"id": uuid4().hex, "at": now, "key": key, "customer": row.customer_id}
        connection.execute(_ACTIVITY, {**activity, "changes": changes})
        connection.execute(_TRACE, {"id": uuid4().hex, "key": move["id"], "at": now})


def instant() -> int:
    """Now, as it is stored."""
    return int(datetime.now(UTC).timestamp() * 1e6)


def insert(table: str, **values: str) -> Any:
    """A row of one of the tables, with values that are written in SQL."""
    return text(f"INSERT INTO loyalty_{table} ({', '.join(values)}) VALUES ({', '.join(values.values())})")  # noqa: S608  the names of our own columns


_READ = text("SELECT purse, customer_id, version FROM loyalty_program_assignments WHERE id = :id")
_SAVE = text(
    "UPDATE loyalty_program_assignments SET purse = :purse, balance = :balance, version = version + 1 "
    "WHERE id = :id AND version = :version"
)
_MOVE = insert(
    "program_moves",
    id=":id",
    holder_table="'program_assignments'",
    holder_id=":holder",
    customer_id=":customer",
    seq=":seq",
    kind="'debit'",
    amount="-1",
    account="'redeemed'",
    parts=":parts",
    owed="0",
    effective_at=":at",
    at=":at",
    balance=":balance",
    actor="'anna'",
    branch_id="''",
    article="''",
    quantity="1",
    order_ref="''",
    line_ref="''",
    rule="''",
    comment="''",
    version="1",
)
_ACTIVITY = insert(
    "activities",
    id=":id",
    at=":at",
    actor="'anna'",
    branch_id="''",
    action="'program.used'",
    subject_table="'program_assignments'",
    subject_id=":key",
    customer_id=":customer",
    changes=":changes",
    comment="''",
    command=":id",
    place="0",
    version="1",
)
_TRACE = insert(
    "commands",
    id=":id",
    name="'programs.use'",
    actor="'anna'",
    digest="''",
    result_table="'program_moves'",
    result_key=":key",
    at=":at",
    version="1",
)
