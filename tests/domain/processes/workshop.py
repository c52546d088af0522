"""Templates and processes for the laws: made of nothing, changed by the rules alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from attrs import evolve
from hypothesis import strategies as st

from loyaltycore.kernel.decisions import Decision
from loyaltycore.processes import Process, ProcessKind, ProcessTemplate, StepState, StepTemplate
from loyaltycore.processes.rules.starting import Start, start_process

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
KEYS = tuple("abcdef")


def step_of(key: str, *, mandatory: bool = False, pre_step: bool = False, **facts: Any) -> StepTemplate:
    """A step that is called as its key."""
    return StepTemplate(key, facts.pop("type", "task"), key.upper(), "", mandatory, pre_step, **facts)


def template_of(*steps: StepTemplate, **facts: Any) -> ProcessTemplate:
    """A template with these steps."""
    return ProcessTemplate("supply", "Supply", ProcessKind.OTHER, "SO", steps=steps, **facts)


def started(template: ProcessTemplate) -> Process:
    """A process that was just started from a template which is in use already."""
    return start_process(evolve(template, used=True), "c1", Start("p1", "", "anna", NOON)).result


def kept(decision: Decision[Any], before: Any) -> Any:
    """What a storage holds after a decision about one record."""
    for record in decision.save:
        if record.id == before.id:
            return evolve(record, version=record.version + 1)
    return before


def steps(max_size: int = 6) -> st.SearchStrategy[tuple[StepTemplate, ...]]:
    """Steps with any flags, in any order, each key once."""
    flags = st.tuples(st.booleans(), st.booleans())
    chosen = st.lists(
        st.tuples(st.sampled_from(KEYS), flags), max_size=max_size, unique_by=lambda each: each[0]
    )
    return chosen.map(lambda each: tuple(step_of(key, mandatory=m, pre_step=p) for key, (m, p) in each))


def templates() -> st.SearchStrategy[ProcessTemplate]:
    """Templates with any steps."""
    return st.builds(lambda some: template_of(*some), steps())


@st.composite
def processes(draw: st.DrawFn) -> Process:
    """Open processes whose steps stand anywhere."""
    process = started(draw(templates()))
    states = st.sampled_from(StepState)
    moved = []
    for step in process.steps:
        state = draw(states)
        result = {"said": draw(st.sampled_from(["x", "y"]))} if state is StepState.DONE else {}
        at = NOON if state in {StepState.DONE, StepState.SKIPPED} else None
        moved.append(evolve(step, state=state, result=result, done_at=at))
    return evolve(process, steps=tuple(moved), version=draw(st.integers(1, 3)))
