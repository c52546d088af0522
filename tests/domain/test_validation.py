"""Checking what comes from outside: all faults at once, texts in one normal form."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.contact import Channel, Phone
from loyaltycore.kernel.validation import Faults, check_names, require_aware
from loyaltycore.kernel.words import cleaned
from loyaltycore.testing import strategies

plain = st.text().map(cleaned)
"""Texts with nothing in them that is not seen; the others are the matter of test_words.py."""


@given(plain)
def test_an_accepted_text_is_composed_trimmed_and_free_of_controls(text: str) -> None:
    """Reading is idempotent, and what gets through could stand in a header line."""
    faults = Faults()
    read = faults.text("x", text, limit=1000)
    if not faults.found:
        assert read == unicodedata.normalize("NFC", text).strip()
        assert faults.text("x", read, limit=1000) == read
        assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in read)


@given(plain, st.integers(0, 20))
def test_a_text_is_never_cut(text: str, limit: int) -> None:
    """Too long is a fault; nothing shorter than the input is ever accepted in its place."""
    faults = Faults()
    read = faults.text("x", text, limit=limit)
    assert len(read) <= limit
    if not faults.found:
        assert read == unicodedata.normalize("NFC", text).strip()


def test_no_control_gets_into_a_text() -> None:
    """Of all that Unicode has, and where lines are allowed, all but what ends them and the tab."""
    controls = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) in {"Cc", "Cs", "Zl", "Zp"}]
    for control in controls:
        faults = Faults()
        faults.text("x", f"a{control}b", limit=9)
        faults.text("x", f"a{control}b", limit=9, multiline=True)
        assert len(faults.found) == (1 if control in "\t\n\r" else 2), ascii(control)


def test_line_breaks_belong_to_texts_of_several_lines_alone() -> None:
    """CR, LF and CRLF become LF where lines are allowed, and are a fault where they are not."""
    assert Faults().text("notes", "a\r\nb\rc", limit=20, multiline=True) == "a\nb\nc"
    faults = Faults()
    faults.text("name", "a\nb", limit=20)
    assert faults.found == (Fault("name", "control_character", "contains a control character"),)


def test_all_faults_are_raised_together_with_their_paths() -> None:
    """Every reader notes and goes on; one error names everything, in order."""
    faults = Faults()
    inner = faults.at("order").at("lines[2]")
    faults.text("name", None, limit=5, required=True)
    inner.integer("count", 0, least=1, most=9)
    inner.integer("count", True, least=1, most=9)
    faults.choice("channel", "pigeon", Channel)
    faults.flag("loud", 1)
    faults.day("day", datetime(2026, 1, 1, tzinfo=UTC))
    faults.day("day", date(1800, 1, 1))
    faults.instant("at", datetime(2026, 1, 1))  # noqa: DTZ001  wrong on purpose
    faults.instant("at", "now")
    faults.key("key", "Not A Key")
    with pytest.raises(InvalidInput) as error:
        faults.raise_if_any()
    assert [(fault.field, fault.code) for fault in error.value.faults] == [
        ("name", "required"),
        ("order.lines[2].count", "out_of_range"),
        ("order.lines[2].count", "wrong_type"),
        ("channel", "unknown_choice"),
        ("loud", "wrong_type"),
        ("day", "wrong_type"),
        ("day", "out_of_range"),
        ("at", "naive_datetime"),
        ("at", "wrong_type"),
        ("key", "bad_key"),
    ]
    assert error.value.fields[0] == "name"
    assert "order.lines[2].count: must be between 1 and 9" in str(error.value)


def test_good_values_pass_unchanged() -> None:
    """Each reader hands a good value on, and None as the default."""
    faults = Faults()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert (
        faults.integer("n", 3, least=1, most=9),
        faults.integer("n", None, least=1, most=9, default=2),
    ) == (3, 2)
    assert (faults.flag("f", value=True), faults.flag("f", None, default=True)) == (True, True)
    assert (faults.day("d", date(2026, 1, 1)), faults.day("d", None)) == (date(2026, 1, 1), None)
    assert (faults.instant("i", now), faults.instant("i", None), require_aware(now)) == (now, None, now)
    assert (faults.choice("c", "sms", Channel), faults.choice("c", Channel.SMS, Channel)) == (
        Channel.SMS,
        Channel.SMS,
    )
    assert faults.key("k", "gold_2-a") == "gold_2-a"
    faults.raise_if_any()


def test_a_naive_instant_is_refused() -> None:
    """An instant without a time zone is nobody's instant."""
    with pytest.raises(InvalidInput):
        require_aware(datetime(2026, 1, 1))  # noqa: DTZ001  wrong on purpose


