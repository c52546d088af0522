"""Laws of properties: whatever is done, in whatever order, to a property and to what a customer has of it."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.errors import Refused
from loyaltycore.properties.rules.assignment import (
    AssignedHow,
    Assigning,
    CustomerProperty,
    StepReference,
    assign_value,
)
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType
from tests.domain.properties.shelf import BY, KEYS, NOON, Shelf, definitions, kind_of, shelves, steps


@given(shelf=shelves())
def test_a_single_valued_property_has_at_most_one_current_value(shelf: Shelf) -> None:
    """F86: one current value where there may be one, each value once where there may be several."""
    assert shelf.kind
    current = [row.value for row in shelf.current]
    assert len(current) == len(set(current))
    assert shelf.kind.multi_valued or len(current) <= 1


@given(shelf=shelves(), more=steps())
def test_history_never_loses_an_entry(shelf: Shelf, more: list[tuple[object, ...]]) -> None:
    """What was assigned once is there for good: the ended stay as they are, the current only end."""
    before = dict(shelf.rows)
    for step in more:
        shelf.act(*step)
    assert list(shelf.rows)[: len(before)] == list(before)
    for key, row in before.items():
        after = shelf.rows[key]
        if row.slot is None:
            assert after == row
        else:
            kept = evolve(after, slot=row.slot, ended_at=None, ended_by="", version=row.version)
            assert kept == row


@given(shelf=shelves())
def test_an_entry_is_current_or_has_an_end(shelf: Shelf) -> None:
    """Slot and end exclude each other, and no entry ends twice."""
    for row in shelf.rows.values():
        assert (row.slot is None) == (row.ended_at is not None) == (row.ended_by == "anna")
        assert row.version == (2 if row.slot is None else 1)


@given(shelf=shelves(), more=definitions())
def test_defining_touches_no_assignment(shelf: Shelf, more: list[tuple[object, ...]]) -> None:
    """F90: renaming, adding, hiding and ordering values saves the property alone, and loses no value."""
    rows = dict(shelf.rows)
    for step in more:
        assert shelf.kind
        keys = {value.key for value in shelf.kind.values}
        shelf.act(*step)
        assert shelf.rows == rows
        assert all(isinstance(record, PropertyType) for record in shelf.decision.save)
        assert {value.key for value in shelf.kind.values} >= keys


@given(shelf=shelves())
def test_every_entry_can_be_named(shelf: Shelf) -> None:
    """No assignment, current or ended, ever refers to a value that the property does not have."""
    assert shelf.kind
    for row in shelf.rows.values():
        assert shelf.kind.value(row.value).label


@given(shelf=shelves(), value=st.sampled_from(KEYS), by=BY)
def test_assigning_the_same_again_changes_nothing(shelf: Shelf, value: str, by: StepReference | None) -> None:
    """What the customer has already is the answer, by hand or by a step, hidden meanwhile or not."""
    shelf.act("assign", value)
    held = [row for row in shelf.current if row.value == value]
    shelf.act("assign", value, by)
    if held:
        assert shelf.decision.result == held[0]
        assert shelf.decision.add == shelf.decision.save == shelf.decision.notes == ()


@given(shelf=shelves(), value=st.sampled_from(KEYS))
def test_assigning_ends_what_shares_its_slot_and_nothing_else(shelf: Shelf, value: str) -> None:
    """One value takes the place of another where there may be one, and stands beside it where there may be several."""
    assert shelf.kind
    kept = [row for row in shelf.current if shelf.kind.multi_valued or row.value == value]
    shelf.act("assign", value)
    if shelf.decision.add:
        assert shelf.current == [*kept, shelf.decision.result]


@pytest.mark.parametrize("whole", [False, True], ids=["value", "property"])
@given(shelf=shelves(), value=st.sampled_from("abc"))
def test_what_is_hidden_is_not_newly_assigned_and_stays_where_it_is(
    shelf: Shelf, value: str, *, whole: bool
) -> None:
    """Hiding a value, or the property, keeps what the customer has and refuses what the customer does not have."""
    shelf.act("hide", None if whole else value)
    kept = shelf.current
    shelf.act("assign", value)
    assert shelf.current == kept
    assert not shelf.decision.add


@given(shelf=shelves(), more=steps())
def test_a_property_in_use_stays(shelf: Shelf, more: list[tuple[object, ...]]) -> None:
    """Deleting is possible exactly as long as nothing was ever assigned, whatever is taken away afterwards."""
    for step in more:
        shelf.act(*step)
        assert shelf.kind
        assert shelf.kind.used == bool(shelf.rows)
    shelf.act("delete")
    assert (shelf.kind is None) == (not shelf.rows)


@given(shelf=shelves(), more=steps())
def test_category_and_cardinality_are_fixed_by_the_first_use(
    shelf: Shelf, more: list[tuple[object, ...]]
) -> None:
    """What was assigned under one rule is never judged by another."""
    assert shelf.kind
    before = (shelf.kind.category, shelf.kind.multi_valued)
    used = shelf.kind.used
    for step in more:
        shelf.act(*step)
    assert not used or (shelf.kind.category, shelf.kind.multi_valued) == before


@pytest.mark.parametrize("category", [each for each in PropertyCategory if each.value != "customer"])
@given(value=st.sampled_from(KEYS))
def test_a_property_of_another_category_does_not_fit_a_customer(
    category: PropertyCategory, value: str
) -> None:
    """F91: every category but that of customers is refused, whatever the value."""
    with pytest.raises(Refused) as refusal:
        assign_value(kind_of(category=category), value, "c1", None, Assigning("p1", "anna", NOON))
    assert refusal.value.code == "property.wrong_category"
    assert refusal.value.facts["category"] == category.value


def test_an_assignment_keeps_who_when_and_how() -> None:
    """By hand without a step, by a step with its process; the remark is kept either way."""
    kind = kind_of()
    by_hand = assign_value(kind, "a", "c1", None, Assigning("p1", "anna", NOON, "asked")).result
    assert by_hand == CustomerProperty("p1", "c1", "group", "a", "", NOON, "anna", comment="asked")
    assert by_hand.how is AssignedHow.MANUAL
    by = Assigning("p2", "ben", NOON, "", StepReference("v1", "s1"))
    by_step = assign_value(kind, "b", "c1", by_hand, by)
    assert (by_step.result.how, by_step.result.process_id, by_step.result.step_id) == (
        AssignedHow.STEP,
        "v1",
        "s1",
    )
    ended = next(record for record in by_step.save if isinstance(record, CustomerProperty))
    assert (ended.id, ended.slot, ended.ended_at, ended.ended_by) == ("p1", None, NOON, "ben")
