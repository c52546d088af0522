"""Defining properties: every field checked, every change recorded, no value lost, no property deleted that is in use."""

from __future__ import annotations

from typing import Any

import pytest

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.properties import PropertyCategory, PropertyType, PropertyValue
from loyaltycore.properties.defining import use_property
from loyaltycore.properties.rules.form import MOST_VALUES
from loyaltycore.properties.service import Properties
from tests.house import House, dump

OWN = PropertyValue("own", "Own customer")
THIRD = PropertyValue("third-party", "Third-party customer", "3P", "#AA3300")


def define(house: House, key: str = "origin", **facts: Any) -> PropertyType:
    """A property with two values."""
    return house.desk.properties.define(key, **{"name": "Origin", "values": [OWN, THIRD], **facts})


def actions(house: House, key: str = "origin") -> list[str]:
    """What the activities say about a property."""
    return [activity.action for activity in house.desk.activities.of_record("property_types", key)]


def keys(kind: PropertyType) -> list[str]:
    """The values in their order."""
    return [value.key for value in kind.values]


def test_a_script_that_is_run_again_ensures(house: House) -> None:
    """A property that is missing is defined; one that is there stays as it is, and nothing is recorded."""
    made = house.desk.properties.ensure("origin", name="Origin", values=[OWN])
    house.desk.properties.add_value("origin", "third-party")
    before = dump(house.loyalty)
    again = house.desk.properties.ensure("origin", name="Origin", values=[OWN])
    assert (keys(made), keys(again), dump(house.loyalty)) == (["own"], ["own", "third-party"], before)
    with pytest.raises(InvalidInput):
        house.desk.properties.ensure("origin", name="")


def test_a_property_is_defined_and_read_back(house: House) -> None:
    """F88: what `define` answers is what is stored, with every field in normal form."""
    made = define(house, description=" Who sent them \r\n and why ", multi_valued=True)
    assert made == house.desk.properties.get("origin")
    assert (made.category, made.name, made.multi_valued) == (PropertyCategory.CUSTOMER, "Origin", True)
    assert made.description == "Who sent them \n and why"
    assert made.values == (OWN, PropertyValue("third-party", "Third-party customer", "3P", "#aa3300"))
    assert (made.hidden, made.system, made.used, made.version) == (False, False, False, 1)
    assert actions(house) == ["property.defined"]


def test_a_property_is_opened_renamed_and_described(house: House) -> None:
    """F89: name and description change, key and values stay; the same again changes nothing."""
    made = define(house)
    changed = house.desk.properties.change("origin", name="Where from", description="Asked at the till")
    assert (changed.id, changed.name, changed.description) == ("origin", "Where from", "Asked at the till")
    assert (changed.values, changed.version) == (made.values, 2)
    before = dump(house.loyalty)
    assert house.desk.properties.change("origin", name=" Where from ") == changed
    assert house.desk.properties.change("origin") == changed
    assert dump(house.loyalty) == before
    assert actions(house) == ["property.defined", "property.changed"]


def test_a_property_gets_further_values(house: House) -> None:
    """F90: values are added behind the others at any time, and put into another order."""
    properties = house.desk.properties
    define(house)
    extended = properties.add_value("origin", "web", label="Found us online", colour="#00ff00")
    assert keys(extended) == ["own", "third-party", "web"]
    assert extended.value("web") == PropertyValue("web", "Found us online", "", "#00ff00")
    ordered = properties.order_values("origin", ["web", "own", "third-party"])
    assert ordered == properties.get("origin")
    assert keys(ordered) == ["web", "own", "third-party"]
    assert set(ordered.values) == set(extended.values)
    assert actions(house)[1:] == ["property.value_added", "property.values_ordered"]


def test_values_are_added_one_by_one_and_none_twice(house: House) -> None:
    """F95: neither a key nor a label is there twice, whatever the case, even where the first one is hidden."""
    properties = house.desk.properties
    define(house, values=[])
    for value in ("own", "web"):
        properties.add_value("origin", value, label=value.title())
    properties.hide("origin", "own")
    before = dump(house.loyalty)
    for key, label in (("own", "Else"), ("else", "OWN"), ("else", "Web")):
        with pytest.raises(Refused) as refusal:
            properties.add_value("origin", key, label=label)
        assert refusal.value.code == "property.value_exists"
    with pytest.raises(Refused) as refusal:
        properties.change_value("origin", "web", label="own")
    assert refusal.value.facts["value"] == "own"
    assert dump(house.loyalty) == before
    assert properties.change_value("origin", "web", label="WEB").value("web").label == "WEB"


