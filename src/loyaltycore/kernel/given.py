"""What callers give, as nothing but a text, a list or a mapping: plain, bounded, and not what it claims to be.

A subclass of a plain type may do anything when it is compared, written or walked through, and any object may claim to
be of another class. So the type alone decides, and the characters, items and members are taken past the methods of the
subclass. No more is taken than is asked for: what has no end does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from itertools import islice
from typing import Any, Final, cast

from loyaltycore.errors import cut

_SHOWN: Final = 100
_GREATEST_SHOWN: Final = 10**20

_LISTS: Final = (list, tuple)
_SETS: Final = (set, frozenset)
_NO_LISTS: Final = (str, bytes, bytearray, memoryview)


def text_of(value: object) -> str | None:
    """A text as nothing but a text, or None if it is none."""
    if type(value) is str:
        return value
    return str.__str__(value) if issubclass(type(value), str) else None


def day_of(value: object) -> date | None:
    """A date as nothing but a date, or None if it is none; a datetime is not one."""
    if issubclass(type(value), datetime) or not issubclass(type(value), date):
        return None
    return date.fromordinal(date.toordinal(cast("date", value)))


def member_of(kind: type[Enum], value: object) -> Any:
    """The member with that value; anything else as it is, for a check that knows its place."""
    # Not `kind(value)`: the error that it raises writes what was given, however deep that is nested.
    word = text_of(value)
    return next((member for member in kind if member.value == word), value)


def as_tuple(value: object) -> Any:
    """A list as a tuple; anything else as it is, also what claims to be a list."""
    return tuple(value) if type(value) is list else value


def items_of(value: object, most: int, *, unordered: bool = False) -> tuple[Any, ...] | None:
    """The first items of a sequence, or None if it is none.

    What can be read only once is no sequence, because a verb may have to read it again.

    Args:
        most: How many items are taken.
        unordered: Whether a set will do.
    """
    kind = type(value)
    if kind is tuple or kind is list:
        return tuple(cast("list[Any]", value)[:most])
    for plain in (*_LISTS, *_SETS) if unordered else _LISTS:
        if issubclass(kind, plain):
            return tuple(islice(plain.__iter__(cast("Any", value)), most))
    if not issubclass(kind, Sequence) or issubclass(kind, _NO_LISTS):
        return None
    try:
        return tuple(islice(iter(cast("Sequence[Any]", value)), most))
    except Exception:  # noqa: BLE001  it is somebody else's code
        return None


def taken(value: object, most: int) -> tuple[Any, ...] | None:
    """The first items of anything that can be walked through once, or None if it cannot.

    Args:
        most: How many items are taken.
    """
    if not issubclass(type(value), Iterable) or issubclass(type(value), _NO_LISTS):
        return None
    try:
        walk = iter(cast("Iterable[Any]", value))
    except Exception:  # noqa: BLE001  it is somebody else's code
        return None
    return tuple(islice(walk, most))


def members_of(value: object, most: int) -> dict[str, Any] | None:
    """The first members of a mapping, or None if it is none.

    Args:
        most: How many members are taken.

    Returns:
        The members by their keys; a key that is no text appears as its type, for example ``<int>``.
    """
    kind = type(value)
    if not issubclass(kind, Mapping):
        return None
    given = cast("dict[Any, Any]", value)
    try:
        pairs = islice(dict.items(given) if issubclass(kind, dict) else given.items(), most)
        return {place_of(key): member for key, member in pairs}
    except Exception:  # noqa: BLE001  it is somebody else's code
        return None


def place_of(key: object) -> str:
    """A key as the name of a place; one that is no text appears as its type."""
    text = text_of(key)
    return f"<{type(key).__name__}>" if text is None else text


def shown(value: object) -> str:
    """Write down a value for a message, whatever it is: texts and small numbers as they are, else the type's name.

    Example:
        >>> shown("anna"), shown(7), shown([7])
        ("'anna'", '7', '<list>')
    """
    text = text_of(value)
    if text is not None:
        return repr(cut(text, _SHOWN))
    if value is None or type(value) is bool or type(value) is float:
        return repr(value)
    if type(value) is int and abs(value) < _GREATEST_SHOWN:
        return repr(value)
    return f"<class {value.__name__}>" if isinstance(value, type) else f"<{type(value).__name__}>"
