"""The table of the fields of a customer: whoever goes through the fields knows every one of them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import attrs
import pytest

from loyaltycore.completeness.rules.answers import CompletionAnswers
from loyaltycore.completeness.rules.fields import DATA_GROUPS, watchable
from loyaltycore.customers.records import CUSTOMERS
from loyaltycore.customers.rules import finding
from loyaltycore.customers.rules.customer import LENGTHS, Customer, CustomerKind, Salutation
from loyaltycore.customers.rules.declaring import Content, meaning
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS, CustomerField
from loyaltycore.customers.rules.form import CustomerFields, Reading, read_change, read_new
from loyaltycore.customers.rules.import_rows import read_row
from loyaltycore.customers.rules.table_columns import ALIASES, match_columns
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import Channel, ConsentState
from loyaltycore.kernel.custom_fields import NO_CUSTOM_FIELDS
from loyaltycore.kernel.validation import Faults
from loyaltycore.selections.rules.customer_fields import customer_fields
from tests.domain.customers.forms import TODAY

FIELDS: Final = tuple(CUSTOMER_FIELDS.values())
GIVEN: Final = tuple(field for field in FIELDS if field.given)
COLUMNS: Final = tuple(field for field in FIELDS if field.headers is not None)
TEXTS: Final = tuple(field for field in GIVEN if field.length)
READING: Final = Reading(TODAY, "DE")

NOT_COMPARED: Final = {Content.LONG_TEXT, Content.KEY, Content.PHONES, Content.ADDRESSES, Content.CUSTOM}
"""A storage compares none of them; phones, addresses and custom fields have lookups instead."""


def key(field: CustomerField) -> str:
    """The name of a test."""
    return field.key


def test_the_class_is_the_table() -> None:
    """Every attribute is declared as a field but for those that only the storage needs."""
    attributes = [attribute.name for attribute in attrs.fields(Customer)]
    assert [name for name in attributes if name not in {"id", "version"}] == list(CUSTOMER_FIELDS)


def test_what_may_be_said_of_a_field_is_what_the_table_holds() -> None:
    """A fact that a declaration takes and nobody keeps would be lost."""
    assert set(meaning("Title", "Name", Content.TEXT)) == {
        attribute.name for attribute in attrs.fields(CustomerField)
    } - {"key", "default"}


@pytest.mark.parametrize("field", FIELDS, ids=key)
def test_a_declaration_is_whole(field: CustomerField) -> None:
    """It has label and heading; a stored text has a length, and what holds a member of an enumeration names it."""
    assert field.label
    assert field.group
    assert (field.length > 0) is isinstance(field.default, str)
    assert (field.choices is not None) is (field.content in {Content.CHOICE, Content.CONSENT})


def test_type_checkers_know_the_fields_that_a_form_gives() -> None:
    """The keywords of the verbs are the given fields; those of answers are the same and the groups of data."""
    given = {field.key for field in GIVEN}
    assert set(CustomerFields.__annotations__) == given
    groups = {group.key for group in DATA_GROUPS} - given
    assert set(CompletionAnswers.__annotations__) == given | groups
    assert groups == {"postal_address", "mobile", "landline"}


def test_type_checkers_know_the_filters() -> None:
    """Every filter is a keyword; it is a field, or a lookup of several."""
    filters = set(finding.CustomerFilters.__annotations__)
    assert filters == set(finding._FILTERS)
    assert filters - set(CUSTOMER_FIELDS) <= set(CUSTOMERS.lookups)


@pytest.mark.parametrize("field", GIVEN, ids=key)
def test_the_form_reads_every_field_that_is_given(field: CustomerField) -> None:
    """Nothing said is no fault but for a name, and a value of a strange type is refused under the field's own name."""
    faults = Faults()
    read_new(faults, {"last_name": "M", field.key: None}, READING)
    assert [fault.code for fault in faults.found] in ([], ["required"] if field.key == "last_name" else [])
    faults = Faults()
    read_new(faults, {"last_name": "M", field.key: object()}, READING)
    assert {fault.field for fault in faults.found} == {field.key}


@pytest.mark.parametrize("field", [field for field in FIELDS if not field.given], ids=key)
def test_the_form_refuses_a_field_that_is_derived(field: CustomerField) -> None:
    """Whoever could give it could contradict what it follows from."""
    faults = Faults()
    read_change(faults, Customer("1", last_name="M"), {field.key: "x"}, READING)
    assert [(fault.field, fault.code) for fault in faults.found] == [(field.key, "unknown_field")]


