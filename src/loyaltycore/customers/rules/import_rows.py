"""From one row of a table to a customer: each cell read as people write it, every fault under the row's own column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import partial
from typing import Any, Final, cast

from attrs import evolve

from loyaltycore.customers.rules.customer import Customer, CustomerKind, Salutation
from loyaltycore.customers.rules.declaring import Content
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS, CustomerField
from loyaltycore.customers.rules.form import Reading, read_new, read_number
from loyaltycore.customers.rules.import_words import country_code, language_code
from loyaltycore.customers.rules.table_values import (
    is_company_word,
    read_choice,
    read_date,
    read_salutation,
    read_yes_no_open,
)
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.contact import COUNTRY_LENGTH, Address, ConsentState, Phone, PhoneKind
from loyaltycore.kernel.validation import Faults

_ADDRESS: Final = {"street": "street", "postal_code": "postal_code", "city": "city", "address_extra": "extra"}
_PHONES: Final = ("phone", "mobile", "fax")


def read_row(values: Mapping[str, str], reading: Reading, *, branch_id: str = "") -> Customer:
    """Read one row.

    Args:
        values: Cells by field, as `open_table` returns them.
        reading: The local date, and the country of rows that name none: for phone numbers and for the address.

    Returns:
        A customer without id and instant; with the row's number, or an empty one.

    Raises:
        InvalidInput: Names every fault, each under its field of the table.
    """
    faults = Faults()
    given = {
        name: read(faults, name, values[name], reading.today)
        for name, read in _CELLS.items()
        if name in values
    }
    given |= _person_or_company(values, given)
    country = _country(faults, values, reading.country)
    given["branch_id"] = branch_id
    given["phones"], places = _phones(values, given)
    given["addresses"] = _addresses(values, country)
    draft = read_new(faults, given, evolve(reading, country=country))
    number = read_number(faults, values.get("number", "").strip() or None)
    if faults.found:
        raise InvalidInput([_placed(fault, places) for fault in faults.found])
    return evolve(draft, number=number)


def _person_or_company(values: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """A row addressed as a company is one; without a company column, its name is the company's."""
    if not is_company_word(values.get("salutation", "")):
        return {}
    if str(given.get("company", "")).strip():
        return {"kind": CustomerKind.COMPANY}
    return {"kind": CustomerKind.COMPANY, "company": values.get("last_name", ""), "last_name": ""}


def _phones(values: Mapping[str, str], given: Mapping[str, Any]) -> tuple[list[Phone | str], dict[str, str]]:
    """The phones of a row, and the column of each.

    Customers who accepted advertising by SMS get texts on the number in the column for mobile phones.
    """
    phones: list[Phone | str] = []
    places = {}
    for name in _PHONES:
        cell = values.get(name, "").strip()
        if not cell:
            continue
        places[f"phones[{len(phones)}]"] = name
        if name == "fax":
            phones.append(Phone(cell, PhoneKind.FAX))
        elif name == "mobile" and given.get("consent_sms") is ConsentState.ACCEPTED:
            phones.append(Phone(cell, PhoneKind.MOBILE, sms_allowed=True))
        else:
            phones.append(cell)
    return phones, places


def _country(faults: Faults, values: Mapping[str, str], default: str) -> str:
    """The country that a row names, else the default; its phone numbers depend on it."""
    code = country_code(values.get("country", ""))
    if code and not (len(code) == COUNTRY_LENGTH and code.isascii() and code.isalpha()):
        faults.note("country", "bad_country", "must be two letters of ISO 3166-1")
        return default
    return code or default


def _addresses(values: Mapping[str, str], country: str) -> list[Address]:
    """The address of a row; a country alone is not one."""
    cells = {name: values.get(name, "").strip() for name in _ADDRESS}
    if not any(cells.values()):
        return []
    return [
        Address(
            street=cells["street"],
            postal_code=cells["postal_code"],
            city=cells["city"],
            country=country,
            extra=cells["address_extra"],
        )
    ]


_PLACES: Final = {f"addresses[0].{part}": name for name, part in _ADDRESS.items()}


def _placed(fault: Fault, places: Mapping[str, str]) -> Fault:
    """Name the field of the table instead of the place inside a customer."""
    listed = places.get(fault.field.partition(".")[0], fault.field)
    return Fault(_PLACES.get(listed, listed), fault.code, fault.message)


_Cell = Callable[[Faults, str, str, date], Any]


def _cell(field: CustomerField) -> _Cell:
    """How a cell of a field is read; texts are left to the form."""
    match field.content:
        case Content.DAY:
            return lambda faults, name, cell, today: faults.parsed(
                name, lambda: read_date(cell, today=today), None
            )
        case Content.CONSENT:
            return lambda faults, name, cell, _: faults.parsed(name, lambda: read_yes_no_open(cell), None)
        case Content.CHOICE:
            choices = cast("type[Enum]", field.choices)
            read = read_salutation if choices is Salutation else partial(read_choice, choices=choices)
            return lambda faults, name, cell, _: faults.parsed(name, lambda: read(cell), None)
        case Content.LANGUAGE:
            return lambda _faults, _name, cell, _today: language_code(cell)
        case _:
            return lambda _faults, _name, cell, _today: cell


_CELLS: Final = {
    field.key: _cell(field) for field in CUSTOMER_FIELDS.values() if field.headers is not None and field.given
}
