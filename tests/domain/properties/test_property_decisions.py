"""Each decision about a property as a whole: what is kept, what is noted, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve

from loyaltycore.errors import InvalidInput, NotFound, Refused
from loyaltycore.kernel.criteria import exists, stored
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.properties.rules.assignment import (
    AssignedHow,
    Assigning,
    CustomerProperty,
    StepReference,
    assign_value,
    read_assigning,
    slot_of,
    unassign_value,
)
from loyaltycore.properties.rules.defining import (
    add_value,
    change_property,
    change_value,
    define_property,
    delete_property,
    mark_used,
    order_values,
    set_hidden,
)
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue
from loyaltycore.properties.rules.showing import ShownProperty, has_value, show_properties
from tests.domain.properties.shelf import NOON, kind_of

KIND = kind_of()
A, B, C = KIND.values
BY = Assigning("p2", "ben", NOON, "asked")
HELD = CustomerProperty("p1", "c1", "group", "a", "", NOON, "anna")
USED = evolve(KIND, used=True)


def refused(ask: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """The code and the facts of a refusal."""
    with pytest.raises(Refused) as refusal:
        ask()
    return refusal.value.code, dict(refusal.value.facts)


def test_a_first_value_is_added_and_marks_its_property_as_used() -> None:
    """The assignment is new, the property can no longer be deleted, and the note of the assignment carries the remark."""
    assigned = CustomerProperty("p2", "c1", "group", "b", "", NOON, "ben", comment="asked")
    note = Note("property.assigned", after=assigned, comment="asked")
    assert assign_value(KIND, "b", "c1", None, BY) == Decision(
        assigned, add=(assigned,), save=(USED,), notes=(Note("property.used", KIND, USED), note)
    )


def test_a_new_value_ends_the_old_one() -> None:
    """The old one is kept with its end, and either change is noted, the end first."""
    decision = assign_value(USED, "b", "c1", HELD, BY)
    old = evolve(HELD, slot=None, ended_at=NOON, ended_by="ben")
    assert (decision.save, decision.add) == ((old,), (decision.result,))
    assert decision.result == CustomerProperty("p2", "c1", "group", "b", "", NOON, "ben", comment="asked")
    assert decision.notes[0] == Note("property.replaced", HELD, old)
    assert [note.action for note in decision.notes] == ["property.replaced", "property.assigned"]
    assert mark_used(USED) == Decision(USED)
    first = assign_value(KIND, "b", "c1", HELD, BY)
    assert first.save == (USED, old)
    assert [note.action for note in first.notes] == [
        "property.used",
        "property.replaced",
        "property.assigned",
    ]


def test_a_value_that_is_taken_away_stays_in_the_history() -> None:
    """It is saved with its end, and the note carries the remark."""
    after = evolve(HELD, slot=None, ended_at=NOON, ended_by="ben")
    note = Note("property.unassigned", HELD, after, "left")
    assert unassign_value(HELD, "ben", NOON, "left") == Decision(after, save=(after,), notes=(note,))


def test_what_cannot_be_assigned_says_why() -> None:
    """A hidden property, a hidden value, a property of another category, and a value that nobody has."""
    hidden = evolve(KIND, values=(A, evolve(B, hidden=True)))
    process = kind_of(category=PropertyCategory.PROCESS)
    assert refused(lambda: assign_value(evolve(KIND, hidden=True), "a", "c1", None, BY)) == (
        "property.hidden",
        {"property": "group"},
    )
    assert refused(lambda: assign_value(hidden, "b", "c1", None, BY)) == (
        "property.value_hidden",
        {"property": "group", "value": "b"},
    )
    assert refused(lambda: assign_value(process, "a", "c1", None, BY)) == (
        "property.wrong_category",
        {"property": "group", "category": "process"},
    )
    assert refused(lambda: unassign_value(None, "ben", NOON, "")) == ("property.not_assigned", {})


def test_a_value_that_is_not_there_is_not_found() -> None:
    """The error names what was looked for and by which key."""
    with pytest.raises(NotFound) as caught:
        assign_value(KIND, "z", "c1", None, BY)
    assert (caught.value.kind, caught.value.key) == ("property value", "z")


def test_values_share_one_slot_or_have_one_each() -> None:
    """A single value stands in the slot without a name, several stand each in that of its key."""
    assert (slot_of(KIND, "a"), slot_of(kind_of(multi_valued=True), "a")) == ("", "a")


def test_who_assigns_is_read_with_the_step() -> None:
    """The remark is cleaned, and the step taken over."""
    read = read_assigning("p1", "anna", NOON, " asked\r\ntwice ", StepReference(" v1 ", "s1"))
    assert read == Assigning("p1", "anna", NOON, "asked\ntwice", StepReference("v1", "s1"))
    assert read_assigning("p1", "anna", NOON, None, None) == Assigning("p1", "anna", NOON, "", None)
    assert len(read_assigning("p1", "anna", NOON, "x" * 500, None).comment) == 500
    assert read_assigning("p1", "a", NOON, "", StepReference("v" * 64, "s" * 64)).step is not None


@pytest.mark.parametrize(
    ("comment", "step", "found"),
    [
        ("x" * 501, None, [("comment", "too_long")]),
        ("", "s1", [("by_step", "wrong_type")]),
        (1, StepReference("", ""), [
            ("comment", "wrong_type"), ("by_step.process_id", "required"), ("by_step.step_id", "required"),
        ]),
        ("", StepReference("v" * 65, "s" * 65), [("by_step.process_id", "too_long"), ("by_step.step_id", "too_long")]),
    ],
)  # fmt: skip
def test_who_assigns_wrongly_hears_every_fault(
    comment: object, step: object, found: list[tuple[str, str]]
) -> None:
    """Each fault with its field and its code, all at once."""
    with pytest.raises(InvalidInput) as caught:
        read_assigning("p1", "anna", NOON, comment, step)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == found


def test_an_assignment_starts_current_and_by_hand() -> None:
    """No step, no remark, no end, and the first version of itself."""
    bare = CustomerProperty("p1", "c1", "group", "a", "", NOON, "anna")
    assert (bare.how, bare.process_id, bare.step_id, bare.comment) == (AssignedHow.MANUAL, "", "", "")
    assert (bare.ended_at, bare.ended_by, bare.version) == (None, "", 1)
    assert Assigning("p1", "anna", NOON) == Assigning("p1", "anna", NOON, "", None)
    assert [how.value for how in AssignedHow] == ["manual", "step"]


def test_a_property_is_defined_once() -> None:
    """It is added and noted; a second one under its key is refused."""
    assert define_property(KIND, None) == Decision(
        KIND, add=(KIND,), notes=(Note("property.defined", after=KIND),)
    )
    assert refused(lambda: define_property(KIND, KIND)) == ("property.exists", {"property": "group"})


@pytest.mark.parametrize("change", [{"category": PropertyCategory.ARTICLE}, {"multi_valued": True}])
@pytest.mark.parametrize(("used", "system"), [(True, False), (False, True)])
def test_what_others_rely_on_keeps_its_category_and_cardinality(
    change: dict[str, object], *, used: bool, system: bool
) -> None:
    """A property in use and a system property may be renamed, not turned into something else."""
    before = kind_of(used=used, system=system)
    assert refused(lambda: change_property(before, evolve(before, **change))) == (
        "property.fixed",
        {"property": "group", "used": used, "system": system},
    )
    assert change_property(before, evolve(before, name="Other")).result.name == "Other"


def test_a_change_is_kept_and_noted_and_no_change_is_not() -> None:
    """Before and after stand in the note; where nothing differs nothing happens."""
    after = evolve(KIND, multi_valued=True)
    note = Note("property.changed", KIND, after)
    assert change_property(KIND, after) == Decision(after, save=(after,), notes=(note,))
    assert change_property(KIND, KIND) == Decision(KIND)


def test_a_value_is_added_behind_the_others() -> None:
    """And noted as that."""
    new = PropertyValue("d", "D")
    after = evolve(KIND, values=(A, B, C, new))
    note = Note("property.value_added", KIND, after)
    assert add_value(KIND, new) == Decision(after, save=(after,), notes=(note,))
    system = evolve(KIND, system=True)
    assert add_value(system, new).result.values[-1] == PropertyValue("d", "D", meaning="D")


@pytest.mark.parametrize("value", [PropertyValue("a", "New"), PropertyValue("new", "a")])
def test_keys_and_labels_are_free_or_refused(value: PropertyValue) -> None:
    """A key that is there, and a label that differs in capitals alone, are those of the value named."""
    assert refused(lambda: add_value(KIND, value)) == (
        "property.value_exists",
        {"property": "group", "value": "a"},
    )


def test_a_property_has_at_most_a_thousand_values() -> None:
    """The thousandth is added, the next one is a fault."""
    many = tuple(PropertyValue(f"v{number}", f"V{number}") for number in range(999))
    full = add_value(kind_of(values=many), PropertyValue("last", "Last")).result
    assert len(full.values) == 1000
    with pytest.raises(InvalidInput) as caught:
        add_value(full, PropertyValue("more", "More"))
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("values", "too_many")]


def test_a_value_is_changed_in_its_place() -> None:
    """Its own label is free to it, another value's is not."""
    changed = evolve(B, colour="#ff0000")
    after = evolve(KIND, values=(A, changed, C))
    note = Note("property.value_changed", KIND, after)
    assert change_value(KIND, changed) == Decision(after, save=(after,), notes=(note,))
    assert refused(lambda: change_value(KIND, evolve(B, label="c"))) == (
        "property.value_exists",
        {"property": "group", "value": "c"},
    )