@pytest.mark.parametrize("field", TEXTS, ids=key)
def test_a_text_has_at_most_its_length(field: CustomerField) -> None:
    """One character more is refused, by the form and by every storage that has a limit."""
    faults = Faults()
    read_new(faults, {"last_name": "M", field.key: "x" * (field.length + 1)}, READING)
    assert [fault.code for fault in faults.found if fault.field == field.key][:1] == ["too_long"]
    assert LENGTHS[field.key] == field.length
    limited = field.content is not Content.LONG_TEXT
    assert CUSTOMERS.field_map[field.key].length == (field.length if limited else 0)


@pytest.mark.parametrize("field", GIVEN, ids=key)
def test_completeness_watches_every_field_that_is_given(field: CustomerField) -> None:
    """Under its own label and heading; of custom fields each by itself."""
    watched = watchable(NO_CUSTOM_FIELDS)
    if field.content is Content.CUSTOM:
        assert field.key not in watched
    else:
        found = watched[field.key]
        assert (found.label, found.group, found.only) == (field.label, field.group, field.only)


@pytest.mark.parametrize("field", FIELDS, ids=key)
def test_selections_compare_every_field_that_a_storage_can(field: CustomerField) -> None:
    """Under its own label and heading."""
    compared = {each.key: each for each in customer_fields()}
    if field.content in NOT_COMPARED:
        assert field.key not in compared
    else:
        assert (compared[field.key].label, compared[field.key].group) == (field.label, field.group)
    if field.content is Content.EMAIL:
        assert field.key in CUSTOMERS.lookups


CELLS: Final[dict[Content, tuple[str, Any]]] = {
    Content.TEXT: (" x ", "x"),
    Content.LONG_TEXT: ("a\r\nb", "a\nb"),
    Content.EMAIL: ("A@EXAMPLE.org", "A@example.org"),
    Content.LANGUAGE: ("Deutsch", "de"),
    Content.DAY: ("01.02.2003", date(2003, 2, 1)),
    Content.CONSENT: ("ja", ConsentState.ACCEPTED),
    Content.NUMBER: ("K1", "K1"),
}
CHOICES: Final[dict[str, tuple[str, Any]]] = {
    "salutation": ("Frau", Salutation.FEMALE),
    "preferred_channel": ("SMS", Channel.SMS),
}


@pytest.mark.parametrize("field", COLUMNS, ids=key)
def test_an_import_fills_every_field_that_has_headers(field: CustomerField) -> None:
    """The column is found by the field's name, its label and each header; its cells are read as people write them."""
    names = (field.key, field.label, *(field.headers or ()))
    assert {match_columns([name], {}).fields for name in names} == {(field.key,)}
    cell, value = CHOICES[field.key] if field.content is Content.CHOICE else CELLS[field.content]
    # The day of an answer means nothing without the answer.
    row = {"last_name": "M", "privacy": "ja", field.key: cell}
    assert getattr(read_row(row, READING), field.key) == value


def test_a_choice_without_words_of_its_own_is_read_by_what_is_stored() -> None:
    """In any case of letters; another word is refused under the column."""
    row = {"last_name": "M", "preferred_channel": " Letter "}
    assert read_row(row, READING).preferred_channel is Channel.LETTER
    with pytest.raises(InvalidInput) as caught:
        read_row({"last_name": "M", "preferred_channel": "pigeon"}, READING)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("preferred_channel", "unknown_choice")
    ]


def test_an_import_leaves_alone_what_its_rows_cannot_say() -> None:
    """The branch is the one of the import, addresses and phones come in parts, and "Kind" is a child in German."""
    without = {field.key for field in GIVEN if field.headers is None}
    assert without == {"kind", "branch_id", "addresses", "phones", "custom"}
    assert not without & set(ALIASES)
    assert match_columns(["Kind"], {}).fields == ("",)


def test_whose_a_field_is() -> None:
    """A company has no first name, a person no company; all else is of both."""
    whose = {field.key: field.only for field in FIELDS if field.only is not None}
    assert whose == {
        **dict.fromkeys(
            ("salutation", "title", "first_name", "name_extension", "birth_date"), CustomerKind.PERSON
        ),
        "company": CustomerKind.COMPANY,
    }
