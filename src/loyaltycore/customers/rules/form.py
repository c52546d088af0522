"""Reading what a caller gives for a customer: every field checked, every fault collected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, Final, TypedDict, cast

from attrs import fields, frozen

from loyaltycore.customers.rules.customer import (
    LENGTHS,
    MAX_ADDRESSES,
    MAX_PHONES,
    Customer,
    CustomerKind,
    Salutation,
)
from loyaltycore.customers.rules.declaring import Content
from loyaltycore.customers.rules.derived import draft_of, with_derived
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS, CustomerField
from loyaltycore.customers.rules.languages import LANGUAGES
from loyaltycore.kernel.contact import (
    Address,
    AddressKind,
    Channel,
    ConsentState,
    Phone,
    parse_email,
    read_address,
    read_phone,
)
from loyaltycore.kernel.custom_fields import NO_CUSTOM_FIELDS, CustomFields
from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.scanning import without_symbology
from loyaltycore.kernel.validation import Faults


class CustomerFields(TypedDict, total=False):
    """The keyword arguments by which a customer is created and changed; see `Customer` for what they mean.

    Enumerations may be given as their value, and dates as text of the form ``1980-02-01``, where the empty text is no
    date. A phone given as text is read in the national form of the branch's country and gets its kind from the number
    range. Custom fields that are not mentioned stay, and None removes a value.
    """

    kind: CustomerKind | str | None
    last_name: str
    first_name: str
    company: str
    salutation: Salutation | str | None
    title: str
    name_extension: str
    email: str
    phones: Sequence[Phone | str]
    addresses: Sequence[Address]
    birth_date: date | str | None
    language: str
    notes: str
    preferred_channel: Channel | str | None
    privacy: ConsentState | str
    privacy_date: date | str | None
    consent_letter: ConsentState | str
    consent_email: ConsentState | str
    consent_phone: ConsentState | str
    consent_sms: ConsentState | str
    external_number: str
    customer_since: date | str | None
    branch_id: str
    custom: Mapping[str, CustomValue | None]


@frozen
class Reading:
    """The context in which a form is read."""

    today: date
    """The local date; later dates are in the future."""
    country: str
    """ISO 3166-1 alpha-2 of phone numbers without ``+``."""
    custom_fields: CustomFields = NO_CUSTOM_FIELDS
    """The fields that the host application declared."""


def read_new(
    faults: Faults, given: Mapping[str, object], reading: Reading, number: object = None
) -> Customer:
    """Read the fields of a customer who does not exist yet.

    Args:
        given: Fields of `CustomerFields` by name, still unchecked. Without a kind, a name makes a person and a
            company name alone makes a company.
        reading: Date and country.
        number: The customer's number, still unchecked; see `read_number`.

    Returns:
        A customer without id and instant; meaningless if faults were noted.
    """
    clean = _read(faults, given, reading)
    company = clean.get("company") and not clean.get("last_name")
    clean.setdefault("kind", CustomerKind.COMPANY if company else CustomerKind.PERSON)
    fields = _over(faults, _NOBODY, clean, reading)
    return draft_of(**fields, number=read_number(faults, number))


def read_change(faults: Faults, before: Customer, given: Mapping[str, object], reading: Reading) -> Customer:
    """Read the given fields over a customer; the others stay as they are and are not checked again.

    Args:
        given: Fields of `CustomerFields` by name, still unchecked; a ``kind`` of None changes nothing.
        reading: Date and country.

    Returns:
        The customer afterwards; meaningless if faults were noted.
    """
    return with_derived(before, **_over(faults, before, _read(faults, given, reading), reading))


def read_number(faults: Faults, value: object) -> str:
    """Read a customer number, chosen, typed or scanned; None reads as empty, which leaves it to the chain's pattern."""
    text = text_of(value)
    given = value if text is None else without_symbology(text)
    return faults.text("number", given, limit=LENGTHS["number"], required=value is not None)


_NOBODY: Final = Customer("")


def _read(faults: Faults, given: Mapping[str, object], reading: Reading) -> dict[str, Any]:
    """The given fields, clean; a kind of None is left out."""
    clean = {}
    for name, value in given.items():
        if name in FIXED:
            faults.note(name, "unknown_field", "is not a field that can be given")
        elif name not in _GIVEN:
            faults.unknown(name, "unknown_field", "field", name, _GIVEN)
        elif name != "kind" or not (value is None or text_of(value) == ""):
            field, read = _GIVEN[name]
            clean[name] = read(faults, field, value, reading)
    return clean


