"""Who is known already: numbers first, then whom the finder of doubles is sure of, or who has all that a row says."""

import pytest
from attrs import evolve

from loyaltycore.customers.rules.comparing import likeness
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.form import Reading, read_new
from loyaltycore.customers.rules.identity import KnownPeople, identity_of, recognise
from loyaltycore.customers.rules.import_report import SkippedRow
from loyaltycore.customers.rules.import_rows import read_row
from loyaltycore.customers.rules.importing import ReadRow, sort_rows
from loyaltycore.customers.rules.model import Agreement
from loyaltycore.kernel.validation import Faults
from tests.domain.customers.forms import TODAY

READING = Reading(TODAY, "DE")

MAX = {"first_name": "Max", "last_name": "Müller"}
ADDRESS = {"street": "Weg 1", "postal_code": "10115", "city": "Berlin"}


def person(customer_id="", **values):
    """A customer read from a row."""
    return evolve(read_row({**MAX, **values}, READING), id=customer_id)


def match(row, *stored):
    """By what, and who, a row is known among some stored customers."""
    known = KnownPeople()
    for customer in stored:
        known.add(identity_of(customer))
    found = recognise(identity_of(row), [known])
    return found and (found.by, found.known.customer_id)


@pytest.mark.parametrize(
    ("row", "stored", "by"),
    [
        pytest.param({}, {}, "name", id="the same name and nothing else"),
        pytest.param({"last_name": "Mueller"}, {}, "name", id="the umlaut written out"),
        pytest.param({"last_name": "MÜLLER"}, {}, "name", id="in capitals"),
        pytest.param({}, {"email": "m@example.org"}, "name", id="a row of a name only, more is known"),
        pytest.param(
            {"email": "m@example.org"}, {}, None, id="more than the name, nothing to compare it with"
        ),
        pytest.param({"email": "M@example.org"}, {"email": "m@example.org"}, "email", id="the same e-mail"),
        pytest.param({"email": "a@example.org"}, {"email": "m@example.org"}, None, id="another e-mail"),
        pytest.param({"phone": "030 1234567"}, {"mobile": "+49301234567"}, "phone", id="the same phone"),
        pytest.param(
            ADDRESS, {**ADDRESS, "street": "WEG 1", "country": "FR"}, "address", id="the same address"
        ),
        pytest.param(
            {**ADDRESS, "street": "Mühlweg 1"},
            {**ADDRESS, "street": "Muehlweg 1"},
            "address",
            id="the street's umlaut written out",
        ),
        pytest.param(
            {**ADDRESS, "birth_date": "1.2.1980"},
            {**ADDRESS, "birth_date": "1.2.1980"},
            "birth_date",
            id="of two equal signs the surer one is named",
        ),
        pytest.param({**ADDRESS, "street": ""}, {**ADDRESS, "street": ""}, "name", id="a town is no address"),
        pytest.param(
            {"birth_date": "1.2.1980"}, {"birth_date": "1980-02-01"}, "birth_date", id="the same birthday"
        ),
        pytest.param({"birth_date": "1.2.1980"}, {"birth_date": "2.1.1980"}, None, id="another birthday"),
        pytest.param(
            {"first_name": "Moritz", "birth_date": "1.2.1980"},
            {"birth_date": "1.2.1980"},
            None,
            id="somebody else of the same birthday",
        ),
        pytest.param(
            {"birth_date": "1.2.1980", "phone": "030 1234567", **ADDRESS},
            {"birth_date": "1.2.1950", "phone": "030 1234567", **ADDRESS},
            None,
            id="father and son under one roof",
        ),
        pytest.param(
            {"birth_date": "1.2.1980", "phone": "030 1234567"},
            {"phone": "030 1234567"},
            "phone",
            id="a birthday that was not known before",
        ),
        pytest.param(
            {**ADDRESS, "email": "a@example.org"},
            {**ADDRESS, "email": "m@example.org"},
            None,
            id="one roof, two mailboxes: father and son, of whom nobody knows the birthdays",
        ),
        pytest.param(
            {**ADDRESS, "email": "m@example.org"},
            {**ADDRESS, "street": "Ring 9", "email": "m@example.org"},
            "email",
            id="moved house",
        ),
        pytest.param({"first_name": ""}, {}, None, id="half of the name"),
        pytest.param(
            {"first_name": "Moritz", "phone": "030 1234567"}, {"phone": "030 1234567"}, None, id="a sister"
        ),
        pytest.param({"number": "7"}, {"number": "7"}, "number", id="the same number"),
        pytest.param(
            {"number": "7", "birth_date": "1.2.1980"},
            {"number": "7", "birth_date": "2.1.1980"},
            "number",
            id="the same number, a birthday put right",
        ),
        pytest.param({"number": "7"}, {"number": "8"}, None, id="another number, whatever the name"),
        pytest.param({"number": "7"}, {}, None, id="a number is looked for by itself"),
        pytest.param(
            {"external_number": "x"},
            {"external_number": "x"},
            "external_number",
            id="the same foreign number",
        ),
        pytest.param({"external_number": "x"}, {"number": "x"}, None, id="numbers of different systems"),
        pytest.param({}, {"number": "7", "external_number": "x"}, "name", id="the row has no number"),
    ],
)
def test_a_row_is_known_by_what_the_rule_says(row, stored, by):
    """Each part of the rule, and what it keeps apart."""
    assert match(person(**row), person("1", **stored)) == (by and (by, "1"))


