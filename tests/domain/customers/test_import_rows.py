"""Rows of a table: cells read as people write them, faults under the column they stand in."""

from datetime import date

import pytest

from loyaltycore.customers.rules.customer import CustomerKind, Salutation
from loyaltycore.customers.rules.form import Reading
from loyaltycore.customers.rules.import_rows import read_row
from loyaltycore.customers.rules.import_words import country_code, language_code
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import Address, ConsentState, Phone, PhoneKind
from tests.domain.customers.forms import TODAY

READING = Reading(TODAY, "DE")


def test_a_full_row_becomes_a_full_customer():
    """Every field of the table finds its place."""
    customer = read_row(
        {
            "number": " 17 ",
            "external_number": "x-9",
            "salutation": "Frau",
            "title": "Dr.",
            "first_name": "Erika",
            "last_name": "Müller",
            "company": "Optik AG",
            "email": "Erika@EXAMPLE.org",
            "phone": "030 / 123 45 67",
            "mobile": "0170-1234567",
            "fax": "030 7654321",
            "street": "Weg 1",
            "address_extra": "Hinterhaus",
            "postal_code": "01067",
            "city": "Dresden",
            "country": "Deutschland",
            "birth_date": "01.02.80",
            "language": "Deutsch",
            "notes": "a\r\nb",
            "consent_letter": "nein",
            "consent_email": "x",
            "consent_phone": "",
            "consent_sms": "ja",
            "privacy": "ja",
            "customer_since": "2010-05-01",
        },
        READING,
        branch_id="berlin",
    )
    assert (customer.id, customer.number, customer.external_number) == ("", "17", "x-9")
    assert (customer.kind, customer.salutation, customer.title) == (
        CustomerKind.PERSON,
        Salutation.FEMALE,
        "Dr.",
    )
    assert (customer.first_name, customer.last_name, customer.company) == ("Erika", "Müller", "Optik AG")
    assert customer.email == "Erika@example.org"
    assert customer.phones == (
        Phone("+49301234567", PhoneKind.LANDLINE),
        Phone("+491701234567", PhoneKind.MOBILE, sms_allowed=True),
        Phone("+49307654321", PhoneKind.FAX),
    )
    assert customer.addresses == (Address("Weg 1", "01067", "Dresden", "DE", extra="Hinterhaus"),)
    assert (customer.birth_date, customer.customer_since) == (date(1980, 2, 1), date(2010, 5, 1))
    assert (customer.language, customer.notes, customer.branch_id) == ("de", "a\nb", "berlin")
    assert (customer.privacy, customer.privacy_date) == (ConsentState.ACCEPTED, TODAY)
    assert [
        customer.consent_letter,
        customer.consent_email,
        customer.consent_phone,
        customer.consent_sms,
    ] == [
        ConsentState.DECLINED,
        ConsentState.ACCEPTED,
        ConsentState.OPEN,
        ConsentState.ACCEPTED,
    ]


def test_a_name_is_enough():
    """Cells that are empty and columns that are missing leave their fields empty."""
    customer = read_row(
        {"last_name": "Müller", "phone": " ", "street": "", "country": "AT", "number": ""}, READING
    )
    assert (customer.phones, customer.addresses, customer.number) == ((), (), "")


def test_a_row_belongs_to_no_branch_unless_one_is_named():
    """The branch is the one that the import was given."""
    row = {"last_name": "Müller"}
    assert (read_row(row, READING).branch_id, read_row(row, READING, branch_id="bonn").branch_id) == (
        "",
        "bonn",
    )


def test_texts_are_allowed_only_on_the_mobile_number_of_who_accepted_them():
    """Without consent to SMS no number is for texts, and a number is what its range says."""
    row = {"last_name": "M", "phone": "0170 1234567", "mobile": "030 1234567"}
    assert read_row(row, READING).phones == (
        Phone("+491701234567", PhoneKind.MOBILE),
        Phone("+49301234567", PhoneKind.LANDLINE),
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"salutation": "Firma", "last_name": "Optik AG"}, (CustomerKind.COMPANY, "", "Optik AG")),
        (
            {"salutation": "Firma", "last_name": "Huber", "company": "Optik AG"},
            (CustomerKind.COMPANY, "Huber", "Optik AG"),
        ),
        ({"last_name": "Huber", "company": "Optik AG"}, (CustomerKind.PERSON, "Huber", "Optik AG")),
        ({"company": "Optik AG"}, (CustomerKind.COMPANY, "", "Optik AG")),
    ],
)
def test_companies_are_told_from_people(values, expected):
    """What is addressed as a company is one, and so is what has no surname."""
    customer = read_row(values, READING)
    assert (customer.kind, customer.last_name, customer.company) == expected
    assert customer.salutation is None


