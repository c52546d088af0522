"""How customers are found: names folded so that case and umlauts do not matter, and the lookup keys made from them.

"Müller" is found by "muller" and by "mueller": a name is folded in two ways, umlauts to their base letter and umlauts
to two letters, and both are lookup keys. A search text is folded in both ways too and matches by either.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
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
_INVISIBLE: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
"""Accents, joiners and soft hyphens: they are not letters, and do not end a word either."""

_SEPARATORS: Final = re.compile(r"[\W_]+")


def fold(text: str, *, two_letters: bool = False) -> str:
    """Reduce a name to lower-case letters and digits with single blanks between the words.

    A text without letters or digits (emoji, say) only loses its blanks and its case.

    Args:
        two_letters: Whether ä, ö, ü become ae, oe, ue instead of a, o, u.

    Example:
        >>> fold("Müller-Lüdenscheidt"), fold("Müller", two_letters=True), fold("Weiß"), fold("O'Brien")
        ('muller ludenscheidt', 'mueller', 'weiss', 'obrien')
    """
    plain = text.isascii()
    bare = text.lower().translate(_APOSTROPHES) if plain else _bare(text, two_letters=two_letters)
    return _SEPARATORS.sub(" ", bare).strip() or " ".join(text.casefold().split())


def foldings(text: str) -> tuple[str, ...]:
    """Both ways to fold a text, cut to the length of a key, without repetition and without an empty one."""
    both = (fold(text), fold(text, two_letters=True))
    return tuple(key for key in dict.fromkeys(folded[:KEY_LENGTH] for folded in both) if key)


def sort_name(kind: CustomerKind, last_name: str, first_name: str, company: str) -> str:
    """The place of a customer in an alphabetical list; as in a German phone book, ä sorts as ae.

    A person is sorted by last name and first name, a company by its name, then its contact person.
    """
    name = (
        f"{last_name} {first_name}" if kind is CustomerKind.PERSON else f"{company} {last_name} {first_name}"
    )
    return fold(name, two_letters=True)[: LENGTHS["sort_name"]]


def name_keys(last_name: str, first_name: str, company: str, name_extension: str = "") -> tuple[str, ...]:
    """The lookup keys of a name.

    They are: "last first", "first last", the same with the extension, the company, and what follows each blank or
    hyphen inside last name and company ("Leutheusser-Schnarrenberger" is found under S too).
    """
    texts = [f"{last_name} {first_name}", f"{first_name} {last_name}" if first_name else "", company]
    if name_extension:
        texts += [f"{name_extension} {last_name} {first_name}", f"{first_name} {name_extension} {last_name}"]
    keys = [key for text in texts for key in foldings(text)]
    for name in (last_name, company):
        keys += [words for folded in foldings(name) for words in _later_words(folded)]
    return tuple(dict.fromkeys(keys))


def email_key(email: str) -> str:
    """An address as it is looked up: without case; a very long one as its beginning plus a hash of the whole."""
    key = email.casefold()
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


def _bare(text: str, *, two_letters: bool) -> str:
    """Lower case, base letters, without accents, apostrophes and invisible characters."""
    lower = unicodedata.normalize("NFC", text.translate(_APOSTROPHES)).casefold()
    letters = unicodedata.normalize("NFKD", lower.translate(_TWO_LETTERS) if two_letters else lower)
    kept = "".join(character for character in letters if unicodedata.category(character) not in _INVISIBLE)
    # Once more, since a decomposition may bring capitals and apostrophes back.
    return kept.casefold().translate(_ONE_LETTER)


def _later_words(folded: str) -> list[str]:
    """What is left of a folded name without its first word, its first two words, and so on."""
    words = folded.split(" ")
    return [" ".join(words[i:]) for i in range(1, len(words))]