def test_a_value_is_renamed_and_coloured(house: House) -> None:
    """Label, abbreviation and colour of a value change; key and place stay."""
    define(house)
    changed = house.desk.properties.change_value("origin", "own", label="Ours", abbreviation="O", colour="")
    assert changed.values[0] == PropertyValue("own", "Ours", "O")
    assert actions(house)[-1] == "property.value_changed"
    before = dump(house.loyalty)
    house.desk.properties.change_value("origin", "own", label="Ours")
    assert dump(house.loyalty) == before
    house.desk.properties.hide("origin", "own")
    renamed = house.desk.properties.change_value("origin", "own", label="Own again")
    assert renamed.value("own") == PropertyValue("own", "Own again", "O", hidden=True)


def test_a_property_needs_a_name(house: House) -> None:
    """F92: without a name there is no property, and none is ever taken away."""
    for name in ("", "  ", None, 7):
        with pytest.raises(InvalidInput) as fault:
            define(house, name=name)
        assert fault.value.fields == ("name",)
    define(house)
    with pytest.raises(InvalidInput):
        house.desk.properties.change("origin", name="")


def test_none_leaves_what_is_there(house: House) -> None:
    """Nobody resets a field by saying nothing about it; what can be empty is emptied by an empty text."""
    properties: Any = house.desk.properties
    value = PropertyValue("own", "Own", "O", "#aa3300")
    facts: Any = {"category": "article", "description": "of what", "multi_valued": True}
    before = define(house, values=[value], **facts)
    nothing = dict.fromkeys(("category", "name", "description", "multi_valued"))
    assert properties.change("origin", **nothing) == before
    assert properties.change_value("origin", "own", label=None, abbreviation=None, colour=None) == before


def test_a_description_is_optional(house: House) -> None:
    """F93: a property without a description has an empty one, and one that is given can be emptied."""
    assert define(house).description == ""
    assert define(house, "group", description="Groups").description == "Groups"
    assert house.desk.properties.change("group", description="").description == ""


def test_a_property_is_no_campaign(house: House) -> None:
    """F94: defining one makes a record of a type of its own, and nothing that is sent, costs or ends."""
    before = dump(house.loyalty)
    made = define(house)
    after = dump(house.loyalty)
    assert after.pop("property_types") == [made]
    grown = {table for table, rows in after.items() if len(rows) > len(before[table])}
    assert grown == {"activities", "commands"}
    assert not {"starts_on", "ends_on", "costs", "campaign"} & set(PropertyType.__slots__)


def test_a_system_property_keeps_its_meaning(house: House) -> None:
    """Renamed values keep their first label as meaning, those that people add as well; nothing is deleted."""
    properties = house.desk.properties
    define(house, system=True)
    properties.change("origin", name="Herkunft")
    properties.change_value("origin", "own", label="Eigener Kunde")
    properties.add_value("origin", "web", label="Internet")
    extended = properties.change_value("origin", "web", label="Net")
    assert extended.value("own") == PropertyValue("own", "Eigener Kunde", meaning="Own customer")
    assert extended.value("web") == PropertyValue("web", "Net", meaning="Internet")
    assert extended.system
    for changes in ({"multi_valued": True}, {"category": "branch"}):
        with pytest.raises(Refused) as refusal:
            properties.change("origin", **changes)
        assert refusal.value.code == "property.fixed"
    with pytest.raises(Refused) as refusal:
        properties.delete("origin")
    assert refusal.value.code == "property.system"


def test_a_property_that_was_never_used_is_deleted(house: House) -> None:
    """It is gone, on record, and its key is free again."""
    define(house)
    house.desk.properties.delete("origin")
    with pytest.raises(NotFound):
        house.desk.properties.get("origin")
    assert define(house, name="Again").name == "Again"
    assert actions(house) == ["property.defined", "property.deleted", "property.defined"]


