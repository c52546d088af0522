"""The laws of conditions: form, compilation, meaning, explanation, words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from loyaltycore.customers.records import CUSTOMERS
from loyaltycore.kernel.criteria import Query, matches
from loyaltycore.kernel.validation import Faults
from loyaltycore.selections.rules.catalogue import Catalogue
from loyaltycore.selections.rules.checking import check_condition
from loyaltycore.selections.rules.compiling import compile_condition
from loyaltycore.selections.rules.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FieldCondition,
    NoneOf,
    Operator,
    RelatedCondition,
    Relative,
)
from loyaltycore.selections.rules.explaining import Explaining, Explanation
from loyaltycore.selections.rules.json_form import MAX_DEPTH, as_condition, dumps, loads, to_data
from loyaltycore.selections.rules.sources import Today
from loyaltycore.selections.rules.words import words_of
from loyaltycore.storing.checks import check_query
from tests.domain.selections.building import conditions, field_conditions, relative_days
from tests.domain.selections.model import Model
from tests.domain.selections.world import (
    CATALOGUE,
    DATES,
    INSTANTS,
    NUMBERS,
    PEOPLE,
    REGISTRY,
    TEXTS,
    TODAYS,
    Person,
)

CONDITIONS = conditions(CATALOGUE)
TODAY = st.sampled_from(TODAYS)
ON_CUSTOMERS = {each.key: field_conditions(each) for each in CATALOGUE.fields}


def checked(condition: Condition) -> Condition:
    faults = Faults()
    clean = check_condition(faults, as_condition(faults, condition), CATALOGUE, "DE")
    assert faults.found == ()
    return clean


def agrees(condition: Condition, today: Today) -> None:
    criteria = compile_condition(checked(condition), CATALOGUE, today)
    found = {each.customer.id for each in PEOPLE if matches(criteria, each.customer, each.view)}
    assert found == {each.customer.id for each in PEOPLE if Model(each, today).holds(condition)}


@given(condition=CONDITIONS)
def test_the_json_form_round_trips(condition: Condition) -> None:
    """A condition is the same after it was written as JSON, as data and as text, and read."""
    assert loads(dumps(condition)) == condition
    data = json.loads(json.dumps(to_data(condition)))
    faults = Faults()
    assert as_condition(faults, data) == condition
    assert faults.found == ()
    assert dumps(loads(dumps(condition))) == dumps(condition)


@given(condition=CONDITIONS)
def test_a_checked_condition_stays_as_it_is(condition: Condition) -> None:
    """Normal form is normal form: checking twice, also through JSON, is the same as checking once."""
    clean = checked(condition)
    assert checked(clean) == checked(loads(dumps(clean))) == clean


@given(condition=CONDITIONS, today=TODAY)
def test_whatever_the_catalogue_builds_is_accepted(condition: Condition, today: Today) -> None:
    """Every storage takes every condition that can be built: it names fields that exist, values that fit them."""
    check_query(Query(compile_condition(checked(condition), CATALOGUE, today)), CUSTOMERS, REGISTRY)


def _deepest(leaf: Condition, group: type[Any]) -> Condition:
    for _ in range(MAX_DEPTH):
        leaf = group(leaf)
    return leaf


@given(leaf=st.one_of(list(ON_CUSTOMERS.values())), group=st.sampled_from((AllOf, AnyOf, NoneOf)))
@settings(max_examples=300)
def test_the_deepest_condition_is_not_too_deep(leaf: Condition, group: type[Any]) -> None:
    """What is nested as deep as conditions may be is still accepted when it is compiled."""
    deep = checked(_deepest(leaf, group))
    check_query(Query(compile_condition(deep, CATALOGUE, TODAYS[0])), CUSTOMERS, REGISTRY)


@given(data=st.data())
def test_the_deepest_related_condition_is_not_too_deep(data: st.DataObject) -> None:
    """The same within a relation that must not exist."""
    relation = data.draw(st.sampled_from(CATALOGUE.relations))
    leaf = data.draw(st.one_of([field_conditions(each) for each in relation.fields]))
    for _ in range(MAX_DEPTH - 1):
        leaf = NoneOf(leaf)
    deep = checked(RelatedCondition(relation.key, exists=False, where=leaf))
    check_query(Query(compile_condition(deep, CATALOGUE, TODAYS[0])), CUSTOMERS, REGISTRY)


@given(condition=CONDITIONS, today=TODAY)
def test_criteria_mean_what_the_condition_says(condition: Condition, today: Today) -> None:
    """F84: the criteria of a condition matches exactly the customers for whom it holds, said independently."""
    agrees(condition, today)


@pytest.mark.parametrize("key", sorted(ON_CUSTOMERS))
@given(data=st.data(), today=TODAY)
@settings(max_examples=15)
def test_every_field_means_what_it_says(key: str, data: st.DataObject, today: Today) -> None:
    """F84: each field of the catalogue by itself, with all its operators."""
    agrees(data.draw(ON_CUSTOMERS[key]), today)


ON_RELATED = {
    f"{relation.key}.{each.key}": field_conditions(each).map(
        lambda where, key=relation.key: RelatedCondition(key, where=where)
    )
    for relation in CATALOGUE.relations
    if any(person.related.get(relation.key) for person in PEOPLE)
    for each in relation.fields
}


@pytest.mark.parametrize("key", sorted(ON_RELATED))
@given(data=st.data(), today=TODAY)
@settings(max_examples=10)
def test_every_field_of_a_relation_means_what_it_says(key: str, data: st.DataObject, today: Today) -> None:
    """F84: each field of what customers have, with all its operators."""
    agrees(data.draw(ON_RELATED[key]), today)


def test_a_text_begins_with_the_last_character_there_is() -> None:
    """Nothing sorts after it, and the field begins with it all the same."""
    for text in ("z\U0010ffff", "z\U0010ffff\U0010ffff", "a"):
        agrees(FieldCondition("last_name", "begins", text), TODAYS[0])


_BORDERS: dict[str, Sequence[Any]] = {
    "created_at": sorted({TODAYS[0].day_of(instant) for instant in INSTANTS}),
    "birth_date": DATES,
    "custom.fitted_on": DATES,
    "custom.shoe_size": NUMBERS,
    "age": (0, 16, 17, 18, 25, 26, 75),
    "last_name": TEXTS,
}


@pytest.mark.parametrize("key", _BORDERS)
@pytest.mark.parametrize("operator", ["is", "less", "at_most", "more", "at_least"])
def test_every_border_lies_on_the_right_side(key: str, operator: str) -> None:
    """Compared with each value that somebody has, and in between, those with that very value are in or out as said."""
    for value in _BORDERS[key]:
        agrees(FieldCondition(key, operator, value), TODAYS[0])
    if operator == "at_most":
        for first, last in product(_BORDERS[key], repeat=2):
            agrees(FieldCondition(key, "between", (first, last)), TODAYS[0])


@given(first=relative_days, last=relative_days, today=TODAY)
@example(Relative(), Relative(days=364), Today(date(2027, 3, 1)))
@example(Relative(), Relative(days=365), Today(date(2027, 3, 1)))
@example(Relative(), Relative(days=364), Today(date(2028, 3, 1)))
@example(Relative(), Relative(), Today(date(2027, 3, 1)))
@example(Relative(), Relative(), Today(date(2028, 3, 1)))
@example(Relative(), Relative(), Today(date(2028, 2, 29)))
def test_birthdays_are_days_that_are_celebrated(first: Relative, last: Relative, today: Today) -> None:
    """Any range of relative days, over the new year, over several years, and around 29 February."""
    agrees(FieldCondition("birthday", Operator.BETWEEN, (first, last)), today)


@given(condition=CONDITIONS, person=st.sampled_from(PEOPLE), today=TODAY)
def test_the_explanation_is_the_membership(condition: Condition, person: Person, today: Today) -> None:
    """The verdict on the whole is whether the customer is in the selection; the verdicts on the parts make it up."""
    clean = checked(condition)
    explained = Explaining(person.customer, CATALOGUE, today, person.view).explain(clean)
    assert explained.holds == Model(person, today).holds(condition)
    _adds_up(clean, explained, "where")


def _adds_up(condition: Condition, explained: Explanation, place: str) -> None:
    assert explained.place == place
    assert explained.words == words_of(condition, CATALOGUE)
    if isinstance(condition, FieldCondition | RelatedCondition):
        assert explained.because
        assert explained.parts == ()
        return
    assert isinstance(condition, AllOf | AnyOf | NoneOf)
    parts = [part.holds for part in explained.parts]
    verdict = {AllOf: all(parts), AnyOf: any(parts), NoneOf: not any(parts)}[type(condition)]
    assert explained.holds == verdict
    for n, (part, inner) in enumerate(zip(condition.parts, explained.parts, strict=True)):
        _adds_up(part, inner, f"{place}.parts[{n}]")


_scalars = st.text(max_size=5) | st.integers() | st.booleans() | st.dates() | st.builds(Relative)
_loose = st.recursive(
    st.builds(
        FieldCondition,
        st.text(max_size=5),
        st.sampled_from(Operator),
        st.none() | _scalars | st.lists(_scalars, max_size=3).map(tuple),
    ),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: AllOf(*parts))
        | st.lists(inner, max_size=3).map(lambda parts: NoneOf(*parts))
        | st.builds(RelatedCondition, st.text(max_size=5), st.booleans(), st.none() | inner)
    ),
    max_leaves=5,
)


@given(condition=_loose | CONDITIONS)
def test_words_never_fail(condition: Condition) -> None:
    """There are words for every condition, whatever the catalogue knows of it, in one line."""
    for catalogue in (CATALOGUE, Catalogue(())):
        text = words_of(condition, catalogue)
        assert text


@given(condition=_loose)
def test_a_loose_condition_is_checked_without_an_error(condition: Condition) -> None:
    """Whatever stands in a condition, the check says what is wrong with it or accepts it."""
    faults = Faults()
    clean = check_condition(faults, as_condition(faults, condition), CATALOGUE, "DE")
    if not faults.found:
        compile_condition(clean, CATALOGUE, TODAYS[0])
    assert all(fault.field.startswith("where") for fault in faults.found)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("kind", "parts", "field", "operator", "value", "where", "exists", "relation", "date")
            ),
            inner
            | st.sampled_from(("all_of", "none_of", "field", "related", "is", "between", "age", "cards")),
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(data=_json)
def test_any_json_is_a_condition_or_is_refused(data: Any) -> None:
    """Reading never fails in another way than by faults, and what it accepts round-trips."""
    faults = Faults()
    condition = as_condition(faults, data)
    check_condition(faults, condition, CATALOGUE, "DE")
    if not faults.found:
        assert loads(dumps(condition)) == condition
