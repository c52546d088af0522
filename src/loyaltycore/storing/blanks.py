"""What a field holds that says nothing any more."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any, Final

import attrs

from loyaltycore.errors import RegistrationError
from loyaltycore.storing.registry import RecordType

_EMPTY: Final[Mapping[Any, Any]] = {
    str: "",
    int: 0,
    bool: False,
    tuple: (),
    frozenset: frozenset(),
    bytes: b"",
}
_MAPPINGS: Final = (dict, Mapping)


def blanks(record_type: RecordType[Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The value of each of some fields once it is emptied: None where that is a value.

    Raises:
        RegistrationError: A field can hold nothing that is empty, as a date that must be there.
    """
    hints = typing.get_type_hints(record_type.cls)
    return {name: _blank(hints[name], f"{record_type.table}.{name}") for name in names}


def _blank(kind: Any, place: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType} and type(None) in typing.get_args(kind):
        return None
    plain = origin or kind
    if plain in _MAPPINGS:
        return {}
    if plain in _EMPTY:
        return _EMPTY[plain]
    if attrs.has(plain):
        hints = typing.get_type_hints(plain)
        return plain(
            **{each.alias or each.name: _blank(hints[each.name], place) for each in attrs.fields(plain)}
        )
    raise RegistrationError(f"{place} cannot be emptied: it must hold something")