def test_a_number_counts_more_than_a_foreign_number_and_both_more_than_a_name():
    """Where several customers would fit, the surest evidence decides, whoever came first."""
    stored = [person("1"), person("2", external_number="x"), person("3", number="7")]
    assert match(person(number="7", external_number="x"), *stored) == ("number", "3")
    assert match(person(number="8", external_number="x"), *stored) == ("external_number", "2")
    assert match(person(), *stored) == ("name", "1")


def test_among_equals_the_first_is_the_one():
    """A row that fits several customers is the one who became known first, by whichever evidence."""
    stored = [
        person("1", phone="030 1111111", birth_date="1.1.1950"),
        person("2", phone="030 1111111"),
        person("3", email="m@example.org"),
    ]
    assert match(person(phone="030 1111111", email="m@example.org", birth_date="1.2.1980"), *stored) == (
        "phone",
        "2",
    )
    assert match(person(email="m@example.org"), *stored) == ("email", "3")


def sorted_rows(*rows, known=()):
    """Sort rows where new customers get the ids a, b, c, ...; lines count from 2."""
    people = KnownPeople()
    for customer in known:
        people.add(identity_of(customer))
    ids = iter("abcdef")
    read = [ReadRow(line, row) for line, row in enumerate(rows, start=2)]
    return sort_rows(
        read, [people], lambda row, _: evolve(row.draft, id=next(ids), number=row.draft.number or "-")
    )


def test_a_skipped_row_says_why():
    """Each field for and against it, as for doubles; a number needs no reasons."""
    known = person("1", number="7", birth_date="1.2.1980", email="m@example.org", phone="030 1111111")
    row = person(birth_date="1.2.1980", email="m@example.org", phone="030 2222222")
    by_name, by_number = sorted_rows(row, person(number="7"), known=[known]).skipped
    assert by_name.reasons == likeness(row, known).evidence
    said = {each.field: each.agreement for each in by_name.reasons}
    assert (said["birth_date"], said["phones"]) == (Agreement.SAME, Agreement.OTHER)
    assert by_number.reasons == ()


def test_rows_know_those_before_them():
    """A second row about somebody is skipped and names whom the first one added."""
    result = sorted_rows(person(), person(birth_date="1.2.1980"), person(birth_date="1.2.1980"), person())
    assert [(line, customer.id) for line, customer in result.added] == [(2, "a"), (3, "b")]
    assert [(row.line, row.by, row.duplicate_of) for row in result.skipped] == [
        (4, "birth_date", "b"),
        (5, "name", "a"),
    ]


def test_a_skipped_row_names_whom_it_repeats():
    """Somebody stored by id and number; in a dry run, where rows before have no id, the line that had the person."""
    known = person("1", number="7")
    assert sorted_rows(person(number="7"), known=[known]).skipped == [SkippedRow(2, "number", "1", "7", 0)]
    taken_on = sorted_rows(person(number="8"), person(number="8"))
    assert taken_on.skipped == [SkippedRow(3, "number", "a", "8", 0)]
    rows = [ReadRow(line, person(number="9")) for line in (2, 3)]
    tried = sort_rows(rows, [], lambda row, _: row.draft)
    assert tried.skipped == [SkippedRow(3, "number", "", "9", 2)]


def test_each_new_customer_is_told_who_came_before():
    """Whoever takes a row on sees the customers of the rows before it, as numbers must not be given twice."""
    seen = []

    def take_on(row, before):
        seen.append(("number", "7") in before)
        return evolve(row.draft, id=str(row.line), number="7")

    sort_rows([ReadRow(2, person()), ReadRow(3, person(last_name="Weiß"))], [], take_on)
    assert seen == [False, True]


@pytest.mark.parametrize("kind", ["number", "external_number"])
def test_a_number_of_somebody_else_is_no_reason_to_call_a_row_known(kind):
    """A row whose number belongs to somebody with no word of the name in common is rejected, not silently skipped."""
    known = person("1", **{kind: "7"})
    stranger = person(**{kind: "7", "first_name": "Ina", "last_name": "Weiß"})
    married = person(**{kind: "7", "last_name": "Weiß"})
    result = sorted_rows(stranger, married, known=[known])
    assert [(row.line, row.column, row.code) for row in result.rejected] == [(2, kind, f"{kind}_taken")]
    assert [(row.line, row.by) for row in result.skipped] == [(3, kind)]


def test_a_company_keeps_its_number_by_its_name():
    """A word of the company's name in common is enough to be the same customer; without one the row is rejected."""
    known = evolve(read_row({"company": "Optik Müller"}, READING), id="1", number="7")
    same = read_row({"company": "Mueller AG", "number": "7"}, READING)
    other = read_row({"company": "Bäckerei", "number": "7"}, READING)
    result = sorted_rows(same, other, known=[known])
    assert [(row.line, row.by) for row in result.skipped] == [(2, "number")]
    assert [(row.line, row.code) for row in result.rejected] == [(3, "number_taken")]


def test_companies_are_known_by_their_own_name():
    """A company is compared by company name and contact person, not with people."""
    faults = Faults()
    company = evolve(read_new(faults, {"company": "Müller Max"}, READING), id="1")
    assert isinstance(company, Customer)
    assert match(read_row({"company": "Müller Max"}, READING), company) == ("name", "1")
    assert match(read_row({"company": "Müller Max", "birth_date": "1.1.80"}, READING), company) is None
