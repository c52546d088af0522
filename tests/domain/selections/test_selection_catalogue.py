"""What can be compared, how it is called, and what an explanation shows of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from loyaltycore.cards.rules.card import CardState
from loyaltycore.customers.rules.customer import POSTAL_KINDS
from loyaltycore.selections.rules.catalogue import Choice, ValueType, choices_of, operators_of
from loyaltycore.selections.rules.conditions import AllOf, FieldCondition, RelatedCondition
from loyaltycore.selections.rules.days import age_on
from loyaltycore.selections.rules.explaining import Explaining, tables_of
from loyaltycore.selections.rules.sources import Today
from tests.domain.selections.world import CATALOGUE, INTERESTS, ORIGIN, PEOPLE, TODAYS, Person

EQUAL, SEVERAL, EMPTY = "is is_not", "is is_not one_of not_one_of", "is_empty is_filled"
ORDER = "less at_most more at_least between"
TEXT = f"{SEVERAL} begins {ORDER} {EMPTY}"
DAY = f"{EQUAL} {ORDER} {EMPTY}"
CHOICE = f"{SEVERAL} {EMPTY}"
NUMBER = f"{SEVERAL} {ORDER} {EMPTY}"

FIELDS: Final = (
    ("kind", "Kind of customer", "Name", "choice", SEVERAL),
    ("salutation", "Salutation", "Name", "choice", CHOICE),
    ("title", "Title", "Name", "text", TEXT),
    ("first_name", "First name", "Name", "text", TEXT),
    ("name_extension", "Name extension", "Name", "text", TEXT),
    ("last_name", "Last name", "Name", "text", TEXT),
    ("company", "Company", "Name", "text", TEXT),
    ("name", "Any name", "Name", "name", "begins"),
    ("birth_date", "Date of birth", "Person", "date", DAY),
    ("age", "Age", "Person", "integer", NUMBER),
    ("birthday", "Birthday", "Person", "day_of_year", f"{EQUAL} between {EMPTY}"),
    ("language", "Language", "Person", "text", TEXT),
    ("has_post", "A letter would arrive", "Contact", "flag", EQUAL),
    ("city", "Town", "Contact", "name", f"{SEVERAL} begins {EMPTY}"),
    ("postal_code", "Postal code", "Contact", "text", TEXT),
    ("country", "Country", "Contact", "text", TEXT),
    ("email", "E-mail address", "Contact", "email", CHOICE),
    ("landline", "Landline number", "Contact", "text", TEXT),
    ("mobile", "Mobile number", "Contact", "text", TEXT),
    ("phone", "Any phone number", "Contact", "phone", CHOICE),
    ("preferred_channel", "Preferred channel", "Contact", "choice", CHOICE),
    ("privacy", "Privacy statement", "Privacy", "choice", SEVERAL),
    ("privacy_date", "Date of the privacy statement", "Privacy", "date", DAY),
    ("consent_letter", "Advertising by letter", "Privacy", "choice", SEVERAL),
    ("consent_email", "Advertising by e-mail", "Privacy", "choice", SEVERAL),
    ("consent_phone", "Advertising by phone", "Privacy", "choice", SEVERAL),
    ("consent_sms", "Advertising by SMS", "Privacy", "choice", SEVERAL),
    ("number", "Customer number", "Administration", "text", TEXT),
    ("external_number", "External number", "Administration", "text", TEXT),
    ("customer_since", "Customer since", "Administration", "date", DAY),
    ("branch_id", "Branch responsible", "Administration", "choice", CHOICE),
    ("created_at", "Day of entry", "Administration", "date", f"{EQUAL} {ORDER}"),
    ("custom.nick", "nick", "Further data", "text", f"{SEVERAL} begins {EMPTY}"),
    ("custom.shoe_size", "shoe_size", "Further data", "integer", NUMBER),
    ("custom.fitted_on", "Fitted on", "Further data", "date", DAY),
    ("custom.vip", "vip", "Further data", "flag", f"{EQUAL} {EMPTY}"),
    ("custom.wing", "wing", "Further data", "choice", CHOICE),
    ("property.origin", "Origin", "Properties", "choice", CHOICE),
    ("property.interests", "Interests", "Properties", "choice", CHOICE),
)


def test_every_field_has_its_key_words_and_operators() -> None:
    """Saved selections and screens rest on them, and a user interface gets the same as plain data."""
    listed = [
        (
            each.key,
            each.label,
            each.group,
            each.type.value,
            " ".join(operator.value for operator in each.operators),
        )
        for each in CATALOGUE.fields
    ]
    assert tuple(listed) == FIELDS
    relations = CATALOGUE.to_data()["relations"]
    assert [(each["key"], each["label"], [one["key"] for one in each["fields"]]) for each in relations] == [
        (each.key, each.label, [one.key for one in each.fields]) for each in CATALOGUE.relations
    ]
    assert {each["key"] for each in relations} == {
        *("appointments", "appointment_notices", "cards", "card_orders"),
        *("processes", "customer_properties", "shop_invoices", "deletion_marks"),
        *("program_assignments", "program_moves", "settlements", "vouchers", "waiting_entries"),
    }
    told = CATALOGUE.to_data()["fields"]
    assert [
        (each["key"], each["label"], each["group"], each["type"], " ".join(each["operators"]))
        for each in told
    ] == listed
    assert [tuple((choice["key"], choice["label"]) for choice in each["choices"]) for each in told] == [
        tuple((choice.key, choice.label) for choice in each.choices) for each in CATALOGUE.fields
    ]


def test_choices_are_offered_by_their_words() -> None:
    """The members of an enumeration, the values of a property, the branches, the choices of the host."""
    offered = {each.key: [(choice.key, choice.label) for choice in each.choices] for each in CATALOGUE.fields}
    states = [("open", "open"), ("accepted", "accepted"), ("declined", "declined")]
    assert sorted(offered["privacy"]) == sorted(offered["consent_sms"]) == sorted(states)
    assert offered["branch_id"] == [("berlin", "Berlin"), ("bonn", "Bonn")]
    assert offered["custom.wing"] == [("Left", "Left"), ("left", "left"), ("right", "right")]
    assert offered["property.origin"] == [("own", "Own"), ("third", "third")]
    assert offered["first_name"] == offered["age"] == []


class Drive(Enum):
    """A choice of two words."""

    LEFT_HAND = "left_hand"


def test_a_choice_reads_as_words() -> None:
    """Underscores are blanks."""
    assert choices_of(Drive) == (Choice("left_hand", "left hand"),)


@pytest.mark.parametrize(
    ("kind", "facts", "operators"),
    [
        (ValueType.TEXT, {}, TEXT),
        (ValueType.TEXT, {"may_be_empty": False}, f"{SEVERAL} begins {ORDER}"),
        (ValueType.TEXT, {"ordered": False}, f"{SEVERAL} begins {EMPTY}"),
        (ValueType.NAME, {"whole": False}, f"begins {EMPTY}"),
        (ValueType.INTEGER, {"ordered": False, "may_be_empty": False}, SEVERAL),
    ],
)
def test_a_type_has_its_operators(kind: ValueType, facts: dict[str, bool], operators: str) -> None:
    """Without order no comparison of size, without a whole only the beginning, and emptiness where it can be."""
    assert " ".join(operator.value for operator in operators_of(kind, **facts)) == operators


PROPERTIES: Final = {each.id: each for each in (ORIGIN, INTERESTS)}


def shown(person: Person, key: str, today: Today) -> list[Any]:
    """What people read of a field, straight from the records."""
    customer = person.customer
    prefix, _, name = key.partition(".")
    if prefix == "property":
        labels = {value.key: value.label for value in PROPERTIES[name].values}
        held = person.related["customer_properties"]
        return [labels[each.value] for each in held if each.property == name and each.slot is not None]
    if prefix == "custom":
        return [customer.custom[name]] if name in customer.custom else []
    if key == "name":
        return [f"{customer.first_name} {customer.last_name}".strip(), customer.company]
    if key == "city":
        return [each.city for each in customer.addresses if each.kind in POSTAL_KINDS]
    if key == "phone":
        return list(dict.fromkeys(each.number for each in customer.phones))
    if key == "age":
        return [] if customer.birth_date is None else [age_on(today.day, customer.birth_date)]
    value = getattr(customer, key)
    if isinstance(value, datetime):
        return [value.astimezone(ZoneInfo(today.zone)).date()]
    if isinstance(value, Enum):
        return [str(value.value).replace("_", " ")]
    return [value.title() if key == "branch_id" else value]


def read(value: object) -> str:
    """A value as people read it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("field", CATALOGUE.fields, ids=lambda field: field.key)
