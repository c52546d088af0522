"""Who is who in an import: people of all scripts, addresses of all domains, cells that hold more than one sees."""

# ruff: noqa: RUF001  letters of other scripts that look like ours are the matter here

from __future__ import annotations

import pytest

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import Phone, PhoneKind
from tests.house import build_house

HEADER = "Vorname;Nachname;E-Mail;Telefon;Mobil;Straße;PLZ;Ort;Werbung SMS;Geburtsdatum\n"


def imported(*rows):
    """A house into which these rows were imported, and the report."""
    house = build_house()
    table = HEADER + "".join(f"{row}\n" for row in rows)
    return house, house.desk.customers.import_file([table.encode()])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("राम", "रमा"),  # Hindi: where the vowel stands
        ("कमल", "कमला"),  # Hindi: a vowel more
        ("कि", "की"),  # short and long
        ("ป่า", "ป้า"),  # Thai: two tones
        ("ปา", "ป่า"),  # Thai: a tone and none
        ("かき", "がき"),  # Japanese: voiced
        ("はな", "ばな"),
        ("ハナ", "パナ"),
        ("খগ", "খাগ"),  # Bengali
        ("ராம", "ரமா"),  # Tamil
        ("ខម", "ខ្ម"),  # Khmer: a letter below
        ("Андрей", "Андреи"),  # Cyrillic: й is a letter of the alphabet
    ],
)
def test_people_whose_names_differ_in_a_mark_that_is_a_letter_are_two(one, other):
    """With one phone, as in a family: neither is taken for the other, and each is found by the own name alone."""
    house, report = imported(f";{one};;030 1234567;;;;;;", f";{other};;030 1234567;;;;;;")
    assert (report.added, report.skipped) == (2, 0)
    for name in (one, other):
        found = [each.last_name for each in house.desk.customers.find(name=f"{name}").items]
        assert found == [name] or (name in found and all(each.startswith(name) for each in found))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Mueller"),
        ("José", "Jose"),
        ("Nguyễn", "Nguyen"),
        ("Семёнов", "Семенов"),
        ("Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("أحمد", "احمد"),
        ("می\u200cنا", "مینا"),
        ("ﾊﾅ", "ハナ"),
        ("क\u093c", "\u0958"),
    ],
)
def test_people_whose_names_differ_in_accents_or_points_are_one(one, other):
    """As before: accents, vowel points, joiners and forms of one letter do not make another person."""
    house, report = imported(f";{one};;030 1234567;;;;;;", f";{other};;030 1234567;;;;;;")
    assert (report.added, report.skipped) == (1, 1)
    assert house.desk.customers.count(name=other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("info@fußball.example.de", "info@fussball.example.de"),
        ("info@βόλος.example.gr", "info@βόλοσ.example.gr"),
        ("weiß@example.org", "weiss@example.org"),
        ("jürgen@example.org", "jurgen@example.org"),
        ("info@müller.example", "info@muller.example"),
    ],
)
def test_letters_in_an_address_are_never_folded(one, other):
    """Two mailboxes are two: by IDNA 2008 ß and the final sigma make other domains, and local parts are exact."""
    house, report = imported(f";Muster;{one};;;;;;;", f";Muster;{other};;;;;;;")
    assert (report.added, report.skipped) == (2, 0)
    for address in (one, other):
        assert [each.email for each in house.desk.customers.find(email=address).items] == [address]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("info@ශ්\u200dරී.example", "info@ශ්රී.example"),
        ("info@نامه\u200cای.example", "info@نامهای.example"),
        ("نامه\u200cای@example.org", "نامهای@example.org"),
    ],
)
def test_an_address_with_a_joiner_is_refused_and_not_taken_for_the_one_without(one, other):
    """IDNA 2008 knows such domains; nobody sees what tells them apart, so `email-validator` takes none."""
    house, report = imported(f";Muster;{other};;;;;;;", f";Muster;{one};;;;;;;")
    assert (report.added, [row.code for row in report.rejected]) == (1, ["bad_email"])
    with pytest.raises(InvalidInput):
        house.desk.customers.find(email=one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Info@Example.ORG", "iNFO@example.org"),
        ("info@FUẞBALL.example.de", "INFO@fußball.example.de"),
        ("info@xn--fuball-cta.example.de", "info@fußball.example.de"),
        ("JÜRGEN@MÜLLER.example", "jürgen@müller.example"),
        ("info@ΒΌΛΟΣ.example", "info@βόλοσ.example"),
        ("jo\u0308rg@example.org", "jörg@example.org"),
    ],
)
def test_case_and_form_of_an_address_make_no_difference(one, other):
    """Upper and lower case, the ASCII form of a domain, composed and decomposed letters are one address."""
    house, report = imported(f";Muster;{one};;;;;;;", f";Muster;{other};;;;;;;")
    assert (report.added, report.skipped) == (1, 1)
    assert house.desk.customers.count(email=other) == 1


@pytest.mark.parametrize(
    "odd", ["\u00a0", "\u200b", "\ufeff", "\u00ad", "\u202f", "\u200e", "\u202a", "\u2060", "\u3000"]
)
def test_cells_are_read_without_what_nobody_sees(odd):
    """In every column, also in those that hold a date, a number, a consent or an address."""
    house, report = imported(
        f"{odd}Erika{odd};Muster{odd};erika@example.org{odd};{odd}030 1234567;0170 {odd}7654321;Weg 1{odd};{odd}10115;Berlin{odd};ja{odd};{odd}1.2.1980{odd}"
    )
    assert report.rejected == ()
    (erika,) = house.desk.customers.find(name="muster erika").items
    assert (erika.display_name, erika.email, erika.birthday) == ("Erika Muster", "erika@example.org", "02-01")
    assert erika.phones[1] == Phone("+491707654321", PhoneKind.MOBILE, sms_allowed=True)
    assert (erika.addresses[0].street, erika.addresses[0].postal_code, erika.has_post) == (
        "Weg 1",
        "10115",
        True,
    )


@pytest.mark.parametrize(
    ("phone", "code"),
    [
        ("0821 456700 Oma", "phone_with_text"),
        ("0821 4567/4568", "several_phones"),
        ("0821 456700 oder 4568", "several_phones"),
        ("030 901820 ext. 12", "phone_extension"),
        ("456700", "ambiguous_phone"),
        ("4,91E+11", "ruined_number"),
    ],
)
def test_a_row_with_an_uncertain_phone_number_is_rejected(phone, code):
    """With the column, a code of its own, and nothing kept."""
    house, report = imported(f'Erika;Muster;;;"{phone}";;;;ja;')
    assert [(row.line, row.column, row.code) for row in report.rejected] == [(2, "Mobil", code)]
    assert house.desk.customers.count() == 0


def test_a_number_that_lost_its_plus_gets_texts_on_the_right_phone():
    """A whole column of a spreadsheet has lost it; the numbers are those that were written."""
    house, report = imported(*(f";Muster{n};;;49170123456{n};;;;ja;" for n in range(10)))
    assert report.added == 10
    numbers = {phone.number for each in house.desk.customers.find().items for phone in each.phones}
    assert numbers == {f"+49170123456{n}" for n in range(10)}


def test_columns_whose_names_differ_in_a_mark_are_two():
    """As for names: a column that somebody maps is not taken for another one whose vowel stands elsewhere."""
    house = build_house()
    report = house.desk.customers.import_file(
        ["राम;रमा\nOne;Two\n".encode()], columns={"राम": "last_name", "रमा": "first_name"}
    )
    assert (report.added, report.ignored_columns) == (1, ())
    assert house.desk.customers.find().items[0].display_name == "Two One"
