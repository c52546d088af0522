"""Contact data in normal form."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, strategies as st

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import (
    Address,
    AddressKind,
    Channel,
    ConsentState,
    Phone,
    PhoneKind,
    parse_email,
    read_address,
    read_phone,
)
from loyaltycore.kernel.phones import parse_phone
from loyaltycore.kernel.validation import Faults


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("0171 / 39 200 00", "DE", "+491713920000"),
        ("+49 (0)30 23125-111", "DE", "+493023125111"),
        ("00493023125111", "DE", "+493023125111"),
        ("01 5859 0", "AT", "+43158590"),
        ("+43 1 58590", "DE", "+43158590"),
    ],
)
def test_numbers_are_kept_in_e164(written: str, region: str, number: str) -> None:
    """However people write it, the stored number has one form."""
    assert parse_phone(written, region) == number
    assert parse_phone(number, "FR") == number


@pytest.mark.parametrize(
    "written", ["", "12", "abc", "+49", "0171", "+999 123456", "0" * 30, "030\n23125111x"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    """Too short, too long, letters, unknown countries."""
    with pytest.raises(InvalidInput):
        parse_phone(written, "DE")


def test_the_kind_follows_from_the_range() -> None:
    """A number given as text is mobile or landline by its range; SMS is allowed only where somebody said so."""
    faults = Faults()
    assert read_phone(faults, "phone", "0171 3920000", "DE") == Phone("+491713920000", PhoneKind.MOBILE)
    assert read_phone(faults, "phone", "030 23125111", "DE") == Phone("+493023125111", PhoneKind.LANDLINE)
    given_phone = Phone("0171 3920000", PhoneKind.FAX, sms_allowed=True)
    assert read_phone(faults, "phone", given_phone, "DE") == Phone(
        "+491713920000", PhoneKind.FAX, sms_allowed=True
    )
    assert faults.found == ()
    assert read_phone(faults, "phone", 7, "DE") is None
    assert [fault.code for fault in faults.found] == ["wrong_type"]


def test_an_email_keeps_its_local_part_and_lowers_its_domain() -> None:
    """Only the domain is without case."""
    assert parse_email("Erika.Muster@EXAMPLE.org") == "Erika.Muster@example.org"
    assert parse_email("jürgen@müller.example") == "jürgen@müller.example"


locals_ = st.from_regex(r"[a-zA-Z0-9._+-]{1,12}", fullmatch=True) | st.text(max_size=70)
domains = (
    st.lists(st.from_regex(r"[a-zA-Z0-9_-]{1,63}", fullmatch=True), min_size=1, max_size=5).map(".".join)
    | st.sampled_from(
        ["example.org", "GMX.de", "xn--mller-kva.de", "xn--a.de", "x.test", "1.2.3.4", "[1.2.3.4]"]
    )
    | st.text(max_size=70)
)
LONG_LABEL = "一" * 36
LONG_DOMAIN = f"xn--{LONG_LABEL.encode('punycode').decode()}.xn--{LONG_LABEL.encode('punycode').decode()}.de"
"""Much longer in the letters that it stands for."""


@given(locals_, domains)
@example("a" * 65, "example.org")
@example("a..b", "example.org")
@example("a" * 40, LONG_DOMAIN)
@example("a", ".".join(["b" * 63] * 3 + ["c" * 58, "de"]))
@example("a", ".".join(["b" * 63] * 3 + ["c" * 57, "de"]))
@example("ab", ".".join(["b" * 63] * 3 + ["c" * 57, "de"]))
@example("POSTMASTER", "example.org")
def test_an_email_is_judged_as_the_library_judges_it(local: str, domain: str) -> None:
    """What is known of a domain is true whoever has an address there, and what follows from it is the library's word."""
    text = f"{local}@{domain}"
    try:
        expected = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        expected = ""
    for _ in range(2):
        try:
            assert parse_email(text) == expected
        except InvalidInput:
            assert not expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b.de",
        "a b@example.org",
        "a@b@c.de",
        "a@example.org\r\nBcc: x@y.de",
        "Erika <a@b.de>",
        "a@-b.de",
    ],
)
def test_what_is_no_email_is_refused(text: str) -> None:
    """Syntax that no mail server would take, header injection included."""
    with pytest.raises(InvalidInput) as fault:
        parse_email(text)
    assert fault.value.codes == {"bad_email"}


def test_an_address_is_complete_with_four_parts() -> None:
    """Street, postal code, town and country make a letter arrive."""
    full = Address("Weg 1", "10115", "Berlin", "DE")
    assert full.is_complete
    for part in ("street", "postal_code", "city", "country"):
        assert not Address(
            **{"street": "Weg 1", "postal_code": "1", "city": "B", "country": "DE", part: ""}
        ).is_complete


