"""Reloading 100,000 open processes, beside hand-written SQL that reads and writes the same rows of the same tables.

Each reload brings one new step to every process. Both work in transactions of 500 processes and write the same: the
process with its version checked, its new lookup key, and a line for the activities. Started as a program with the URL of a database, this
module reloads once more and prints how much memory it took after the first transaction and in the end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from itertools import count
from time import perf_counter
from typing import Any
from uuid import uuid4

from attrs import define, evolve, field
from sqlalchemy import Connection, Engine, text

from benchmarks import by_hand
from benchmarks.databases import ENGINES, database
from benchmarks.memory import figures_of, peak
from benchmarks.timing import Result, at_most, duel, processor
from loyaltycore import Loyalty
from loyaltycore.desk import Desk
from loyaltycore.processes import Process
from loyaltycore.processes.rules.starting import Start, start_process
from loyaltycore_sql import SqlStorage

OPEN = 100_000
BATCH = 500
STEPS = 5
NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
LIMIT = 4.0
"""What a record that is built, compared and written with all that was checked may cost beside bare JSON."""

GROWTH = 1.2
"""How much more memory the whole reload may take than its first transaction."""


def run() -> Iterator[Result]:
    """Each engine: the time of a process, and the memory of a whole reload."""
    for name in ENGINES:
        with ExitStack() as stack:
            ours, theirs = (stack.enter_context(database(name)) for _ in range(2))
            desk = _filled(ours)
            _filled(theirs).house.storage.close()  # type: ignore[attr-defined]  # a SQL storage can be closed
            peer = Peer(by_hand.engine(theirs))
            clock = processor if name == "sqlite" else perf_counter
            times = duel(partial(_reload, desk), peer.reload, rounds=2, clock=clock)
            yield at_most(f"reload {OPEN:,} open processes, {name}", *times, LIMIT, OPEN)
            yield _memory(name, ours)
            desk.house.storage.close()  # type: ignore[attr-defined]  # as above
            peer.engine.dispose()


def _filled(url: str) -> Desk:
    """A shop with so many open processes of one template."""
    storage = SqlStorage(url)
    desk = Loyalty(storage).session("anna")
    templates = desk.processes.templates
    template = templates.create("supply", name="Supply")
    for n in range(STEPS):
        settings = {"due_after_days": n}
        template = templates.add_step("supply", "task", name=f"Step {n}", step=f"s{n}", settings=settings)
    first = start_process(evolve(template, used=True), "c0", Start("p0", "", "anna", NOW)).result
    for start in range(0, OPEN, 5000):
        with storage.transaction() as tx:
            tx.add(*(_numbered(first, n) for n in range(start, min(start + 5000, OPEN))))
    return desk


def _numbered(process: Process, n: int) -> Process:
    return evolve(process, id=f"p{n:09d}", customer_id=f"c{n % 20_000:09d}")


_new_steps = count()


def _reload(desk: Desk) -> None:
    n = next(_new_steps)
    desk.processes.templates.add_step("supply", "task", name=f"New {n}", step=f"new-{n}", position=2)
    _require(desk.processes.reload_open_processes("supply", batch_size=BATCH).steps_added, OPEN)


@define
class Peer:
    """What a careful programmer would write for this template alone: bare rows, bare JSON."""

    engine: Engine
    version: int = 100
    """The version of the template."""
    _steps: Iterator[int] = field(factory=count)

    def reload(self) -> None:
        """Bring one new step to all open processes."""
        self.version += 1
        step = self._step(next(self._steps))
        changed = 0
        while True:
            with self.engine.begin() as connection:
                found = connection.execute(
                    _FIND, {"template": "supply", "version": self.version, "batch": BATCH}
                ).all()
                self._write(connection, found, step)
            changed += len(found)
            if len(found) < BATCH:
                break
        _require(changed, OPEN)

    def _write(self, connection: Connection, found: Any, step: dict[str, Any]) -> None:
        if not found:
            return
        rows = [self._row(row, step) for row in found]
        _require(connection.execute(_UPDATE, rows).rowcount, len(rows))
        connection.execute(_KEY, [{"value": f"supply/{step['id']}", "key": row.id} for row in found])
        changes = json.dumps([{"field": "steps", "before": [], "after": [step]}], ensure_ascii=False)
        connection.execute(_ACTIVITY, [_activity(row, changes) for row in found])

    def _row(self, row: Any, step: dict[str, Any]) -> dict[str, Any]:
        steps = json.loads(row.steps)
        steps.insert(2, step)
        text_of = json.dumps(steps, ensure_ascii=False, separators=(",", ":"))
        return {"key": row.id, "read": row.version, "steps": text_of, "template_version": self.version}

    def _step(self, n: int) -> dict[str, Any]:
        return {
            "id": f"new-{n}", "type": "task", "name": f"New {n}", "description": "", "mandatory": False,
            "pre_step": False, "settings": {}, "state": "open", "done_at": None, "done_by": "", "result": {},
        }  # fmt: skip


def _activity(row: Any, changes: str) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "at": 0, "actor": "anna", "branch": "", "action": "process.reloaded", "table": "processes",
        "key": row.id, "customer": row.customer_id, "changes": changes, "comment": "", "command": "c",
    }  # fmt: skip


_FIND = text(
    "SELECT id, customer_id, version, steps FROM loyalty_processes "
    "WHERE template = :template AND state = 'open' AND template_version < :version "
    "ORDER BY template_version, id LIMIT :batch"
)
_UPDATE = text(
    "UPDATE loyalty_processes SET steps = :steps, template_version = :template_version, version = version + 1 "
    "WHERE id = :key AND version = :read"
)
_KEY = text(
    "INSERT INTO loyalty_processes_keys (lookup, value, record_key) VALUES ('open_step', :value, :key)"
)
_ACTIVITY = text(
    "INSERT INTO loyalty_activities (id, at, actor, branch_id, action, subject_table, subject_id, customer_id, "
    "changes, comment, command, version) VALUES (:id, :at, :actor, :branch, :action, :table, :key, :customer, "
    ":changes, :comment, :command, 1)"
)


def _require(found: int, wanted: int) -> None:
    if found != wanted:
        raise AssertionError(f"{found} instead of {wanted}")


def _memory(name: str, url: str) -> Result:
    early, late = figures_of("benchmarks.processes", url)
    return Result(
        f"memory while {OPEN:,} processes are reloaded, {name}",
        f"{late:.0f} MB at the end",
        f"{early:.0f} MB after the first {BATCH}",
        f"{late / early:.2f}",
        f"at most {GROWTH:g} times",
        late <= GROWTH * early,
    )


def main(url: str) -> None:
    """Reload once."""
    storage = SqlStorage(url)
    desk = Loyalty(storage).session("anna")
    desk.processes.templates.add_step("supply", "task", name="Memory", step="memory", position=2)
    held: list[float] = []
    report = desk.processes.reload_open_processes(
        "supply", batch_size=BATCH, on_progress=lambda _: held.append(peak())
    )
    _require(report.steps_added, OPEN)
    print(held[0], held[-1])
    storage.close()


if __name__ == "__main__":
    main(sys.argv[1])
