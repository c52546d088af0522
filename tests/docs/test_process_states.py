"""The tables about processes and their steps say what the code does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from loyaltycore.errors import Refused
from loyaltycore.processes import ProcessState, StepState
from tests.docs.pages import ROOT, table
from tests.house import House
from tests.services.workflow import running

PAGE: Final = ROOT / "docs" / "reference" / "state-machines.md"
STEP: Final = "b"

Act = Callable[[House, str], object]


def _reload_after(change: Callable[[House], object]) -> Act:
    def act(house: House, _: str) -> object:
        change(house)
        return house.desk.processes.reload_open_processes("supply")

    return act


def _lose(house: House) -> object:
    return house.desk.processes.templates.remove_step("supply", STEP)


def _have_again(house: House) -> object:
    return house.desk.processes.templates.add_step("supply", "custom", name="B", step=STEP)


def _rename(house: House) -> object:
    return house.desk.processes.templates.change_step("supply", STEP, name="Other")


def _demand(house: House) -> object:
    return house.desk.processes.templates.change_step("supply", STEP, mandatory=True)


EXECUTE: Final[Act] = lambda house, process: house.desk.processes.execute_step(process, STEP)  # noqa: E731  a constant with a type
SKIP: Final[Act] = lambda house, process: house.desk.processes.skip_step(process, STEP)  # noqa: E731  a constant with a type
LOSE: Final = _reload_after(_lose)

REACH: Final[dict[str, tuple[Act, ...]]] = {
    "open": (),
    "done": (EXECUTE,),
    "skipped": (SKIP,),
    "inactive": (LOSE,),
}
ACTS: Final[dict[str, Act]] = {
    "processes.execute_step": EXECUTE,
    "processes.skip_step": SKIP,
    "processes.reload_open_processes": _reload_after(_rename),
    "processes.reload_open_processes, the template lost it": LOSE,
    "processes.reload_open_processes, the template makes it mandatory or a pre-step": _reload_after(_demand),
    "processes.reload_open_processes, the template has it again": _reload_after(_have_again),
}
MOVES: Final = [row for row in table(PAGE, "Step of a process") if row["From"] != "nothing"]


@pytest.mark.parametrize("row", MOVES, ids=lambda row: f"{row['From']} {row['By']}")
def test_a_step_moves_as_its_table_says(row: dict[str, str], house: House) -> None:
    """Each row is what the verb does; what stays unchanged keeps even its name."""
    process = running(house, "a", {"step": STEP, "type": "custom"})
    for act in REACH[row["From"]]:
        act(house, process.id)
    before = house.desk.processes.get(process.id).step(STEP)
    ACTS[row["By"]](house, process.id)
    after = house.desk.processes.get(process.id).step(STEP)
    assert after.state.value == row["To"].split()[0].strip(",;")
    assert not row["To"].endswith("unchanged") or after == before


def test_what_the_table_says_is_refused_is_refused(house: House) -> None:
    """The refusals in the table of steps: skipping what is mandatory, doing again what is done once."""
    process = running(house, "a", {"step": STEP, "mandatory": True})
    with pytest.raises(Refused, match="skipped"):
        SKIP(house, process.id)
    EXECUTE(house, process.id)
    with pytest.raises(Refused, match="done again"):
        EXECUTE(house, process.id)


def test_a_process_moves_as_its_table_says(house: House) -> None:
    """The two ways out of an open process lead where the table says."""
    rows = {row["By"]: row["To"] for row in table(PAGE, "Process")}
    for verb, to in rows.items():
        if verb == "processes.start":
            process = running(house, "a")
            assert process.state.value == to
            continue
        process = house.desk.processes.start(process.customer_id, "supply").process
        ended = getattr(house.desk.processes, verb.removeprefix("processes."))(process.id)
        assert ended.state.value == to.split()[0].strip(",;")


def test_the_tables_name_every_state() -> None:
    """No state of a process or of a step is missing from the page."""
    page = PAGE.read_text("utf-8")
    assert not [state.value for state in ProcessState if f"`{state.value}`" not in page]
    named = {row["From"] for row in table(PAGE, "Step of a process")} - {"nothing"}
    assert named == {state.value for state in StepState}
