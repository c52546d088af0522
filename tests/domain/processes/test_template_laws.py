"""Laws of templates: order, and what a change reaches."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.errors import InvalidInput, NotFound, Refused
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes import ProcessKind, ProcessTemplate
from loyaltycore.processes.rules.editing import (
    add_step,
    change_step,
    delete_template,
    move_step,
    remove_step,
    shift_step,
)
from loyaltycore.processes.rules.template import ABBREVIATIONS
from loyaltycore.processes.rules.template_form import (
    MOST_STEPS,
    read_template,
    read_template_changes,
    read_values,
)
from tests.domain.processes.workshop import KEYS, started, step_of, template_of, templates

_moves = st.lists(
    st.one_of(
        st.tuples(st.just("to"), st.sampled_from(KEYS), st.integers(-1, 6)),
        st.tuples(st.sampled_from(["up", "down"]), st.sampled_from(KEYS), st.just(0)),
    ),
    max_size=12,
)


def _moved(template: ProcessTemplate, verb: str, key: str, position: int) -> ProcessTemplate:
    try:
        if verb == "to":
            return move_step(template, key, position).result
        return shift_step(template, key, -1 if verb == "up" else 1).result
    except (NotFound, InvalidInput):
        return template


def _ids(template: ProcessTemplate) -> list[str]:
    return [step.id for step in template.steps]


@given(templates(), _moves)
def test_order_is_a_permutation_under_any_moves(
    template: ProcessTemplate, moves: list[tuple[str, str, int]]
) -> None:
    """F107, F108: however steps are moved, each is there once, and none is changed by it."""
    after = template
    for move in moves:
        after = _moved(after, *move)
    assert sorted(after.steps, key=lambda step: step.id) == sorted(template.steps, key=lambda step: step.id)


@given(templates(), st.data())
def test_a_moved_step_stands_where_it_was_put(template: ProcessTemplate, data: st.DataObject) -> None:
    """F107: the step gets the place that was named, and the others keep their order."""
    if not template.steps:
        return
    key = data.draw(st.sampled_from(_ids(template)))
    place = data.draw(st.integers(0, len(template.steps) - 1))
    after = _ids(move_step(template, key, place).result)
    assert after.index(key) == place
    assert [each for each in after if each != key] == [each for each in _ids(template) if each != key]


@given(templates(), st.sampled_from(KEYS), st.sampled_from([-1, 1]))
def test_up_and_down_exchange_neighbours(template: ProcessTemplate, key: str, places: int) -> None:
    """F108: an arrow exchanges a step with its neighbour; at the end of the list nothing happens."""
    ids = _ids(template)
    if key not in ids:
        return
    at, to = ids.index(key), ids.index(key) + places
    if 0 <= to < len(ids):
        ids[at], ids[to] = ids[to], ids[at]
    assert _ids(shift_step(template, key, places).result) == ids


@given(templates(), st.sampled_from(KEYS), st.none() | st.integers(0, 6))
def test_a_step_that_was_added_and_removed_leaves_no_trace(
    template: ProcessTemplate, key: str, position: int | None
) -> None:
    """F101: a new step comes in at its place, and taking it out again restores the template."""
    if key in _ids(template) or (position or 0) > len(template.steps):
        return
    grown = add_step(template, step_of(key), position).result
    assert _ids(grown)[len(template.steps) if position is None else position] == key
    assert remove_step(grown, key).result == template


@given(templates(), st.sampled_from(KEYS))
def test_no_change_of_a_template_reaches_a_process(template: ProcessTemplate, key: str) -> None:
    """F116: a process that runs stays what it was when its template gains, loses and changes steps."""
    process = started(template)
    before = evolve(process)
    after = template
    for step in template.steps:
        after = change_step(after, evolve(step, name="Other", mandatory=not step.mandatory)).result
    after = add_step(after, step_of("new"), 0).result
    assert process == before
    assert started(after) != process


def test_a_key_of_a_step_is_taken_once() -> None:
    """Two steps of one template never share a key, and there is a greatest number of steps."""
    template = template_of(step_of("a"))
    with pytest.raises(Refused, match="step 'a' already"):
        add_step(template, step_of("a"), None)
    full = template_of(*(step_of(f"s{n}") for n in range(MOST_STEPS)))
    with pytest.raises(InvalidInput, match="must not be more"):
        add_step(full, step_of("one-more"), None)


@pytest.mark.parametrize("position", [-1, 2, True, "0", 1.0])
def test_a_place_that_is_none_is_refused(position: object) -> None:
    """F107: a step is brought to a place of the list, counted from 0, and to no other."""
    with pytest.raises(InvalidInput, match="position"):
        move_step(template_of(step_of("a"), step_of("b")), "a", position)  # on purpose


def test_the_abbreviation_follows_the_kind_until_one_is_chosen() -> None:
    """A template has its kind's abbreviation by itself, and keeps one that somebody chose."""
    faults = Faults()
    made = read_template(faults, "x", {"name": "X", "kind": "glasses"})
    assert made.abbreviation == ABBREVIATIONS[ProcessKind.GLASSES]
    turned = read_template_changes(faults, made, {"kind": "repair"})
    assert turned.abbreviation == ABBREVIATIONS[ProcessKind.REPAIR]
    chosen = read_template_changes(faults, turned, {"abbreviation": "Rep"})
    assert read_template_changes(faults, chosen, {"kind": "other"}).abbreviation == "Rep"
    assert set(ABBREVIATIONS) == set(ProcessKind)
    assert not faults.found


def test_every_fault_of_a_template_is_named() -> None:
    """What is wrong with a template is said all at once."""
    faults = Faults()
    read_template(faults, "No Key", {"name": " ", "kind": "zoo", "audience": 7, "open_mandatory": "maybe"})
    assert [fault.field for fault in faults.found] == ["key", "name", "kind", "audience", "open_mandatory"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([1], "wrong_type"),
        ({"a": 1.5}, "wrong_type"),
        ({"a": None}, None),
        ({"a b": 1}, "bad_name"),
        ({1: 1}, "bad_name"),
        ({"a": 2**63}, "out_of_range"),
        ({"a": "x" * 2001}, "too_long"),
        ({f"a{n}": 1 for n in range(51)}, "too_many"),
        ({f"a{n}": "x" * 2000 for n in range(5)}, "too_long"),
    ],
)
def test_settings_and_results_are_plain_values(values: object, code: str | None) -> None:
    """What a step is told and what comes of it can be kept by every storage."""
    faults = Faults()
    read_values(faults, "settings", values)
    assert [fault.code for fault in faults.found] == ([code] if code else [])


def test_a_template_in_use_is_not_deleted() -> None:
    """What processes were started from can only be hidden."""
    with pytest.raises(Refused) as refusal:
        delete_template(template_of(used=True))
    assert refusal.value.code == "process_template.in_use"
    assert delete_template(template_of()).remove