def test_an_explanation_shows_what_the_customer_has(field: Any) -> None:
    """Each field as it was written and by its labels, a day in the branch's time zone; 'empty' where nothing is."""
    asked = FieldCondition(
        field.key, *((field.operators[0], field.choices[0].key) if field.choices else SAID[field.key])
    )
    said = set()
    for person in PEOPLE:
        for today in TODAYS[:2]:
            explained = Explaining(person.customer, CATALOGUE, today, person.view).explain(asked)
            held = [read(each) for each in shown(person, field.key, today) if each is not None and each != ""]
            assert explained.because == f"{field.label}: {', '.join(held) or 'empty'}"
            said.add(explained.because)
    assert len(said) > 1


SAID: Final[dict[str, tuple[str, Any]]] = {
    "name": ("begins", "a"),
    "birth_date": ("is", date(1980, 1, 1)),
    "age": ("is", 7),
    "birthday": ("is", "01-01"),
    "has_post": ("is", True),
    "privacy_date": ("is", date(1980, 1, 1)),
    "customer_since": ("is", date(1980, 1, 1)),
    "created_at": ("is", date(1980, 1, 1)),
    "custom.shoe_size": ("is", 7),
    "custom.fitted_on": ("is", date(1980, 1, 1)),
    "custom.vip": ("is", True),
    **{each[0]: ("is", "a") for each in FIELDS if each[3] in {"text", "email", "phone"} or each[0] == "city"},
}


