"""From one row of a table to a customer: each cell read as people write it, every fault under the row's own column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from datetime import date
from enum import Enum
from functools import lru_cache, partial
from typing import Any, Final, cast

from attrs import evolve, field, frozen

from loyaltycore.customers.rules.customer import Customer, CustomerKind, Salutation
from loyaltycore.customers.rules.declaring import Content
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS, CustomerField
from loyaltycore.customers.rules.form import Reading, read_new
from loyaltycore.customers.rules.import_cells import cell_reader, plain
from loyaltycore.customers.rules.import_contacts import (
    address_lines,
    country_of_code,
    email_addresses,
    phone_numbers,
)
from loyaltycore.customers.rules.import_custom import read_custom
from loyaltycore.customers.rules.import_names import split_name
from loyaltycore.customers.rules.import_words import country_code, language_code
from loyaltycore.customers.rules.table_columns import PHONES, REPEATED
from loyaltycore.customers.rules.table_file import Row
from loyaltycore.customers.rules.table_values import (
    are_serials,
    is_company_word,
    read_choice,
    read_date,
    read_salutation,
    read_yes_no_open,
)
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.contact import Address, ConsentState, Phone, PhoneKind
from loyaltycore.kernel.places import parse_postal_code, places
from loyaltycore.kernel.validation import Faults

_EMAIL: Final = ("email",)
_ADDRESS: Final = {"street": "street", "postal_code": "postal_code", "city": "city", "address_extra": "extra"}


@frozen
class Columns:
    """What the columns of a file say about each of their cells."""

    headers: Mapping[str, str] = field(factory=dict)
    """By key of a row, what the file calls the column."""
    serial_dates: AbstractSet[str] = frozenset()
    """The columns in which a number is the day that a spreadsheet counts as such."""
    zeros_kept: bool = False
    """Whether postal codes have kept the zeros with which they begin."""
    phone_notes: bool = False
    """Whether words beside a phone number go to the notes."""


NO_COLUMNS: Final = Columns()


def columns_of(
    rows: Sequence[Row],
    headers: Mapping[str, str],
    *,
    today: date,
    phone_notes: bool = False,
    zeros_kept: bool = False,
) -> Columns:
    """What the first rows of a file say about its columns, unless it is known from elsewhere."""
    cells = {key: [plain(row.values[key]) for row in rows] for key in headers}
    return Columns(
        headers,
        frozenset(key for key in headers if are_serials(cells[key], today=today)),
        zeros_kept or any(cell[:1] == "0" and cell.strip("0") for cell in cells.get("postal_code", ())),
        phone_notes,
    )


def read_row(
    values: Mapping[str, str], reading: Reading, *, branch_id: str = "", columns: Columns = NO_COLUMNS
) -> Customer:
    """Read one row.

    Args:
        values: Cells by key, as `open_table` returns them.
        reading: The local date, and the country of rows that name none: for phone numbers and for the address.
        branch_id: The branch of the customer.
        columns: What the columns say about the cells.

    Returns:
        A customer without id and instant; with the row's number, or an empty one.

    Raises:
        InvalidInput: Names every fault, each under its key of the row.
    """
    faults = Faults()
    cells = _names({key: cell_reader(key)(faults, cell) for key, cell in values.items()})
    given = {
        key: read(faults, key, cells[key], reading.today, key in columns.serial_dates)
        for key, read in _readers(tuple(cells))
    }
    given |= _person_or_company(cells, given)
    address = address_lines({name: cells.get(name, "") for name in (*_ADDRESS, "country")})
    country = _country(faults, address, reading.country)
    given["branch_id"] = branch_id
    notes = [given["notes"]] if given.get("notes") else []
    given["phones"], places = _phones(cells, given, country, columns, notes)
    given["email"] = _email(cells, columns, notes)
    given["notes"] = "\n".join(notes)
    given["addresses"] = _addresses(faults, address, country, columns)
    if custom := read_custom(faults, cells, reading, columns.serial_dates):
        given["custom"] = custom
    if country != reading.country:
        reading = evolve(reading, country=country)
    draft = read_new(faults, given, reading, cells.get("number") or None)
    if faults.found:
        raise InvalidInput([_placed(fault, places) for fault in faults.found])
    return draft


def read_whole(
    values: Mapping[str, str], reading: Reading, *, branch_id: str = "", columns: Columns = NO_COLUMNS
) -> tuple[Customer, tuple[Fault, ...]]:
    """Read one row as `read_row` does, in the form of `read_without`: no fault is left out."""
    return read_row(values, reading, branch_id=branch_id, columns=columns), ()


def read_without(
    values: Mapping[str, str], reading: Reading, *, branch_id: str = "", columns: Columns = NO_COLUMNS
) -> tuple[Customer, tuple[Fault, ...]]:
    """Read one row as `read_row` does, without its faulty cells where a customer can be made without them.

    Nobody is made without a name or with another number than the row has, nor at a place or with a phone of a country
    that was guessed.

    Returns:
        The customer, and the faults of the cells that were left out.

    Raises:
        InvalidInput: Names every fault.
    """
    left, dropped = dict(values), list[Fault]()
    while True:
        try:
            return read_row(left, reading, branch_id=branch_id, columns=columns), tuple(dropped)
        except InvalidInput as error:
            if not all(_can_be_left_out(fault.field, left) for fault in error.faults):
                raise InvalidInput([*dropped, *error.faults]) from None
            dropped += error.faults
            left |= dict.fromkeys(error.fields, "")


def _can_be_left_out(key: str, cells: Mapping[str, str]) -> bool:
    if key == "country":
        return not any(cells.get(each) for each in cells if each.partition(REPEATED)[0] in _READ_BY_COUNTRY)
    return bool(cells.get(key)) and key not in _COMPULSORY


_COMPULSORY: Final = frozenset({"last_name", "company", "number", "external_number"})
_READ_BY_COUNTRY: Final = frozenset({*PHONES, *_ADDRESS})


def _names(cells: dict[str, str]) -> dict[str, str]:
    """Cells in which a whole name in the column of surnames stands in the columns where its parts belong."""
    whole = cells.get("last_name", "")
    if "," not in whole or cells.get("first_name") or is_company_word(cells.get("salutation", "")):
        return cells
    parts = split_name(whole)
    if parts is None or cells.get("company"):
        return cells
    last, first, title = parts
    if title and cells.get("title"):
        return cells
    return cells | {"last_name": last, "first_name": first, "title": title or cells.get("title", "")}


def _person_or_company(cells: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """A row addressed as a company is one; without a company column, its name is the company's."""
    if not is_company_word(cells.get("salutation", "")):
        return {}
    if str(given.get("company", "")).strip():
        return {"kind": CustomerKind.COMPANY}
    return {"kind": CustomerKind.COMPANY, "company": cells.get("last_name", ""), "last_name": ""}