def test_values_are_put_into_another_order() -> None:
    """The new order is kept and noted as that."""
    after = evolve(KIND, values=(C, A, B))
    note = Note("property.values_ordered", KIND, after)
    assert order_values(KIND, (C, A, B)) == Decision(after, save=(after,), notes=(note,))


@pytest.mark.parametrize(("hidden", "action"), [(True, "property.hidden"), (False, "property.shown")])
def test_hiding_and_showing_have_words_of_their_own(*, hidden: bool, action: str) -> None:
    """The property as a whole, or one value of it and no other."""
    before = evolve(KIND, hidden=not hidden, values=(A, evolve(B, hidden=not hidden), C))
    whole = set_hidden(before, None, hidden=hidden)
    assert whole.result == evolve(before, hidden=hidden)
    assert whole.notes == (Note(action, before, whole.result),)
    part = set_hidden(before, "b", hidden=hidden)
    assert part.result == evolve(before, values=(A, evolve(B, hidden=hidden), C))
    assert [note.action for note in part.notes] == [action]


def test_only_what_nobody_relies_on_is_deleted() -> None:
    """An unused property goes with a note; one in use and one of the system stay."""
    note = Note("property.deleted", before=KIND)
    assert delete_property(KIND) == Decision(None, remove=(KIND,), notes=(note,))
    assert refused(lambda: delete_property(kind_of(used=True))) == ("property.in_use", {"property": "group"})
    assert refused(lambda: delete_property(kind_of(system=True))) == (
        "property.system",
        {"property": "group"},
    )


