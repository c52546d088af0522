"""Fields that the host application adds to the customer: declared once, checked like the library's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Final

from attrs import field as attrs_field, frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.given import as_tuple, member_of, shown, taken, text_of
from loyaltycore.kernel.naming import unknown
from loyaltycore.kernel.validation import Faults

TEXT_LENGTH: Final = 70
"""Longest text of a custom field: it is searched by a lookup key, whose length is limited."""

LEAST_NUMBER: Final = -(10**15)
GREATEST_NUMBER: Final = 10**15

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_FIELDS: Final = 100
"""How many fields a host application may add."""

MOST_CHOICES: Final = 1000


class FieldKind(Enum):
    """What a custom field holds."""

    TEXT = "text"
    INTEGER = "integer"
    DATE = "date"
    FLAG = "flag"
    CHOICE = "choice"


def _kind(given: FieldKind | str) -> Any:
    return member_of(FieldKind, given)


def _choices(given: Iterable[str]) -> Any:
    return as_tuple(given)


@frozen
class CustomField:
    """A field that the host application adds to the customer."""

    key: str
    """1 to 40 lower-case letters, digits and ``_``, starting with a letter; never changed."""
    kind: FieldKind = attrs_field(default=FieldKind.TEXT, converter=_kind)
    """The member or its value. Texts have at most 70 characters, integers at most 15 digits."""
    label: str = ""
    """What people call it; the key by default."""
    group: str = ""
    """The heading under which a form shows it."""
    choices: tuple[str, ...] = attrs_field(default=(), converter=_choices)
    """The values of a choice."""

    @property
    def shown_as(self) -> str:
        """What people call it."""
        return self.label or self.key


class CustomFields:
    """All custom fields that one `Loyalty` knows; fixed once it is made."""

    def __init__(self, fields: Iterable[CustomField] = ()) -> None:
        """Collect the fields.

        Raises:
            RegistrationError: A field cannot work; the message says which and why.
        """
        self._fields: dict[str, CustomField] = {}
        given = taken(fields, MOST_FIELDS + 1)
        if given is None:
            raise RegistrationError(f"`custom_fields` is a list of them, not {shown(fields)}")
        for field in given:
            _check(field)
            if field.key in self._fields:
                raise RegistrationError(f"custom field {field.key!r} is declared twice")
            self._fields[field.key] = field
        if len(given) > MOST_FIELDS:
            raise RegistrationError(f"more than {MOST_FIELDS} custom fields")

    @property
    def all(self) -> tuple[CustomField, ...]:
        """All fields in the order of their declaration."""
        return tuple(self._fields.values())

    def read(
        self, faults: Faults, given: object, before: Mapping[str, CustomValue]
    ) -> Mapping[str, CustomValue]:
        """Lay given values over those of a customer.

        Args:
            faults: Collects every fault, under ``custom.`` and the field's key.
            given: Values by key, still unchecked; None and an empty text remove a value.
            before: The values so far; those not mentioned stay.

        Returns:
            The values afterwards, by key in order; meaningless if faults were noted.
        """
        if given is None:
            return before
        what = "values by the key of their field"
        values = dict(before)
        for key, value in faults.members("custom", given, most=MOST_FIELDS, what=what).items():
            field = self._fields.get(key)
            if field is None:
                faults.unknown(f"custom.{key}", "unknown_field", "custom field", key, self._fields)
            elif value is None or text_of(value) == "":
                values.pop(field.key, None)
            else:
                clean = _READERS[field.kind](faults.at("custom"), field, value)
                if clean is None:  # blanks, or a fault
                    values.pop(field.key, None)
                else:
                    values[field.key] = clean
        return {key: values[key] for key in sorted(values)}


_TYPES: Final[Mapping[str, type]] = {"label": str, "group": str, "choices": tuple}

NO_CUSTOM_FIELDS: Final = CustomFields()


def custom_keys(values: Mapping[str, CustomValue]) -> tuple[str, ...]:
    """The lookup keys of custom values: they sort as the values do."""
    return tuple(custom_key(key, value) for key, value in values.items())


def custom_key(field: str, value: CustomValue) -> str:
    """The lookup key of one custom value."""
    return f"{field}={_sortable(value)}"


def _sortable(value: CustomValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value - LEAST_NUMBER:016d}"
    return value.isoformat() if isinstance(value, date) else value


def _check(given: object) -> None:
    if not isinstance(given, CustomField):
        raise RegistrationError(f"{shown(given)} is no CustomField")
    if type(given.key) is not str or not _KEY.fullmatch(given.key):
        raise RegistrationError(f"custom field {shown(given.key)}: a key is lower-case letters, digits and _")
    if not isinstance(given.kind, FieldKind):
        kinds = (kind.value for kind in FieldKind)
        raise RegistrationError(f"custom field {given.key!r}: {unknown('kind', given.kind, kinds)}")
    for name, kind in _TYPES.items():
        if not issubclass(type(getattr(given, name)), kind):
            raise RegistrationError(f"custom field {given.key!r}: {name} must be a {kind.__name__}")
    _check_choices(given)


def _check_choices(field: CustomField) -> None:
    if (field.kind is FieldKind.CHOICE) != bool(field.choices):
        raise RegistrationError(f"custom field {field.key!r}: a choice has choices, and nothing else has")
    if len(field.choices) > MOST_CHOICES:
        raise RegistrationError(f"custom field {field.key!r}: more than {MOST_CHOICES} choices")
    for choice in field.choices:
        faults = Faults()
        clean = faults.text("choice", choice, limit=TEXT_LENGTH, required=True)
        if type(choice) is not str or clean != choice or faults.found:
            raise RegistrationError(f"custom field {field.key!r}: {shown(choice)} cannot be a choice")
    if len(set(field.choices)) < len(field.choices):
        raise RegistrationError(f"custom field {field.key!r}: a choice stands there twice")


_Reader = Callable[[Faults, CustomField, object], CustomValue | None]


def _text(faults: Faults, field: CustomField, value: object) -> str | None:
    return faults.text(field.key, value, limit=TEXT_LENGTH) or None


def _integer(faults: Faults, field: CustomField, value: object) -> int:
    return faults.integer(field.key, value, least=LEAST_NUMBER, most=GREATEST_NUMBER)


def _choice(faults: Faults, field: CustomField, value: object) -> str | None:
    text = text_of(value)
    if text in field.choices:
        return text
    faults.unknown(field.key, "unknown_choice", "choice", value, field.choices)
    return None


_READERS: Final[Mapping[FieldKind, _Reader]] = {
    FieldKind.TEXT: _text,
    FieldKind.INTEGER: _integer,
    FieldKind.DATE: lambda faults, field, value: faults.day(field.key, value),
    FieldKind.FLAG: lambda faults, field, value: faults.flag(field.key, value),
    FieldKind.CHOICE: _choice,
}