def test_unknown_names_are_faults() -> None:
    """Each keyword that is no field is named."""
    with pytest.raises(InvalidInput) as error:
        check_names(Phone, ["kind", "number", "colour"], without=["number"])
    assert error.value.fields == ("number", "colour")


def _near(text: str) -> st.SearchStrategy[str]:
    """Texts that differ from this one in one place."""
    return st.builds(
        lambda at, more, skip: text[:at] + more + text[at + skip :],
        st.integers(0, len(text)),
        st.sampled_from(["", "0", "9", "-", " ", "\n", "\u0661"]),
        st.integers(0, 1),
    )


def read(method: str, *args: object, **options: object) -> tuple[object, list[tuple[str, str]]]:
    """What one reader gives for the field x, and the field and code of each fault."""
    faults = Faults()
    value = getattr(faults, method)("x", *args, **options)
    return value, [(fault.field, fault.code) for fault in faults.found]


@pytest.mark.parametrize(
    ("text", "options", "value", "codes"),
    [
        (None, {}, "", []),
        (None, {"required": True}, "", ["required"]),
        (" \t ", {"required": True}, "", ["required"]),
        ("abcde", {}, "abcde", []),
        ("abcdef", {}, "", ["too_long"]),
        ("abcdef", {"required": True}, "", ["too_long"]),
        (5, {"required": True}, "", ["wrong_type"]),
        (b"abc", {}, "", ["wrong_type"]),
        ("a\tb", {"multiline": True}, "a\tb", []),
        ("a\tb", {}, "", ["control_character"]),
        ("a\u2028b", {"multiline": True}, "", ["control_character"]),
        ("a\u2029b", {}, "", ["control_character"]),
        ("a\u202eb", {"multiline": True}, "ab", []),
        ("a\x0bb", {"multiline": True}, "", ["control_character"]),
        ("\u0301", {"required": True}, "\u0301", ["required"]),
        ("\u3164", {"required": True}, "", ["required"]),
        ("\u200d", {"required": True}, "", ["required"]),
        ("-", {"required": True}, "-", []),
        ("7", {"required": True}, "7", []),
        ("€", {"required": True}, "€", []),
    ],
)
def test_texts_at_their_edges(text: object, options: dict[str, bool], value: str, codes: list[str]) -> None:
    """One fault at most, in a fixed order; what cannot be seen is not there where something must be."""
    assert read("text", text, limit=5, **options) == (value, [("x", code) for code in codes])


@pytest.mark.parametrize("mark", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_marks_that_turn_the_direction_are_dropped(mark: str) -> None:
    """They make one name look like another, and telephones put them around the numbers that people copy."""
    assert read("text", f"a{mark}b", limit=5) == ("ab", [])


@pytest.mark.parametrize("filler", "\u115f\u1160\u3164\uffa0")
def test_letters_without_a_shape_are_no_name(filler: str) -> None:
    """They count as letters and show nothing."""
    assert read("text", filler, limit=5, required=True)[1] == [("x", "required")]


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("a", []),
        ("0-_z", []),
        ("x" * 40, []),
        ("x" * 41, ["too_long"]),
        ("-a", ["bad_key"]),
        ("_a", ["bad_key"]),
        ("a b", ["bad_key"]),
        ("A", ["bad_key"]),
        ("ä", ["bad_key"]),
    ],
)
def test_keys_at_their_edges(key: str, codes: list[str]) -> None:
    """One fault, not two, for a key that is no text or none at all."""
    assert read("key", key)[1] == [("x", code) for code in codes]
    assert read("key", "")[1][0] == ("x", "required")
    assert read("key", 5)[1] == [("x", "wrong_type")]


def test_choices_may_be_left_out() -> None:
    """Nothing and the empty text are the default, as is a word that is none, with its fault."""
    assert read("choice", None, Channel, Channel.SMS) == (Channel.SMS, [])
    assert read("choice", "", Channel, Channel.SMS) == (Channel.SMS, [])
    assert read("choice", "", Channel) == (None, [])
    assert read("choice", "pigeon", Channel, Channel.SMS) == (Channel.SMS, [("x", "unknown_choice")])
    assert read("choice", ["sms"], Channel) == (None, [("x", "unknown_choice")])


def test_what_cannot_be_written_is_no_choice_and_no_key() -> None:
    """A list nested so deep that nobody can write it is a fault like any other value of a wrong type."""
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    assert read("choice", deep, Channel) == (None, [("x", "unknown_choice")])
    assert read("key", deep) == ("", [("x", "wrong_type")])


