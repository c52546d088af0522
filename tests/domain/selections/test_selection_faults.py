"""Bad conditions are refused, every fault with its place; and what conditions say in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.validation import Faults
from loyaltycore.selections.rules.checking import MAX_KEYED, MAX_TOGETHER, check_condition
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
from loyaltycore.selections.rules.json_form import (
    MAX_DEPTH,
    MAX_PARTS,
    MAX_VALUES,
    as_condition,
    dumps,
    loads,
)
from loyaltycore.selections.rules.words import relative_words, words_of
from tests.domain.selections.world import CATALOGUE

EVERYBODY = {"kind": "all_of", "parts": []}
DEEP: list[Any] = []
for _ in range(5000):
    DEEP = [DEEP]
"""Nested too deep to be written."""
CITY = FieldCondition("city", "is", "Bonn")
WORD = FieldCondition("word", "is", "a")
IN_ALL = (f"where.where.parts[{MAX_TOGETHER - 1}]", "too_many")
TOO_MANY = (f"where.parts[{MAX_TOGETHER}]", "too_many")


def field(key: Any, operator: Any, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"kind": "field", "field": key, "operator": operator, "value": value, **more}


def nested(levels: int) -> Any:
    condition: Any = AllOf()
    for _ in range(levels):
        condition = NoneOf(condition)
    return condition


def faults_of(given: Any) -> set[tuple[str, str]]:
    faults = Faults()
    check_condition(faults, as_condition(faults, given), CATALOGUE, "DE")
    return {(fault.field, fault.code) for fault in faults.found}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (7, {("where", "wrong_type")}),
        (None, {("where", "wrong_type")}),
        ([EVERYBODY], {("where", "wrong_type")}),
        ("{", {("where", "bad_json")}),
        ("[]", {("where", "wrong_type")}),
        ("[" * 100_000, {("where", "bad_json")}),
        ("x" * 1_000_001, {("where", "too_long")}),
        (dumps(AllOf()).ljust(1_000_000), set()),
        ({}, {("where.kind", "unknown_kind")}),
        ({"kind": ["all_of"]}, {("where.kind", "unknown_kind")}),
        ({"kind": "all_of"}, {("where.parts", "wrong_type")}),
        ({"kind": "all_of", "parts": "x"}, {("where.parts", "wrong_type")}),
        ({**EVERYBODY, "not": 1, 3: 4}, {("where.not", "unknown_key"), ("where.<int>", "unknown_key")}),
        (AllOf(AllOf(), 7), {("where.parts[1]", "wrong_type")}),  # what is wrong here is refused
        (field("age", "at_least", 18, unit="years"), {("where.unit", "unknown_key")}),
        (field("aeg", "at_least", 18), {("where.field", "unknown_field")}),
        (field(7, "at_least", 18), {("where.field", "wrong_type")}),
        (field("", "at_least", 18), {("where.field", "required")}),
        (field("age", "older", 18), {("where.operator", "unknown_operator")}),
        (field("age", None, 18), {("where.operator", "unknown_operator")}),
        (field("age", "begins", "1"), {("where.operator", "wrong_operator")}),
        (field("name", "is", "Müller"), {("where.operator", "wrong_operator")}),
        (field("created_at", "is_empty"), {("where.operator", "wrong_operator")}),
        (field("age", "is_empty", 1), {("where.value", "without_value")}),
        (field("age", "is"), {("where.value", "required")}),
        (field("age", "is", "18"), {("where.value", "wrong_type")}),
        (field("age", "is", True), {("where.value", "wrong_type")}),
        (field("age", "is", 18.5), {("where.value", "wrong_type")}),
        (field("age", "is", -1), {("where.value", "out_of_range")}),
        (field("age", "is", [18]), {("where.value", "wrong_type")}),
        (field("age", "one_of", 18), {("where.value", "wrong_type")}),
        (
            field("age", "one_of", [18, None, "x"]),
            {("where.value[1]", "required"), ("where.value[1]", "wrong_type")},
        ),
        (field("age", "between", [18]), {("where.value", "wrong_length")}),
        (field("age", "between", [18, 20, 30]), {("where.value", "wrong_length")}),
        (field("kind", "is", "robot"), {("where.value", "unknown_choice")}),
        (field("kind", "is", 1), {("where.value", "unknown_choice")}),
        (field("branch_id", "is", "rome"), {("where.value", "unknown_choice")}),
        (field("property.origin", "is", "art"), {("where.value", "unknown_choice")}),
        (field("property.none", "is", "art"), {("where.field", "unknown_field")}),
        (field("custom.none", "is", "art"), {("where.field", "unknown_field")}),
        (field("custom.vip", "is", "yes"), {("where.value", "wrong_type")}),
        (field("custom.shoe_size", "is", 10**16), {("where.value", "out_of_range")}),
        (field("custom.nick", "is", "x" * 71), {("where.value", "too_long")}),
        (field("custom.nick", "is", "x" * 70), set()),
        (field("first_name", "is", "x" * 256), {("where.value", "too_long")}),
        (field("first_name", "is", "x" * 255), set()),
        (field("name", "begins", "x" * 256), {("where.value", "too_long")}),
        (field("first_name", "is", ""), {("where.value", "required")}),
        (field("first_name", "is", "a\x00"), {("where.value", "control_character")}),
        (field("name", "begins", "\u0301"), {("where.value", "required")}),
        (field("email", "is", "erika"), {("where.value", "bad_email")}),
        (field("phone", "is", "12"), {("where.value", "bad_phone")}),
        (field("birth_date", "is", "2026-01-31"), {("where.value", "wrong_type")}),
        (field("birth_date", "is", datetime(2026, 1, 1)), {("where.value", "wrong_type")}),  # noqa: DTZ001  what is wrong here is refused
        (field("birth_date", "is", date(1, 1, 1)), {("where.value", "out_of_range")}),
        (field("birth_date", "is", {"date": "2026-02-30"}), {("where.value", "bad_date")}),
        (field("birth_date", "is", {"date": 7}), {("where.value", "wrong_type")}),
        (field("birth_date", "is", {"date": "2026-01-01", "x": 1}), {("where.value", "wrong_type")}),
        (field("birth_date", "is", {"relative": {"weeks": 1}}), {("where.value.weeks", "unknown_key")}),
        (field("birth_date", "is", {"relative": {"days": "1"}}), {("where.value.days", "wrong_type")}),
        (field("birth_date", "is", Relative(years=201)), {("where.value.years", "out_of_range")}),
        (field("age", "is", Relative()), {("where.value", "wrong_type")}),
        (field("birthday", "is", "02-30"), {("where.value", "bad_day")}),
        (field("birthday", "is", "1-1"), {("where.value", "bad_day")}),
        (field("birthday", "is", date(2026, 1, 1)), {("where.value", "bad_day")}),
        (field("birthday", "between", ["12-31", Relative()]), {("where.value", "mixed")}),
        ({"kind": "related", "relation": "outbox"}, {("where.relation", "unknown_relation")}),
        ({"kind": "related", "relation": "cards", "exists": 1}, {("where.exists", "wrong_type")}),
        (
            RelatedCondition("cards", where=FieldCondition("age", "is", 7)),
            {("where.where.field", "unknown_field")},
        ),
        (
            RelatedCondition("cards", where=RelatedCondition("cards")),
            {("where.where.relation", "unknown_relation")},
        ),
        (nested(MAX_DEPTH), set()),
        (nested(MAX_DEPTH + 1), {(f"where{'.parts[0]' * (MAX_DEPTH + 1)}", "too_deep")}),
        (
            RelatedCondition("cards", where=nested(MAX_DEPTH)),
            {(f"where.where{'.parts[0]' * MAX_DEPTH}", "too_deep")},
        ),
        (AnyOf(*[AllOf()] * (MAX_PARTS - 1)), set()),
        (AnyOf(*[AllOf()] * MAX_PARTS), {(f"where.parts[{MAX_PARTS - 1}]", "too_many")}),
        (field("number", "one_of", ["a"] * MAX_VALUES), set()),
        (field("number", "one_of", ["a"] * (MAX_VALUES + 1)), {(f"where.value[{MAX_VALUES}]", "too_many")}),
        (
            FieldCondition("city", DEEP, 1),
            {("where.operator", "unknown_operator")},
        ),  # what is wrong here is refused
        (field("city", "is", DEEP), {("where.value", "wrong_type")}),
        (field("city", "one_of", ["a"] * MAX_KEYED), set()),
        (field("city", "one_of", ["a"] * (MAX_KEYED + 1)), {("where.value", "too_many")}),
        (
            AllOf(*[FieldCondition("city", "one_of", ("a",) * n) for n in (MAX_KEYED, 1)]),
            {("where.parts[1].value", "too_many")},
        ),
        (AllOf(*[CITY] * MAX_TOGETHER), set()),
        (AllOf(*[CITY] * MAX_TOGETHER, CITY, CITY), {TOO_MANY}),
        (AllOf(*[AnyOf(CITY)] * MAX_TOGETHER, RelatedCondition("cards")), {TOO_MANY}),
        (AllOf(*[RelatedCondition("cards")] * MAX_TOGETHER, CITY), {TOO_MANY}),
        (AllOf(*[FieldCondition("property.origin", "is", "own")] * MAX_TOGETHER, CITY), {TOO_MANY}),
        (AllOf(*[CITY] * MAX_TOGETHER, AnyOf(*[CITY] * 60), NoneOf(*[CITY] * 60)), set()),
        (AllOf(*[FieldCondition("city", "is_not", "Bonn")] * 60, *[NoneOf(CITY)] * 60), set()),
        (AllOf(*[RelatedCondition("cards", exists=False)] * 60, *[CITY] * MAX_TOGETHER), set()),
        (AllOf(*[FieldCondition("age", "at_least", 1)] * 60, *[CITY] * MAX_TOGETHER), set()),
        (RelatedCondition("shop_invoices", where=AllOf(*[WORD] * MAX_TOGETHER)), {IN_ALL}),
        (AnyOf(CITY, RelatedCondition("shop_invoices", where=AllOf(*[WORD] * 60))), set()),
        (
            AllOf(
                FieldCondition("age", "at_least", "x"),
                AnyOf(FieldCondition("aeg", "is", 1), RelatedCondition("card")),
                RelatedCondition("cards", where=AllOf(FieldCondition("state", "is", "lost"))),
            ),
            {
                ("where.parts[0].value", "wrong_type"),
                ("where.parts[1].parts[0].field", "unknown_field"),
                ("where.parts[1].parts[1].relation", "unknown_relation"),
                ("where.parts[2].where.parts[0].value", "unknown_choice"),
            },
        ),
    ],
)
def test_every_fault_is_named_with_its_place(given: Any, expected: set[tuple[str, str]]) -> None:
    """F84: a condition that cannot be answered is refused, all its faults at once, each where it stands."""
    assert faults_of(given) == expected


def test_what_refers_to_itself_many_times_is_refused_quickly() -> None:
    """A small text of data that unfolds into very many conditions is not unfolded."""
    inner: Any = EVERYBODY
    for _ in range(MAX_DEPTH):
        inner = {"kind": "all_of", "parts": [inner] * 1000}
    assert {code for _, code in faults_of(inner)} == {"too_many"}
    inner["parts"].append(inner)
    assert {code for _, code in faults_of(inner)} == {"too_many"}


def test_the_json_form_is_one_text_for_one_condition() -> None:
    """Keys in order, no blanks, letters as they are; a relation says that there is one unless it says otherwise."""
    condition = AllOf(FieldCondition("city", "is", "Köln"), FieldCondition("email", "is_empty"))
    assert dumps(condition) == (
        '{"kind":"all_of","parts":[{"field":"city","kind":"field","operator":"is","value":"Köln"},'
        '{"field":"email","kind":"field","operator":"is_empty"}]}'
    )
    assert loads('{"kind":"related","relation":"cards"}') == RelatedCondition("cards", exists=True)


@pytest.mark.parametrize(
    "most",
    [
        AnyOf(*[FieldCondition("age", "is", n) for n in range(MAX_PARTS - 1)]),
        FieldCondition("number", "one_of", tuple(map(str, range(MAX_VALUES)))),
    ],
    ids=["conditions", "values"],
)
def test_the_most_that_is_taken_is_taken_whole(most: Condition) -> None:
    """At the limit nothing is left out in silence."""
    faults = Faults()
    assert as_condition(faults, most) == most
    assert faults.found == ()


def test_what_is_compared_is_brought_into_normal_form() -> None:
    """Blanks around a text are gone, inside a relation too."""
    faults = Faults()
    asked = RelatedCondition("cards", where=FieldCondition("number", "is", " 17 "))
    clean = check_condition(faults, as_condition(faults, asked), CATALOGUE, "DE")
    assert clean == RelatedCondition("cards", where=FieldCondition("number", "is", "17"))


def test_reading_a_stored_condition_raises_its_faults() -> None:
    """`loads` gives a condition or raises what is wrong with its form."""
    with pytest.raises(InvalidInput) as caught:
        loads('{"kind":"all_of"}')
    assert [fault.field for fault in caught.value.faults] == ["where.parts"]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (AllOf(), "everybody"),
        (AllOf(FieldCondition("age", "less", 7)), "age is less than 7"),
        (AnyOf(AllOf(FieldCondition("age", "less", 7)), CITY), 'age is less than 7 or town is "Bonn"'),
        (FieldCondition("has_post", "is", value=False), "a letter would arrive is no"),
        (AnyOf(), "nobody"),
        (NoneOf(), "everybody"),
        (FieldCondition("age", "at_least", 60), "age is at least 60"),
        (FieldCondition("birth_date", "less", date(1980, 1, 31)), "date of birth is before 1980-01-31"),
        (
            FieldCondition("created_at", "at_least", Relative(days=-30)),
            "day of entry is on or after 30 days ago",
        ),
        (FieldCondition("birthday", "between", ("12-24", "01-06")), "birthday is between 12-24 and 01-06"),
        (FieldCondition("property.origin", "is", "own"), 'Origin is "Own"'),
        (FieldCondition("custom.fitted_on", "is_empty"), "Fitted on is empty"),
        (FieldCondition("has_post", "is", value=True), "a letter would arrive is yes"),
        (FieldCondition("city", "one_of", ("Bonn", "Köln")), 'town is one of "Bonn", "Köln"'),
        (FieldCondition("city", "one_of", ()), "town is one of nothing"),
        (RelatedCondition("cards", exists=False), "has no card"),
        (RelatedCondition("invoice"), "has an invoice"),
        (
            RelatedCondition("cards", where=FieldCondition("valid_until", "at_least", Relative())),
            "has a card with (valid until is on or after today)",
        ),
        (
            AllOf(AnyOf(FieldCondition("age", "less", 7), AllOf()), NoneOf(FieldCondition("a_b", "is", 1))),
            "(age is less than 7 or everybody) and not (a b is 1)",
        ),
    ],
)
def test_conditions_are_said_in_words(condition: Any, words: str) -> None:
    """What a person reads names fields and choices by their labels, and days as people say them."""
    assert words_of(condition, CATALOGUE) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (Relative(), "today"),
        (Relative(days=1), "in 1 day"),
        (Relative(days=-2), "2 days ago"),
        (Relative(years=-1, months=-2), "1 year and 2 months ago"),
        (Relative(years=-1, days=3), "today - 1 year + 3 days"),
    ],
)
def test_relative_days_are_said_in_words(day: Relative, words: str) -> None:
    """Days before and after today, in one unit or several."""
    assert relative_words(day) == words


@pytest.mark.parametrize(
    ("today", "relative", "day"),
    [
        (date(2026, 1, 31), Relative(months=1), date(2026, 2, 28)),
        (date(2028, 1, 31), Relative(months=1), date(2028, 2, 29)),
        (date(2026, 3, 31), Relative(months=-1), date(2026, 2, 28)),
        (date(2028, 2, 29), Relative(years=-1), date(2027, 2, 28)),
        (date(2026, 12, 31), Relative(days=1), date(2027, 1, 1)),
        (date(2026, 1, 31), Relative(months=1, days=1), date(2026, 3, 1)),
    ],
)
def test_relative_days_end_with_their_month(today: date, relative: Relative, day: date) -> None:
    """A month without that day ends earlier; days are added last."""
    assert relative.on(today) == day


def test_operators_are_named_by_their_words() -> None:
    """An operator may be given as its word, and lists of values become tuples."""
    assert FieldCondition("age", "one_of", [1, 2]) == FieldCondition("age", Operator.ONE_OF, (1, 2))
