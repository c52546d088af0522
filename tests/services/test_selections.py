"""Selections (F84, F85): asked at once, saved under a name, paged, streamed, explained."""

from __future__ import annotations

from datetime import date

import pytest

from loyaltycore import Refused
from loyaltycore.errors import InvalidInput, NotFound
from loyaltycore.properties import PropertyValue
from loyaltycore.selections import (
    AllOf,
    AnyOf,
    FieldCondition,
    NoneOf,
    RelatedCondition,
    Relative,
    ValueType,
)
from loyaltycore.selections.rules.json_form import dumps, loads, to_data
from loyaltycore.storing.registry import Storing
from tests.domain.selections.world import INVOICES
from tests.hosting import hosted
from tests.house import build_house, dump

GROWN_UP = FieldCondition("age", "at_least", 18)
EVERYBODY = AllOf()


ANSWERS = [
    (EVERYBODY, ["Anna", "Ben", "Kim"]),
    (AnyOf(), []),
    (GROWN_UP, ["Anna", "Ben"]),
    (FieldCondition("property.origin", "is", "third"), ["Anna", "Ben"]),
    (FieldCondition("property.origin", "one_of", ["third", "own"]), ["Anna", "Ben", "Kim"]),
    (FieldCondition("property.origin", "is_not", "third"), ["Kim"]),
    (
        RelatedCondition("customer_properties", where=FieldCondition("value", "is", "third")),
        ["Anna", "Ben", "Kim"],
    ),
    (
        RelatedCondition(
            "customer_properties",
            where=AllOf(
                FieldCondition("current", "is", value=False), FieldCondition("property", "is", "origin")
            ),
        ),
        ["Kim"],
    ),
    (RelatedCondition("cards"), ["Anna"]),
    (
        RelatedCondition("processes", exists=False, where=FieldCondition("open_step", "begins", "supply/")),
        ["Anna", "Ben", "Kim"],
    ),
    (RelatedCondition("processes", where=FieldCondition("state", "is", "open")), []),
    (RelatedCondition("cards", exists=False), ["Ben", "Kim"]),
    (RelatedCondition("card_orders", where=FieldCondition("ordered_at", "is", Relative())), ["Anna"]),
    (RelatedCondition("card_orders", where=FieldCondition("ordered_at", "less", Relative())), []),
    (FieldCondition("birthday", "between", [Relative(days=-20), Relative(days=10)]), ["Anna", "Kim"]),
    (FieldCondition("name", "begins", "ahr"), ["Anna"]),
    (FieldCondition("city", "is", "BERLIN"), ["Anna", "Ben", "Kim"]),
    (FieldCondition("branch_id", "is", "berlin"), ["Anna", "Ben", "Kim"]),
    (
        AllOf(FieldCondition("property.origin", "is", "third"), RelatedCondition("cards"), GROWN_UP),
        ["Anna"],
    ),
    (NoneOf(RelatedCondition("cards"), FieldCondition("age", "less", 18)), ["Ben"]),
]


@pytest.fixture
def shop(house):
    """Three customers: Anna with a property and a card, Ben with the property alone, and a child."""
    house.set_up_cards(validity_required=False)
    desk = house.desk
    desk.properties.define(
        "origin", name="Origin", values=[PropertyValue("own"), PropertyValue("third", "Third party")]
    )
    people = {
        "anna": house.customer(last_name="Ährens", first_name="Anna", birth_date=date(1980, 1, 20)),
        "ben": house.customer(last_name="Braun", first_name="Ben", birth_date=date(1985, 7, 1)),
        "child": house.customer(last_name="Braun", first_name="Kim", birth_date=date(2015, 12, 30)),
    }
    desk.properties.assign(people["anna"].id, "origin", "third")
    desk.properties.assign(people["ben"].id, "origin", "third")
    desk.properties.assign(people["child"].id, "origin", "third")
    desk.properties.assign(people["child"].id, "origin", "own")
    desk.cards.order(people["anna"].id, template="gold")
    return house


def names(found):
    return [customer.first_name for customer in found]


def test_customers_are_selected_by_combined_criteria(shop):
    """F84, F85: fields, properties, cards and days, combined, select the same customers in every form of the answer."""
    selections = shop.desk.selections
    everybody = list(selections.stream(EVERYBODY))
    for where, found in ANSWERS:
        assert names(selections.stream(where)) == found, where
        assert names(selections.stream(to_data(where), portion=1)) == found
        assert names(selections.stream(dumps(where))) == found
        assert sorted(names(selections.page(where).items)) == found
        assert selections.count(where) == len(found)
        assert names(each for each in everybody if selections.explain(each.id, where).holds) == found


def test_a_selection_is_saved_and_asked_by_its_name(shop):
    """F84: saved as JSON that reads back as the condition, and used wherever a condition is."""
    selections = shop.desk.selections
    saved = selections.save("grown up", GROWN_UP, comment="of age")
    assert (saved.where, loads(saved.condition), saved.created_by) == (GROWN_UP, GROWN_UP, "anna")
    assert selections.get(saved.id) == selections.named("grown up") == saved
    assert selections.count(name="grown up") == 2
    assert names(selections.stream(name="grown up")) == names(selections.page(name="grown up").items)
    assert selections.words(name="grown up") == "age is at least 18"
    (customer, *_) = selections.stream(name="grown up")
    assert selections.explain(customer.id, name="grown up").holds
    (line,) = shop.desk.activities.of_record("selections", saved.id)
    assert (line.action, line.comment) == ("selection.saved", "of age")


