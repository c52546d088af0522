"""Many uses of programs at once, beside SQL written by hand that writes the same rows in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

from attrs import define, field
from sqlalchemy import Engine, MetaData, Table, bindparam, select, update

from benchmarks.databases import ENGINES
from benchmarks.programs import two_shops
from benchmarks.timing import Result, at_most, duel, processor
from loyaltycore.desk import Desk
from loyaltycore.programs import OfflineUse

USES: Final = 500
LIMIT: Final = 3.0


def run() -> Iterator[Result]:
    """Each engine: five hundred uses, each of another customer's quota."""
    for name in ENGINES:
        with two_shops(name, USES) as (desk, ids, *bare):
            peer = _Peer(*bare)
            numbers = count()
            clock = processor if name == "sqlite" else perf_counter
            times = duel(partial(_use_all, desk, ids, numbers), peer.use_all, rounds=5, clock=clock)
            yield at_most(f"use {USES} quotas at once, {name}", *times, LIMIT, USES)


def _use_all(desk: Desk, ids: list[str], numbers: Iterator[int]) -> None:
    receipt = f"R-{next(numbers)}"
    report = desk.programs.use_many(OfflineUse(each, receipt) for each in ids)
    if report.used != len(ids):
        raise RuntimeError(f"not all were entered: {report}")


@define
class _Peer:
    """What a careful programmer would write for this alone: a version checked, facts known, bare rows, bare JSON."""

    engine: Engine
    ids: list[str]
    _numbers: Iterator[int] = field(factory=count)
    _tables: MetaData = field(factory=MetaData)

    def __attrs_post_init__(self) -> None:
        names = ("program_assignments", "program_moves", "activities")
        self._tables.reflect(self.engine, only=[f"loyalty_{name}" for name in names])

    def use_all(self) -> None:
        """One use of each, all in one transaction."""
        rows, moves = self._table("program_assignments"), self._table("program_moves")
        receipt = f"R-{next(self._numbers)}"
        facts = [f"{each}/{receipt}"[-40:] for each in self.ids]
        with self.engine.begin() as connection:
            if connection.execute(select(moves.c.id).where(moves.c.fact.in_(facts))).first():
                raise RuntimeError("known already")
            wanted = select(rows.c.id, rows.c.customer_id, rows.c.purse, rows.c.version)
            found = connection.execute(wanted.where(rows.c.id.in_(self.ids))).all()
            used = [
                _used(row, receipt, fact, _now())
                for row, fact in zip(sorted(found), sorted(facts), strict=True)
            ]
            save = (
                update(rows)
                .where(rows.c.id == bindparam("key"), rows.c.version == bindparam("seen"))
                .values(purse=bindparam("purse"), balance=bindparam("balance"), version=bindparam("seen") + 1)
            )
            if connection.execute(save, [saved for saved, _, _ in used]).rowcount not in {USES, -1}:
                raise RuntimeError("somebody was faster")
            connection.execute(moves.insert(), [move for _, move, _ in used])
            connection.execute(self._table("activities").insert(), [activity for _, _, activity in used])

    def _table(self, name: str) -> Table:
        return self._tables.tables[f"loyalty_{name}"]


def _used(row: Any, receipt: str, fact: str, now: int) -> tuple[dict[str, Any], ...]:
    purse = json.loads(row.purse)
    lot = purse["lots"][0]
    if lot["left"] < 1:
        raise RuntimeError("exhausted")
    lot["left"] -= 1
    purse["moves"] += 1
    purse["turnover"]["redeemed"] += 1
    saved = {"key": row.id, "seen": row.version, "purse": json.dumps(purse), "balance": lot["left"]}
    move = {
        "id": uuid4().hex,
        "holder_table": "program_assignments",
        "holder_id": row.id,
        "customer_id": row.customer_id,
        "seq": purse["moves"],
        "kind": "debit",
        "amount": -1,
        "account": "redeemed",
        "parts": json.dumps([{**lot, "left": -1}]),
        "owed": 0,
        "effective_at": now,
        "at": now,
        "balance": lot["left"],
        "actor": "anna",
        "branch_id": "",
        "article": "",
        "quantity": 1,
        "order_ref": receipt,
        "line_ref": "",
        "rule": "",
        "fact": fact,
        "comment": "",
        "version": 1,
    }
    changes = json.dumps([{"field": "balance", "before": lot["left"] + 1, "after": lot["left"]}])
    activity = {
        "id": uuid4().hex,
        "at": now,
        "actor": "anna",
        "branch_id": "",
        "action": "program.used",
        "subject_table": "program_assignments",
        "subject_id": row.id,
        "customer_id": row.customer_id,
        "changes": changes,
        "comment": "",
        "command": "",
        "place": 0,
        "version": 1,
    }
    return saved, move, activity


def _now() -> int:
    return int(datetime.now(UTC).timestamp() * 1e6)