def test_what_is_wrong_reads_as_the_default() -> None:
    """Truth values and integers give their default beside the fault."""
    assert read("flag", "yes", default=True) == (True, [("x", "wrong_type")])
    assert (read("flag", None), read("flag", value=False, default=True)) == ((False, []), (False, []))
    assert read("integer", "5", least=1, most=9, default=2) == (2, [("x", "wrong_type")])
    assert read("integer", 10, least=1, most=9, default=2) == (2, [("x", "out_of_range")])
    assert read("integer", None, least=1, most=9) == (0, [])
    assert [read("integer", number, least=1, most=9)[0] for number in (0, 1, 9, 10)] == [0, 1, 9, 0]


def test_dates_at_their_edges() -> None:
    """From 1900 to 2199, both years included; what is no date is none."""
    assert read("day", date(1900, 1, 1)) == (date(1900, 1, 1), [])
    assert read("day", date(2199, 12, 31)) == (date(2199, 12, 31), [])
    assert read("day", date(1899, 12, 31)) == (None, [("x", "out_of_range")])
    assert read("day", date(2200, 1, 1)) == (None, [("x", "out_of_range")])
    assert read("instant", date(2026, 1, 1)) == (None, [("x", "wrong_type")])


@given(strategies.dates())
def test_a_day_may_be_written(day: date) -> None:
    """A day in the plain form of ISO 8601 reads as the day itself."""
    assert read("day", day.isoformat()) == (day, [])


@given(st.text() | st.dates().map(date.isoformat).flatmap(_near))
def test_no_other_text_is_a_day(text: str) -> None:
    """Either exactly the form in which a day is written, or a fault: nothing is guessed, cut or rolled over."""
    day, faults = read("day", text)
    if faults:
        assert day is None
    else:
        assert text == ("" if day is None else str(day))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", []),
        (" ", ["bad_date"]),
        ("01.02.1980", ["bad_date"]),
        ("19800201", ["bad_date"]),
        ("1980-W05-5", ["bad_date"]),
        ("1980-02-30", ["bad_date"]),
        ("1980-2-1", ["bad_date"]),
        ("1980-02-01T00:00:00", ["bad_date"]),
        ("1980-02-01\n", ["bad_date"]),
        ("१९८०-०२-०१", ["bad_date"]),
        ("1899-12-31", ["out_of_range"]),
        ("2200-01-01", ["out_of_range"]),
    ],
)
def test_written_days_at_their_edges(text: str, codes: list[str]) -> None:
    """A field that nobody filled in is no day; another spelling of a day, or a day that is none, is one fault."""
    assert read("day", text) == (None, [("x", code) for code in codes])


def test_faults_of_a_parser_come_under_the_field() -> None:
    """Each of them, with its code; the value is then the default."""

    def parse() -> str:
        raise InvalidInput([Fault("email", "bad_email", "is bad"), Fault("email", "rude", "is rude")])

    assert read("parsed", parse, "d") == ("d", [("x", "bad_email"), ("x", "rude")])
    assert read("parsed", lambda: "good", "d") == ("good", [])


def test_a_view_notes_into_the_same_list() -> None:
    """Below its path, and however deep; nothing is raised while nothing is wrong."""
    faults = Faults()
    faults.raise_if_any()
    faults.at("a").at("b[0]").note("c", "bad", "is bad")
    assert faults.found == (Fault("a.b[0].c", "bad", "is bad"),)


def test_an_instant_without_a_zone_names_its_field() -> None:
    """``now``, unless the caller says otherwise."""
    for options, name in (({}, "now"), ({"field": "at"}, "at")):
        with pytest.raises(InvalidInput) as caught:
            require_aware(datetime(2026, 1, 1), **options)  # noqa: DTZ001  wrong on purpose
        assert [(fault.field, fault.code) for fault in caught.value.faults] == [(name, "naive_datetime")]


def test_names_that_are_fields_are_no_faults() -> None:
    """Those that the caller may give; each other one is a fault with its code."""
    check_names(Phone, ["number", "kind"])
    with pytest.raises(InvalidInput) as caught:
        check_names(Phone, ["colour"])
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("colour", "unknown_field")]


def test_an_integer_can_be_required():
    """What is not given reads as the default, and is a fault where it is required."""
    faults = Faults()
    assert faults.integer("size", None, least=1, most=9, default=3) == 3
    assert not faults.found
    faults.integer("size", None, least=1, most=9, required=True)
    assert [(fault.field, fault.code) for fault in faults.found] == [("size", "required")]
