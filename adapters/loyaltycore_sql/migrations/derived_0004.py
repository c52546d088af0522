"""What revision 0004 derives from a customer and a process template: a copy of the rules of that time, never changed.

The library's own rules may change; then a later revision derives again.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

_POSTAL_KINDS: Final = ("delivery", "residence", "second_residence")
_KEY_LENGTH: Final = 120

_TWO_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# ' ` acute accent, left and right quotation mark, modifier.
_APOSTROPHES: Final = dict.fromkeys((0x27, 0x60, 0xB4, 0x2018, 0x2019, 0x2BC))
_ONE_LETTER: Final = _APOSTROPHES | str.maketrans(
    {
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
_DROPPED: Final = re.compile(
    "(\u0438\u0306|\u0443\u0306|\u0456\u0308|\u0433\u0301|\u043a\u0301)"
    "|[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dd"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0730-\u074a\u0898-\u089f\u08ca-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff"
    "\ua66f-\ua672\ua674-\ua67d\ua69e\ua69f\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
_SEPARATORS: Final = re.compile(r"[\W_]+")


def number_key(number: str) -> str:
    """A customer number without its case."""
    return number.lower() if number.isascii() else unicodedata.normalize("NFC", number.casefold())


@frozen
class Names:
    """What a customer is found by."""

    sort_name: str
    keys: Mapping[str, tuple[str, ...]]
    """Of the lookups ``name``, ``email`` and ``city``."""


def derive_names(row: Any) -> Names:
    """Derive what a customer is found by.

    Args:
        row: Has ``kind``, ``last_name``, ``first_name``, ``name_extension``, ``company``, ``email`` and, as JSON,
            ``addresses``.
    """
    last, first, company = row.last_name, row.first_name, row.company
    whole = f"{last} {first}" if row.kind == "person" else f"{company} {last} {first}"
    places = json.loads(row.addresses)
    cities = [each.get("city", "") for each in places if each.get("kind", "residence") in _POSTAL_KINDS]
    return Names(
        _fold(whole, two_letters=True)[:_KEY_LENGTH],
        {
            "name": _unlike(_name_keys(last, first, company, row.name_extension)),
            "email": _unlike([_email_key(row.email)]),
            "city": _unlike([key for city in cities for key in _foldings(city)]),
        },
    )


def derive_words(*texts: str) -> tuple[str, ...]:
    """The words by which a process template with these texts is found."""
    return _unlike([word for folded in _foldings(" ".join(texts)) for word in folded.split(" ")])


def _name_keys(last: str, first: str, company: str, extension: str) -> list[str]:
    texts = [f"{last} {first}", f"{first} {last}" if first else "", company]
    if extension:
        texts += [f"{extension} {last} {first}", f"{first} {extension} {last}"]
    keys = [key for text in texts for key in _foldings(text)]
    for name in (last, company):
        for folded in _foldings(name):
            words = folded.split(" ")
            keys += [" ".join(words[i:]) for i in range(1, len(words))]
    return keys


def _unlike(keys: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key[:_KEY_LENGTH] for key in keys if key))


def _email_key(email: str) -> str:
    key = email.lower()
    if len(key) <= _KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: _KEY_LENGTH - len(digest)]}{digest}"


def _foldings(text: str) -> tuple[str, ...]:
    both = (_fold(text, two_letters=False), _fold(text, two_letters=True))
    return tuple(key for key in dict.fromkeys(folded[:_KEY_LENGTH] for folded in both) if key)


def _fold(text: str, *, two_letters: bool) -> str:
    bare = text.lower().translate(_APOSTROPHES) if text.isascii() else _bare(text, two_letters=two_letters)
    words = _SEPARATORS.sub(" ", bare).strip() if bare.isascii() else _words(bare)
    return words or " ".join(text.casefold().split())


def _bare(text: str, *, two_letters: bool) -> str:
    lower = unicodedata.normalize("NFC", text.translate(_APOSTROPHES)).casefold()
    letters = unicodedata.normalize("NFKD", lower.translate(_TWO_LETTERS) if two_letters else lower)
    kept = _DROPPED.sub(r"\1", letters).casefold().translate(_ONE_LETTER)
    return unicodedata.normalize("NFC", kept)


def _words(bare: str) -> str:
    letters = (each if each.isalnum() or unicodedata.category(each)[0] == "M" else " " for each in bare)
    return " ".join("".join(letters).split())


def fold(text: str) -> str:
    """A text with one letter for an umlaut, for later revisions that derive with the rules of this one."""
    return _fold(text, two_letters=False)
