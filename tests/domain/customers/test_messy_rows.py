"""Rows as programs and people leave them: whatever stands around a value, the value is read, or the cell is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from loyaltycore.customers.rules.form import Reading
from loyaltycore.customers.rules.import_rows import Columns, read_row
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import Address
from loyaltycore.kernel.custom_fields import CustomField, CustomFields, FieldKind
from loyaltycore.kernel.places import parse_postal_code
from tests.domain.customers.forms import TODAY

READING = Reading(TODAY, "DE")
CUSTOM = CustomFields(
    [
        CustomField("umsatz", FieldKind.INTEGER),
        CustomField("besuch", FieldKind.DATE),
        CustomField("brief", FieldKind.FLAG),
        CustomField("stufe", FieldKind.CHOICE, choices=("Gold", "Silber")),
        CustomField("hinweis"),
    ]
)
NAME = {"last_name": "Müller"}


def faults_of(values, **settings):
    """The faults of a row, or none."""
    try:
        read_row(NAME | values, settings.pop("reading", READING), **settings)
    except InvalidInput as error:
        return [(fault.field, fault.code) for fault in error.faults]
    return []


def read(values, **settings):
    """The customer of a row."""
    return read_row(NAME | values, settings.pop("reading", READING), **settings)


CLEAN = {
    "number": "0123",
    "salutation": "Frau",
    "first_name": "Erika",
    "last_name": "'t Hart",
    "email": "erika@example.org",
    "phone": "030 1234567",
    "mobile": "0170 1234567",
    "street": "Lindenstr. 5",
    "postal_code": "01067",
    "city": "'s-Hertogenbosch",
    "country": "DE",
    "birth_date": "12.08.1964",
    "external_number": "007",
}
WAYS = {
    "number": ['="0123"', "'0123", " 0123 ", "\ufeff0123", '="0123" '],
    "salutation": ["frau", "Fr.", "w", "Mrs"],
    "first_name": [" Erika", "Eri\u00adka", "Erika\u00a0"],
    "email": ["Erika Muster <erika@example.org>", "mailto:erika@example.org", " erika@EXAMPLE.org"],
    "phone": ["'030 1234567", '="030 1234567"', "+49 30 1234567", "Tel.: 030/1234567", "'+49 30 1234567"],
    "mobile": ["01701234567", "0170/1234567; 0170 1234567", "+49 (0)170 1234567", "1701234567"],
    "street": ["Lindenstr. 5\r\n", '="Lindenstr. 5"'],
    "postal_code": ["1067", "1067.0", "1067,0", '="01067"', "'01067", "D-01067", "DE 01067"],
    "country": ["Deutschland", "germany", "D", "GER", "", "k.A."],
    "birth_date": [
        "12. August 1964",
        "12 Aug 1964",
        "1964-08-12 00:00:00",
        "Mittwoch, 12. August 1964",
        "12-Aug-64",
    ],
    "external_number": ['="007"', "'007"],
}


@given(st.fixed_dictionaries({key: st.sampled_from([CLEAN[key], *ways]) for key, ways in WAYS.items()}))
def test_a_customer_is_the_same_however_the_row_was_written(messy):
    """Formulas around texts, apostrophes, dropped zeros, other dates and names of countries change nothing."""
    assert read_row(CLEAN | messy, READING) == read_row(CLEAN, READING)


@pytest.mark.parametrize(
    "nothing", ["-", "--", "k.A.", "k. A.", "n/a", "N/A", "#NV", "unbekannt", "keine Angabe", "?"]
)
def test_a_word_for_nothing_is_nothing(nothing):
    """Signs and words that people write into empty cells leave every field empty, whatever it holds."""
    keys = set(CLEAN) - {"last_name"} | {
        "consent_email",
        "company",
        "title",
        "language",
        "fax",
        "customer_since",
    }
    assert read(dict.fromkeys(keys, nothing)) == read({})
    assert faults_of({"last_name": nothing}) == [("last_name", "required")]


@pytest.mark.parametrize("zeros", ["00.00.0000", "0000-00-00", "0", "0000-00-00 00:00:00", "00/00/00"])
def test_a_date_of_zeros_is_no_date(zeros):
    """What databases write where there is no date is no date, and no fault."""
    assert read({"birth_date": zeros}).birth_date is None


@pytest.mark.parametrize("name", ["Null", "None", "Nan", "Ka", "Leer"])
def test_people_who_are_called_like_a_word_for_nothing_keep_their_name(name):
    """A name is never taken for an empty cell because programs write the same letters there."""
    customer = read({"last_name": name, "first_name": name, "city": name})
    assert (customer.last_name, customer.first_name, customer.addresses[0].city) == (name, name, name)


@given(
    st.sampled_from(["number", "external_number", "phone", "mobile", "fax", "postal_code"]),
    st.from_regex(r"[1-9][.,][0-9]{1,5}[Ee]\+[01][0-9]", fullmatch=True),
)
def test_a_number_that_lost_its_digits_is_refused(field, ruined):
    """Digits that a spreadsheet has dropped are gone, so nobody gets what is left of them as a number."""
    assert (field, "ruined_number") in faults_of({field: ruined})


def test_whole_numbers_lose_the_fraction_of_the_program_that_counted_them():
    """A customer number with ``.0`` is the number before it; anything else behind a point is part of it."""
    assert [read({"number": text}).number for text in ("1001.0", "1001,0", "1001.1", "K1.0")] == [
        "1001",
        "1001",
        "1001.1",
        "K1.0",
    ]


@given(st.integers(1067, 99998))
def test_german_postal_codes_are_completed(code):
    """The zero that a spreadsheet drops comes back, and no other code is changed."""
    assert read({"postal_code": str(code)}).addresses[0].postal_code == f"{code:05d}"


def test_a_postal_code_is_one_of_its_country():
    """Only what the country has is taken; nothing is completed where the other codes have kept their zeros."""
    for text, country in (
        ("1067", "AT"),
        ("144", "IT"),
        ("SW1A1AA", "GB"),
        ("1234 ab", "NL"),
        ("L-1248", "LU"),
    ):
        assert faults_of({"postal_code": text, "country": country}) == []
    for text, country in (("106", "DE"), ("123456", "DE"), ("10969", "AT"), ("Berlin", "DE"), ("0", "AT")):
        expected = [] if text == "0" else [("postal_code", "bad_postal_code")]
        assert faults_of({"postal_code": text, "country": country}) == expected
    assert faults_of({"postal_code": "1067"}, columns=Columns(zeros_kept=True)) == [
        ("postal_code", "bad_postal_code")
    ]


@pytest.mark.parametrize(("code", "says_why"), [("1067", True), ("106", False), ("123456", False)])
def test_a_zero_that_was_not_put_before_a_code_is_told(code: str, says_why) -> None:
    """Only where it would have made one."""
    with pytest.raises(InvalidInput) as caught:
        parse_postal_code(code, "DE", zeros_kept=True)
    assert ("kept their zeros" in str(caught.value)) is says_why


@pytest.mark.parametrize(
    ("written", "country", "code", "phone"),
    [
        ("CH-8000", "CH", "8000", ("044 364 00 00", "+41443640000")),
        ("A-1010", "AT", "1010", ("0664 1234567", "+436641234567")),
        ("A - 1010", "AT", "1010", None),
        ("F-67000", "FR", "67000", None),
        ("D-10969", "DE", "10969", None),
    ],
)
def test_the_sign_before_a_postal_code_is_that_of_its_country(written, country, code, phone):
    """It names the country where the row does not, is dropped where the row agrees, and otherwise is refused."""
    place = {"street": "Weg 1", "postal_code": written, "city": "Ort"}
    lines = {"street": f"Weg 1\n{written} Ort"}
    for cells in (place, place | {"country": country}, lines, lines | {"country": country}):
        assert read(cells).addresses == (Address("Weg 1", code, "Ort", country),)
    if phone:
        assert read(place | {"phone": phone[0]}).phones[0].number == phone[1]
    for other in {"DE", "CH", "AT", "FR", "IT"} - {country}:
        assert faults_of(place | {"country": other}) == [("postal_code", "bad_postal_code")]


@pytest.mark.parametrize("named", ["Österreich", "AUSTRIA", "austria"])
def test_a_country_in_the_last_line_is_the_country(named):
    """Where the row names no other one."""
    cells = {"street": f"Weg 1\nTür 2\n1010 Wien\n{named}"}
    assert read(cells).addresses == (Address("Weg 1", "1010", "Wien", "AT", extra="Tür 2"),)
    assert read(cells | {"country": "LI"}).addresses[0].country == "LI"


@given(st.dates(date(1927, 5, 19), TODAY - timedelta(days=1)))
def test_serial_numbers_are_dates_where_the_column_says_so(day):
    """A day as a spreadsheet counts it is read in a column of such days, and refused in any other."""
    serial = str((day - date(1899, 12, 30)).days)
    column = Columns(serial_dates=frozenset({"birth_date"}))
    assert read({"birth_date": serial}, columns=column).birth_date == day
    assert faults_of({"birth_date": serial}) == [("birth_date", "bad_date")]


def test_several_phones_in_one_cell_are_taken_only_if_each_is_one():
    """Two whole numbers are two; what may be an extension or half a number is refused, never guessed."""
    numbers = [phone.number for phone in read({"phone": "030 1234567, 0170 1234567"}).phones]
    assert numbers == ["+49301234567", "+491701234567"]
    for cell in ("0821 4567/4568", "030 1234567 oder 12", "030 1234567; nur abends"):
        assert [field for field, _ in faults_of({"phone": cell})] == ["phone"]


def test_words_beside_a_phone_go_to_the_notes_where_that_is_asked_for():
    """The whole cell becomes a line of the notes; without being asked the row is refused."""
    cell = {"phone": "0170 1234567 (Tochter)", "notes": "Stammkundin"}
    assert faults_of(cell) == [("phone", "phone_with_text")]
    customer = read(cell, columns=Columns({"phone": "Telefon"}, phone_notes=True))
    assert [phone.number for phone in customer.phones] == ["+491701234567"]
    assert customer.notes == "Stammkundin\nTelefon: 0170 1234567 (Tochter)"
    assert faults_of({"phone": "030 1234567 App. 12"}, columns=Columns(phone_notes=True)) != []


def test_several_columns_of_phones_and_addresses_lose_nothing():
    """Every phone is kept; the first e-mail address is the customer's, and the others stand in the notes."""
    customer = read(
        {
            "phone": "",
            "phone#2": "030 1234567",
            "mobile": "0170 1234567",
            "phone#3": "030 7654321",
            "email": "a@example.org",
            "email#2": "A@example.org; b@example.org",
        },
        columns=Columns({"email#2": "Mail 2"}),
    )
    assert [phone.number for phone in customer.phones] == ["+49301234567", "+491701234567", "+49307654321"]
    assert (customer.email, customer.notes) == ("a@example.org", "Mail 2: b@example.org")
    assert faults_of({"phone": "030 1234567", "phone#2": "12"}) == [("phone#2", "bad_phone")]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"street": "Weg 1\nHinterhaus"}, Address("Weg 1", country="DE", extra="Hinterhaus")),
        (
            {"street": "Weg 1\r\nHof 2\r\n10969 Berlin"},
            Address("Weg 1", "10969", "Berlin", "DE", extra="Hof 2"),
        ),
        (
            {"street": "Weg 1\nD-1067 Dresden", "address_extra": "c/o Muster"},
            Address("Weg 1", "01067", "Dresden", "DE", extra="c/o Muster"),
        ),
        (
            {"street": "Weg 1\n10969 Berlin", "city": "Bonn"},
            Address("Weg 1", "", "Bonn", "DE", extra="10969 Berlin"),
        ),
    ],
)
def test_lines_of_a_street_are_taken_apart(cells, expected):
    """The first line is the street; a last line with code and town is read where both are missing."""
    assert read(cells).addresses == (expected,)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"last_name": "Müller, Jörg"}, ("Müller", "Jörg", "")),
        ({"last_name": "von der Leyen, Hans-Peter Karl"}, ("von der Leyen", "Hans-Peter Karl", "")),
        ({"last_name": "Müller, Prof. Dr. Jörg"}, ("Müller", "Jörg", "Prof. Dr.")),
        ({"last_name": "Müller, geb. Schmidt"}, ("Müller, geb. Schmidt", "", "")),
        ({"last_name": "Müller, jun."}, ("Müller, jun.", "", "")),
        ({"last_name": "Müller, Söhne & Co. KG"}, ("Müller, Söhne & Co. KG", "", "")),
        ({"last_name": "Prof. Dr. Müller, Jörg"}, ("Müller", "Jörg", "Prof. Dr.")),
        ({"last_name": "Dr. Müller, Prof. Jörg"}, ("Dr. Müller, Prof. Jörg", "", "")),
        ({"last_name": "Dr., Jörg"}, ("Dr., Jörg", "", "")),
        *(
            ({"last_name": whole}, (whole, "", ""))
            for form in ("GmbH", "AG", "e.V.", "KG", "Ltd.", "G.m.b.H.")
            for whole in (f"Müller {form}, Berlin", f"Müller, {form}")
        ),
        *(
            ({"last_name": f"Müller, {word}"}, (f"Müller, {word}", "", ""))
            for word in ("Frau", "Herr", "Herrn", "Familie", "Fam.", "Eheleute", "Mrs")
        ),
        ({"last_name": "Müller, Jörg", "first_name": "J."}, ("Müller, Jörg", "J.", "")),
    ],
)
def test_a_whole_name_in_one_cell_is_taken_apart(cells, expected):
    """Surname and first names around a comma, and nothing else that may stand behind one."""
    customer = read(cells)
    assert (customer.last_name, customer.first_name, customer.title) == expected


