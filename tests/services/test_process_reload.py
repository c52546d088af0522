"""Reloading open processes on every storage: what it brings, what it leaves, and that it survives breaking off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.kernel.criteria import Query
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.processes import Process, ReloadReport, StepState
from tests.house import House, dump
from tests.services.workflow import CLASSIFY, template, with_origin

pytestmark = pytest.mark.every_engine


def _start(house: House, count: int, key: str = "supply") -> list[Process]:
    erika = house.customer()
    with house.desk.transaction():
        return [house.desk.processes.start(erika.id, key).process for _ in range(count)]


def _processes(house: House) -> dict[str, Process]:
    with house.loyalty.storage.transaction(read_only=True) as tx:
        return {process.id: process for process in tx.find(Process, Query())}


def test_a_reload_brings_a_new_step_to_all_open_processes(house: House) -> None:
    """F117, F118: every open process of the template gets the step, with a count; closed and other ones stay."""
    with_origin(house)
    template(house, "supply", "a", "b")
    template(house, "repair", "a")
    completed, closed, first, second = _start(house, 4)
    [other] = _start(house, 1, "repair")
    processes = house.desk.processes
    done = processes.execute_step(first.id, "a", note="kept").step("a")
    processes.complete_offer(completed.id)
    processes.close(closed.id)
    before = _processes(house)
    processes.templates.add_step("supply", "assign_property", position=0, pre_step=True, **_named(CLASSIFY))
    assert _processes(house) == before
    report = processes.reload_open_processes("supply", batch_size=2)
    assert report == ReloadReport(examined=2, changed=2, steps_added=2)
    after = _processes(house)
    for process in (first, second):
        assert [step.id for step in after[process.id].steps] == ["classify", "a", "b"]
        assert [step.id for step in after[process.id].locked_by("b")] == ["classify"]
    assert after[first.id].step("a") == done
    for process in (completed, closed, other):
        assert after[process.id] == before[process.id]
    assert processes.execute_step(second.id, "classify", value="own").step("classify").state is StepState.DONE


def test_twice_is_the_same_as_once(house: House) -> None:
    """F117: a second reload examines nothing and changes nothing, not even a version."""
    template(house, "supply", "a", "b")
    _start(house, 3)
    templates = house.desk.processes.templates
    templates.remove_step("supply", "b")
    templates.add_step("supply", "task", name="C", step="c", position=0)
    templates.change_step("supply", "a", mandatory=True)
    report = house.desk.processes.reload_open_processes("supply", batch_size=2)
    assert report == ReloadReport(examined=3, changed=3, steps_added=3, steps_changed=3, steps_deactivated=3)
    before = dump(house.loyalty)
    assert house.desk.processes.reload_open_processes("supply") == ReloadReport()
    assert dump(house.loyalty) == before


def test_a_change_that_touches_no_step_changes_no_process(memory_house: House) -> None:
    """F117: after a new name the processes are examined once, and none of them counts or is recorded as changed."""
    house = memory_house
    template(house, "supply", "a")
    [process] = _start(house, 1)
    house.desk.processes.templates.change("supply", search_key="x")
    assert house.desk.processes.reload_open_processes("supply") == ReloadReport(examined=1)
    assert house.desk.processes.reload_open_processes("supply") == ReloadReport()
    assert len(house.desk.activities.of_record("processes", process.id)) == 1


def test_a_reload_is_recorded_at_each_process(memory_house: House) -> None:
    """F117: the activities of a process name the steps that came, and no others."""
    house = memory_house
    template(house, "supply", "a")
    [process] = _start(house, 1)
    house.desk.processes.templates.add_step("supply", "task", name="B", step="b")
    house.desk.processes.reload_open_processes("supply")
    line = house.desk.activities.of_record("processes", process.id)[-1]
    assert (line.action, line.customer_id) == ("process.reloaded", process.customer_id)
    steps = next(change for change in line.changes if change.field == "steps")
    assert ([step["id"] for step in steps.after], steps.before) == (["b"], [])


def test_a_step_that_was_taken_out_comes_back(house: House) -> None:
    """F117: an open step that the template lost is inactive, and open again when it is there again under its key."""
    template(house, "supply", "a", "b")
    [process] = _start(house, 1)
    processes = house.desk.processes
    processes.templates.remove_step("supply", "b")
    assert processes.reload_open_processes("supply").steps_deactivated == 1
    assert processes.get(process.id).step("b").state is StepState.INACTIVE
    assert [each.step.id for each in processes.count_open_steps("supply")] == ["a"]
    assert processes.open_steps(template="supply", step="b").items == ()
    processes.templates.add_step("supply", "task", name="B again", step="b")
    assert processes.reload_open_processes("supply").steps_reactivated == 1
    assert [(step.id, step.name) for step in processes.get(process.id).open_steps] == [
        ("a", "A"),
        ("b", "B again"),
    ]


@pytest.mark.parametrize(("one", "other"), [(True, 1), (1, True), (False, 0)])
def test_a_truth_value_is_another_setting_than_a_number(house: House, one: Any, other: Any) -> None:
    """Changing a setting from True to 1 is kept, recorded, and brought to the processes that run."""
    template(house, "supply", {"step": "s", "type": "custom", "settings": {"x": one}})
    [process] = _start(house, 1)
    processes = house.desk.processes
    before = processes.templates.get("supply")
    after = processes.templates.change_step("supply", "s", settings={"x": other})
    assert after.version == before.version + 1
    assert type(processes.templates.get("supply").step("s").settings["x"]) is type(other)
    [change] = house.desk.activities.of_record("process_templates", "supply")[-1].changes
    assert type(change.after[0]["settings"]["x"]) is type(other)
    report = processes.reload_open_processes("supply")
    assert (report.changed, report.steps_changed) == (1, 1)
    assert type(processes.get(process.id).step("s").settings["x"]) is type(other)


def test_the_key_of_a_step_never_stands_for_another_type(house: House) -> None:
    """A key that processes know is refused for a step of another type, and is free again for its own."""
    template(house, "supply", "a", "b")
    templates = house.desk.processes.templates
    templates.remove_step("supply", "b")
    templates.add_step("supply", "custom", name="B", step="b")
    [process] = _start(house, 1)
    house.desk.processes.execute_step(process.id, "b", said="x")
    templates.remove_step("supply", "b")
    before = dump(house.loyalty)
    with pytest.raises(Refused) as refusal:
        templates.add_step("supply", "order_card", name="Card", step="b", mandatory=True)
    assert (refusal.value.code, refusal.value.facts["type"]) == ("template_step.other_type", "custom")
    assert dump(house.loyalty) == before
    templates.add_step("supply", "order_card", name="Card", step="card")
    templates.add_step("supply", "custom", name="B again", step="b")
    house.desk.processes.reload_open_processes("supply")
    steps = house.desk.processes.get(process.id).steps
    assert [(step.id, step.type) for step in steps] == [
        ("a", "task"),
        ("card", "order_card"),
        ("b", "custom"),
    ]
    assert steps[2].result == {"said": "x"}


class _Enough(Exception):
    """Breaks a reload off."""


def _break_after(batches: int) -> Callable[[ReloadReport], None]:
    told: list[ReloadReport] = []

    def tell(report: ReloadReport) -> None:
        told.append(report)
        if len(told) == batches:
            raise _Enough

    return tell


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_reload_that_breaks_off_is_taken_up_again(house: House, batches: int) -> None:
    """F117: broken off between two units of work and started again, it ends where an undisturbed one ends."""
    template(house, "supply", "a", "b")
    started = _start(house, 7)
    house.desk.processes.execute_step(started[4].id, "a", note="kept")
    house.desk.processes.templates.add_step("supply", "task", name="C", step="c", position=1)
    with pytest.raises(_Enough):
        house.desk.processes.reload_open_processes("supply", batch_size=2, on_progress=_break_after(batches))
    reached = [process for process in _processes(house).values() if len(process.steps) == 3]
    assert len(reached) == 2 * batches
    rest = house.desk.processes.reload_open_processes("supply", batch_size=2)
    assert rest.changed == 7 - 2 * batches
    for process in _processes(house).values():
        assert [step.id for step in process.steps] == ["a", "c", "b"]
        assert process.version == (3 if process.id == started[4].id else 2)
    assert _processes(house)[started[4].id].step("a").result == {"note": "kept"}


def test_progress_is_told_after_each_unit_of_work(memory_house: House) -> None:
    """F117: the host hears how far a long reload is."""
    house = memory_house
    template(house, "supply", "a")
    _start(house, 5)
    house.desk.processes.templates.add_step("supply", "task", name="B")
    told: list[int] = []
    house.desk.processes.reload_open_processes(
        "supply", batch_size=2, on_progress=lambda report: told.append(report.changed)
    )
    assert told == [2, 4, 5]


def test_a_template_that_changes_during_a_reload_is_followed(memory_house: House) -> None:
    """F117: who was reloaded before the change is reloaded once more, and all agree in the end."""
    house = memory_house
    template(house, "supply", "a")
    _start(house, 5)
    house.desk.processes.templates.add_step("supply", "task", name="B", step="b")

    def change(report: ReloadReport) -> None:
        if report.examined == 2:
            house.desk.processes.templates.add_step("supply", "task", name="C", step="c")

    report = house.desk.processes.reload_open_processes("supply", batch_size=2, on_progress=change)
    assert report.examined == 7
    assert {tuple(step.id for step in each.steps) for each in _processes(house).values()} == {("a", "b", "c")}


def test_a_reload_asks_the_storage_a_few_times_for_many_processes(memory_house: House) -> None:
    """F117: however many processes a unit of work has, the storage is called as often: nothing is read one by one."""
    house = memory_house
    template(house, "supply", "a")
    _start(house, 40)
    calls: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for verb in ("get", "find", "count", "add", "save", "remove"):
            original = getattr(MemoryTransaction, verb)

            def counted(
                self: Any, *args: Any, _verb: str = verb, _original: Any = original, **kwargs: Any
            ) -> Any:
                calls.append(_verb)
                return _original(self, *args, **kwargs)

            patch.setattr(MemoryTransaction, verb, counted)
        house.desk.processes.templates.add_step("supply", "task", name="B")
        calls.clear()
        house.desk.processes.reload_open_processes("supply")
    assert sorted(calls) == ["add", "add", "find", "get", "get", "save"]


def test_a_key_for_one_command_is_not_meant_for_a_reload(memory_house: House) -> None:
    """F117: a reload under a caller's key does all its units of work."""
    house = memory_house
    template(house, "supply", "a")
    _start(house, 5)
    house.desk.processes.templates.add_step("supply", "task", name="B")
    assert house.desk.keyed("till-1").processes.reload_open_processes("supply", batch_size=2).changed == 5