def test_the_country_of_the_row_reads_its_phone_numbers():
    """A number without + belongs to the country that the row names, else to the one that is given for the file."""
    row = {"last_name": "M", "phone": "01 5123456", "city": "Wien"}
    assert read_row({**row, "country": "Österreich"}, READING).phones[0].number == "+4315123456"
    assert read_row(row, Reading(TODAY, "AT")).phones[0].number == "+4315123456"
    assert read_row(row, Reading(TODAY, "AT")).addresses[0].country == "AT"


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({"last_name": ""}, [("last_name", "required")]),
        ({"salutation": "Firma", "last_name": ""}, [("company", "required")]),
        ({"salutation": "Euer Gnaden"}, [("salutation", "unknown_choice")]),
        ({"birth_date": "31.02.1980"}, [("birth_date", "bad_date")]),
        ({"birth_date": "01.02.2099"}, [("birth_date", "in_future")]),
        ({"customer_since": "gestern"}, [("customer_since", "bad_date")]),
        ({"phone": "12"}, [("phone", "bad_phone")]),
        ({"mobile": "12"}, [("mobile", "bad_phone")]),
        ({"phone": "030 1234567", "fax": "12"}, [("fax", "bad_phone")]),
        ({"email": "a@b@c"}, [("email", "bad_email")]),
        ({"street": "x" * 101}, [("street", "too_long")]),
        ({"address_extra": "a\x07"}, [("address_extra", "control_character")]),
        ({"postal_code": "x" * 13}, [("postal_code", "bad_postal_code")]),
        ({"city": "x" * 61}, [("city", "too_long")]),
        ({"country": "Atlantis"}, [("country", "bad_country")]),
        ({"city": "Berlin", "country": "Atlantis"}, [("country", "bad_country")]),
        ({"language": "Klingonisch"}, [("language", "too_long")]),
        ({"language": "xx"}, [("language", "unknown_language")]),
        ({"consent_email": "vielleicht"}, [("consent_email", "unknown_choice")]),
        ({"privacy": "naja"}, [("privacy", "unknown_choice")]),
        ({"number": "x" * 41}, [("number", "too_long")]),
        ({"number": "1\r\n2"}, [("number", "control_character")]),
        ({"external_number": "x" * 41}, [("external_number", "too_long")]),
        (
            {"birth_date": "x", "mobile": "1", "city": "x" * 61, "last_name": "", "number": "x" * 41},
            [
                ("birth_date", "bad_date"),
                ("mobile", "bad_phone"),
                ("city", "too_long"),
                ("last_name", "required"),
                ("number", "too_long"),
            ],
        ),
    ],
)
def test_faults_stand_under_the_field_of_the_table(values, faults):
    """Each fault of a row names the column it is in, and all faults come together."""
    with pytest.raises(InvalidInput) as caught:
        read_row({"last_name": "Müller", **values}, READING)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == faults


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ""),
        ("de", "DE"),
        (" D ", "DE"),
        ("DEU", "DE"),
        ("SCHWEIZ", "CH"),
        ("Österreich", "AT"),
        ("xyz", "xyz"),
    ],
)
def test_countries_are_read_as_people_write_them(text, code):
    """Codes, car signs and names become codes; what is not known stays what it is, to be refused."""
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"), [("", ""), ("de", "de"), ("de-AT", "de"), ("Französisch", "fr"), ("x", "x")]
)
def test_languages_are_read_as_people_write_them(text, code):
    """Codes, locales and names become codes; what is not known stays what it is, to be refused."""
    assert language_code(text) == code
