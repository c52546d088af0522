"""The customer form: what is right comes through unchanged, what is wrong is named, all of it at once."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.customers.rules.customer import Customer, CustomerKind, Salutation
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.customers.rules.form import Reading, read_change, read_new, read_number
from loyaltycore.kernel.contact import Address, AddressKind, ConsentState, Phone, PhoneKind
from loyaltycore.kernel.validation import Faults
from tests.domain.customers.bad_values import BAD_VALUES, INJECTION
from tests.domain.customers.forms import TODAY, valid_forms

READING = Reading(TODAY, "DE")


def new(**given_fields):
    """Read a new customer: the customer and the faults."""
    faults = Faults()
    customer = read_new(faults, given_fields, READING)
    return customer, faults.found


def changed(before, **given_fields):
    """Read a change: the customer and the faults."""
    faults = Faults()
    customer = read_change(faults, before, given_fields, READING)
    return customer, faults.found


def faults_of(**given_fields):
    """Field and code of every fault of a new customer's form."""
    return [(fault.field, fault.code) for fault in new(**given_fields)[1]]


ERIKA = new(last_name="Mustermann", first_name="Erika", email="erika@example.org")[0]


@given(valid_forms())
def test_valid_forms_come_through_unchanged(form):
    """Every field of a valid form is kept exactly as it was given."""
    customer, faults = new(**form)
    assert faults == ()
    assert {name: getattr(customer, name) for name in form} == form


@given(valid_forms())
def test_reading_what_was_read_changes_nothing(form):
    """A clean customer is clean: reading all fields again over the customer gives the same customer."""
    customer, _ = new(**form)
    again, faults = changed(customer, **form)
    assert (again, faults) == (customer, ())


@given(valid_forms(), valid_forms(), st.data())
def test_only_the_given_fields_change(form, other, data):
    """A change takes over what is given, leaves the rest, and derives what follows from it."""
    before, _ = new(**form)
    given_names = data.draw(st.sets(st.sampled_from(sorted(other))))
    given_names -= {"kind", "last_name", "company", "privacy", "privacy_date"}
    change = {name: other[name] for name in given_names}
    after, faults = changed(before, **change)
    assert faults == ()
    assert after == with_derived(evolve(before, **change))


@pytest.mark.parametrize(("name", "value", "code"), BAD_VALUES)
def test_each_bad_value_is_one_fault_in_a_new_form(name, value, code):
    """A form with one bad value has exactly that fault, named by its field."""
    given_fields = {"last_name": "Mustermann", "privacy": "accepted", name: value}
    assert faults_of(**given_fields) == [(name, code)]


@pytest.mark.parametrize(("name", "value", "code"), BAD_VALUES)
def test_each_bad_value_is_one_fault_in_a_change(name, value, code):
    """The same holds for a change."""
    before = new(last_name="Mustermann", privacy="accepted")[0]
    assert [(fault.field, fault.code) for fault in changed(before, **{name: value})[1]] == [(name, code)]


@pytest.mark.parametrize(
    ("name", "item", "place", "code"),
    [
        ("phones", 7, "phones[1]", "wrong_type"),
        ("phones", "", "phones[1]", "required"),
        ("phones", "12", "phones[1]", "bad_phone"),
        ("phones", "0170 1234567\r\nBcc: x", "phones[1]", "control_character"),
        ("phones", "1" * 41, "phones[1]", "too_long"),
        ("phones", Phone("12"), "phones[1]", "bad_phone"),
        ("phones", Phone("+491701234567", "car"), "phones[1].kind", "unknown_choice"),
        ("phones", Phone("+491701234567", sms_allowed="yes"), "phones[1].sms_allowed", "wrong_type"),
        ("addresses", "Berlin", "addresses[1]", "wrong_type"),
        ("addresses", Address(street=5), "addresses[1].street", "wrong_type"),
        ("addresses", Address(street="x" * 101), "addresses[1].street", "too_long"),
        ("addresses", Address(city=INJECTION), "addresses[1].city", "control_character"),
        ("addresses", Address(country="D"), "addresses[1].country", "bad_country"),
        ("addresses", Address(country="DEU"), "addresses[1].country", "too_long"),
        ("addresses", Address(kind="hut"), "addresses[1].kind", "unknown_choice"),
    ],
)
def test_faults_inside_lists_name_the_place(name, item, place, code):
    """A fault in a phone or an address says which one and which part of it."""
    fine = {"phones": "030 1234567", "addresses": Address(city="Bonn", kind=AddressKind.BILLING)}
    assert faults_of(last_name="M", **{name: [fine[name], item]}) == [(place, code)]


