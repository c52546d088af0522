"""Phone numbers: however a number is written, it is read as itself or refused, and never as another one."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import assume, given, strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.phones import parse_phone, read_number

CODES = {"ambiguous_phone", "bad_phone", "phone_extension", "phone_with_text", "several_phones"}
ZERO_REGIONS = ("DE", "AT", "CH", "FR", "GB", "NL", "BE", "SE", "TR")
"""National numbers begin with a zero there, and 00 leads abroad."""
REGIONS = (*ZERO_REGIONS, "IT", "ES", "PL", "DK", "LU", "US")
KINDS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)
SCRIPTS = [{ord("0") + digit: zero + digit for digit in range(10)} for zero in (0x30, 0x660, 0x966, 0xFF10)]
"""The digits of ASCII, Arabic and Devanagari, and wide ones."""


@st.composite
def numbers(draw: st.DrawFn, regions: tuple[str, ...] = REGIONS, kinds: tuple[int, ...] = KINDS):
    """A region, and a number of it whose last digits are any."""
    region = draw(st.sampled_from(regions))
    example = phonenumbers.example_number_for_type(region, draw(st.sampled_from(kinds)))
    e164 = phonenumbers.format_number(example, PhoneNumberFormat.E164)
    last = draw(st.text("0123456789", min_size=4, max_size=4))
    number = phonenumbers.parse(e164[:-4] + last)
    assume(phonenumbers.is_valid_number(number))
    return region, number


def written(number: phonenumbers.PhoneNumber, style: int = PhoneNumberFormat.E164) -> str:
    return phonenumbers.format_number(number, style)


def code_of(text: str, region: str) -> str:
    """The number, or the code of the refusal."""
    try:
        return parse_phone(text, region)
    except InvalidInput as refusal:
        (fault,) = refusal.faults
        return fault.code


@st.composite
def spellings(draw: st.DrawFn):
    """A number and a way in which people, programs and telephones write it."""
    region, number = draw(numbers())
    style = draw(
        st.sampled_from([PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL])
    )
    text = written(number, style)
    if region in ZERO_REGIONS and style == PhoneNumberFormat.INTERNATIONAL:
        code = f"+{number.country_code} "
        text = draw(
            st.sampled_from(
                [
                    text,
                    text.replace(code, f"{code}(0)"),
                    text.replace("+", "00"),
                    text.replace(code, f"({code[:-1]}) "),
                ]
            )
        )
    if region in ZERO_REGIONS and style == PhoneNumberFormat.NATIONAL:
        area, _, rest = text.partition(" ")
        text = draw(
            st.sampled_from(
                [text, f"{area}/{rest}", f"{area} / {rest}", f"({area}) {rest}", f"{area} - {rest}"]
            )
        )
    text = text.replace(" ", draw(st.sampled_from([" ", "", "  ", "-", ".", "\u00a0", "\u2011", "\u2009"])))
    text = text.translate(draw(st.sampled_from(SCRIPTS)))
    before, after = draw(
        st.sampled_from(
            [
                ("", ""),
                ("Tel. ", ""),
                ("tel:", ""),
                ("Mobil: ", " "),
                ("\u202d", "\u202c"),
                (" ", "."),
                ("\ufeff", "\u200b"),
            ]
        )
    )
    return region, number, before + text + after


@given(spellings())
def test_every_good_spelling_is_read_as_the_number(spelling) -> None:
    """Prefixes, brackets, slashes, dots, hyphens, blanks of every kind, digits of every script, marks of telephones."""
    region, number, text = spelling
    assert parse_phone(text, region) == written(number), text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0170/1234567", "+491701234567"),
        ("0170 / 123 45 67", "+491701234567"),
        ("+49 (0)170 1234567", "+491701234567"),
        ("+49(0)1701234567", "+491701234567"),
        ("0049 170 1234567", "+491701234567"),
        ("0049 (0) 170 1234567", "+491701234567"),
        ("0049 0170 1234567", "+491701234567"),
        ("++49 170 1234567", "+491701234567"),
        ("030/901820-12", "+493090182012"),
        ("030 901820-0", "+49309018200"),
        ("+49 491 7012345", "+494917012345"),
        ("0491 7012345", "+494917012345"),
        ("0821 456700,", "+49821456700"),
        ("[0821] 456700", "+49821456700"),
    ],
)  # fmt: skip
def test_spellings_of_german_files_are_read(text: str, number: str) -> None:
    """What shop programs and spreadsheets of Germany write."""
    assert parse_phone(text, "DE") == number


REFUSED = {
    "phone_with_text": (
        *("0821 456700 Oma", "0821 456700 (Oma)", "Oma 0821 456700", "0170 1234567 abends", "0800 FLOWERS"),
        *("+4917O1234567", "0821 456700 *", "0821 4567²", "0821 4567①", "0821 456700 Бабушка"),
    ),
    "several_phones": (
        *(
            "030 123/124",
            "0821 4567/4568",
            "0821 456700 oder 0170 1234567",
            "0821 456700; 0170 1234567",
            "08214567 bzw. 4568",
        ),
        *("0821 456700, 0170 1234567", "0821 456700 / 0170 1234567", "0821 456700 0170 1234567"),
        *(
            "0821 4567 0821 4568",
            "0821 456700 +49 170 1234567",
            "0711 123456 u. 0711 123457",
            "030/2312/5111",
        ),
    ),
    "phone_extension": (
        *(
            "030 901820 ext. 12",
            "030 901820 x12",
            "030 901820x12",
            "030 901820 Durchwahl 12",
            "030 901820#12",
        ),
        *("030 901820 DW -12", "030 901820 App. 12", "tel:+49-30-901820;ext=12", "030 901820 ~12"),
    ),
    "ambiguous_phone": (
        *("456700", "821456700", "49821456700", "49821456", "436641234567"),
        *("٤٥٦٧٠٠", "049170 1234567", "+49 49 170 1234567", "0049 49170 1234567"),
    ),
    "bad_phone": (
        *("", "-", "k.A.", "12", "110", "0049", "+0821 456700", "+49 0049 170 1234567", "+999 123456"),
        *("4,91E+11", "4.91701E+11", "0" * 30, "0821 4567 4568 4569 4570"),
    ),
}


@pytest.mark.parametrize("code", sorted(CODES))
def test_what_is_not_one_certain_number_is_refused_by_its_kind(code: str) -> None:
    """Words and letters, several numbers, extensions, a prefix missing or doubled, no number at all."""
    assert {text: code_of(text, "DE") for text in REFUSED[code]} == dict.fromkeys(REFUSED[code], code)


words = st.one_of(
    st.sampled_from(
        [
            "Oma",
            "privat",
            "abends",
            "(Frau)",
            "Büro",
            "A",
            "x",
            "ext12",
            "DW3",
            "#7",
            "*1",
            ";5",
            "bis",
            "und",
        ]
    ),
    st.text(st.characters(categories=("L", "Nl", "No", "S", "Po", "Mn")), min_size=1, max_size=6),
)


@given(numbers(), words, st.sampled_from(["{0} {1}", "{0}{1}", "{0}, {1}", "{1} {0}", "{1}{0}"]))
def test_a_note_beside_a_number_never_makes_another_number(pair, word: str, shape: str) -> None:
    """A word, a sign or a digit that nobody dials, before or after: the number, or a refusal with a code of its own."""
    region, number = pair
    text = shape.format(written(number, PhoneNumberFormat.INTERNATIONAL), word)
    assert code_of(text, region) in CODES | {written(number)}


BETWEEN = ("/", " / ", ", ", "; ", ";", " oder ", " or ", " u. ", " und ", " & ", " | ", " bzw. ")
STYLES = (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL)


@given(numbers(), numbers(), st.sampled_from(BETWEEN), st.sampled_from(STYLES))
def test_two_numbers_in_one_field_are_refused(one, other, between: str, style: int) -> None:
    """Whatever stands between them, and however the second one begins."""
    region, number = one
    text = f"{written(number, PhoneNumberFormat.NATIONAL)}{between}{written(other[1], style)}"
    assert code_of(text, region) == "several_phones"


@given(numbers(ZERO_REGIONS), numbers(ZERO_REGIONS), st.sampled_from([" ", "  ", " - "]))
def test_two_numbers_with_a_blank_between_them_are_no_number(one, other, between: str) -> None:
    """They are too long for one number, or the second one shows by its zero."""
    region, number = one
    text = between.join(written(each, PhoneNumberFormat.NATIONAL) for each in (number, other[1]))
    assert code_of(text, region) in {"several_phones", "bad_phone"}, text


@given(numbers(kinds=(PhoneNumberType.MOBILE,)))
def test_a_mobile_number_that_lost_its_prefix_is_still_itself(pair) -> None:
    """A spreadsheet drops the plus or the zero: the number is certain, or refused; most are certain."""
    region, number = pair
    without_plus = written(number).removeprefix("+")
    national = without_plus.removeprefix(str(number.country_code))
    assert code_of(without_plus, region) in {written(number), "ambiguous_phone"}
    assert code_of(national, region) in {written(number), "ambiguous_phone"}
    if region == "DE":
        assert (code_of(without_plus, "DE"), code_of(national, "DE")) == (written(number), written(number))


@given(numbers(), st.sampled_from(["", "+", "0", "00"]), st.sampled_from([".0", ".00"]))
def test_a_fraction_is_no_part_of_a_number(pair, prefix: str, fraction: str) -> None:
    """Programs that count with numbers write it: it changes nothing, or the text is refused."""
    region, number = pair
    digits = written(number).removeprefix("+")
    for text in (prefix + digits, prefix + digits.removeprefix(str(number.country_code))):
        expected = {code_of(text, region)} if text[0] in "123456789" else {"ambiguous_phone"}
        assert code_of(text + fraction, region) in expected, text


@given(numbers(ZERO_REGIONS), st.integers(4, 15))
def test_digits_without_a_prefix_are_no_landline_number(pair, length: int) -> None:
    """A local number without its area code, or one that lost its zero or its plus: nobody knows which."""
    region, number = pair
    digits = written(number).removeprefix("+")
    for text in (digits[:length], digits[len(str(number.country_code)) :][:length]):
        found = code_of(text, region)
        assert found in CODES or found.endswith(text)
        assert found in CODES or read_number(text, region)[1], "may be a mobile number"


def test_a_number_has_no_more_digits_than_e164_allows() -> None:
    """The German plan knows no end, but the field and the networks do."""
    assert parse_phone("0821 456789012", "DE") == "+49821456789012"
    assert code_of("0821 45678901234", "DE") == "bad_phone"
    assert all(len(parse_phone(f"0821 {'4' * n}", "DE")) <= 16 for n in range(4, 11))


def test_every_refusal_says_what_to_do() -> None:
    """Its sentence follows the name of the field, and tells the way out."""
    ways_out = {
        "phone_with_text": "in the notes",
        "several_phones": "each by itself",
        "phone_extension": "in the notes",
        "ambiguous_phone": "begin with +",
        "bad_phone": "is not",
    }
    for code, words in ways_out.items():
        with pytest.raises(InvalidInput, match=words.replace("+", r"\+")):
            parse_phone(REFUSED[code][0], "DE")
