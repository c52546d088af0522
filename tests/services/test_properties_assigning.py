"""Assigning properties to customers: by hand, by a step, with history; what is shown, and who is found by it."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import DuplicateKey
from loyaltycore.kernel.criteria import Criterion
from loyaltycore.properties import (
    AssignedHow,
    CustomerProperty,
    PropertyValue,
    StepReference,
    has_value,
)
from tests.house import THURSDAY, House, dump
from tests.services.workflow import step_of, with_two_properties


@pytest.fixture
def shop(house: House) -> House:
    """A house with a property of one value per customer, and one of several."""
    return with_two_properties(house)


@pytest.fixture
def memory_shop(house: House) -> House:
    """The same in memory."""
    return with_two_properties(house)


def held(house: House, customer: Customer) -> list[tuple[str, str]]:
    """What a customer has now."""
    return [(each.property, each.value) for each in house.desk.properties.of_customer(customer.id)]


def count(house: House, where: Criterion) -> int:
    """How many customers match."""
    with house.desk.transaction() as unit:
        return unit.count(Customer, where)


def test_a_value_is_assigned_by_hand(shop: House) -> None:
    """F96: the assignment keeps what, who, when and why, stands on the customer, and is on record."""
    erika = shop.customer()
    made = shop.desk.properties.assign(erika.id, "origin", "third", comment=" bought elsewhere ")
    assert made == CustomerProperty(
        made.id, erika.id, "origin", "third", "", THURSDAY, "anna", comment="bought elsewhere"
    )
    assert made.how is AssignedHow.MANUAL
    assert shop.desk.properties.of_customer(erika.id) == (made,)
    activity = shop.desk.activities.of_customer(erika.id).items[0]
    assert (activity.action, activity.actor, activity.comment) == (
        "property.assigned",
        "anna",
        "bought elsewhere",
    )
    assert shop.desk.properties.get("origin").used


def test_own_values_classify_customers(shop: House) -> None:
    """F86: customers are sorted by values that the shop made up, and found by what they have now."""
    properties = shop.desk.properties
    erika, max_, eva = (shop.customer(first_name=name) for name in ("Erika", "Max", "Eva"))
    properties.assign(erika.id, "origin", "third")
    properties.assign(erika.id, "likes", "opera")
    properties.assign(max_.id, "origin", "third")
    properties.assign(max_.id, "origin", "own")
    assert (count(shop, has_value("origin", "third")), count(shop, has_value("origin", "own"))) == (1, 1)
    assert (count(shop, has_value("origin")), count(shop, ~has_value("origin"))) == (2, 1)
    assert count(shop, has_value("origin", "third") & has_value("likes", "opera")) == 1
    properties.unassign(erika.id, "likes", "opera")
    assert count(shop, has_value("likes")) == 0
    assert held(shop, eva) == []


def test_marketing_sorts_customers_by_a_property_of_its_own(shop: House) -> None:
    """F73: a property is set up, assigned, extended by a value nobody thought of, and read off the customer."""
    properties = shop.desk.properties
    erika = shop.customer()
    properties.assign(erika.id, "origin", "own")
    properties.add_value("origin", "fair", label="Met at the fair", abbreviation="F", colour="#0000ff")
    properties.assign(erika.id, "origin", "fair")
    (shown,) = properties.shown(erika.id)
    assert (shown.kind.name, shown.value.label, shown.value.abbreviation, shown.value.colour) == (
        "Origin",
        "Met at the fair",
        "F",
        "#0000ff",
    )
    assert count(shop, has_value("origin", "fair")) == 1


def test_a_single_value_is_replaced_and_kept_in_the_history(shop: House) -> None:
    """The value before ends in the moment in which the next one begins, by the same person."""
    erika = shop.customer()
    first = shop.desk.properties.assign(erika.id, "origin", "own")
    shop.clock.advance(hours=1)
    second = shop.loyalty.session("ben", "berlin").properties.assign(erika.id, "origin", "third")
    page = shop.desk.properties.history_of(erika.id)
    ended = evolve(first, slot=None, ended_at=second.assigned_at, ended_by="ben", version=2)
    assert page.items == (second, ended)
    assert [each.action for each in shop.desk.activities.of_customer(erika.id).items[:3]] == [
        "property.assigned",
        "property.replaced",
        "property.assigned",
    ]


def test_several_values_stand_beside_each_other(shop: House) -> None:
    """A property of several values takes each of them once, and gives back the one that is named."""
    properties = shop.desk.properties
    erika = shop.customer()
    for value in ("music", "sport", "music"):
        properties.assign(erika.id, "likes", value)
    assert held(shop, erika) == [("likes", "music"), ("likes", "sport")]
    properties.unassign(erika.id, "likes", "music")
    assert held(shop, erika) == [("likes", "sport")]
    assert len(properties.history_of(erika.id).items) == 2


def test_the_same_again_changes_nothing(shop: House) -> None:
    """By hand, by a step or with another remark: the assignment that is there is the answer, nothing is stored."""
    properties = shop.desk.properties
    erika = shop.customer()
    step = step_of(shop, erika)
    for key, value in (("origin", "own"), ("likes", "sport")):
        made = properties.assign(erika.id, key, value, comment="first")
        shop.clock.advance(hours=1)
        before = dump(shop.loyalty)
        assert properties.assign(erika.id, key, value, comment="second") == made
        assert properties.assign(erika.id, key, value, by_step=step) == made
        assert dump(shop.loyalty) == before


def test_a_value_is_taken_away(shop: House) -> None:
    """It stays in the history with its end, is on record with the remark, and can be given again."""
    properties = shop.desk.properties
    erika = shop.customer()
    made = properties.assign(erika.id, "origin", "own")
    shop.clock.advance(hours=1)
    ended = properties.unassign(erika.id, "origin", comment="was wrong")
    assert ended == evolve(made, slot=None, ended_at=shop.clock.now(), ended_by="anna", version=2)
    assert held(shop, erika) == []
    activity = shop.desk.activities.of_customer(erika.id).items[0]
    assert (activity.action, activity.comment) == ("property.unassigned", "was wrong")
    again = properties.assign(erika.id, "origin", "own")
    assert properties.history_of(erika.id).items == (again, ended)


def test_taking_away_what_is_not_there_is_refused(shop: House) -> None:
    """Nothing assigned, another value assigned, or taken away already: refused, nothing stored."""
    properties = shop.desk.properties
    erika = shop.customer()
    properties.assign(erika.id, "likes", "sport")
    properties.unassign(erika.id, "likes", "sport")
    properties.assign(shop.customer().id, "origin", "own")
    calls = [("origin", None), ("origin", "own"), ("likes", "music"), ("likes", "sport")]
    before = dump(shop.loyalty)
    for key, value in calls:
        with pytest.raises(Refused) as refusal:
            properties.unassign(erika.id, key, value)
        assert refusal.value.code == "property.not_assigned"
    assert dump(shop.loyalty) == before
    properties.assign(erika.id, "origin", "third")
    with pytest.raises(Refused):
        properties.unassign(erika.id, "origin", "own")
    assert held(shop, erika) == [("origin", "third")]


def test_renaming_and_adding_values_touches_no_assignment(shop: House) -> None:
    """F90: whatever becomes of the property, its assignments stay to the last field; only the words change."""
    properties = shop.desk.properties
    erika = shop.customer()
    for key, value in (("origin", "own"), ("origin", "third"), ("likes", "opera")):
        properties.assign(erika.id, key, value)
    before = dump(shop.loyalty)["customer_properties"]
    properties.change("origin", name="Herkunft", description="x")
    properties.change_value("origin", "third", label="Fremdkunde", colour="#ffffff")
    properties.add_value("origin", "web")
    properties.order_values("origin", ["web", "third", "own"])
    properties.hide("origin", "third")
    properties.hide("likes")
    assert dump(shop.loyalty)["customer_properties"] == before
    assert [(one.kind.name, one.value.label) for one in properties.shown(erika.id)] == [
        ("Herkunft", "Fremdkunde"),
        ("Likes", "opera"),
    ]


def test_what_is_hidden_is_not_assigned_and_stays(shop: House) -> None:
    """A hidden value and a hidden property are refused where they are new, and kept where they are."""
    properties = shop.desk.properties
    erika, max_ = shop.customer(), shop.customer(first_name="Max")
    properties.assign(erika.id, "origin", "third")
    properties.assign(erika.id, "likes", "sport")
    properties.hide("origin", "third")
    properties.hide("likes")
    before = dump(shop.loyalty)
    codes = []
    for key, value in (("origin", "third"), ("likes", "music")):
        with pytest.raises(Refused) as refusal:
            properties.assign(max_.id, key, value)
        codes.append(refusal.value.code)
        properties.assign(erika.id, key, {"origin": "third", "likes": "sport"}[key])
    assert codes == ["property.value_hidden", "property.hidden"]
    assert dump(shop.loyalty) == before
    assert held(shop, erika) == [("origin", "third"), ("likes", "sport")]
    properties.show("origin", "third")
    assert properties.assign(max_.id, "origin", "third").value == "third"
    assert properties.unassign(erika.id, "likes", "sport").ended_by == "anna"


def test_a_property_of_another_category_is_refused_for_customers(shop: House) -> None:
    """F91: a property of processes is neither assigned to nor taken from a customer, and stays unused."""
    erika = shop.customer()
    shop.desk.properties.define("stage", name="Stage", category="process", values=[PropertyValue("one")])
    before = dump(shop.loyalty)
    for call in (shop.desk.properties.assign, shop.desk.properties.unassign):
        with pytest.raises(Refused) as refusal:
            call(erika.id, "stage", "one")
        assert refusal.value.code == "property.wrong_category"
    assert dump(shop.loyalty) == before


def test_a_property_that_somebody_had_once_is_not_deleted(shop: House) -> None:
    """In use means ever: an assignment that has ended needs its property, too."""
    erika = shop.customer()
    shop.desk.properties.assign(erika.id, "origin", "own")
    shop.desk.properties.unassign(erika.id, "origin")
    with pytest.raises(Refused) as refusal:
        shop.desk.properties.delete("origin")
    assert (refusal.value.code, refusal.value.remedy) == ("property.in_use", "hide it")
    shop.desk.properties.delete("likes")


def test_history_is_read_a_page_at_a_time(shop: House) -> None:
    """Newest first, of one property or of all, without gaps and repetitions."""
    properties = shop.desk.properties
    erika = shop.customer()
    for _ in range(3):
        properties.assign(erika.id, "origin", "own")
        properties.assign(erika.id, "origin", "third")
        properties.assign(erika.id, "likes", "sport")
    properties.assign(shop.customer().id, "origin", "own")
    whole = properties.history_of(erika.id).items
    assert len(whole) == 7
    first = properties.history_of(erika.id, limit=4)
    second = properties.history_of(erika.id, limit=4, after=first.next)
    assert ((*first.items, *second.items), second.next) == (whole, "")
    likes = properties.history_of(erika.id, key="likes").items
    assert likes == tuple(each for each in whole if each.property == "likes")


def test_what_is_shown_follows_names_and_order_of_values(memory_shop: House) -> None:
    """A screen shows properties by name and the values of one in their order, whenever they were assigned."""
    properties = memory_shop.desk.properties
    erika = memory_shop.customer()
    for key, value in (("origin", "own"), ("likes", "music"), ("likes", "sport")):
        properties.assign(erika.id, key, value)
    assert [one.value.key for one in properties.shown(erika.id)] == ["sport", "music", "own"]
    assert properties.shown(memory_shop.customer().id) == ()


def test_an_assignment_is_repeated_under_its_key(shop: House) -> None:
    """A till that calls again under the same key gets the same assignment, even when it was replaced meanwhile."""
    erika = shop.customer()
    desk = shop.desk.keyed("till-1")
    step = step_of(shop, erika)
    made = desk.properties.assign(erika.id, "origin", "own", by_step=step)
    shop.desk.properties.assign(erika.id, "origin", "third")
    again = desk.properties.assign(erika.id, "origin", "own", by_step=step)
    assert again.id == made.id
    assert held(shop, erika) == [("origin", "third")]


def test_the_storage_keeps_a_second_current_value_out(shop: House) -> None:
    """Two current assignments cannot share a slot, whoever writes them; the ended ones share nothing."""
    erika = shop.customer()
    made = shop.desk.properties.assign(erika.id, "origin", "own")
    with pytest.raises(DuplicateKey) as conflict, shop.loyalty.storage.transaction() as tx:
        tx.add(evolve(made, id="other", value="third"))
    assert conflict.value.fields == ("customer_id", "property", "slot")
    with shop.loyalty.storage.transaction() as tx:
        tx.add(*(evolve(made, id=f"old-{n}", slot=None, ended_at=THURSDAY) for n in range(2)))
    assert shop.desk.properties.of_customer(erika.id) == (made,)


def test_an_assignment_joins_a_block(shop: House) -> None:
    """Inside a block it is kept with everything else, or not at all, and the property is not marked either."""
    erika = shop.customer()
    with pytest.raises(RuntimeError), shop.desk.transaction():
        shop.desk.customers.change(erika.id, notes="x")
        shop.desk.properties.assign(erika.id, "origin", "own")
        raise RuntimeError
    assert held(shop, erika) == []
    assert not shop.desk.properties.get("origin").used
    with shop.desk.transaction():
        shop.desk.properties.assign(erika.id, "origin", "own")
        shop.desk.properties.assign(erika.id, "origin", "third")
        shop.desk.properties.assign(erika.id, "likes", "sport")
    assert held(shop, erika) == [("origin", "third"), ("likes", "sport")]


def test_a_refusal_inside_a_block_leaves_the_block_whole(shop: House) -> None:
    """A property that is refused has changed nothing, so what else the block does is kept."""
    erika = shop.customer()
    shop.desk.properties.hide("origin")
    with shop.desk.transaction():
        with pytest.raises(Refused):
            shop.desk.properties.assign(erika.id, "origin", "own")
        shop.desk.properties.assign(erika.id, "likes", "sport")
    assert held(shop, erika) == [("likes", "sport")]


@pytest.mark.parametrize(
    "call",
    [
        lambda properties, _: properties.assign("nobody", "origin", "own"),
        lambda properties, _: properties.assign(None, "origin", "own"),
        lambda properties, customer: properties.assign(customer, "nothing", "own"),
        lambda properties, customer: properties.assign(customer, "origin", "nothing"),
        lambda properties, customer: properties.assign(customer, "likes", "nothing"),
        lambda properties, customer: properties.assign(customer, "likes", 7),
        lambda properties, customer: properties.assign(customer, "likes", None),
        lambda properties, customer: properties.assign(customer, "origin", ""),
        lambda properties, _: properties.unassign("nobody", "origin"),
        lambda properties, customer: properties.unassign(customer, "nothing"),
        lambda properties, customer: properties.unassign(customer, "origin", "nothing"),
        lambda properties, customer: properties.unassign(customer, "likes", ""),
        lambda properties, _: properties.of_customer("nobody"),
        lambda properties, _: properties.shown("nobody"),
        lambda properties, _: properties.history_of("nobody"),
        lambda properties, customer: properties.history_of(customer, key="nothing"),
    ],
)
def test_what_is_not_there_is_not_found(memory_shop: House, call: Any) -> None:
    """An unknown customer, property or value: not found, and nothing changes."""
    erika = memory_shop.customer()
    before = dump(memory_shop.loyalty)
    with pytest.raises(NotFound):
        call(memory_shop.desk.properties, erika.id)
    assert dump(memory_shop.loyalty) == before


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        (lambda p, c: p.assign(c, "origin", "own", comment="x" * 501), {"comment"}),
        (lambda p, c: p.assign(c, "origin", "own", comment="a\x00", by_step="s"), {"comment", "by_step"}),
        (
            lambda p, c: p.assign(c, "origin", "own", by_step=StepReference("", "x" * 65)),
            {"by_step.process_id", "by_step.step_id"},
        ),
        (lambda p, c: p.unassign(c, "origin", comment=7), {"comment"}),
        (lambda p, c: p.unassign(c, "likes", comment=7), {"comment", "value"}),
        (lambda p, c: p.history_of(c, limit=0, after="x"), {"limit", "after"}),
    ],
)
def test_a_wrong_argument_is_named_and_nothing_changes(
    memory_shop: House, call: Any, fields: set[str]
) -> None:
    """Each wrong argument is named, and nothing is stored."""
    erika = memory_shop.customer()
    before = dump(memory_shop.loyalty)
    with pytest.raises(InvalidInput) as fault:
        call(memory_shop.desk.properties, erika.id)
    assert set(fault.value.fields) == fields
    assert dump(memory_shop.loyalty) == before