def test_a_batch_size_of_none_is_the_usual_one(memory_house: House) -> None:
    """Nothing said about the size of a unit of work is no size of nothing, with which a reload would never end."""
    house = memory_house
    template(house, "supply", "a")
    _start(house, 2)
    house.desk.processes.templates.add_step("supply", "task", name="B")
    told: list[ReloadReport] = []

    def tell(report: ReloadReport) -> None:
        told.append(report)
        assert len(told) == 1

    report = house.desk.processes.reload_open_processes("supply", batch_size=None, on_progress=tell)
    assert report == ReloadReport(examined=2, changed=2, steps_added=2)


@pytest.mark.parametrize("batch_size", [0, -1, 1001, "2", True])
def test_what_cannot_be_reloaded_is_said(memory_house: House, batch_size: Any) -> None:
    """An unknown template and a batch size that is none are refused."""
    template(memory_house, "supply")
    with pytest.raises(NotFound):
        memory_house.desk.processes.reload_open_processes("nothing")
    with pytest.raises(InvalidInput):
        memory_house.desk.processes.reload_open_processes("supply", batch_size=batch_size)


def _named(step: dict[str, Any]) -> dict[str, Any]:
    """The facts of a step without its type, under a name."""
    return {"name": "Origin", **{key: value for key, value in step.items() if key != "type"}}
