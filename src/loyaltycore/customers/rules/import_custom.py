"""Columns that fill fields of the host application: each cell read as the kind of its field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set as AbstractSet
from typing import Final

from loyaltycore.customers.rules.form import Reading
from loyaltycore.customers.rules.table_values import read_date, read_yes_no_open
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.contact import ConsentState
from loyaltycore.kernel.custom_fields import CustomField, FieldKind
from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.validation import Faults

PREFIX: Final = "custom."
"""Begins the name of such a column, followed by the field's key."""

_INTEGERS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"[+-]?[0-9]{1,16}(?:[.,]0{1,2})?",
        r"[+-]?[0-9]{1,3}(?:[ '\u2019][0-9]{3})+(?:[.,]00?)?",
        r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+,00?",
        r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.00?",
        r"[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}",
        r"[+-]?[0-9]{1,3}(?:,[0-9]{3}){2,}",
    )
)
_FRACTION: Final = re.compile(r"[.,]00?\Z")


def read_custom(
    faults: Faults, cells: Mapping[str, str], reading: Reading, serial_dates: AbstractSet[str]
) -> dict[str, CustomValue | None]:
    """The values of the host's fields in a row, by key; an empty cell is none."""
    found: dict[str, CustomValue | None] = {}
    for declared in reading.custom_fields.all:
        key = f"{PREFIX}{declared.key}"
        if cells.get(key):
            found[declared.key] = _value(faults, declared, cells[key], reading, serial=key in serial_dates)
    return found


def _value(
    faults: Faults, declared: CustomField, cell: str, reading: Reading, *, serial: bool
) -> CustomValue | None:
    key = f"{PREFIX}{declared.key}"
    match declared.kind:
        case FieldKind.INTEGER:
            return faults.parsed(key, lambda: _integer(cell), None)
        case FieldKind.DATE:
            return faults.parsed(key, lambda: read_date(cell, today=reading.today, serial=serial), None)
        case FieldKind.FLAG:
            answer = faults.parsed(key, lambda: read_yes_no_open(cell), ConsentState.OPEN)
            return None if answer is ConsentState.OPEN else answer is ConsentState.ACCEPTED
        case FieldKind.CHOICE:
            return next((each for each in declared.choices if each.casefold() == cell.casefold()), cell)
        case _:
            return cell


def _integer(cell: str) -> int:
    """A whole number, with thousands set apart or not; ``1.234`` may be one and a bit, so it is refused."""
    if any(pattern.fullmatch(cell) for pattern in _INTEGERS):
        return int(re.sub(r"[ .,'\u2019]", "", _FRACTION.sub("", cell)))
    message = "must be a whole number, written without signs between its digits"
    raise InvalidInput([Fault("value", "bad_integer", message)])
