"""Texts from outside: what nobody sees is cleaned away, what carries meaning stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, strategies as st

from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import cleaned, is_storable

# What Unicode lists as Default_Ignorable_Code_Point, apart from joiners and variation selectors; and U+FFF9 to U+FFFB.
UNSEEN = [
    *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x200E, 0x200F, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFFF0, 0xFFFC),
    *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0100), *range(0xE01F0, 0xE1000),
]  # fmt: skip
BLANKS = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == "Zs"] + ["\u2800"]
ZWNJ, ZWJ, VS15, VS16, IVS = "\u200c", "\u200d", "\ufe0e", "\ufe0f", "\U000e0100"

anything = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from([*map(chr, UNSEEN), *BLANKS, ZWNJ, ZWJ, VS15, VS16, IVS, "क", "ر", "葛", "❤", "a"]),
    ),
    max_size=30,
)


def test_what_nobody_sees_is_dropped() -> None:
    """Everything that Unicode calls default ignorable, at every place of a name."""
    for mark in map(chr, UNSEEN):
        text = Faults().text("x", f"{mark}Eri{mark}ka{mark} {mark}Muster{mark}", limit=20)
        assert text == "Erika Muster", f"U+{ord(mark):04X}"


def test_no_format_character_is_forgotten() -> None:
    """Of all that Unicode has: only joiners are left of them, and a sign that is drawn around digits."""
    formats = [chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == "Cf"]
    drawn = {mark for mark in formats if cleaned(f"a{mark}") != "a"}
    assert all("SIGN" in (name := unicodedata.name(mark)) or "MARK" in name or "AYAH" in name or "HIEROGLYPH" in name for mark in drawn)  # fmt: skip


@pytest.mark.parametrize("blank", BLANKS, ids=lambda blank: f"U+{ord(blank):04X}")
def test_blanks_of_all_widths_are_blanks(blank: str) -> None:
    """Also where a program looks for a blank: between words, in the width of a label; and none is left at the ends."""
    assert Faults().text("x", f"{blank}Am{blank}Markt 1{blank}", limit=20) == "Am Markt 1"


@pytest.mark.parametrize(
    "text",
    [
        f"می{ZWNJ}خواهم",  # Persian: ends a shape inside a word
        f"क्{ZWJ}ष क्{ZWNJ}ष",  # Hindi: half a letter, and two whole ones
        f"ශ්{ZWJ}රී",  # Sinhala
        f"র{ZWJ}্যাচেল",  # Bengali: before the mark, not after it
        f"ന്{ZWJ}",  # Malayalam
        f"👩{ZWJ}⚕{VS16} 👨🏽{ZWJ}🦰 ❤{VS16}{ZWJ}🔥 1{VS16}\u20e3 ☎{VS15}",  # emoji
        f"葛{IVS}飾",  # a Japanese name with its own form of a letter
        "ᠮᠣ\u180bᠩ",  # Mongolian
    ],
)
def test_joiners_and_selectors_stay_where_they_shape_something(text: str) -> None:
    """A script that joins its letters, an emoji of several, a letter with several forms."""
    assert cleaned(text) == text


@pytest.mark.parametrize("mark", [ZWNJ, ZWJ, VS15, VS16, IVS])
@pytest.mark.parametrize("letters", ["ab", "äß", "Жя", "αβ", " a", "김수", "かが"])
def test_joiners_and_selectors_go_where_they_do_nothing(letters: str, mark: str) -> None:
    """After letters that never join or change, and at the beginning: there they only hide."""
    one, other = letters
    assert cleaned(f"{one}{mark}{other}{mark * 2}") == letters
    assert cleaned(f"{mark}{letters}") == letters


@given(anything)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """What was cleaned is clean, whatever stood beside what."""
    once = cleaned(text)
    assert cleaned(once) == once
    faults = Faults()
    read = faults.text("x", text, limit=100)
    if not faults.found:
        assert faults.text("x", read, limit=100) == read


@given(anything)
def test_nothing_that_is_seen_is_lost(text: str) -> None:
    """Letters, digits, signs and accents are those that were given, in their order."""

    def seen(given: str) -> str:
        kept = (
            each for each in given if unicodedata.category(each)[0] in "LNSPM" and ord(each) not in UNSEEN
        )
        return "".join(kept).translate(
            dict.fromkeys([0x2800, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
        )

    assert seen(cleaned(text)) == seen(text)


@given(st.text(st.characters(max_codepoint=0x24F, exclude_characters="\u00a0\u00ad")))
def test_a_text_in_latin_letters_is_left_alone(text: str) -> None:
    """Controls are refused elsewhere; here nothing happens to them."""
    assert cleaned(text) == text


def test_two_characters_alone_cannot_be_stored() -> None:
    """Of all that Unicode has, in any company: NUL, and halves of a character."""
    lost = [n for n in range(0x110000) if not is_storable(f"ä{chr(n)}b")]
    assert lost == [0, *range(0xD800, 0xE000)]
