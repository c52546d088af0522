"""Process templates on every storage: steps, order, search, who sees them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.processes import Audience, OpenMandatory, ProcessKind
from loyaltycore.properties import PropertyValue
from tests.house import House, dump
from tests.services.workflow import CLASSIFY, template, with_origin


def _steps(house: House, key: str) -> list[str]:
    return [step.id for step in house.desk.processes.templates.get(key).steps]


def test_a_template_comes_back_as_it_was_made(house: House) -> None:
    """F98, F99: a template is found by any word of its name, by its abbreviation and its search key."""
    templates = house.desk.processes.templates
    made = templates.create(
        "new-supply",
        name="Neuversorgung Hörgerät GKV",
        kind="hearing_supply",
        search_key="Kasse",
        branch_id="berlin",
        audience="adult",
        open_mandatory="block",
    )
    assert (made.kind, made.abbreviation) == (ProcessKind.HEARING_SUPPLY, "HG")
    assert (made.audience, made.open_mandatory) == (Audience.ADULT, OpenMandatory.BLOCK)
    assert templates.get("new-supply") == made
    templates.create("repair", name="Reparatur", kind="repair")
    for text in ("neuv", "GKV neu", "horgerat", "Hoergeraet", "hg", "kass"):
        assert [each.id for each in templates.find(text).items] == ["new-supply"], text
    assert [each.id for each in templates.find().items] == ["new-supply", "repair"]
    assert [each.id for each in templates.find(kind="repair").items] == ["repair"]
    assert not templates.find("zzz").items


def test_steps_are_added_moved_changed_and_removed(house: House) -> None:
    """F101, F107, F108: a new step comes to the end or to a place, and is moved to a place, up and down."""
    template(house, "supply", "a", "b", "c")
    templates = house.desk.processes.templates
    templates.add_step("supply", "task", name="First", step="first", position=0)
    assert _steps(house, "supply") == ["first", "a", "b", "c"]
    templates.move_step("supply", "c", 1)
    assert _steps(house, "supply") == ["first", "c", "a", "b"]
    templates.move_step_up("supply", "b")
    templates.move_step_down("supply", "first")
    assert _steps(house, "supply") == ["c", "first", "b", "a"]
    templates.move_step_up("supply", "c")
    templates.move_step_down("supply", "a")
    templates.remove_step("supply", "b")
    assert _steps(house, "supply") == ["c", "first", "a"]


def test_a_step_added_to_one_template_changes_no_other(house: House) -> None:
    """F100: the same step has to be added to each template."""
    with_origin(house)
    template(house, "supply")
    other = template(house, "repair", "a")
    template_step = house.desk.processes.templates.add_step("supply", "task", name="A", step="a")
    assert [step.id for step in template_step.steps] == ["a"]
    assert house.desk.processes.templates.get("repair") == other


def test_step_types_can_be_listed(house: House) -> None:
    """F102, F13: the types to choose from can be listed, assigning a property and ordering a card among them."""
    types = {each.key: each.label for each in house.desk.processes.templates.step_types}
    assert list(types) == [
        "complete_data",
        "document",
        "task",
        "custom",
        "assign_property",
        "order_card",
        "encode_card",
        "assign_program",
        "use_program",
    ]
    assert types["assign_property"] == "Assign customer property"


def test_name_description_and_flags_of_a_step_can_be_changed(house: House) -> None:
    """F103, F109, F113: name, description and both flags are kept, and what is not said stays."""
    with_origin(house)
    template(house, "supply", CLASSIFY)
    templates = house.desk.processes.templates
    first = templates.change_step(
        "supply", "classify", name="Origin?", description="Who sent the customer"
    ).step("classify")
    assert (first.name, first.description, first.mandatory) == ("Origin?", "Who sent the customer", False)
    second = templates.change_step("supply", "classify", mandatory=True, pre_step=True).step("classify")
    assert (second.name, second.mandatory, second.pre_step) == ("Origin?", True, True)
    assert second.settings == {"property": "origin"}
    same = templates.change_step("supply", "classify", mandatory=True)
    assert same.version == templates.get("supply").version
    third = templates.change_step("supply", "classify", settings={"property": "origin", "value": "own"})
    assert third.step("classify").settings == {"property": "origin", "value": "own"}


@pytest.mark.parametrize(
    ("step_type", "settings", "fault"),
    [
        ("assign_property", {"property": "nothing"}, "settings.property"),
        ("assign_property", {}, "settings.property"),
        ("assign_property", {"property": "origin", "value": "none"}, "settings.value"),
        ("assign_property", {"property": "floor"}, "settings.property"),
        ("assign_property", {"property": "origin", "colour": "red"}, "settings.colour"),
        ("document", {}, "settings.document"),
        ("task", {"due_after_days": -1}, "settings.due_after_days"),
        ("task", ["x"], "settings"),
        ("custom", {"a": 1.5}, "settings.a"),
        ("assign_property", {"property": "origin", "value": "own"}, "settings.value"),
        ("assign_property", {"property": "secret"}, "settings.property"),
        ("assign_property", {"property": "secret", "value": "a"}, "settings.property"),
        ("assign_property", {"property": "bare"}, "settings.property"),
        ("assign_property", {"property": "over"}, "settings.property"),
        ("complete_data", {"fields": "email shoe_size"}, "settings.fields"),
        ("complete_data", {"fields": ["email", 1]}, "settings.fields"),
        ("complete_data", {"fields": [None]}, "settings.fields"),
        ("complete_data", {"fields": [["email"]]}, "settings.fields"),
        ("complete_data", {"fields": 7}, "settings.fields"),
        ("complete_data", {"fields": ["email birth_date"]}, "settings.fields"),
        ("complete_data", {"fields": "email " * 201}, "settings.fields"),
        ("complete_data", {"fields": "x" * 101}, "settings.fields"),
        ("cook", {}, "step_type"),
        (None, {}, "step_type"),
    ],
)
def test_bad_settings_are_refused_with_their_place(
    house: House, step_type: str, settings: Any, fault: str
) -> None:
    """F104: a step refers to a property that exists and describes customers; every type checks its settings."""
    with_origin(house)
    properties, values = house.desk.properties, [PropertyValue("a")]
    properties.define("floor", name="Floor", category="branch")
    properties.define("secret", name="Secret", values=values)
    properties.define("bare", name="Bare")
    properties.define("over", name="Over", values=values)
    properties.hide("origin", "own")
    properties.hide("secret")
    properties.hide("over", "a")
    template(house, "supply")
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as error:
        house.desk.processes.templates.add_step("supply", step_type, name="X", settings=settings)
    assert error.value.fields == (fault,)
    assert dump(house.loyalty) == before


def test_a_property_that_a_step_refers_to_stays(house: House) -> None:
    """F104: a property in a template can no longer be deleted."""
    with_origin(house)
    template(house, "supply", CLASSIFY)
    house.desk.properties.define("group", name="Group", values=[PropertyValue("a")])
    house.desk.processes.templates.change_step("supply", "classify", settings={"property": "group"})
    for key in ("origin", "group"):
        with pytest.raises(Refused) as refusal:
            house.desk.properties.delete(key)
        assert refusal.value.code == "property.in_use"


def test_a_template_of_one_branch_is_seen_there_alone(house: House) -> None:
    """F98: a search shows what belongs to the branch or to all; the head office sees everything."""
    head = house.loyalty.session("admin")
    head.branches.create("hamburg", name="Optik Hamburg")
    template(house, "everywhere")
    head.processes.templates.create("there", name="There", branch_id="hamburg")
    template(house, "here", branch_id="berlin")

    def seen(branch: str | None) -> list[str]:
        page = house.loyalty.session("x", branch).processes.templates.find()
        return [each.id for each in page.items]

    assert seen("berlin") == ["everywhere", "here"]
    assert seen("hamburg") == ["everywhere", "there"]
    assert seen(None) == ["everywhere", "here", "there"]


def test_a_template_of_one_branch_is_closed_to_others(house: House) -> None:
    """Another branch neither reads nor changes nor counts it, and cannot lay one down; the head office can do all."""
    head = house.loyalty.session("admin")
    head.branches.create("hamburg", name="Optik Hamburg")
    head.processes.templates.create("there", name="There", branch_id="hamburg")
    head.processes.templates.add_step("there", "task", name="A", step="a")
    head.processes.templates.install_customer_card()
    head.processes.templates.change("customer-card", branch_id="hamburg")
    template(house, "ours")
    before = dump(house.loyalty)
    processes, templates = house.desk.processes, house.desk.processes.templates
    asks: list[Callable[[], object]] = [
        lambda: templates.get("there"),
        lambda: templates.change("there", name="Ours"),
        lambda: templates.change("ours", branch_id="hamburg"),
        lambda: templates.create("new", name="New", branch_id="hamburg"),
        lambda: templates.add_step("there", "task", name="B"),
        lambda: templates.change_step("there", "a", name="B"),
        lambda: templates.move_step("there", "a", 0),
        lambda: templates.move_step_up("there", "a"),
        lambda: templates.move_step_down("there", "a"),
        lambda: templates.remove_step("there", "a"),
        lambda: templates.hide("there"),
        lambda: templates.show("there"),
        lambda: templates.delete("there"),
        templates.install_customer_card,
        lambda: processes.count_open_steps("there"),
        lambda: processes.open_steps(template="there"),
        lambda: processes.reload_open_processes("there"),
    ]
    for ask in asks:
        with pytest.raises(Refused) as refusal:
            ask()
        assert refusal.value.code == "process_template.other_branch"
        assert refusal.value.facts["branch"] == "hamburg"
    assert dump(house.loyalty) == before
    assert head.processes.templates.get("there").name == "There"
    assert len(head.processes.count_open_steps("there")) == 1
    there = house.loyalty.session("otto", "hamburg").processes.templates
    assert there.change("there", name="Here").name == "Here"


def test_nothing_said_leaves_what_is_there(house: House) -> None:
    """None, and an empty choice, change neither a template nor a step."""
    step = {"step": "s", "type": "custom", "mandatory": True, "description": "why", "settings": {"x": 1}}
    facts = {"kind": "repair", "audience": "adult", "open_mandatory": "block", "search_key": "k"}
    before = template(house, "supply", step, abbreviation="XY", branch_id="berlin", **facts)
    templates: Any = house.desk.processes.templates
    names = (*facts, "name", "abbreviation", "branch_id")
    assert templates.change("supply", **dict.fromkeys(names)) == before
    assert templates.change("supply", kind="", audience="", open_mandatory="") == before
    said = dict.fromkeys(("name", "description", "mandatory", "pre_step", "settings"))
    assert templates.change_step("supply", "s", **said) == before
    assert templates.change("supply", search_key="").search_key == ""
    with pytest.raises(InvalidInput) as error:
        templates.create("new", name=None)
    assert error.value.fields == ("name",)


def test_the_first_start_is_recorded_at_the_template(house: House) -> None:
    """That a template can no longer be deleted has its line in the activities, once."""
    template(house, "supply", "a")
    for _ in range(2):
        house.desk.processes.start(house.customer().id, "supply")
    lines = house.desk.activities.of_record("process_templates", "supply")
    used = [line.changes for line in lines if line.action == "process_template.used"]
    assert [[(each.field, each.before, each.after) for each in changes] for changes in used] == [
        [("used", False, True)]
    ]


def test_hidden_templates_are_found_on_demand(house: House) -> None:
    """F98: a hidden template is out of the choice, not out of the world."""
    template(house, "old")
    templates = house.desk.processes.templates
    templates.hide("old")
    assert templates.find().items == ()
    assert [each.id for each in templates.find(with_hidden=True).items] == ["old"]
    templates.show("old")
    assert [each.id for each in templates.find().items] == ["old"]


def test_search_answers_come_in_pages(house: House) -> None:
    """F98: however many templates there are, a search returns all of them, page by page."""
    for n in range(7):
        template(house, f"t{n}")
    found, after = [], ""
    while True:
        page = house.desk.processes.templates.find(limit=3, after=after)
        found += [each.id for each in page.items]
        after = page.next
        if not after:
            break
    assert found == [f"t{n}" for n in range(7)]


def test_keys_and_names_are_taken_once(house: House) -> None:
    """F99: no two templates share a key or a name."""
    template(house, "supply", name="Supply")
    templates = house.desk.processes.templates
    with pytest.raises(Refused) as key:
        templates.create("supply", name="Other")
    with pytest.raises(Refused) as name:
        templates.create("other", name="Supply")
    template(house, "other", name="Other")
    with pytest.raises(Refused) as renamed:
        templates.change("other", name="Supply")
    assert key.value.code == "process_template.exists"
    assert name.value.code == renamed.value.code == "process_template.name_taken"
    assert templates.change("other", name="Other", search_key="x").search_key == "x"


def test_only_what_was_never_started_is_deleted(house: House) -> None:
    """A template from which a process was started can only be hidden."""
    template(house, "unused", "a")
    template(house, "supply", "a")
    house.desk.processes.start(house.customer().id, "supply")
    templates = house.desk.processes.templates
    templates.delete("unused")
    with pytest.raises(NotFound):
        templates.get("unused")
    with pytest.raises(Refused) as refusal:
        templates.delete("supply")
    assert refusal.value.code == "process_template.in_use"


def test_every_change_of_a_template_is_recorded(house: House) -> None:
    """F101: the activities of a template say what was done, in order, and nothing where nothing differs."""
    template(house, "supply", "a", "b")
    templates = house.desk.processes.templates
    templates.change("supply", kind="repair")
    templates.change("supply", kind="repair")
    templates.move_step("supply", "b", 0)
    templates.change_step("supply", "a", name="Other")
    templates.remove_step("supply", "a")
    templates.hide("supply")
    templates.show("supply")
    done = [activity.action for activity in house.desk.activities.of_record("process_templates", "supply")]
    assert [action.removeprefix("process_template.") for action in done] == [
        "created", "step_added", "step_added", "changed", "step_moved", "step_changed", "step_removed", "hidden", "shown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("get", ("none",)),
        ("change", ("none",)),
        ("hide", ("none",)),
        ("delete", ("none",)),
        ("add_step", ("none", "task")),
        ("change_step", ("supply", "none")),
        ("move_step", ("supply", "none", 0)),
        ("move_step_up", ("supply", "none")),
        ("remove_step", ("supply", "none")),
    ],
)
def test_what_does_not_exist_is_said(house: House, verb: str, args: tuple[Any, ...]) -> None:
    """An unknown template or step is `NotFound`."""
    template(house, "supply")
    kwargs = {"name": "X"} if verb == "add_step" else {}
    with pytest.raises(NotFound):
        getattr(house.desk.processes.templates, verb)(*args, **kwargs)


def test_an_unknown_branch_is_refused(house: House) -> None:
    """A template is restricted to a branch that exists."""
    templates = house.desk.processes.templates
    with pytest.raises(NotFound):
        templates.create("x", name="X", branch_id="nowhere")
    template(house, "supply")
    with pytest.raises(NotFound):
        templates.change("supply", branch_id="nowhere")


def test_unknown_words_are_refused(house: House) -> None:
    """A word that is no field is a fault, not passed over."""
    templates: Any = house.desk.processes.templates
    template(house, "supply", "a")
    for call in (
        lambda: templates.create("y", name="Y", colour="red"),
        lambda: templates.change("supply", steps=()),
        lambda: templates.add_step("supply", "task", name="B", type="task"),
        lambda: templates.change_step("supply", "a", id="b"),
        lambda: templates.find(limit=0),
        lambda: templates.find(kind="zoo"),
    ):
        with pytest.raises(InvalidInput):
            call()


def test_the_standard_process_is_installed_once(house: House) -> None:
    """F12: the process by which a card is ordered is there after one call, and a second call changes nothing."""
    templates = house.desk.processes.templates
    made = templates.install_customer_card(name="Kundenkarte")
    assert [(step.type, step.mandatory) for step in made.steps] == [("order_card", True)]
    assert made.kind is ProcessKind.CUSTOMER_CARD
    assert templates.install_customer_card() == made
