"""How customers are found: names folded so that case and umlauts do not matter, and the lookup keys made from them.

"Müller" is found by "muller" and by "mueller": a name is folded in two ways, umlauts to their base letter and umlauts
to two letters, and both are lookup keys. A search text is folded in both ways too and matches by either.

Folding drops accents and vowel points: what letters of Latin, Greek, Cyrillic, Hebrew and Arabic carry besides. In other
scripts a mark is a vowel, a tone or makes another consonant, so it counts: राम is not रमा, and か is not が.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from loyaltycore.customers.rules.customer import LENGTHS, POSTAL_KINDS, Customer, CustomerKind
from loyaltycore.kernel.custom_fields import custom_keys

KEY_LENGTH: Final = 120
"""Longest lookup key: a storage cuts longer ones."""

# What German writes as two letters, and the letters of neighbours that have no decomposition in Unicode.
_TWO_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# O'Brien is one word, with whichever of these it is typed: ' ` acute accent, left and right quotation mark, modifier.
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
# What is combined with letters of Latin, Greek, Cyrillic, Hebrew, Arabic and Syriac, and with symbols; joiners and soft
# hyphens. None of them ends a word. й, ў, ї, ѓ and ќ, of which the group keeps both parts, are letters of the alphabet.
_DROPPED: Final = re.compile(
    "(\u0438\u0306|\u0443\u0306|\u0456\u0308|\u0433\u0301|\u043a\u0301)"
    "|[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dd"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0730-\u074a\u0898-\u089f\u08ca-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u2de0-\u2dff"
    "\ua66f-\ua672\ua674-\ua67d\ua69e\ua69f\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f"
    "\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)

_NO_WORDS: Final = ("", "")
_SEPARATORS: Final = re.compile(r"[\W_]+")


def fold(*texts: str, two_letters: bool = False) -> str:
    """Reduce a name to lower-case letters and digits with single blanks between the words.

    A name without letters or digits (emoji, say) only loses its blanks and its case.

    Args:
        *texts: The name; if it is given in parts, there is a blank between them.
        two_letters: Whether ä, ö, ü become ae, oe, ue instead of a, o, u.

    Example:
        >>> fold("Müller-Lüdenscheidt"), fold("Müller", two_letters=True), fold("Weiß"), fold("O'Brien", "Pat")
        ('muller ludenscheidt', 'mueller', 'weiss', 'obrien pat')
    """
    return _both(texts)[two_letters]


def foldings(*texts: str) -> tuple[str, ...]:
    """Both ways to fold a name, cut to the length of a key, without repetition and without an empty one."""
    one, two = _both(texts)
    one, two = one[:KEY_LENGTH], two[:KEY_LENGTH]
    if one == two:
        return (one,) if one else ()
    return one, two


def sort_name(kind: CustomerKind, last_name: str, first_name: str, company: str) -> str:
    """The place of a customer in an alphabetical list; as in a German phone book, ä sorts as ae.

    A person is sorted by last name and first name, a company by its name, then its contact person.
    """
    name = (last_name, first_name) if kind is CustomerKind.PERSON else (company, last_name, first_name)
    return fold(*name, two_letters=True)[: LENGTHS["sort_name"]]


def name_keys(last_name: str, first_name: str, company: str, name_extension: str = "") -> tuple[str, ...]:
    """The lookup keys of a name.

    They are: "last first", "first last", the same with the extension, the company, and what follows each blank or
    hyphen inside last name and company ("Leutheusser-Schnarrenberger" is found under S too).
    """
    keys = [*foldings(last_name, first_name)]
    if first_name:
        keys += foldings(first_name, last_name)
    if company:
        keys += foldings(company)
    if name_extension:
        keys += foldings(name_extension, last_name, first_name)
        keys += foldings(first_name, name_extension, last_name)
    for text in (last_name, company):
        # Letters of ASCII alone are one word; some of the others become two.
        for folded in () if text.isascii() and text.isalnum() else foldings(text):
            keys += _later_words(folded)
    return tuple(dict.fromkeys(keys))


def email_key(email: str) -> str:
    """An address as it is looked up: without case; a very long one as its beginning plus a hash of the whole.

    Only the case is ignored: to fold ß into ss, as for names, would turn one domain into another.
    """
    key = email.lower()
    if len(key) <= KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: KEY_LENGTH - len(digest)]}{digest}"


def lookup_keys(customer: Customer) -> Mapping[str, tuple[str, ...]]:
    """The lookup keys of a customer."""
    return {
        "name": name_keys(customer.last_name, customer.first_name, customer.company, customer.name_extension),
        "email": (email_key(customer.email),),
        "phone": tuple(phone.number for phone in customer.phones),
        "city": tuple(
            key
            for address in customer.addresses
            if address.kind in POSTAL_KINDS
            for key in foldings(address.city)
        ),
        "custom": custom_keys(customer.custom),
    }


def _both(texts: tuple[str, ...]) -> tuple[str, str]:
    """A name in parts, with one letter and with two letters for an umlaut."""
    # No word goes on behind a blank: so the parts are folded, each once.
    parts = [_words(text) for text in texts if text]
    if parts and _NO_WORDS not in parts:
        if len(parts) == 1:
            return parts[0]
        return " ".join([one for one, _ in parts]), " ".join([two for _, two in parts])
    whole = " ".join(texts)
    if (words := _words(whole)) != _NO_WORDS:
        return words
    shape = " ".join(whole.casefold().split())
    return shape, shape


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[str, str]:
    """The words of a text, with one letter and with two letters for an umlaut; empty if it has none.

    Many people have the same names, and a name has several keys.
    """
    if not text.isascii():
        return _words_of_others(text)
    words = text.lower()
    if not text.isalnum():
        words = _SEPARATORS.sub(" ", words.translate(_APOSTROPHES)).strip()
    return words, words


def _words_of_others(text: str) -> tuple[str, str]:
    lower = unicodedata.normalize("NFC", text.translate(_APOSTROPHES)).casefold()
    spelled = lower.translate(_TWO_LETTERS)
    words = _cut(_bare(lower))
    return words, words if spelled == lower else _cut(_bare(spelled))


def _bare(lower: str) -> str:
    """Base letters, without accents, apostrophes and invisible characters."""
    # Case once more, since a decomposition may bring capitals and apostrophes back.
    letters = _DROPPED.sub(r"\1", unicodedata.normalize("NFKD", lower)).casefold().translate(_ONE_LETTER)
    # Composed, so that か is not the beginning of が.
    return unicodedata.normalize("NFC", letters)


def _cut(bare: str) -> str:
    """The letters, digits and marks with single blanks between the words."""
    if bare.isascii():
        return _SEPARATORS.sub(" ", bare).strip()
    return " ".join(
        "".join(
            each if each.isalnum() or unicodedata.category(each)[0] == "M" else " " for each in bare
        ).split()
    )


def _later_words(folded: str) -> list[str]:
    """What is left of a folded name without its first word, its first two words, and so on."""
    words = folded.split(" ")
    return [" ".join(words[i:]) for i in range(1, len(words))]
