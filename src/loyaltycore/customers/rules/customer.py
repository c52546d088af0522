"""The customer: a person or a company, as master data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Final

from attrs import field, frozen

from loyaltycore.kernel.contact import Address, AddressKind, Channel, ConsentState, Phone
from loyaltycore.kernel.custom_value import CustomValue


class CustomerKind(Enum):
    """What kind of customer it is."""

    PERSON = "person"
    COMPANY = "company"


class Salutation(Enum):
    """How a person is addressed."""

    FEMALE = "female"
    MALE = "male"
    DIVERSE = "diverse"


LENGTHS: Final[Mapping[str, int]] = {
    "number": 40,
    "last_name": 80,
    "first_name": 80,
    "company": 120,
    "title": 40,
    "name_extension": 40,
    "sort_name": 120,
    "email": 254,
    "language": 2,
    "notes": 10_000,
    "external_number": 40,
    "branch_id": 40,
    "birthday": 5,
    "postal_code": 12,
    "country": 2,
    "mobile": 16,
    "landline": 16,
}
"""Greatest length of the text fields of a customer, in characters: for forms and for storages alike."""

MAX_PHONES: Final = 6
MAX_ADDRESSES: Final = 10


POSTAL_KINDS: Final = (AddressKind.DELIVERY, AddressKind.RESIDENCE, AddressKind.SECOND_RESIDENCE)
"""The kinds of address that post is sent to, the preferred one first."""


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


@frozen
class Customer:
    """One customer of the chain.

    Attributes:
        id: Our id.

        number: Customer number by the chain's pattern, unique.

        kind: Person or company.

        last_name: Surname; compulsory for a person.

        first_name: First name.

        company: Company name; compulsory for a company.

        salutation: How to address a person, or None.

        title: For example ``Dr.``.

        name_extension: For example ``von``.

        sort_name: Where the customer stands in an alphabetical list: see `sort_name` in the module `search`.

        email: E-mail address, or empty.

        phones: At most six numbers.

        addresses: At most ten; of residence there is one only.

        birth_date: Or None.

        language: ISO 639-1, or empty.

        notes: Free text.

        preferred_channel: By which the customer wants to be notified, or None.

        privacy: What was said to the privacy statement.

        privacy_date: When, or None while nothing was said.

        consent_letter: Whether advertising by letter is wanted.

        consent_email: The same by e-mail.

        consent_phone: The same by phone.

        consent_sms: The same by SMS.

        external_number: Number in another system, or empty.

        customer_since: Since when, or None.

        branch_id: The branch responsible, or empty.

        created_at: When the record was made.

        custom: Values of the fields that the host application declared, by key.

        birthday: Month and day of birth as ``MM-DD``, or empty; derived, as all that follow.

        postal_code: Of the address that things are sent to, or of the first one that might be; or empty.

        country: The same address's country, or empty.

        has_post: Whether a letter would arrive.

        mobile: The first mobile number, or empty.

        landline: The first landline number, or empty.
    """

    id: str
    number: str
    kind: CustomerKind
    last_name: str
    first_name: str
    company: str
    sort_name: str
    created_at: datetime
    salutation: Salutation | None = None
    title: str = ""
    name_extension: str = ""
    email: str = ""
    phones: tuple[Phone, ...] = ()
    addresses: tuple[Address, ...] = ()
    birth_date: date | None = None
    language: str = ""
    notes: str = ""
    preferred_channel: Channel | None = None
    privacy: ConsentState = ConsentState.OPEN
    privacy_date: date | None = None
    consent_letter: ConsentState = ConsentState.OPEN
    consent_email: ConsentState = ConsentState.OPEN
    consent_phone: ConsentState = ConsentState.OPEN
    consent_sms: ConsentState = ConsentState.OPEN
    external_number: str = ""
    customer_since: date | None = None
    branch_id: str = ""
    custom: Mapping[str, CustomValue] = field(factory=dict, hash=False)
    birthday: str = ""
    postal_code: str = ""
    country: str = ""
    has_post: bool = False
    mobile: str = ""
    landline: str = ""
    version: int = 1

    @property
    def display_name(self) -> str:
        """The name as it stands on a letter: title, first name, extension and last name, or the company."""
        return self.company if self.kind is CustomerKind.COMPANY else self.person_name

    @property
    def person_name(self) -> str:
        """Title, first name, extension and last name: of the person, or of whom to talk to in a company."""
        return _joined(self.title, self.first_name, self.name_extension, self.last_name)

    def name_within(self, length: int) -> str:
        """The fullest form of the name that is no longer than `length`: without title, then with initials.

        Where even the shortest form is too long it is given as it is, for whoever prints it to refuse.
        """
        if self.kind is CustomerKind.COMPANY:
            return self.company
        initials = " ".join(f"{part[0]}." for part in self.first_name.split())
        forms = (
            self.person_name,
            _joined(self.first_name, self.name_extension, self.last_name),
            _joined(initials, self.name_extension, self.last_name),
            _joined(self.name_extension, self.last_name),
        )
        return next((form for form in forms if len(form) <= length), forms[-1])

    @property
    def postal_address(self) -> Address | None:
        """Where things are sent: the delivery address, else the residence, the first that is complete; or None."""
        for kind in POSTAL_KINDS:
            for address in self.addresses:
                if address.kind is kind and address.is_complete:
                    return address
        return None

    def consent(self, channel: Channel) -> ConsentState:
        """What was said to advertising by that channel."""
        return {
            Channel.LETTER: self.consent_letter,
            Channel.EMAIL: self.consent_email,
            Channel.PHONE: self.consent_phone,
            Channel.SMS: self.consent_sms,
        }[channel]

    @property
    def advertising_mask(self) -> int:
        """The accepted channels as AMPAREX counts them: letter 1, e-mail 2, phone 4, SMS 8."""
        return sum(bit for channel, bit in _MASK.items() if self.consent(channel) is ConsentState.ACCEPTED)


_MASK: Final = {Channel.LETTER: 1, Channel.EMAIL: 2, Channel.PHONE: 4, Channel.SMS: 8}


@frozen
class NumberRange:
    """How far a range of running numbers has been given out.

    Attributes:
        id: Names the range, for example ``customers:K2026``.

        last: The number given last; 0 before the first.
    """

    id: str
    last: int
    version: int = 1
