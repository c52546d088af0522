"""Checking what comes from outside: all faults at once, texts in one normal form."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyaltycore.domain.contact import Channel, Phone
from loyaltycore.domain.validation import Faults, check_names, require_aware
from loyaltycore.errors import Fault, InvalidInput


@given(st.text())
def test_an_accepted_text_is_composed_trimmed_and_free_of_controls(text: str) -> None:
    """Reading is idempotent, and what gets through could stand in a header line."""
    faults = Faults()
    read = faults.text("x", text, limit=1000)
    if not faults.found:
        assert read == unicodedata.normalize("NFC", text).strip()
        assert faults.text("x", read, limit=1000) == read
        assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in read)


@given(st.text(), st.integers(0, 20))
def test_a_text_is_never_cut(text: str, limit: int) -> None:
    """Too long is a fault; nothing shorter than the input is ever accepted in its place."""
    faults = Faults()
    read = faults.text("x", text, limit=limit)
    assert len(read) <= limit
    if not faults.found:
        assert read == unicodedata.normalize("NFC", text).strip()


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
    faults.instance("thing", 3, str, "")
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
        ("thing", "wrong_type"),
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
    assert (faults.key("k", "gold_2-a"), faults.instance("s", "x", str, "")) == ("gold_2-a", "x")
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
