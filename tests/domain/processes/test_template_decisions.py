"""Each decision about a template as a whole, and the field and code of every fault of its form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.errors import LONGEST_PLACE, InvalidInput, NotFound, Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes import Audience, ProcessKind, ProcessTemplate, StepTemplate
from loyaltycore.processes.rules.editing import (
    add_step,
    change_step,
    change_template,
    create_template,
    delete_template,
    move_step,
    remove_step,
    require_visible,
    set_hidden,
    shift_step,
)
from loyaltycore.processes.rules.template import ABBREVIATIONS, OpenMandatory
from loyaltycore.processes.rules.template_form import (
    read_step,
    read_template,
    read_template_changes,
    read_values,
)
from tests.domain.processes.workshop import step_of, template_of

A, B, C = (step_of(key) for key in "abc")
TEMPLATE = template_of(A, B, C)
OTHER = evolve(TEMPLATE, id="other")


def refused(ask: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """The code and the facts of a refusal."""
    with pytest.raises(Refused) as refusal:
        ask()
    return refusal.value.code, dict(refusal.value.facts)


def kept(after: ProcessTemplate, action: str) -> Decision[ProcessTemplate]:
    """The decision that saves the changed template with one note."""
    note = Note(f"process_template.{action}", TEMPLATE, after)
    return Decision(after, save=(after,), notes=(note,))


def order(decision: Decision[ProcessTemplate]) -> str:
    """The steps afterwards."""
    return "".join(step.id for step in decision.result.steps)


def test_a_template_is_created_once_and_under_a_name_of_its_own() -> None:
    """It is added and noted; a taken key and a taken name are refused."""
    note = Note("process_template.created", after=TEMPLATE)
    assert create_template(TEMPLATE, None, None) == Decision(TEMPLATE, add=(TEMPLATE,), notes=(note,))
    assert refused(lambda: create_template(TEMPLATE, OTHER, None)) == (
        "process_template.exists",
        {"template": "supply"},
    )
    assert refused(lambda: create_template(TEMPLATE, None, OTHER)) == (
        "process_template.name_taken",
        {"template": "other"},
    )


def test_a_template_keeps_its_own_name() -> None:
    """It is no namesake of itself; a change is noted, and no change is not."""
    after = evolve(TEMPLATE, name="New")
    assert change_template(TEMPLATE, after, TEMPLATE) == kept(after, "changed")
    assert change_template(TEMPLATE, TEMPLATE, None) == Decision(TEMPLATE)
    assert refused(lambda: change_template(TEMPLATE, after, OTHER))[0] == "process_template.name_taken"


def test_a_step_is_added_at_a_place_or_at_the_end() -> None:
    """From the first place to behind the last one; the change is noted as that."""
    new = step_of("n")
    assert add_step(TEMPLATE, new, None) == kept(evolve(TEMPLATE, steps=(A, B, C, new)), "step_added")
    assert [order(add_step(TEMPLATE, new, place)) for place in range(4)] == ["nabc", "anbc", "abnc", "abcn"]


def test_a_step_is_there_once() -> None:
    """The refusal names template and step."""
    assert refused(lambda: add_step(TEMPLATE, step_of("b"), None)) == (
        "template_step.exists",
        {"template": "supply", "step": "b"},
    )


def test_a_key_that_processes_know_keeps_its_type() -> None:
    """What is taken out after a process was started is remembered; before that its key is free."""
    assert remove_step(TEMPLATE, "b").result.retired == {}
    used = remove_step(evolve(TEMPLATE, used=True), "b").result
    assert used.retired == {"b": "task"}
    assert refused(lambda: add_step(used, step_of("b", type="custom"), None)) == (
        "template_step.other_type",
        {"template": "supply", "step": "b", "type": "task"},
    )
    assert [each.id for each in add_step(used, step_of("b"), None).result.steps] == ["a", "c", "b"]
    assert add_step(used, step_of("n", type="custom"), 0).result.retired == used.retired


def test_another_branch_is_refused_and_the_head_office_is_not() -> None:
    """With the branch that has it."""
    theirs = evolve(TEMPLATE, branch_id="bonn")
    for template, branch in ((theirs, "bonn"), (theirs, ""), (TEMPLATE, "berlin")):
        require_visible(template, branch)
    assert refused(lambda: require_visible(theirs, "berlin")) == (
        "process_template.other_branch",
        {"template": "supply", "branch": "bonn"},
    )


def test_a_template_has_at_most_a_hundred_steps() -> None:
    """The hundredth is added, the next one is a fault."""
    many = template_of(*(step_of(f"s{number}") for number in range(99)))
    full = add_step(many, A, None).result
    assert len(full.steps) == 100
    with pytest.raises(InvalidInput) as caught:
        add_step(full, B, None)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("steps", "too_many")]


@pytest.mark.parametrize("place", [-1, 4, "1", True])
def test_a_step_is_not_added_where_there_is_no_place(place: Any) -> None:
    """Behind the last one is the last place."""
    with pytest.raises(InvalidInput) as caught:
        add_step(TEMPLATE, step_of("n"), place)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("position", "out_of_range")]


@pytest.mark.parametrize("place", [-1, 3, "1", 1.0, True, None])
def test_a_place_that_is_none_is_a_fault(place: Any) -> None:
    """Below the first, behind the last, and what is no integer."""
    with pytest.raises(InvalidInput) as caught:
        move_step(TEMPLATE, "a", place)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("position", "out_of_range")]


def test_steps_move_to_a_place_and_by_places() -> None:
    """The others keep their order; at either end a step stays; where nothing moves nothing is kept."""
    assert move_step(TEMPLATE, "a", 2) == kept(evolve(TEMPLATE, steps=(B, C, A)), "step_moved")
    assert [order(move_step(TEMPLATE, "c", place)) for place in range(3)] == ["cab", "acb", "abc"]
    assert [order(shift_step(TEMPLATE, "b", by)) for by in (-9, -1, 0, 1, 9)] == [
        "bac", "bac", "abc", "acb", "acb",
    ]  # fmt: skip
    assert move_step(TEMPLATE, "b", 1) == Decision(TEMPLATE)


def test_a_step_is_changed_and_removed_in_its_place() -> None:
    """The others stay as they are; either change has a word of its own."""
    changed = evolve(B, name="Other")
    assert change_step(TEMPLATE, changed) == kept(evolve(TEMPLATE, steps=(A, changed, C)), "step_changed")
    assert remove_step(TEMPLATE, "b") == kept(evolve(TEMPLATE, steps=(A, C)), "step_removed")


@pytest.mark.parametrize(
    "ask",
    [
        lambda: move_step(TEMPLATE, "z", 0),
        lambda: shift_step(TEMPLATE, "z", 0),
        lambda: remove_step(TEMPLATE, "z"),
    ],
)
def test_a_step_that_is_not_there_is_not_found(ask: Callable[[], object]) -> None:
    """The error names what was looked for and by which key."""
    with pytest.raises(NotFound) as caught:
        ask()
    assert (caught.value.kind, caught.value.key) == ("template_step", "z")


def test_hiding_and_showing_have_words_of_their_own() -> None:
    """What is as it should be already is not noted."""
    hidden = evolve(TEMPLATE, hidden=True)
    assert set_hidden(TEMPLATE, hidden=True) == kept(hidden, "hidden")
    assert set_hidden(hidden, hidden=False).notes[0].action == "process_template.shown"
    assert set_hidden(hidden, hidden=True) == Decision(hidden)


def test_only_an_unused_template_is_deleted() -> None:
    """It goes with a note; one from which a process was started stays."""
    note = Note("process_template.deleted", before=TEMPLATE)
    assert delete_template(TEMPLATE) == Decision(None, remove=(TEMPLATE,), notes=(note,))
    assert refused(lambda: delete_template(evolve(TEMPLATE, used=True))) == (
        "process_template.in_use",
        {"template": "supply"},
    )


@pytest.mark.parametrize(
    ("theirs", "ours", "visible"),
    [("", "berlin", True), ("berlin", "", True), ("berlin", "berlin", True), ("berlin", "bonn", False)],
)
def test_a_template_is_seen_in_its_branch_and_in_the_head_office(
    theirs: str, ours: str, *, visible: bool
) -> None:
    """One without a branch is seen everywhere."""
    assert template_of(branch_id=theirs).is_visible_in(ours) is visible


def test_a_new_template_is_for_everybody_everywhere_and_warns() -> None:
    """Nothing is said about it that nobody said."""
    bare = ProcessTemplate("x", "X", ProcessKind.OTHER, "SO")
    assert (bare.search_key, bare.branch_id, bare.steps, bare.version) == ("", "", (), 1)
    assert (bare.audience, bare.open_mandatory) == (Audience.EVERYBODY, OpenMandatory.WARN)
    assert (bare.hidden, bare.used) == (False, False)
    step = StepTemplate("a", "task", "A")
    assert (step.description, step.mandatory, step.pre_step, step.settings) == ("", False, False, {})


def read(given: dict[str, Any], key: object = "supply") -> tuple[ProcessTemplate, list[tuple[str, str]]]:
    """A new template, and the field and code of each fault."""
    faults = Faults()
    return read_template(faults, key, given), [(fault.field, fault.code) for fault in faults.found]


def test_a_template_is_read_in_normal_form() -> None:
    """Blanks around go, and words become what they name."""
    given = {
        "name": " Supply ",
        "kind": "glasses",
        "abbreviation": " GL ",
        "search_key": " eyes ",
        "branch_id": " berlin ",
        "audience": "adult",
        "open_mandatory": "block",
    }
    assert read(given) == (
        ProcessTemplate(
            "supply",
            "Supply",
            ProcessKind.GLASSES,
            "GL",
            "eyes",
            "berlin",
            Audience.ADULT,
            OpenMandatory.BLOCK,
        ),
        [],
    )


def test_what_is_not_said_has_its_default() -> None:
    """A kind of no sort in particular, for everybody, with a warning."""
    nothing = dict.fromkeys(("kind", "search_key", "branch_id", "audience", "open_mandatory"))
    assert read({"name": "Supply", **nothing}) == (template_of(), [])


@pytest.mark.parametrize(
    ("key", "given", "found"),
    [
        ("Bad Key", {}, [("key", "bad_key"), ("name", "required")]),
        ("supply", {"name": "x" * 81}, [("name", "too_long")]),
        ("supply", {"name": "S", "kind": "moon"}, [("kind", "unknown_choice")]),
        ("supply", {"name": "S", "abbreviation": "x" * 11}, [("abbreviation", "too_long")]),
        ("supply", {"name": "S", "search_key": "x" * 81}, [("search_key", "too_long")]),
        ("supply", {"name": "S", "branch_id": "x" * 41}, [("branch_id", "too_long")]),
        ("supply", {"name": "S", "audience": "moon"}, [("audience", "unknown_choice")]),
        ("supply", {"name": "S", "open_mandatory": "moon"}, [("open_mandatory", "unknown_choice")]),
    ],
)
def test_every_fault_of_a_template_stands_at_its_field(
    key: str, given: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    """Wrong words and lengths."""
    assert read(given, key)[1] == found


def test_the_longest_texts_are_taken() -> None:
    """80 characters of a name and a search key, 40 of a branch, 10 of an abbreviation."""
    longest = {"name": "x" * 80, "search_key": "x" * 80, "branch_id": "x" * 40, "abbreviation": "x" * 10}
    template, faults = read(longest)
    assert faults == []
    assert {name: getattr(template, name) for name in longest} == longest


@pytest.mark.parametrize("kind", ProcessKind)
def test_the_abbreviation_follows_the_kind_until_another_is_chosen(kind: ProcessKind) -> None:
    """That of the kind where none is given, and again where it is taken away."""
    assert read({"name": "S", "kind": kind})[0].abbreviation == ABBREVIATIONS[kind]
    mine = evolve(TEMPLATE, abbreviation="MY")
    assert read_template_changes(Faults(), TEMPLATE, {"kind": kind}).abbreviation == ABBREVIATIONS[kind]
    assert read_template_changes(Faults(), mine, {"kind": kind}).abbreviation == "MY"
    given = {"kind": kind, "abbreviation": ""}
    assert read_template_changes(Faults(), mine, given).abbreviation == ABBREVIATIONS[kind]
    given = {"kind": kind, "abbreviation": "SO"}
    assert read_template_changes(Faults(), TEMPLATE, given).abbreviation == "SO"


def test_kinds_have_the_words_and_the_abbreviations_of_the_trade() -> None:
    """Both are stored and shown: a changed one would be another kind."""
    assert {kind.value: ABBREVIATIONS[kind] for kind in ProcessKind} == {
        "hearing_supply": "HG", "cochlea": "CI", "otoplastic": "OT", "glasses": "BR", "contact_lens": "KL",
        "refraction": "RF", "customer_card": "KK", "action": "AK", "repair": "RE", "service": "SE",
        "service_contract": "SV", "other": "SO",
    }  # fmt: skip
    assert [audience.value for audience in Audience] == ["everybody", "child", "adult"]
    assert [policy.value for policy in OpenMandatory] == ["warn", "block"]


def step_faults(**given: Any) -> list[tuple[str, str]]:
    """Field and code of each fault of a step."""
    faults = Faults()
    read_step(faults, A, given)
    return [(fault.field, fault.code) for fault in faults.found]


def test_a_step_is_read_over_what_it_was() -> None:
    """What is given is cleaned and taken over, what is not stays."""
    given = {"name": " Name ", "description": " two\r\nlines ", "mandatory": True, "pre_step": True}
    after = evolve(A, name="Name", description="two\nlines", mandatory=True, pre_step=True)
    assert read_step(Faults(), A, given) == after
    assert read_step(Faults(), after, {}) == after
    assert read_step(Faults(), after, {"mandatory": False, "pre_step": False}).mandatory is False


def test_every_fault_of_a_step_stands_at_its_field() -> None:
    """Its name, its description and its flags."""
    assert step_faults(name="") == [("name", "required")]
    assert step_faults(name="x" * 81) == [("name", "too_long")]
    assert step_faults(description="x" * 1001) == [("description", "too_long")]
    assert step_faults(mandatory="yes", pre_step=1) == [
        ("mandatory", "wrong_type"),
        ("pre_step", "wrong_type"),
    ]
    assert step_faults(name="x" * 80, description="x" * 1000) == []


def values(given: object) -> tuple[object, list[tuple[str, str]]]:
    """Values that were read, and the field and code of each fault."""
    faults = Faults()
    return read_values(faults, "settings", given), [(fault.field, fault.code) for fault in faults.found]


def test_values_of_four_types_are_read() -> None:
    """Texts with lines, integers, truth values and dates, under names of up to eighty signs."""
    good = {"text": "a\nb", "int": 2**63 - 1, "least": 1 - 2**63, "flag": False, "day": date(2026, 1, 15)}
    good |= {"A" + "x" * 79: "y" * 2000, "a.b_c-1": ""}
    assert values(good) == (good, [])
    assert values({f"v{number}": number for number in range(50)})[1] == []
    assert values({"text": " a "}) == ({"text": "a"}, [])
    full = {f"v{number}": "x" * 2000 for number in range(4)}
    assert values({**full, "number": 7}) == ({**full, "number": 7}, [])


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, [("settings", "wrong_type")]),
        ([("a", 1)], [("settings", "wrong_type")]),
        ({f"v{number}": 0 for number in range(51)}, [("settings", "too_many")]),
        ({"1a": 1}, [("settings.1a", "bad_name")]),
        ({"x" * 81: 1}, [("settings." + "x" * 81, "bad_name")]),
        ({"!" * 3000: 1}, [("settings." + "!" * (LONGEST_PLACE - 10) + "\u2026", "bad_name")]),
        ({5: 1}, [("settings.<int>", "bad_name")]),
        ({"a": 2**63}, [("settings.a", "out_of_range")]),
        ({"a": -(2**63)}, [("settings.a", "out_of_range")]),
        ({"a": date(1066, 10, 14)}, [("settings.a", "out_of_range")]),
        ({"a": datetime(2026, 1, 15)}, [("settings.a", "wrong_type")]),  # noqa: DTZ001  a date is asked for
        ({"a": 1.5}, [("settings.a", "wrong_type")]),
        ({"a": "x" * 2001}, [("settings.a", "too_long")]),
        ({"b": "x", **{f"v{number}": "x" * 2000 for number in range(4)}}, [("settings", "too_long")]),
    ],
)
def test_every_fault_of_values_stands_at_its_name(given: object, found: list[tuple[str, str]]) -> None:
    """What is no value, under a name that is none, or too many of them."""
    assert values(given)[1] == found


def test_values_that_only_compare_equal_are_different() -> None:
    """A step whose setting turns from 1 into True has changed."""
    assert StepTemplate("a", "task", "A", settings={"x": 1}) != StepTemplate(
        "a", "task", "A", settings={"x": True}
    )


def test_a_bad_name_is_left_out_and_the_others_are_read() -> None:
    """Nothing is kept under a name that is none."""
    assert values({"!": 1, "a": 2})[0] == {"a": 2}
    assert values({f"v{number}": 0 for number in range(51)})[0] == {}