@pytest.mark.parametrize(
    ("key", "cells"),
    [
        (
            "umsatz",
            {"1234": 1234, "1.234,00": 1234, "1,234.00": 1234, "1 234": 1234, "1234.0": 1234, "-5": -5},
        ),
        ("besuch", {"1. Mai 2020": date(2020, 5, 1), "01.05.20": date(2020, 5, 1)}),
        ("brief", {"ja": True, "nein": False, "x": True}),
        ("stufe", {"gold": "Gold", "Silber": "Silber"}),
        ("hinweis", {"kommt gern": "kommt gern", '="007"': "007"}),
    ],
)
def test_fields_of_the_host_are_read_by_their_kind(key, cells):
    """Every kind of custom field is read as people write it; an empty cell sets nothing."""
    reading = Reading(TODAY, "DE", CUSTOM)
    for cell, value in cells.items():
        assert read({f"custom.{key}": cell}, reading=reading).custom == {key: value}
    assert read({f"custom.{key}": "k.A."}, reading=reading).custom == {}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"custom.umsatz": "1.234"}, "bad_integer"),
        ({"custom.umsatz": "1,5"}, "bad_integer"),
        ({"custom.besuch": "bald"}, "bad_date"),
        ({"custom.brief": "vielleicht"}, "unknown_choice"),
        ({"custom.stufe": "Bronze"}, "unknown_choice"),
        ({"custom.hinweis": "x" * 71}, "too_long"),
    ],
)
def test_faulty_fields_of_the_host_stand_under_their_column(cells, code):
    """What may mean two things or is none of the choices is refused under the name of the column."""
    assert faults_of(cells, reading=Reading(TODAY, "DE", CUSTOM)) == [(key, code) for key in cells]
