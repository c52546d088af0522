"""Selections mean the same on every engine: what a storage finds is what the model says of each customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.selections.rules.checking import MAX_KEYED, MAX_TOGETHER
from loyaltycore.selections.rules.conditions import AllOf, AnyOf, Condition, FieldCondition, Operator
from loyaltycore.selections.rules.json_form import MAX_DEPTH, MAX_PARTS
from loyaltycore.selections.rules.sources import Today
from loyaltycore_sql import SqlStorage
from tests.domain.selections.building import conditions, field_conditions, relative_days
from tests.domain.selections.model import Model
from tests.domain.selections.world import BRANCHES, CATALOGUE, CUSTOM, INVOICES, KINDS, PEOPLE, TODAYS
from tests.engines import ENGINES, fresh_database
from tests.hosting import hosted
from tests.house import House, build_house

TODAY = st.sampled_from(TODAYS)
EXAMPLES = 40


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A house on each engine, with all the people and what they have."""
    with fresh_database(request.param) as url:
        storage = SqlStorage(url)
        house = build_house(storage, capabilities=[hosted(records=[INVOICES])], custom_fields=CUSTOM.all)
        for branch in set(BRANCHES) - {"berlin"}:
            house.desk.branches.create(branch, name=branch.title())
        with storage.transaction() as tx:
            tx.add(*KINDS)
            tx.add(*(person.customer for person in PEOPLE))
            tx.add(*(each for person in PEOPLE for related in person.related.values() for each in related))
        yield house
        storage.close()


def agrees(house: House, condition: Condition, today: Today) -> None:
    house.clock.instant = datetime.combine(today.day, time(11), UTC)
    found = [customer.id for customer in house.desk.selections.stream(condition, portion=30)]
    assert found == [each.customer.id for each in PEOPLE if Model(each, today).holds(condition)]
    assert house.desk.selections.count(condition) == len(found)


@given(condition=conditions(CATALOGUE), today=TODAY)
@settings(max_examples=EXAMPLES)
def test_an_engine_finds_exactly_those_for_whom_the_condition_holds(house, condition, today) -> None:
    """F84: nulls, umlauts, case, empty collections, the end of a month: the rows are those that the model names."""
    agrees(house, condition, today)


@given(condition=st.one_of([field_conditions(each) for each in CATALOGUE.fields]), today=TODAY)
@settings(max_examples=EXAMPLES)
def test_an_engine_compares_every_field_as_the_model_does(house, condition, today) -> None:
    """F84, F85: fields, custom fields and properties by themselves."""
    agrees(house, condition, today)


@given(first=relative_days, last=relative_days, today=TODAY)
@settings(max_examples=EXAMPLES // 4)
def test_an_engine_knows_whose_birthday_is_celebrated(house, first, last, today) -> None:
    """Over the new year, over several years, on 29 February."""
    agrees(house, FieldCondition("birthday", Operator.BETWEEN, (first, last)), today)


def test_the_largest_condition_is_answered(house) -> None:
    """As many parts as there may be, each looked up by itself, as deep as they may be."""
    town = FieldCondition("city", "is", "Köln")
    condition: Condition = AnyOf(*[town] * (MAX_PARTS - MAX_DEPTH))
    for _ in range(MAX_DEPTH - 1):
        condition = AllOf(condition)
    expected = sum(Model(each, TODAYS[0]).holds(town) for each in PEOPLE)
    assert house.desk.selections.count(condition) == expected
    assert house.desk.selections.count(FieldCondition("city", "one_of", ("Köln",) * MAX_KEYED)) == expected
    assert house.desk.selections.count(AllOf(*[town] * MAX_TOGETHER)) == expected
    others = AllOf(*[FieldCondition("city", "is_not", "Köln")] * (MAX_PARTS - 1))
    assert house.desk.selections.count(others) == len(PEOPLE) - expected
