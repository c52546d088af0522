"""Card numbers: random digits with a check digit, so that nobody can guess one and typing errors show."""

from __future__ import annotations

import unicodedata
from enum import Enum
from typing import Final

from loyaltycore.errors import Fault, InvalidInput, Refused
from loyaltycore.kernel.check_digits import ean13, ean13_valid, luhn, luhn_valid
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.scanning import without_symbology
from loyaltycore.kernel.validation import Faults

LUHN_LENGTH: Final = 16
EAN_LENGTH: Final = 13
LONGEST_NUMBER: Final = 40
_LONGEST_READ: Final = 500
MIN_CHANCE: Final = 9
"""Fewest random digits of a number: a billion possibilities."""


class NumberScheme(Enum):
    """How a card number is built."""

    LUHN = "luhn"
    """Sixteen digits, the last one by Luhn: catches every single wrong digit and 98 % of swapped neighbours."""

    EAN13 = "ean13"
    """Thirteen digits that tills read as an article number; the prefix is one for use in the store (20 to 29)."""


DEFAULT_PREFIX: Final = {NumberScheme.LUHN: "", NumberScheme.EAN13: "29"}


def chance_digits(scheme: NumberScheme, prefix: str) -> int:
    """How many random digits a number of that scheme and prefix has."""
    length = LUHN_LENGTH if scheme is NumberScheme.LUHN else EAN_LENGTH
    return length - 1 - len(prefix or DEFAULT_PREFIX[scheme])


def card_number(scheme: NumberScheme, prefix: str, digits: str) -> str:
    """Build a number from a prefix and random digits.

    Args:
        scheme: How the check digit is made.
        prefix: Leading digits; if empty, the scheme's own.
        digits: `chance_digits` random ones.

    Raises:
        Refused: ``card_number.not_for_use_in_store``.
    """
    if scheme is NumberScheme.EAN13 and prefix and not prefix.startswith("2"):
        raise Refused(
            "card_number.not_for_use_in_store",
            "an EAN-13 outside the prefixes 20 to 29 belongs to an article of somebody else",
            remedy="set the option cards.number_prefix to a number that starts with 2",
            prefix=prefix,
        )
    body = (prefix or DEFAULT_PREFIX[scheme]) + digits
    return body + (luhn(body) if scheme is NumberScheme.LUHN else ean13(body))


def bare_number(number: object) -> str:
    """A number as it is stored, without what people and scanners put around and between the digits.

    Returns:
        Letters and digits in their plain form; empty if there are none, or more than any number has.

    Raises:
        InvalidInput: The number is not text.
    """
    text = text_of(number)
    if text is None:
        raise InvalidInput([Fault("number", "wrong_type", "must be text")])
    if len(text) > _LONGEST_READ:
        return ""
    plain = without_symbology(unicodedata.normalize("NFKC", text))
    bare = "".join(character for character in plain if character.isalnum())
    return bare if len(bare) <= LONGEST_NUMBER else ""


def is_well_formed(number: str) -> bool:
    """Whether a number could be one of ours: only digits, a known length, a correct check digit."""
    return (len(number) == LUHN_LENGTH and luhn_valid(number)) or ean13_valid(number)


def check_scheme(faults: Faults, value: str) -> None:
    """Check the option that names the scheme."""
    if not value:
        faults.note("cards.number_scheme", "required", "must name a scheme")
    faults.choice("cards.number_scheme", value, NumberScheme)


def check_prefix(faults: Faults, value: str) -> None:
    """Check the option that names the prefix: digits only, with enough room for random digits in either scheme."""
    if value and not (value.isascii() and value.isdigit()):
        faults.note("cards.number_prefix", "bad_prefix", "must be digits")
    elif len(value) > EAN_LENGTH - 1 - MIN_CHANCE:
        faults.note("cards.number_prefix", "too_long", f"must leave {MIN_CHANCE} digits to chance")
