"""Reading the answers to a completion request as fields of the customer.

A question about a data group ("which mobile number?") is answered under the group's key and adds to what is there: the
other numbers and addresses of the customer stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import fields as attrs_fields

from loyaltycore.completeness.rules.fields import CUSTOM
from loyaltycore.customers.rules.customer import MAX_ADDRESSES, MAX_PHONES, POSTAL_KINDS, Customer
from loyaltycore.customers.rules.form import CustomerFields, Reading, read_new
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import Address, AddressKind, Phone, PhoneKind, read_address, read_phone
from loyaltycore.kernel.custom_fields import MOST_FIELDS
from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.given import items_of, members_of, text_of
from loyaltycore.kernel.validation import Faults

MOST_ANSWERS: Final = 300
"""How many answers may be given at once."""

_NAMES: Final = ("last_name", "company")
_NUMBERS: Final = {"landline": PhoneKind.LANDLINE, "mobile": PhoneKind.MOBILE}


class CompletionAnswers(CustomerFields, total=False):
    """The fields of a customer, and the data groups by which questions are asked.

    An answer under ``mobile``, ``landline`` or ``postal_address`` is added to the numbers and addresses of the
    customer. The range of a number given as text must show its kind; a `Phone` states its own.
    """

    mobile: Phone | str | None
    landline: Phone | str | None
    postal_address: Address | None


_KNOWN: Final = {*CompletionAnswers.__annotations__, *(each.name for each in attrs_fields(Customer))}


def read_answers(
    faults: Faults, customer: Customer, answers: Mapping[str, object], country: str
) -> dict[str, Any]:
    """Turn answers into fields of the customer, unchecked except for the data groups.

    Args:
        answers: Values by the key of a gap or the name of a field. An answer that is None or empty was not given.
        country: ISO 3166-1 alpha-2 of phone numbers without ``+``.

    Returns:
        Fields of `CustomerFields` by name.
    """
    members = faults.members("answers", answers, most=MOST_ANSWERS, what="values by the key of their field")
    given = {name: value for name, value in members.items() if value is not None and text_of(value) != ""}
    for name in [name for name in given if name not in _KNOWN and not _is_question(name)]:
        faults.unknown(name, "unknown_field", "field", name, CompletionAnswers.__annotations__)
        del given[name]
    fields: dict[str, Any] = {name: value for name, value in given.items() if not _is_question(name)}
    for name, kind in _NUMBERS.items():
        if name in given:
            phone = _number(faults, name, kind, given[name], country)
            fields["phones"] = _added(fields.get("phones", customer.phones), phone)
    if "postal_address" in given:
        address = _address(faults, given["postal_address"])
        fields["addresses"] = _placed(fields.get("addresses", customer.addresses), address)
    own = {name.removeprefix(CUSTOM): given[name] for name in given if name.startswith(CUSTOM)}
    if own:
        fields["custom"] = _merged(fields.get("custom"), own)
    return fields


def read_draft(given: Mapping[str, object], reading: Reading) -> Customer:
    """Read a form that is still being filled in, so that no field is compulsory yet.

    Args:
        given: Fields of `CustomerFields` by name, still unchecked.
        reading: Date, country and custom fields.

    Returns:
        A customer without id, number and instant, and perhaps without a name.

    Raises:
        InvalidInput: Names every fault of every field.
    """
    faults = Faults()
    draft = read_new(faults, given, reading)
    if wrong := [fault for fault in faults.found if fault.code != "required" or fault.field not in _NAMES]:
        raise InvalidInput(wrong)
    return draft


def _is_question(name: str) -> bool:
    return name in _NUMBERS or name == "postal_address" or name.startswith(CUSTOM)


def _number(faults: Faults, name: str, kind: PhoneKind, value: object, country: str) -> Phone | None:
    phone = read_phone(faults, name, value, country)
    if phone is not None and phone.kind is not kind:
        faults.note(name, "wrong_kind", f"is a {phone.kind.value} number")
        return None
    return phone


def _address(faults: Faults, value: object) -> Address | None:
    address = read_address(faults, "postal_address", value)
    if address is None:
        return None
    if address.kind not in POSTAL_KINDS:
        faults.note("postal_address", "wrong_kind", "is not an address that things are sent to")
    elif not address.is_complete:
        faults.note("postal_address", "incomplete", "needs street, postal code, town and country")
    return address


def _added(phones: Any, phone: Phone | None) -> Any:
    """The phones with one more; what is not a list is left to the customer's form, which says what is wrong."""
    held = None if phone is None else items_of(phones, MAX_PHONES + 1)
    if phone is None or held is None:
        return phones
    phones = held
    if any(isinstance(each, Phone) and _same(each, phone) for each in phones):
        return phones
    # A number that is there under another kind is that number: its kind is corrected.
    others = [each for each in phones if not (isinstance(each, Phone) and each.number == phone.number)]
    return [*others, phone]


def _same(held: Phone, phone: Phone) -> bool:
    return (held.number, held.kind) == (phone.number, phone.kind)


def _placed(addresses: Any, address: Address | None) -> Any:
    """The addresses with one more, in place of the incomplete ones of its kind and of any other residence."""
    held = None if address is None else items_of(addresses, MAX_ADDRESSES + 1)
    if address is None or held is None:
        return addresses
    return [*(each for each in held if not _gives_way(each, address)), address]


def _gives_way(held: object, address: Address) -> bool:
    return (
        isinstance(held, Address)
        and held.kind is address.kind
        and (address.kind is AddressKind.RESIDENCE or not held.is_complete)
    )


def _merged(custom: Any, own: Mapping[str, Any]) -> Mapping[str, CustomValue | None] | Any:
    if custom is None:
        return own
    given = members_of(custom, MOST_FIELDS + 1)
    return custom if given is None else {**given, **own}