def test_an_explanation_counts_what_the_customer_has() -> None:
    """How many cards there are and how many of them fit; a group says nothing itself, its parts do."""
    fits = FieldCondition("state", "is", "active")
    counted = set()
    for person in PEOPLE:
        cards = person.related["cards"]
        explaining = Explaining(person.customer, CATALOGUE, TODAYS[0], person.view)
        active = sum(card.state is CardState.ACTIVE for card in cards)
        some, all_of_them = RelatedCondition("cards", where=fits), RelatedCondition("cards")
        assert explaining.explain(some).because == f"card: {len(cards)}, of which {active} fit"
        assert explaining.explain(all_of_them).because == f"card: {len(cards)}"
        assert explaining.explain(AllOf(some, all_of_them)).because == ""
        # Found through the lookup keys of the related records.
        named = RelatedCondition("shop_invoices", where=FieldCondition("word", "is", "a"))
        mine = [each for each in person.related["shop_invoices"] if each.customer_id == person.customer.id]
        worded = sum("a" in each.words for each in mine)
        assert explaining.explain(named).because == f"shop invoice: {len(mine)}, of which {worded} fit"
        counted.add((len(cards), active))
    assert len(counted) > 3


def test_a_condition_names_the_tables_that_it_looks_at() -> None:
    """Each with the field that refers to the customer; the customer's own fields look at none."""
    card, word = RelatedCondition("cards"), FieldCondition("last_name", "is", "a")
    origin = FieldCondition("property.origin", "is", "own")
    assert tables_of(word, CATALOGUE) == frozenset()
    assert tables_of(card, CATALOGUE) == {("cards", "customer_id")}
    assert tables_of(origin, CATALOGUE) == {("customer_properties", "customer_id")}
    both = {("cards", "customer_id"), ("customer_properties", "customer_id")}
    assert tables_of(AllOf(word, AllOf(card, origin)), CATALOGUE) == both


def test_the_day_of_an_instant_is_the_branchs() -> None:
    """Half past eleven at night in London is the next day in Berlin."""
    person = PEOPLE[0]
    late = evolve(person.customer, created_at=datetime(2026, 1, 1, 23, 30, tzinfo=ZoneInfo("Europe/London")))
    asked = FieldCondition("created_at", "is", date(2026, 1, 2))
    for zone, holds, day in (("Europe/Berlin", True, "2026-01-02"), ("Europe/London", False, "2026-01-01")):
        explained = Explaining(late, CATALOGUE, Today(date(2026, 1, 5), zone), person.view).explain(asked)
        assert (explained.holds, explained.because) == (holds, f"Day of entry: {day}")