def test_a_property_starts_empty_and_visible() -> None:
    """Nothing is said about it that nobody said."""
    bare = PropertyType("origin", PropertyCategory.CUSTOMER, "Origin")
    assert (bare.description, bare.values, bare.version) == ("", (), 1)
    assert (bare.multi_valued, bare.hidden, bare.system, bare.used) == (False, False, False, False)
    value = PropertyValue("a")
    assert (value.label, value.abbreviation, value.colour, value.hidden, value.meaning) == (
        "",
        "",
        "",
        False,
        "",
    )


def test_a_screen_shows_properties_by_name_and_values_in_their_order() -> None:
    """By the name of the property, among equal names by key, and then as the property orders its values."""
    first, second = kind_of(id="z", name="Age"), kind_of(id="y", name="Group", multi_valued=True)
    twin = kind_of(id="x", name="Group")
    held = [
        evolve(HELD, id=f"{kind.id}{value}", property=kind.id, value=value)
        for kind, value in ((second, "c"), (second, "a"), (twin, "b"), (first, "b"))
    ]
    shown = show_properties(held, {kind.id: kind for kind in (first, second, twin)})
    assert [one.assigned.id for one in shown] == ["zb", "xb", "ya", "yc"]
    assert shown[0] == ShownProperty(first, first.values[1], held[3])


def test_customers_are_found_by_a_value_that_they_have_now() -> None:
    """What has ended does not count; without a value any of the property does."""
    now = (stored("property") == "group") & ~stored("slot").is_null()
    assert has_value("group") == exists("customer_properties", "customer_id", now)
    assert has_value("group", "a") == exists(
        "customer_properties", "customer_id", now & (stored("value") == "a")
    )