def _over(faults: Faults, before: Customer, clean: Mapping[str, Any], reading: Reading) -> dict[str, Any]:
    """The clean fields to lay over a customer, with what concerns several fields checked."""
    after = {**clean, "custom": reading.custom_fields.read(faults, clean.get("custom"), before.custom)}
    kind = clean.get("kind", before.kind)
    name = "last_name" if kind is CustomerKind.PERSON else "company"
    _check_name(faults, kind, name, clean.get(name, getattr(before, name)))
    after["privacy_date"] = _privacy_date(faults, before, clean, reading)
    return after


def _check_name(faults: Faults, kind: CustomerKind, field: str, name: str) -> None:
    # A name that was given and refused reads as empty here; one fault for it is enough.
    if not name and not {fault.field for fault in faults.found} & {"last_name", "company", "kind"}:
        faults.note(field, "required", f"a {kind.value} needs it")


def _privacy_date(
    faults: Faults, before: Customer, clean: Mapping[str, Any], reading: Reading
) -> date | None:
    """The day of the answer to the privacy statement: the one given, else today if the answer changed."""
    answer, given = clean.get("privacy", before.privacy), clean.get("privacy_date")
    if answer is not ConsentState.OPEN:
        return given or (before.privacy_date if answer is before.privacy else reading.today)
    if given is not None:
        faults.note("privacy_date", "without_answer", "needs an answer to the privacy statement")
    return None


_Reader = Callable[[Faults, CustomerField, object, Reading], Any]


def _text(faults: Faults, field: CustomerField, value: object, _: Reading) -> str:
    return faults.text(field.key, value, limit=field.length)


def _long_text(faults: Faults, field: CustomerField, value: object, _: Reading) -> str:
    return faults.text(field.key, value, limit=field.length, multiline=True)


def _choice(faults: Faults, field: CustomerField, value: object, _: Reading) -> Any:
    return faults.choice(field.key, value, cast("type[Enum]", field.choices), field.default)


def _past_day(faults: Faults, field: CustomerField, value: object, reading: Reading) -> date | None:
    day = faults.day(field.key, value)
    if day is not None and day > reading.today:
        faults.note(field.key, "in_future", "must not be in the future")
        return None
    return day


def _email(faults: Faults, field: CustomerField, value: object, reading: Reading) -> str:
    text = _text(faults, field, value, reading)
    return faults.parsed(field.key, lambda: parse_email(text), "") if text else ""


def _language(faults: Faults, field: CustomerField, value: object, reading: Reading) -> str:
    text = _text(faults, field, value, reading).lower()
    if text and text not in LANGUAGES:
        faults.note(field.key, "unknown_language", "must be two letters of ISO 639-1")
    return text


def _phones(faults: Faults, field: CustomerField, value: object, reading: Reading) -> tuple[Phone, ...]:
    """At most six phones; one that is given twice is kept once, as it was given first."""
    found: dict[str, Phone] = {}
    for i, item in enumerate(faults.items(field.key, value, most=MAX_PHONES)):
        phone = read_phone(faults, f"{field.key}[{i}]", item, reading.country)
        if phone is not None:
            found.setdefault(phone.number, phone)
    return tuple(found.values())


def _addresses(faults: Faults, field: CustomerField, value: object, _: Reading) -> tuple[Address, ...]:
    """At most ten addresses, one of them the residence; one that is given twice is kept once."""
    read = [
        read_address(faults, f"{field.key}[{i}]", item)
        for i, item in enumerate(faults.items(field.key, value, most=MAX_ADDRESSES))
    ]
    found = [address for address in read if address is not None]
    if len(found) > 1:
        found = list(dict.fromkeys(found))
        if sum(address.kind is AddressKind.RESIDENCE for address in found) > 1:
            faults.note(field.key, "several_residences", "must not hold more than one residence")
    return tuple(found)


def _custom(_faults: Faults, _field: CustomerField, value: object, _reading: Reading) -> object:
    # Read over what the customer has, once that is known.
    return value


_READERS: Final[Mapping[Content, _Reader]] = {
    Content.TEXT: _text,
    Content.LONG_TEXT: _long_text,
    Content.EMAIL: _email,
    Content.LANGUAGE: _language,
    Content.BRANCH: _text,
    Content.CHOICE: _choice,
    Content.CONSENT: _choice,
    Content.DAY: _past_day,
    Content.PHONES: _phones,
    Content.ADDRESSES: _addresses,
    Content.CUSTOM: _custom,
}
_GIVEN: Final = {
    field.key: (field, _READERS[field.content]) for field in CUSTOMER_FIELDS.values() if field.given
}
FIXED: Final = {attribute.name for attribute in fields(Customer)} - _GIVEN.keys()
"""What a customer has and nobody gives."""
