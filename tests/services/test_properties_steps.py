"""Properties that steps of processes assign, their first use, and what finds no property, value or page."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from loyaltycore import InvalidInput, NotFound
from loyaltycore.properties import AssignedHow
from loyaltycore.selections import AllOf
from tests.house import House, dump
from tests.services.workflow import TOO_DEEP, step_of, with_two_properties


@pytest.fixture
def shop(house: House) -> House:
    """A house with a property of one value per customer, and one of several."""
    return with_two_properties(house)


def test_a_step_assigns_and_is_named(shop: House) -> None:
    """What a step of a process assigned says so, with the process and the step."""
    erika = shop.customer()
    step = step_of(shop, erika)
    made = shop.desk.properties.assign(erika.id, "origin", "own", by_step=step)
    assert (made.how, made.process_id, made.step_id) == (AssignedHow.STEP, step.process_id, step.step_id)
    assert shop.desk.properties.of_customer(erika.id) == (made,)


def test_only_a_step_of_the_customers_own_process_assigns(shop: House) -> None:
    """No assignment names a process or a step that is not there, or another customer's."""
    erika, max_ = shop.customer(), shop.customer(first_name="Max")
    step = step_of(shop, erika)
    assign = shop.desk.properties.assign
    before = dump(shop.loyalty)
    for wrong in (evolve(step, process_id="process-1"), evolve(step, step_id="step-1")):
        with pytest.raises(NotFound):
            assign(erika.id, "origin", "own", by_step=wrong)
    with pytest.raises(InvalidInput) as fault:
        assign(max_.id, "origin", "own", by_step=step)
    assert (fault.value.fields, fault.value.codes) == (("by_step.process_id",), {"other_customer"})
    assert dump(shop.loyalty) == before


def test_the_first_use_of_a_property_is_on_record(shop: House) -> None:
    """That it can no longer be deleted is a change like any other; it happens once."""
    for value in ("own", "third"):
        shop.desk.properties.assign(shop.customer().id, "origin", value)
    (line,) = (
        each
        for each in shop.desk.activities.of_record("property_types", "origin")
        if each.action != "property.defined"
    )
    assert (line.action, line.actor) == ("property.used", "anna")
    assert [(each.field, each.before, each.after) for each in line.changes] == [("used", False, True)]
    assert shop.desk.properties.get("origin").version == 2


def test_what_cannot_be_a_key_finds_nothing(shop: House) -> None:
    """Neither a text that no storage can hold, nor a list nested too deep to be written, nor a value of that kind."""
    properties: Any = shop.desk.properties
    erika = shop.customer()
    for bad in ("\ud800", "a\x00b", TOO_DEEP):
        for ask in (
            properties.get,
            lambda bad: properties.assign(erika.id, bad, "own"),
            lambda bad: properties.assign(erika.id, "likes", bad),
            lambda bad: properties.assign(erika.id, "origin", bad),
            lambda bad: properties.unassign(erika.id, "likes", bad),
            lambda bad: properties.history_of(erika.id, key=bad),
            shop.desk.customers.by_number,
        ):
            with pytest.raises(NotFound):
                ask(bad)
        with pytest.raises(InvalidInput):
            properties.order_values("origin", ["own", bad])


def test_the_history_refuses_the_cursor_of_another_list(shop: House) -> None:
    """A position among customers is none in a history: it must not look like its end."""
    erika = shop.customer()
    for value in ("own", "third"):
        shop.desk.properties.assign(erika.id, "origin", value)
    shop.customer(first_name="Max")
    foreign = (
        shop.desk.selections.page(AllOf(), limit=1).next,
        shop.desk.processes.templates.find(limit=1).next or shop.desk.customers.find(limit=1).next,
        shop.desk.activities.of_customer(erika.id, limit=1).next,
    )
    for cursor in foreign:
        with pytest.raises(InvalidInput) as fault:
            shop.desk.properties.history_of(erika.id, after=cursor)
        assert fault.value.codes == {"bad_cursor"}
    page = shop.desk.properties.history_of(erika.id, limit=1)
    assert [each.value for each in shop.desk.properties.history_of(erika.id, after=page.next).items] == [
        "own"
    ]
