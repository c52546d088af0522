"""Reloading open processes from their template, in units of work of bounded size.

Each process knows the version of the template that it agrees with. So an interrupted reload can just be started again,
and one that has nothing to do reads nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import evolve

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.process import Process, ProcessState
from loyaltycore.processes.rules.reloading import ReloadReport, laid_down, reload_process
from loyaltycore.processes.rules.template import ProcessTemplate
from loyaltycore.processes.templates import template_here
from loyaltycore.work.mistaken import refuse_record
from loyaltycore.work.running import run_command, run_query
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

BATCH: Final = 500
"""Processes of one unit of work by default."""

LARGEST_BATCH: Final = 1000


def reload_open(
    session: Session, key: str, batch_size: int | None, on_progress: Callable[[ReloadReport], object] | None
) -> ReloadReport:
    """Reload; see `Processes.reload_open_processes`."""
    with Faults() as faults:
        size = faults.integer("batch_size", batch_size, least=1, most=LARGEST_BATCH, default=BATCH)
        faults.function("on_progress", on_progress)
        refuse_record(faults, session.house.registry, "template", key)
    run_query(session, lambda unit: template_here(session, unit, key))
    # Each batch is a command of its own, so a key for one command cannot be meant for them.
    session = evolve(session, command_key="")
    total = ReloadReport()
    while True:
        report = run_command(session, "processes.reload", "", partial(_reload_batch, key=key, size=size))
        total += report
        if on_progress is not None and report.examined:
            on_progress(total)
        if report.examined < size:
            return total


def _reload_batch(unit: Unit, key: str, size: int) -> ReloadReport:
    template = unit.get(ProcessTemplate, key)
    where = (
        (stored("template") == template.id)
        & (stored("state") == ProcessState.OPEN)
        & (stored("template_version") < template.version)
    )
    # Whom one batch has brought up to the template the next one no longer finds, so each begins at the beginning: a
    # range of one index, in its order.
    processes = list(unit.find(Process, where, order_by=("template_version",), limit=size))
    steps = laid_down(template)
    decisions = [reload_process(process, template, steps) for process in processes]
    unit.apply_all(decisions)
    return sum((decision.result for decision in decisions), ReloadReport())