@pytest.mark.parametrize("name", ["", "grown", "x" * 1000, "\ud800", "a\x00b", ["grown up"]])
def test_a_name_that_no_selection_has_finds_none(shop, name):
    """Nor does one that none can have, because no storage can hold it."""
    shop.desk.selections.save("grown up", GROWN_UP)
    for ask in (shop.desk.selections.named, lambda name: shop.desk.selections.count(name=name)):
        with pytest.raises(NotFound):
            ask(name)


def test_a_saved_selection_is_changed_and_deleted(shop):
    """What is not given stays; a change that changes nothing leaves no trace; what is deleted is gone."""
    selections = shop.desk.selections
    saved = selections.save("grown up", GROWN_UP)
    other = selections.save("all", EVERYBODY)
    changed = selections.change(saved.id, name="adults", where=to_data(RelatedCondition("cards")))
    assert (changed.name, changed.where, changed.version) == ("adults", RelatedCondition("cards"), 2)
    before = dump(shop.loyalty)
    assert selections.change(saved.id, name="adults", comment="") == changed
    assert dump(shop.loyalty) == before
    assert selections.all() == (changed, other)
    selections.delete(saved.id)
    assert selections.all() == (other,)
    for gone in (lambda: selections.get(saved.id), lambda: selections.count(name="adults")):
        with pytest.raises(NotFound):
            gone()


def test_no_two_selections_have_one_name(shop):
    """A name that is taken is refused, for a new selection and for a changed one, and nothing is kept."""
    selections = shop.desk.selections
    first, second = selections.save("a", EVERYBODY), selections.save("b", GROWN_UP)
    before = dump(shop.loyalty)
    for act in (lambda: selections.save("a", GROWN_UP), lambda: selections.change(second.id, name=" a ")):
        with pytest.raises(Refused) as refused:
            act()
        assert (refused.value.code, refused.value.facts["selection"]) == ("selection.name_taken", first.id)
    assert dump(shop.loyalty) == before


def test_every_fault_of_every_argument_is_named_at_once(shop):
    """The faults of a condition stand beside those of the other arguments, each with its place."""
    selections = shop.desk.selections
    bad = AllOf(EVERYBODY, FieldCondition("age", "is", "x"))
    calls = {
        lambda: selections.save("", bad, comment=7): {"name", "comment", "where.parts[1].value"},
        lambda: selections.check(bad): {"where.parts[1].value"},
        lambda: selections.page(bad, limit=0, after="?"): {"limit", "after", "where.parts[1].value"},
        lambda: selections.stream(bad, portion=0): {"portion", "where.parts[1].value"},
        selections.stream: {"where"},
        lambda: selections.count(EVERYBODY, name="x"): {"where"},
        lambda: selections.words(7): {"where"},
    }
    for call, places in calls.items():
        with pytest.raises(InvalidInput) as caught:
            call()
        assert {fault.field for fault in caught.value.faults} == places


def test_a_saved_selection_is_checked_whenever_it_is_used(shop):
    """A selection whose property was deleted meanwhile is refused with the place, not answered wrongly."""
    selections = shop.desk.selections
    shop.desk.properties.define("short", name="Short", values=[PropertyValue("x")])
    selections.save("short", FieldCondition("property.short", "is", "x"))
    shop.desk.properties.delete("short")
    with pytest.raises(InvalidInput) as caught:
        selections.count(name="short")
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("where.field", "unknown_field")]


def test_values_are_kept_in_normal_form(shop):
    """A phone number as people write it is kept so that another branch's country does not change it."""
    checked = shop.desk.selections.check(FieldCondition("phone", "is", "030 123456"))
    assert checked == FieldCondition("phone", "is", "+4930123456")


def test_relative_days_follow_the_clock(shop):
    """A saved selection selects others on another day."""
    selections = shop.desk.selections
    selections.save("birthday", FieldCondition("birthday", "is", Relative(days=1)))
    assert names(selections.stream(name="birthday")) == []
    shop.clock.advance(days=4)
    assert names(selections.stream(name="birthday")) == ["Anna"]


def test_pages_follow_one_another(shop):
    """Pages put together are the whole selection in alphabetical order."""
    selections = shop.desk.selections
    first = selections.page(EVERYBODY, limit=2)
    rest = selections.page(EVERYBODY, limit=2, after=first.next)
    assert names((*first.items, *rest.items)) == ["Anna", "Ben", "Kim"]
    assert rest.next == ""


