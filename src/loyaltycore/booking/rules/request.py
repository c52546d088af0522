"""What a customer fills in to book: four required fields, anything else is welcome."""

from __future__ import annotations

from typing import Final, TypedDict

from attrs import frozen

from loyaltycore.kernel.contact import parse_email
from loyaltycore.kernel.phones import read_number
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults

NAME_LENGTH: Final = 80
EMAIL_LENGTH: Final = 254
TEXT_LENGTH: Final = 200
REMARK_LENGTH: Final = 1000


@frozen(repr=False)
class BookingRequest:
    """Who wants an appointment, in that person's words; no customer is found or made by it."""

    __repr__ = showing()

    first_name: str
    last_name: str
    email: str
    phone: str
    """E.164."""
    salutation: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    birth_date: str = ""
    remark: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def as_comment(self) -> str:
        """Everything that was said, a line for each field: the comment of the appointment."""
        said = ((label, getattr(self, field)) for field, label in _LABELS.items())
        return "\n".join(f"{label}: {text}" for label, text in said if text)


_LABELS: Final = {
    "salutation": "Salutation",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "street": "Street",
    "postal_code": "Postal code",
    "city": "City",
    "birth_date": "Date of birth",
    "remark": "Remark",
}


class FurtherFacts(TypedDict, total=False):
    """What a customer may say beyond name, e-mail and phone; all of it goes into the comment."""

    salutation: str
    street: str
    postal_code: str
    city: str
    birth_date: str
    remark: str


def read_request(faults: Faults, given: object, country: str) -> BookingRequest:
    """Check every field.

    Args:
        given: A `BookingRequest`, still unchecked.
        country: Of the branch: where phone numbers without ``+`` are.
    """
    if type(given) is not BookingRequest:
        faults.note("request", "wrong_type", "must be a BookingRequest")
        return BookingRequest("", "", "", "")

    def text(field: str, limit: int, *, required: bool = False, multiline: bool = False) -> str:
        return faults.text(field, getattr(given, field), limit=limit, required=required, multiline=multiline)

    email = text("email", EMAIL_LENGTH, required=True)
    phone = text("phone", TEXT_LENGTH, required=True)
    return BookingRequest(
        first_name=text("first_name", NAME_LENGTH, required=True),
        last_name=text("last_name", NAME_LENGTH, required=True),
        email=faults.parsed("email", lambda: parse_email(email), "") if email else "",
        phone=faults.parsed("phone", lambda: read_number(phone, country), ("", False))[0] if phone else "",
        salutation=text("salutation", TEXT_LENGTH),
        street=text("street", TEXT_LENGTH),
        postal_code=text("postal_code", TEXT_LENGTH),
        city=text("city", TEXT_LENGTH),
        birth_date=text("birth_date", TEXT_LENGTH),
        remark=text("remark", REMARK_LENGTH, multiline=True),
    )