def test_a_repeated_definition_brings_nothing_back(house: House) -> None:
    """What was deleted after the first answer stays deleted; the repetition says that it is not there."""
    desk = house.desk.keyed("form-1")
    desk.properties.define("origin", name="Origin")
    house.desk.properties.delete("origin")
    with pytest.raises(NotFound):
        desk.properties.define("origin", name="Origin")
    assert house.desk.properties.all() == ()


def test_a_property_that_is_referred_to_is_only_hidden(house: House) -> None:
    """What another record refers to cannot be deleted, and its category and cardinality stay."""
    properties = house.desk.properties
    define(house)
    with house.desk.transaction() as unit:
        first = use_property(unit, "origin")
        assert use_property(unit, "origin") == first
    assert first == properties.get("origin")
    assert actions(house) == ["property.defined", "property.used"]
    assert (first.used, first.version) == (True, 2)
    before = dump(house.loyalty)
    with pytest.raises(Refused) as refusal:
        properties.delete("origin")
    assert refusal.value.code == "property.in_use"
    with pytest.raises(Refused) as refusal:
        properties.change("origin", multi_valued=True)
    assert refusal.value.code == "property.fixed"
    assert dump(house.loyalty) == before
    assert properties.hide("origin").hidden
    assert properties.change("origin", name="Old", category="customer", multi_valued=False).name == "Old"


def test_a_property_can_be_changed_in_every_way_until_it_is_used(house: House) -> None:
    """Category and cardinality of a property that nothing refers to are free."""
    define(house)
    changed = house.desk.properties.change("origin", category="branch", multi_valued=True)
    assert (changed.category, changed.multi_valued) == (PropertyCategory.BRANCH, True)


def test_properties_are_listed_by_category(house: House) -> None:
    """All of them by name, those of one category, and those that can still be assigned."""
    properties = house.desk.properties
    for key, name, category in (
        ("b", "Beta", "customer"),
        ("a", "Alpha", "customer"),
        ("p", "Pi", "process"),
    ):
        define(house, key, name=name, category=category)
    properties.hide("b")
    assert [kind.id for kind in properties.all()] == ["a", "b", "p"]
    assert [kind.id for kind in properties.all(category="customer")] == ["a", "b"]
    visible = properties.all(category=PropertyCategory.CUSTOMER, with_hidden=False)
    assert [kind.id for kind in visible] == ["a"]
    assert [kind.id for kind in properties.all(with_hidden=False)] == ["a", "p"]


def test_hiding_and_showing_is_on_record_and_twice_is_once(house: House) -> None:
    """A property and a value are hidden and shown again; the same again changes nothing."""
    properties = house.desk.properties
    define(house)
    for hide in (properties.hide, properties.show):
        for value in (None, "own"):
            changed = hide("origin", value)
            before = dump(house.loyalty)
            assert hide("origin", value) == changed
            assert dump(house.loyalty) == before
    assert properties.get("origin").values[0] == OWN
    assert actions(house)[1:] == ["property.hidden"] * 2 + ["property.shown"] * 2


def test_a_key_is_taken_once(house: House) -> None:
    """A second property of the same key is refused, and the first one stays."""
    made = define(house)
    with pytest.raises(Refused) as refusal:
        define(house, name="Other")
    assert (refusal.value.code, refusal.value.facts["property"]) == ("property.exists", "origin")
    assert house.desk.properties.get("origin") == made