def test_every_field_of_an_address_is_checked() -> None:
    """All faults of one address, each below the address's own path."""
    faults = Faults()
    bad = Address("x" * 101, "1" * 13, 7, "D1", "moon", "a\x00", "b\x00")  # wrong on purpose
    read_address(faults, "addresses[0]", bad)
    assert {fault.field for fault in faults.found} == {
        f"addresses[0].{name}"
        for name in ("street", "postal_code", "city", "country", "kind", "extra", "recipient")
    }
    assert read_address(Faults(), "a", "Weg 1") is None


@given(st.text(max_size=60), st.text(max_size=12), st.text(max_size=30), st.sampled_from(AddressKind))
def test_reading_an_address_is_idempotent(street: str, code: str, city: str, kind: AddressKind) -> None:
    """What was accepted once is accepted again, unchanged."""
    faults = Faults()
    once = read_address(faults, "a", Address(street, code, city, "de", kind))
    if not faults.found:
        assert once is not None
        assert read_address(faults, "a", once) == once
        assert faults.found == ()


def _read(reader: str, value: object) -> list[tuple[str, str]]:
    """Field and code of each fault of a phone or an address in the field x."""
    faults = Faults()
    if reader == "phone":
        read_phone(faults, "x", value, "DE")
    else:
        read_address(faults, "x", value)
    return [(fault.field, fault.code) for fault in faults.found]


@pytest.mark.parametrize(
    ("reader", "value", "found"),
    [
        ("phone", None, [("x", "wrong_type")]),
        ("phone", "", [("x", "required")]),
        ("phone", "12", [("x", "bad_phone")]),
        ("phone", "1" * 41, [("x", "too_long")]),
        ("phone", Phone("12"), [("x", "bad_phone")]),
        ("phone", Phone("030 23125111", "car"), [("x.kind", "unknown_choice")]),  # wrong on purpose
        (
            "phone",
            Phone("030 23125111", sms_allowed=1),
            [("x.sms_allowed", "wrong_type")],
        ),  # wrong on purpose
        ("address", None, [("x", "wrong_type")]),
        ("address", Address(street="x" * 101), [("x.street", "too_long")]),
        ("address", Address(postal_code="x" * 13), [("x.postal_code", "too_long")]),
        ("address", Address(city="x" * 61), [("x.city", "too_long")]),
        ("address", Address(country="D"), [("x.country", "bad_country")]),
        ("address", Address(country="D1"), [("x.country", "bad_country")]),
        ("address", Address(country="ÄÖ"), [("x.country", "bad_country")]),
        ("address", Address(country="XX"), [("x.country", "bad_country")]),
        ("address", Address(country="UK"), [("x.country", "bad_country")]),
        ("address", Address(country="DEU"), [("x.country", "too_long")]),
        ("address", Address(kind="hut"), [("x.kind", "unknown_choice")]),  # wrong on purpose
        ("address", Address(extra="x" * 101), [("x.extra", "too_long")]),
        ("address", Address(recipient="x" * 101), [("x.recipient", "too_long")]),
    ],
)
def test_each_fault_stands_at_its_part(reader: str, value: object, found: list[tuple[str, str]]) -> None:
    """One fault for one mistake, with its field and its code."""
    assert _read(reader, value) == found


def test_the_longest_address_is_taken() -> None:
    """And what is not said has its default: a residence, a landline number, no texts to it."""
    longest = Address("x" * 100, "x" * 12, "x" * 60, "DE", AddressKind.BILLING, "x" * 100, "x" * 100)
    assert read_address(Faults(), "x", longest) == longest
    assert read_address(Faults(), "x", Address(country="de", kind=None)) == Address(
        country="DE"
    )  # as a form gives it
    assert (Address().kind, Address().is_complete) == (AddressKind.RESIDENCE, False)
    assert Phone("1") == Phone("1", PhoneKind.LANDLINE, sms_allowed=False)
    assert read_phone(Faults(), "x", Phone("030 23125111", None), "DE") == Phone(
        "+493023125111"
    )  # as a form gives it


def test_a_number_that_may_be_either_counts_as_mobile() -> None:
    """Not every country tells them apart."""
    assert read_phone(Faults(), "x", "212 555 2368", "US") == Phone("+12125552368", PhoneKind.MOBILE)


def test_faults_of_parsers_name_what_was_parsed() -> None:
    """An address or a number."""
    with pytest.raises(InvalidInput) as caught:
        parse_email("x")
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("email", "bad_email")]
    with pytest.raises(InvalidInput) as caught:
        parse_phone("x", "DE")
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("number", "bad_phone")]


def test_the_words_are_those_that_are_stored() -> None:
    """Databases hold these words."""
    assert [channel.value for channel in Channel] == ["letter", "email", "phone", "sms"]
    assert [state.value for state in ConsentState] == ["accepted", "declined", "open"]
    assert [kind.value for kind in PhoneKind] == ["mobile", "landline", "fax"]
    assert [kind.value for kind in AddressKind] == [
        "residence", "old_residence", "second_residence", "delivery", "billing",
    ]  # fmt: skip
