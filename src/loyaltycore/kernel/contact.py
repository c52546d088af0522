"""Contact data: e-mail addresses, phone numbers, postal addresses, and the channels to reach people by.

Syntax is judged by `email-validator` and by the phone number metadata of `phonenumbers`; both are loaded on first use.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.validation import Faults

COUNTRY_LENGTH: Final = 2


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


@frozen
class Phone:
    """A phone number."""

    number: str
    """E.164, for example ``+491701234567``."""
    kind: PhoneKind = PhoneKind.LANDLINE
    sms_allowed: bool = False
    """Whether texts may be sent to it."""


@frozen
class Address:
    """A postal address."""

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
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  heavy, and not always needed

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise InvalidInput([Fault("email", "bad_email", "is not an e-mail address")]) from None


def parse_phone(text: str, region: str) -> str:
    """Bring a phone number into E.164.

    Args:
        text: As people write it, for example ``0170 / 123 45 67``.
        region: ISO 3166-1 alpha-2 of the country of a number without ``+``.

    Raises:
        InvalidInput: ``bad_phone``; no number of that country looks like this.
    """
    return _understood(text, region)[0]


def _understood(text: str, region: str) -> tuple[str, bool]:
    """The number in E.164, and whether it may be a mobile one: both from a single look-up in the metadata."""
    import phonenumbers  # noqa: PLC0415  its metadata is large, and not always needed

    fault = Fault("number", "bad_phone", "is not a phone number")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise InvalidInput([fault]) from None
    # A number is valid exactly where its range is known; asking for validity would look through the ranges once more.
    kind = phonenumbers.number_type(number)
    if kind == phonenumbers.PhoneNumberType.UNKNOWN or not phonenumbers.is_possible_number(number):
        raise InvalidInput([fault])
    mobile = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), kind in mobile


def read_phone(faults: Faults, field: str, value: object, region: str) -> Phone | None:
    """Read a phone given as `Phone` or as text; text gets its kind from the number range."""
    given = value if isinstance(value, Phone) else None
    if given is None and not isinstance(value, str):
        faults.note(field, "wrong_type", "must be a Phone or text")
        return None
    text = faults.text(field, given.number if given else value, limit=40, required=True)
    if not text:
        return None
    number, mobile = faults.parsed(field, lambda: _understood(text, region), ("", False))
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
    country = inner.text("country", value.country, limit=COUNTRY_LENGTH).upper()
    if country and not (len(country) == COUNTRY_LENGTH and country.isascii() and country.isalpha()):
        inner.note("country", "bad_country", "must be two letters of ISO 3166-1")
    return Address(
        street=inner.text("street", value.street, limit=100),
        postal_code=inner.text("postal_code", value.postal_code, limit=12),
        city=inner.text("city", value.city, limit=60),
        country=country,
        kind=inner.choice("kind", value.kind, AddressKind, AddressKind.RESIDENCE) or AddressKind.RESIDENCE,
        extra=inner.text("extra", value.extra, limit=100),
        recipient=inner.text("recipient", value.recipient, limit=100),
    )
