"""Contact data: e-mail addresses, phone numbers, postal addresses, and the channels to reach people by.

`email-validator` judges the syntax of addresses; it is loaded on first use.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.phones import read_number
from loyaltycore.kernel.places import read_country
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults

_LONGEST_READ: Final = 1000


class Channel(Enum):
    """A way to reach a customer, in the order of the advertising mask (letter 1, e-mail 2, phone 4, SMS 8)."""

    LETTER = "letter"
    EMAIL = "email"
    PHONE = "phone"
    SMS = "sms"


class ConsentState(Enum):
    """A customer's answer to a question of consent; `OPEN` if there is none yet."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    OPEN = "open"


class PhoneKind(Enum):
    """What is at the other end."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FAX = "fax"


class AddressKind(Enum):
    """The kinds of address that a customer may have; there is only one residence."""

    RESIDENCE = "residence"
    OLD_RESIDENCE = "old_residence"
    SECOND_RESIDENCE = "second_residence"
    DELIVERY = "delivery"
    BILLING = "billing"


@frozen(repr=False)
class Phone:
    """A phone number."""

    __repr__ = showing("kind")

    number: str
    """E.164, for example ``+491701234567``."""
    kind: PhoneKind = PhoneKind.LANDLINE
    sms_allowed: bool = False
    """Whether texts may be sent to it."""


@frozen(repr=False)
class Address:
    """A postal address."""

    __repr__ = showing("kind", "country")

    street: str = ""
    postal_code: str = ""
    """As written in the country."""
    city: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2 in capitals."""
    kind: AddressKind = AddressKind.RESIDENCE
    """What the address is used for."""
    extra: str = ""
    """A further line (floor, care of)."""
    recipient: str = ""
    """Who receives post there, if not the customer."""

    @property
    def is_complete(self) -> bool:
        """Whether a letter would arrive: street, postal code, town and country are all there."""
        return all((self.street, self.postal_code, self.city, self.country))


def parse_email(text: str) -> str:
    """Bring an e-mail address into its normal form.

    Args:
        text: One address, without a display name.

    Returns:
        The address with the domain in lower case; the local part keeps its case.

    Raises:
        InvalidInput: ``bad_email``; the syntax is wrong. Whether the mailbox exists is not checked.
    """
    given = text_of(text)
    if given is None or len(given) > _LONGEST_READ:
        raise InvalidInput([_BAD_EMAIL])
    if (usual := _USUAL_EMAIL.fullmatch(given)) and (domain := _domain(usual[2])):
        return f"{usual[1]}@{domain}"
    if (normal := _normal_email(given)) is None:
        raise InvalidInput([_BAD_EMAIL])
    return normal


_BAD_EMAIL: Final = Fault("email", "bad_email", "is not an e-mail address")
_USUAL_EMAIL: Final = re.compile(
    r"(?=.{,254}\Z)(?=[^@]{,64}@)([a-z0-9_-]+(?:[.+][a-z0-9_-]+)*)@([A-Za-z0-9.-]+)"
)
"""A local part that is right, and its own normal form, whatever the domain; the length of both is, too."""


@lru_cache(maxsize=1024)
def _domain(domain: str) -> str:
    """The normal form of a domain of ASCII; empty if it is none, or one of other letters behind that."""
    normal = (_normal_email(f"a@{domain}") or "").removeprefix("a@")
    return normal if normal.isascii() else ""


def _normal_email(text: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  heavy, and not always needed

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def read_phone(faults: Faults, field: str, value: object, region: str) -> Phone | None:
    """Read a phone given as `Phone` or as text; text gets its kind from the number range."""
    given = value if isinstance(value, Phone) else None
    if given is None and not isinstance(value, str):
        faults.note(field, "wrong_type", "must be a Phone or text")
        return None
    text = faults.text(field, given.number if given else value, limit=40, required=True)
    if not text:
        return None
    number, mobile = faults.parsed(field, lambda: read_number(text, region), ("", False))
    if not number:
        return None
    if given is None:
        return Phone(number, PhoneKind.MOBILE if mobile else PhoneKind.LANDLINE, sms_allowed=False)
    inner = faults.at(field)
    kind = inner.choice("kind", given.kind, PhoneKind, PhoneKind.LANDLINE) or PhoneKind.LANDLINE
    return Phone(number, kind, inner.flag("sms_allowed", given.sms_allowed))


def read_address(faults: Faults, field: str, value: object) -> Address | None:
    """Read an `Address` and check its fields; all may be empty except the country."""
    if not isinstance(value, Address):
        faults.note(field, "wrong_type", "must be an Address")
        return None
    inner = faults.at(field)
    return Address(
        street=inner.text("street", value.street, limit=100),
        postal_code=inner.text("postal_code", value.postal_code, limit=12),
        city=inner.text("city", value.city, limit=60),
        country=read_country(inner, "country", value.country),
        kind=inner.choice("kind", value.kind, AddressKind, AddressKind.RESIDENCE) or AddressKind.RESIDENCE,
        extra=inner.text("extra", value.extra, limit=100),
        recipient=inner.text("recipient", value.recipient, limit=100),
    )
