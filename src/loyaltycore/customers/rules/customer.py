"""The customer: a person or a company, as master data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from operator import attrgetter
from typing import Any, Final

from attrs import field, fields, frozen

from loyaltycore.customers.rules.declaring import (
    Content,
    advertising,
    choice,
    consent,
    day,
    derived,
    meaning,
    text,
)
from loyaltycore.kernel.contact import Address, AddressKind, Channel, ConsentState, Phone
from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.showing import showing


class CustomerKind(Enum):
    """What kind of customer it is."""

    PERSON = "person"
    COMPANY = "company"


class Salutation(Enum):
    """How a person is addressed."""

    FEMALE = "female"
    MALE = "male"
    DIVERSE = "diverse"


MAX_PHONES: Final = 6
MAX_ADDRESSES: Final = 10


POSTAL_KINDS: Final = (AddressKind.DELIVERY, AddressKind.RESIDENCE, AddressKind.SECOND_RESIDENCE)
"""The kinds of address that post is sent to, the preferred one first."""


def postal_address(addresses: Sequence[Address]) -> Address | None:
    """The address of a customer to which things are sent; see `Customer.postal_address`."""
    for kind in POSTAL_KINDS:
        for address in addresses:
            if address.kind is kind and address.is_complete:
                return address
    return None


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


@frozen(repr=False)
class Customer:
    """One customer of the chain; each line declares a field, in the order of a form.

    Only `id` is needed to make one: a draft has neither number nor instant yet.
    """

    __repr__ = showing("id", "number", "display_name")

    id: str
    # No column of a table: in German, "Kind" is a child.
    kind: CustomerKind = field(
        default=CustomerKind.PERSON,
        metadata=meaning("Kind of customer", "Name", Content.CHOICE, choices=CustomerKind),
    )
    salutation: Salutation | None = choice(
        "Salutation", "Name", Salutation, only=CustomerKind.PERSON, headers=("Anrede",)
    )
    title: str = text(
        "Title",
        "Name",
        length=40,
        only=CustomerKind.PERSON,
        headers=("Titel", "akademischer Titel", "akad. Titel", "academic title"),
    )
    """For example ``Dr.``."""

    first_name: str = text(
        "First name",
        "Name",
        length=80,
        only=CustomerKind.PERSON,
        headers=("Vorname", "Vornamen", "Rufname", "given name", "forename"),
    )
    name_extension: str = text(
        "Name extension",
        "Name",
        length=40,
        only=CustomerKind.PERSON,
        headers=(
            *("Namenszusatz", "Namensvorsatz", "Vorsatzwort", "Namenspräfix", "Adelstitel"),
            *("Adelsprädikat", "name prefix", "surname prefix"),
        ),
    )
    """For example ``von``."""

    last_name: str = text(
        "Last name",
        "Name",
        length=80,
        headers=(
            "Nachname",
            "Name",
            "Familienname",
            "Zuname",
            "Name, Vorname",
            "Nachname, Vorname",
            "surname",
            "family name",
        ),
    )
    """Compulsory for a person."""

    company: str = text(
        "Company",
        "Name",
        length=120,
        only=CustomerKind.COMPANY,
        headers=(
            *("Firma", "Firmenname", "Name der Firma", "Unternehmen", "company name"),
            *("organisation", "organization"),
        ),
    )
    """Compulsory for a company."""

    sort_name: str = derived("Sort name", "Name", Content.KEY, length=120)
    """See `sort_name` in the module `search`."""

    birth_date: date | None = day(
        "Date of birth",
        "Person",
        only=CustomerKind.PERSON,
        headers=(
            *("Geburtsdatum", "Geburtstag", "geb.", "geb. am", "geboren", "geboren am"),
            *("Geb.-Datum", "Geb.-Tag", "birthday", "dob"),
        ),
    )
    birthday: str = derived("Birthday", "Person", Content.DAY_OF_YEAR, length=5)
    language: str = text(
        "Language",
        "Person",
        Content.LANGUAGE,
        length=2,
        headers=("Sprache", "Korrespondenzsprache"),
    )
    has_post: bool = derived("A letter would arrive", "Contact", Content.FLAG, default=False)
    addresses: tuple[Address, ...] = field(
        default=(), metadata=meaning("Addresses", "Contact", Content.ADDRESSES)
    )
    """At most ten; of residence there is one only."""

    postal_code: str = derived("Postal code", "Contact", Content.TEXT, length=12)
    """Of the address that things are sent to, or of the first one that might be."""

    country: str = derived("Country", "Contact", Content.TEXT, length=2)
    """Of the same address."""

    email: str = text(
        "E-mail address",
        "Contact",
        Content.EMAIL,
        length=254,
        headers=(
            "Mail",
            "E-Mail-Adresse",
            "Mailadresse",
            "E-Mail privat",
            "E-Mail 1",
            "E-Mail 2",
            "E-Mail geschäftlich",
            "E-Mail dienstlich",
            "mail address",
            "email 1",
            "email 2",
        ),
    )
    landline: str = derived("Landline number", "Contact", Content.TEXT, length=16)
    """The first one."""

    mobile: str = derived("Mobile number", "Contact", Content.TEXT, length=16)
    """The first one."""

    phones: tuple[Phone, ...] = field(
        default=(), metadata=meaning("Phone numbers", "Contact", Content.PHONES)
    )
    """At most six."""

    preferred_channel: Channel | None = choice("Preferred channel", "Contact", Channel)
    """By which the customer wants to be notified."""

    privacy: ConsentState = consent(
        "Privacy statement",
        headers=(
            *("Datenschutz", "Datenschutzerklärung", "Datenschutz akzeptiert", "Einwilligung Datenschutz"),
            *("Datenschutzeinwilligung", "DSGVO", "privacy policy", "gdpr"),
        ),
    )
    privacy_date: date | None = day("Date of the privacy statement", "Privacy")
    """When it was answered."""

    consent_letter: ConsentState = advertising("Advertising by letter", "Brief", "Post", "letter")
    consent_email: ConsentState = advertising("Advertising by e-mail", "E-Mail", "Mail")
    consent_phone: ConsentState = advertising("Advertising by phone", "Telefon", "phone")
    consent_sms: ConsentState = advertising("Advertising by SMS", "SMS")
    number: str = text(
        "Customer number",
        "Administration",
        Content.NUMBER,
        length=40,
        given=False,
        headers=(
            *("Kundennummer", "Kundennr.", "Kunden-Nr.", "Kunde Nr.", "Kd-Nr.", "KNr.", "Kunden-ID"),
            *("Kd-Nummer", "customer no.", "customer id", "cust. no."),
        ),
    )
    """By the chain's pattern, unique whatever its case; a form gives it beside the fields."""

    number_key: str = derived("Number without case", "Administration", Content.KEY, length=120)
    """See `number_key` in the module `numbers`."""

    external_number: str = text(
        "External number",
        "Administration",
        length=40,
        headers=(
            *("externe Kundennummer", "externe Kunden-Nr.", "externe Kd-Nr.", "externe Nummer"),
            *("Fremdnummer", "Fremdkundennummer", "alte Kundennummer", "alte Kunden-Nr."),
            *("external customer number", "external id", "old customer number"),
        ),
    )
    """In another system."""

    customer_since: date | None = day(
        "Customer since",
        "Administration",
        headers=("Kunde seit", "Kundin seit", "Kunden seit", "Kunde ab"),
    )
    branch_id: str = text("Branch responsible", "Administration", Content.BRANCH, length=40, headers=None)
    """The one that an import is made for."""

    created_at: datetime = derived(
        "Day of entry", "Administration", Content.INSTANT, default=datetime.min.replace(tzinfo=UTC)
    )
    notes: str = text(
        "Notes",
        "Administration",
        Content.LONG_TEXT,
        length=10_000,
        headers=(
            *("Bemerkung", "Bemerkungen", "Notiz", "Notizen", "Anmerkung", "Anmerkungen", "Kommentar"),
            *("note", "comment", "comments", "remark", "remarks"),
        ),
    )
    custom: Mapping[str, CustomValue] = field(
        factory=dict, hash=False, metadata=meaning("Further data", "Further data", Content.CUSTOM)
    )
    """Values of the fields that the host application declared, by key."""

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
        return postal_address(self.addresses)

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


_NAMES: Final = tuple(each.name for each in fields(Customer))
_PLACES: Final = {name: place for place, name in enumerate(_NAMES)}
_VALUES: Final = attrgetter(*_NAMES)


def with_changes(customer: Customer, **changes: Any) -> Customer:
    """The customer with some fields changed: `attrs.evolve` in half the time, for whoever makes very many."""
    values = list(_VALUES(customer))
    for name, value in changes.items():
        values[_PLACES[name]] = value
    return Customer(*values)


LENGTHS: Final[Mapping[str, int]] = {
    each.name: each.metadata["length"] for each in fields(Customer) if each.metadata.get("length")
}
"""Greatest length of the text fields of a customer, in characters: for forms and for storages alike."""

LONG_TEXTS: Final = tuple(
    each.name for each in fields(Customer) if each.metadata.get("content") is Content.LONG_TEXT
)

_MASK: Final = {Channel.LETTER: 1, Channel.EMAIL: 2, Channel.PHONE: 4, Channel.SMS: 8}


@frozen
class NumberRange:
    """How far a range of running numbers has been given out."""

    id: str
    """Names the range, for example ``customers:k2026-#``."""
    last: int
    """The number given last; 0 before the first."""
    version: int = 1