def test_a_stream_survives_changes_meanwhile(shop):
    """Nobody appears twice and whoever fits all the while appears, though customers come, change and stop fitting."""
    desk = shop.desk
    more = [
        shop.customer(last_name=f"Z{n}", first_name=str(n), birth_date=date(1970, 1, 1)).id for n in range(6)
    ]
    found = []
    for n, customer in enumerate(desk.selections.stream(GROWN_UP, portion=2)):
        found.append(customer.id)
        # The stream holds no transaction open: others write between any two of its customers.
        desk.customers.change(customer.id, last_name=f"A{n}")
        if n == 1:
            desk.customers.change(more[5], birth_date=date(2020, 1, 1))
            late = shop.customer(last_name="Late", birth_date=date(1970, 1, 1)).id
    assert len(set(found)) == len(found)
    assert set(more[:5]) <= set(found)
    assert more[5] not in found
    assert late in found


def test_a_stream_reads_portions_and_nothing_for_each_customer(shop, monkeypatch):
    """The number of transactions depends on the portions alone."""
    opened = []
    original = type(shop.loyalty.storage).transaction

    def counted(self, **kwargs):
        opened.append(kwargs)
        return original(self, **kwargs)

    monkeypatch.setattr(type(shop.loyalty.storage), "transaction", counted)
    stream = shop.desk.selections.stream(EVERYBODY, portion=2)
    assert len(opened) == 1, "the condition is checked at once"
    assert len(list(stream)) == 3
    assert len(opened) == 3
    assert all(each == {"read_only": True} for each in opened)


def test_an_explanation_says_what_the_customer_has(shop):
    """Each part says in words whether it holds and why."""
    (anna,) = shop.desk.selections.stream(RelatedCondition("cards"))
    explained = shop.desk.selections.explain(
        anna.id,
        AllOf(
            FieldCondition("property.origin", "is", "own"),
            RelatedCondition("cards", where=FieldCondition("state", "is", "active")),
            GROWN_UP,
            FieldCondition("mobile", "is_empty"),
        ),
    )
    assert [(part.holds, part.because) for part in explained.parts] == [
        (False, "Origin: Third party"),
        (False, "card: 1, of which 0 fit"),
        (True, "Age: 45"),
        (True, "Mobile number: empty"),
    ]
    assert (explained.holds, explained.place, explained.parts[3].place) == (False, "where", "where.parts[3]")
    with pytest.raises(NotFound):
        shop.desk.selections.explain("nobody", GROWN_UP)


def test_the_catalogue_has_every_field_that_can_be_compared(house):
    """F84: whatever a storage can compare about a customer can be selected by."""
    catalogue = house.desk.selections.catalogue()
    customers = house.loyalty.registry.named("customers")
    uncomparable = {Storing.DOCUMENT, Storing.LONG_TEXT}
    comparable = {each.name for each in customers.fields if each.storing not in uncomparable}
    # What the house needs for itself: the key, the version, and the keys by which lists are sorted and numbers compared.
    assert comparable - {"id", "version", "sort_name", "number_key"} <= set(catalogue.by_key)
    assert {"age", "name", "city", "phone"} <= set(catalogue.by_key)
    assert {
        "appointments",
        "appointment_notices",
        "cards",
        "card_orders",
        "processes",
        "program_assignments",
        "program_moves",
        "settlements",
        "vouchers",
        "waiting_entries",
        "customer_properties",
        "deletion_marks",
    } == set(catalogue.relation_by_key)
    assert len(catalogue.by_key) == len(catalogue.fields)


def test_the_catalogue_knows_properties_branches_and_the_hosts_records(house):
    """F85: properties with their values, branches with their names, and records of the host's are all there to build from."""
    desk = build_house(capabilities=[hosted(records=[INVOICES])]).desk
    desk.properties.define("origin", name="Origin", values=[PropertyValue("own", "Own")])
    desk.properties.define("size", name="Size", category="article")
    data = desk.selections.catalogue().to_data()
    fields = {each["key"]: each for each in data["fields"]}
    assert fields["property.origin"] == {
        "key": "property.origin",
        "label": "Origin",
        "group": "Properties",
        "type": "choice",
        "operators": ["is", "is_not", "one_of", "not_one_of", "is_empty", "is_filled"],
        "choices": [{"key": "own", "label": "Own"}],
    }
    assert "property.size" not in fields
    assert fields["branch_id"]["choices"] == [{"key": "berlin", "label": "Optik Berlin"}]
    (invoices,) = [each for each in data["relations"] if each["key"] == "shop_invoices"]
    kinds = {each["key"]: each["type"] for each in invoices["fields"]}
    assert kinds["stage"] == "choice"
    assert (kinds["paid_on"], kinds["seen_at"], kinds["word"]) == ("date", "date", "text")
    assert set(kinds.values()) <= {each.value for each in ValueType}
    assert not {"id", "customer_id", "version", "words"} & set(kinds)


def test_a_condition_or_a_name_is_given_and_not_both(house):
    """What is asked for is said once: by a condition, or by the name of a selection."""
    selections = house.desk.selections
    selections.save("All", EVERYBODY)
    for given, code in (({}, "required"), ({"where": EVERYBODY, "name": "All"}, "not_both")):
        with pytest.raises(InvalidInput) as caught:
            selections.count(**given)
        assert caught.value.codes == {code}