def _phones(
    cells: Mapping[str, str], given: Mapping[str, Any], country: str, columns: Columns, notes: list[str]
) -> tuple[list[Phone | str], dict[str, str]]:
    """The phones of a row, and the key of each.

    Customers who accepted advertising by SMS get texts on the numbers in the columns for mobile phones.
    """
    phones: list[Phone | str] = []
    places: dict[str, str] = {}
    for key, name in _columns_of(PHONES, tuple(cells)):
        if not cells[key]:
            continue
        places.setdefault("phones", key)
        found, note = phone_numbers(cells[key], country, with_note=columns.phone_notes)
        if note:
            notes.append(_note(columns, key, cells[key]))
        for number in found:
            places[f"phones[{len(phones)}]"] = key
            if name == "fax":
                phones.append(Phone(number, PhoneKind.FAX))
            elif name == "mobile" and given.get("consent_sms") is ConsentState.ACCEPTED:
                phones.append(Phone(number, PhoneKind.MOBILE, sms_allowed=True))
            else:
                phones.append(number)
    return phones, places


@lru_cache(maxsize=256)
def _columns_of(fields: tuple[str, ...], keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The columns of some fields, each with its field."""
    named = [(key, key.partition(REPEATED)[0]) for key in keys]
    return tuple((key, field_of) for key, field_of in named if field_of in fields)


def _email(cells: Mapping[str, str], columns: Columns, notes: list[str]) -> str:
    """The first e-mail address of a row; the others become lines of the notes, so that none is lost."""
    first = ""
    for key, _ in _columns_of(_EMAIL, tuple(cells)):
        for address in email_addresses(cells[key]):
            if not first:
                first = address
            elif address.casefold() != first.casefold():
                notes.append(_note(columns, key, address))
    return first


def _note(columns: Columns, key: str, text: str) -> str:
    return f"{columns.headers.get(key, key.partition(REPEATED)[0])}: {text}"


def _country(faults: Faults, address: Mapping[str, str], default: str) -> str:
    """The country that a row names, also in front of its postal code, else the default; its phone numbers depend on it."""
    code = country_code(address["country"]) or country_of_code(address["postal_code"])
    if code and code not in places():
        faults.note("country", "bad_country", "is no country: give its name or two letters of ISO 3166-1")
        return default
    return code or default


def _addresses(faults: Faults, parts: Mapping[str, str], country: str, columns: Columns) -> list[Address]:
    """The address of a row; a country alone is not one."""
    if not any(parts[name] for name in _ADDRESS):
        return []
    if country_of_code(parts["postal_code"]) not in {"", country}:
        faults.note("postal_code", "bad_postal_code", f"has the sign of another country than {country}")
        return []
    postal_code = faults.parsed(
        "postal_code",
        lambda: parse_postal_code(parts["postal_code"], country, zeros_kept=columns.zeros_kept),
        "",
    )
    return [
        Address(
            street=parts["street"],
            postal_code=postal_code,
            city=parts["city"],
            country=country,
            extra=parts["address_extra"],
        )
    ]


_PLACES: Final = {f"addresses[0].{part}": name for name, part in _ADDRESS.items()}


def _placed(fault: Fault, places: Mapping[str, str]) -> Fault:
    """Name the key of the row instead of the place inside a customer."""
    listed = places.get(fault.field.partition(".")[0], fault.field)
    return Fault(_PLACES.get(listed, listed), fault.code, fault.message)


_Cell = Callable[[Faults, str, str, date, bool], Any]


def _cell(declared: CustomerField) -> _Cell:
    """How a cell of a field is read; texts are left to the form."""
    if declared.content is Content.LANGUAGE:
        return lambda _faults, _name, cell, *_: language_code(cell)
    parse = _parser(declared)
    if parse is None:
        return lambda _faults, _name, cell, *_: cell
    return lambda faults, name, cell, today, serial: (
        faults.parsed(name, lambda: parse(cell, today, serial), None) if cell else declared.default
    )


def _parser(declared: CustomerField) -> Callable[[str, date, bool], Any] | None:
    """What makes a value of a cell that is not empty; None for a text."""
    match declared.content:
        case Content.DAY:
            return lambda cell, today, serial: read_date(cell, today=today, serial=serial)
        case Content.CONSENT:
            return lambda cell, *_: read_yes_no_open(cell)
        case Content.CHOICE:
            choices = cast("type[Enum]", declared.choices)
            read = read_salutation if choices is Salutation else partial(read_choice, choices=choices)
            return lambda cell, *_: read(cell)
        case _:
            return None


@lru_cache(maxsize=256)
def _readers(keys: tuple[str, ...]) -> tuple[tuple[str, _Cell], ...]:
    """How the cells of these columns are read, in the order of the fields."""
    return tuple((key, read) for key, read in _CELLS.items() if key in keys)


_CELLS: Final = {
    declared.key: _cell(declared)
    for declared in CUSTOMER_FIELDS.values()
    if declared.headers is not None and declared.given
}
