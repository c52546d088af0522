"""Codes of vouchers: computed from a key and the voucher's id, never stored.

Fourteen signs are 70 bits that nobody can guess; the fifteenth catches every single wrong sign and every swap of two
neighbours. What is stored is a keyed hash: a stolen database redeems nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from typing import Final

from attrs import field, frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.signing import check_secrets
from loyaltycore.kernel.validation import Faults

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which people mix up."""
LENGTH: Final = 15
"""Signs of a computed code, the check sign included."""
LONGEST: Final = 40
"""Signs of a code of one's own."""
SHORTEST: Final = 4
_BITS: Final = 5
_GROUP: Final = 5
_PLACES: Final = {sign: place for place, sign in enumerate(ALPHABET)}
_LONGEST_READ: Final = 200
_POLYNOMIAL: Final = 0b100101
"""x^5 + x^2 + 1: the powers of 2 in this field run through all 31 elements that are not zero."""
GIVE_A_KEY: Final = 'give one: Loyalty(code_keys=[CodeKey("2026", secret)])'
"""What helps where there is no key."""


@frozen
class CodeKey:
    """A secret from which codes are computed; whoever has it can make them, so keep it out of the database."""

    name: str
    """Told apart by it when keys are changed, for example the year."""
    secret: str = field(repr=False)
    """24 to 128 printable ASCII characters."""

    def __attrs_post_init__(self) -> None:
        """Refuse what somebody could guess."""
        faults = Faults()
        faults.key("name", self.name, limit=20)
        if not isinstance(self.secret, str) or any(check_secrets("secret", (self.secret,))):
            faults.note("secret", "bad_format", "must be 24 to 128 printable ASCII characters")
        if faults.found:
            wrong = "; ".join(f"{fault.field} {fault.message}" for fault in faults.found)
            raise RegistrationError(f"code key: {wrong}")

    def code(self, voucher_id: str) -> str:
        """The code of a voucher, without hyphens."""
        number = int.from_bytes(self._digest("code", voucher_id)[:9])
        places = [number >> _BITS * place & 31 for place in range(LENGTH - 1)]
        return "".join(ALPHABET[place] for place in (*places, _check_place(places)))

    def hash(self, code: str) -> str:
        """What is stored of a canonical code."""
        return self._digest("hash", code).hex()

    def _digest(self, purpose: str, text: str) -> bytes:
        # The purpose keeps a hash from ever being a code.
        return hmac.digest(self.secret.encode("ascii"), f"{purpose}\n{text}".encode(), hashlib.sha256)


def canonical(given: str) -> str:
    """A code as it is compared: plain signs, upper case, without blanks and hyphens.

    Example:
        >>> canonical("abcde-fghjk lmnpq")
        'ABCDEFGHJKLMNPQ'
    """
    plain = unicodedata.normalize("NFKC", given[:_LONGEST_READ]).upper()
    return "".join(sign for sign in plain if not (sign.isspace() or unicodedata.category(sign) == "Pd"))


def formatted(code: str) -> str:
    """A code as it is shown: in groups of five."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def is_mistyped(code: str) -> bool:
    """Whether a canonical code has the length of a computed one and cannot be one."""
    if len(code) != LENGTH:
        return False
    places = [_PLACES.get(sign) for sign in code]
    known = [place for place in places if place is not None]
    return len(known) < LENGTH or _check_place(known[:-1]) != known[-1]


def read_own_code(faults: Faults, given: object) -> str:
    """Read a code that somebody has chosen; it never looks like a computed one."""
    code = canonical(faults.text("code", given, limit=LONGEST, required=True))
    if code and not (SHORTEST <= len(code) <= LONGEST and code.isalnum() and code.isascii()):
        faults.note("code", "bad_code", f"must be {SHORTEST} to {LONGEST} letters and digits")
    elif len(code) == LENGTH:
        faults.note("code", "bad_code", f"must not have {LENGTH} signs, which is the length of computed ones")
    return code


def hashes(keys: Sequence[CodeKey], code: str) -> tuple[str, ...]:
    """What may be stored of a canonical code, by any of the keys."""
    return tuple(key.hash(code) for key in keys)


def hint_of(code: str) -> str:
    """What staff see of a code: its last signs."""
    return code[-4:]


def _check_place(places: Sequence[int]) -> int:
    """The sign that makes the weighted sum zero: every place has a weight of its own, and none has zero."""
    total = 0
    for products, place in zip(_PRODUCTS, places, strict=True):
        total ^= products[place]
    return total


def _times(one: int, other: int) -> int:
    """Multiply in the field of 32 elements."""
    product = 0
    while other:
        product ^= one if other & 1 else 0
        one <<= 1
        one ^= _POLYNOMIAL if one & 32 else 0
        other >>= 1
    return product


def _products() -> tuple[tuple[int, ...], ...]:
    """By place and sign: the sign times the weight of the place."""
    weight, found = 1, []
    for _ in range(LENGTH - 1):
        weight = _times(weight, 2)
        found.append(tuple(_times(place, weight) for place in range(len(ALPHABET))))
    return tuple(found)


_PRODUCTS: Final = _products()