def test_all_faults_of_a_form_are_named_together():
    """A form that is wrong all over names each fault once, in the order of the fields given."""
    bad = {
        "last_name": "",
        "email": "x",
        "phones": ["1", 2],
        "birth_date": "tomorrow",
        "privacy": "maybe",
        "foo": 1,
    }
    assert faults_of(**bad) == [
        ("email", "bad_email"),
        ("phones[0]", "bad_phone"),
        ("phones[1]", "wrong_type"),
        ("birth_date", "bad_date"),
        ("privacy", "unknown_choice"),
        ("foo", "unknown_field"),
        ("last_name", "required"),
    ]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"last_name": "Muster"}, CustomerKind.PERSON),
        ({"company": "Optik GmbH"}, CustomerKind.COMPANY),
        ({"company": "Optik GmbH", "first_name": "Ina"}, CustomerKind.COMPANY),
        ({"company": "Optik GmbH", "last_name": "Muster"}, CustomerKind.PERSON),
        ({"company": "Optik GmbH", "last_name": "Muster", "kind": "company"}, CustomerKind.COMPANY),
    ],
)
def test_the_names_say_what_kind_of_customer_it_is(fields, kind):
    """A surname makes a person, a company name alone makes a company, and who says the kind is believed."""
    customer, faults = new(**fields)
    assert (customer.kind, faults) == (kind, ())


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, ("last_name", "required")),
        ({"first_name": "Ina"}, ("last_name", "required")),
        ({"last_name": " \u00a0 "}, ("last_name", "required")),
        ({"last_name": "Muster", "kind": "company"}, ("company", "required")),
        ({"company": "Optik GmbH", "kind": CustomerKind.PERSON}, ("last_name", "required")),
    ],
)
def test_nobody_is_without_a_name(fields, fault):
    """A person needs a surname and a company its name."""
    assert faults_of(**fields) == [fault]


def test_a_change_cannot_take_the_name_away():
    """The name is as compulsory in a change; the kind stays what it is unless somebody says otherwise."""
    assert [fault.code for fault in changed(ERIKA, last_name="")[1]] == ["required"]
    assert changed(ERIKA, kind=None)[0].kind is CustomerKind.PERSON
    company = new(company="Optik GmbH")[0]
    assert changed(company, last_name="Muster", kind=None)[0].kind is CustomerKind.COMPANY


def test_stored_fields_are_not_judged_again():
    """Changing the notes of a customer whose stored e-mail would be refused today is possible."""
    assert changed(evolve(ERIKA, email="old@@example"), notes="x")[1] == ()


@pytest.mark.parametrize(
    "name", ["Müller", "O'Brien", "d\u2019Angelo", "李小龙", "🦄", "A-B, C.", "=1+1", "<b>x</b>"]
)
def test_names_hold_anything_printable(name):
    """No name is refused or changed for its letters: what is done with it later has to escape it."""
    assert new(last_name=name)[0].last_name == name


def test_texts_come_into_one_form():
    """Blanks around go, decomposed letters are composed, None is empty, line ends of notes become one kind."""
    customer, _ = new(last_name="  Mu\u0308ller ", title=None, notes="a\r\nb\rc\n")
    assert (customer.last_name, customer.title, customer.notes) == ("Müller", "", "a\nb\nc")


def test_contact_data_come_into_their_normal_form():
    """Phones become E.164 of the branch's country, doubles go, domains and languages become lower case."""
    customer, faults = new(
        last_name="M",
        email="Erika@EXAMPLE.org",
        language="DE",
        phones=[
            "0170 / 123 45 67",
            Phone("+49 170 1234567", PhoneKind.FAX),
            Phone("030 1234567", PhoneKind.FAX),
            "+43 1 5123456",
        ],
        addresses=[Address("Weg 1", "1010", "Wien", "at"), Address("Weg 1", "1010", "Wien", "AT")],
    )
    assert faults == ()
    assert customer.email == "Erika@example.org"
    assert customer.language == "de"
    assert customer.phones == (
        Phone("+491701234567", PhoneKind.MOBILE),
        Phone("+49301234567", PhoneKind.FAX),
        Phone("+4315123456", PhoneKind.LANDLINE),
    )
    assert customer.addresses == (Address("Weg 1", "1010", "Wien", "AT"),)