@pytest.mark.parametrize(
    "call",
    [
        lambda properties: properties.get("nothing"),
        lambda properties: properties.change("nothing", name="x"),
        lambda properties: properties.add_value("nothing", "x"),
        lambda properties: properties.change_value("origin", "nothing", label="x"),
        lambda properties: properties.order_values("nothing", []),
        lambda properties: properties.hide("origin", "nothing"),
        lambda properties: properties.show("nothing"),
        lambda properties: properties.delete("nothing"),
        lambda properties: properties.delete(7),
    ],
)
def test_what_is_not_there_is_not_found(house: House, call: Any) -> None:
    """An unknown property, an unknown value: not found, and nothing changes."""
    define(house)
    before = dump(house.loyalty)
    with pytest.raises(NotFound):
        call(house.desk.properties)
    assert dump(house.loyalty) == before


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({"key": ""}, {"key"}),
        ({"key": "With Blanks"}, {"key"}),
        ({"key": "x" * 41}, {"key"}),
        ({"name": "x" * 101}, {"name"}),
        ({"name": "a\x00b"}, {"name"}),
        ({"description": "x" * 1001}, {"description"}),
        ({"category": "campaign"}, {"category"}),
        ({"multi_valued": "yes"}, {"multi_valued"}),
        ({"system": 1}, {"system"}),
        ({"values": None}, {"values"}),
        ({"values": "own"}, {"values"}),
        ({"values": ["own"]}, {"values[0].key"}),
        ({"values": [OWN, PropertyValue("own")]}, {"values"}),
        ({"values": [OWN, PropertyValue("other", "OWN customer")]}, {"values"}),
        ({"values": [PropertyValue(str(n)) for n in range(MOST_VALUES + 1)]}, {"values"}),
        ({"values": [PropertyValue("Ä")]}, {"values[0].key"}),
        ({"values": [PropertyValue("a", "x" * 101)]}, {"values[0].label"}),
        ({"values": [PropertyValue("a", abbreviation="x" * 11)]}, {"values[0].abbreviation"}),
        ({"values": [PropertyValue("a", colour="red")]}, {"values[0].colour"}),
        ({"values": [PropertyValue("a", colour="#12345g")]}, {"values[0].colour"}),
        ({"values": [PropertyValue("a", hidden="no")]}, {"values[0].hidden"}),  # wrong
        ({"used": True, "colour": "red"}, {"used", "colour"}),
        ({"name": "", "category": "x", "values": 7}, {"name", "category", "values"}),
    ],
)
def test_every_wrong_field_is_named_and_nothing_changes(
    house: House, facts: dict[str, Any], fields: set[str]
) -> None:
    """Each field with each kind of wrong value: one InvalidInput that names it, nothing stored."""
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        define(house, facts.pop("key", "origin"), **facts)
    assert set(fault.value.fields) == fields
    assert dump(house.loyalty) == before


def _values(count: int) -> list[PropertyValue]:
    return [PropertyValue(f"v{n}") for n in range(count)]


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        (lambda p: p.change("origin", id="x", version=3), {"id", "version"}),
        (lambda p: p.change("origin", name="", multi_valued=None, category="x"), {"name", "category"}),
        (lambda p: p.add_value("origin", "New", colour="x"), {"key", "colour"}),
        (lambda p: p.add_value("origin", "x", meaning="m", hidden=True), {"meaning", "hidden"}),
        (lambda p: p.add_value("full", "x"), {"values"}),
        (
            lambda p: p.change_value("origin", "own", label=7, abbreviation="x" * 11),
            {"label", "abbreviation"},
        ),
        (lambda p: p.change_value("origin", "own", meaning="x"), {"meaning"}),
        (lambda p: p.order_values("origin", ["own"]), {"values"}),
        (lambda p: p.order_values("origin", ["own", "own"]), {"values"}),
        (lambda p: p.order_values("origin", ["own", "third-party", "x"]), {"values"}),
        (lambda p: p.order_values("origin", "own"), {"values"}),
        (lambda p: p.order_values("origin", ["own", ["third-party"]]), {"values"}),
        (lambda p: p.all(category="x", with_hidden="y"), {"category", "with_hidden"}),
    ],
)
def test_a_wrong_change_is_named_and_nothing_changes(house: House, call: Any, fields: set[str]) -> None:
    """Each wrong argument of each verb is named, and nothing is stored."""
    define(house)
    define(house, "full", values=_values(MOST_VALUES))
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        call(house.desk.properties)
    assert set(fault.value.fields) == fields
    assert dump(house.loyalty) == before


def test_the_desk_opens_the_properties(house: House) -> None:
    """The capability hangs on the desk, in the hands of the person at it."""
    assert isinstance(house.desk.properties, Properties)
    define(house)
    (activity,) = house.desk.activities.of_record("property_types", "origin")
    assert (activity.actor, activity.branch_id) == ("anna", "berlin")