def test_choices_may_be_given_by_value_or_left_open():
    """An enumeration's value reads as its member; nothing given leaves it open."""
    customer, faults = new(last_name="M", salutation="female", consent_sms="declined", consent_letter=None)
    assert faults == ()
    assert customer.salutation is Salutation.FEMALE
    assert (customer.consent_sms, customer.consent_letter) == (ConsentState.DECLINED, ConsentState.OPEN)


EARLIER = date(2025, 3, 1)
ANSWERED = evolve(ERIKA, privacy=ConsentState.ACCEPTED, privacy_date=EARLIER)


@pytest.mark.parametrize(
    ("before", "fields", "expected"),
    [
        (ERIKA, {"privacy": "accepted"}, TODAY),
        (ERIKA, {"privacy": "accepted", "privacy_date": EARLIER}, EARLIER),
        (ERIKA, {"privacy": "open"}, None),
        (ANSWERED, {"notes": "x"}, EARLIER),
        (ANSWERED, {"privacy": "accepted"}, EARLIER),
        (ANSWERED, {"privacy": "accepted", "privacy_date": None}, EARLIER),
        (ANSWERED, {"privacy_date": TODAY}, TODAY),
        (ANSWERED, {"privacy": "declined"}, TODAY),
        (ANSWERED, {"privacy": "declined", "privacy_date": EARLIER}, EARLIER),
        (ANSWERED, {"privacy": "open"}, None),
    ],
)
def test_an_answer_to_the_privacy_statement_has_a_date(before, fields, expected):
    """The day of the answer is the one given, else today where the answer is new; an open one has none."""
    customer, faults = changed(before, **fields)
    assert (customer.privacy_date, faults) == (expected, ())


def test_a_privacy_date_without_an_answer_is_refused():
    """A date for an answer that nobody gave is a fault."""
    assert faults_of(last_name="M", privacy_date=EARLIER) == [("privacy_date", "without_answer")]


@pytest.mark.parametrize(
    ("value", "number", "codes"),
    [
        (None, "", []),
        (" K-17 ", "K-17", []),
        ("", "", ["required"]),
        ("  ", "", ["required"]),
        (17, "", ["wrong_type"]),
        ("1" * 41, "", ["too_long"]),
        ("1\r\n2", "", ["control_character"]),
    ],
)
def test_a_number_of_the_callers_choice_is_read_strictly(value, number, codes):
    """None leaves the number to the pattern, anything else must be a usable one."""
    faults = Faults()
    assert read_number(faults, value) == number
    assert [fault.code for fault in faults.found] == codes


def test_today_is_the_branchs_today():
    """The last day that is not in the future is the local one that the reading names."""
    assert faults_of(last_name="M", birth_date=TODAY) == []
    east = datetime(2026, 1, 15, 23, 0, tzinfo=UTC).astimezone(timezone(timedelta(hours=9))).date()
    faults = Faults()
    read_new(faults, {"last_name": "M", "birth_date": east}, Reading(east, "JP"))
    assert faults.found == ()


def test_a_new_customer_has_no_identity_yet():
    """Reading a form gives no id, no number and no instant: those are given when the customer is taken on."""
    customer, _ = new(last_name="M")
    assert isinstance(customer, Customer)
    assert (customer.id, customer.number, customer.version) == ("", "", 1)


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"kind": "company", "company": 5}, ("company", "wrong_type")),
        ({"kind": "company", "company": "x" * 121}, ("company", "too_long")),
        ({"last_name": 5}, ("last_name", "wrong_type")),
        ({"kind": "robot"}, ("kind", "unknown_choice")),
        ({"kind": "company"}, ("company", "required")),
        ({}, ("last_name", "required")),
    ],
)
def test_a_name_that_is_refused_is_not_also_missing(form, fault):
    """One mistake is one fault; a name is missing where none was given."""
    assert faults_of(**form) == [fault]


def test_nothing_is_an_empty_list():
    """Phones and addresses may be left out by None."""
    customer, faults = new(last_name="M", phones=None, addresses=None)
    assert (customer.phones, customer.addresses, faults) == ((), (), ())
