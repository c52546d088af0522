"""Odd values, made afresh unless that takes long: too large, without an end, hostile, or not what they claim to be."""

from __future__ import annotations

import itertools
import re
from collections import UserDict, UserList, deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from unittest.mock import Mock

from loyaltycore.customers import CustomerKind
from loyaltycore.kernel.contact import Address, Phone

MANY: Final = 100_000
DEEP: Final = 10_000
"""Far beyond what Python descends."""


class Hostile:
    """Raises at whatever is done with it."""

    def _no(self, *_: object) -> Any:
        raise ZeroDivisionError("hostile")

    __repr__ = __str__ = __eq__ = __ne__ = __hash__ = __bool__ = __len__ = __iter__ = __lt__ = __format__ = (
        _no
    )
    __contains__ = __getitem__ = __int__ = __index__ = __float__ = __fspath__ = _no


class Unprintable:
    """Cannot be written."""

    def __repr__(self) -> str:
        raise ZeroDivisionError("hostile")

    __str__ = __repr__


class Incomparable:
    """Cannot be compared, and so neither sought in a set."""

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError("hostile")

    def __hash__(self) -> int:
        raise ZeroDivisionError("hostile")


class Agreeable:
    """Equals everything, and has the hash of the empty text."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash("")


class HostileText(str):
    """A text that raises at every question."""

    __slots__ = ()

    def _no(self, *_: object) -> Any:
        raise ZeroDivisionError("hostile")

    strip = lower = upper = casefold = replace = startswith = isascii = isdigit = encode = split = _no
    __eq__ = __ne__ = __len__ = __iter__ = __str__ = __repr__ = __format__ = __getitem__ = __bool__ = _no
    __hash__ = str.__hash__


class PlainText(str):
    """A text of a host's own class."""

    __slots__ = ()


class HostileNumber(int):
    """A number that raises at every question."""

    def _no(self, *_: object) -> Any:
        raise ZeroDivisionError("hostile")

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __str__ = __repr__ = __format__ = __bool__ = __index__ = _no
    __hash__ = int.__hash__


class HostileList(list[Any]):
    """A list that raises when it is walked through."""

    def _no(self, *_: object) -> Any:
        raise ZeroDivisionError("hostile")

    __iter__ = __len__ = __getitem__ = __contains__ = __eq__ = __repr__ = _no


class EndlessList(list[Any]):
    """A list that has no end."""

    def __iter__(self) -> Iterator[int]:
        return itertools.count()

    def __len__(self) -> int:
        return 1


class HostileMapping(dict[Any, Any]):
    """A mapping that raises when it is looked at."""

    def _no(self, *_: object) -> Any:
        raise ZeroDivisionError("hostile")

    __iter__ = __len__ = __getitem__ = __contains__ = __eq__ = __repr__ = items = keys = values = get = _no


class EndlessMapping(Mapping[Any, Any]):
    """A mapping that has no end."""

    def __getitem__(self, key: object) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        return (f"key{number}" for number in itertools.count())

    def __len__(self) -> int:
        return 1


class HostileDate(date):
    """A date that raises at every comparison."""

    def _no(self, *_: object) -> Any:
        raise ZeroDivisionError("hostile")

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = isoformat = __str__ = __repr__ = toordinal = _no
    __hash__ = date.__hash__


class HostileZone(tzinfo):
    """A time zone that raises."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        raise ZeroDivisionError("hostile")


class Liar:
    """Claims to be a text."""

    @property
    def __class__(self) -> type:
        return str


class Colour(Enum):
    """An enumeration of somebody else."""

    RED = "red"


class Word(StrEnum):
    """A word that is a text."""

    PERSON = "person"


class Number(IntEnum):
    """A number that has a name."""

    ONE = 1


@cache
def deep_list() -> list[Any]:
    """A list in a list in a list."""
    found: list[Any] = []
    for _ in range(DEEP):
        found = [found]
    return found


@cache
def deep_mapping() -> dict[str, Any]:
    """A mapping in a mapping in a mapping, of the form of a condition."""
    found: dict[str, Any] = {"kind": "all_of", "parts": []}
    for _ in range(DEEP):
        found = {"kind": "all_of", "parts": [found]}
    return found


def own_list() -> list[Any]:
    """A list that contains itself."""
    found: list[Any] = []
    found.append(found)
    return found


def own_mapping() -> dict[str, Any]:
    """A mapping that contains itself."""
    found: dict[str, Any] = {"kind": "none_of"}
    found["parts"] = [found, found]
    found["where"] = found
    return found


def generator() -> Iterator[int]:
    """What can be read once."""
    yield 1


ODD: Final[Mapping[str, Callable[[], Any]]] = {
    "huge number": lambda: 10**5000,
    "huge negative number": lambda: -(10**5000),
    "more than 64 bits": lambda: 2**64,
    "just too many bits": lambda: 2**63,
    "not a number": lambda: float("nan"),
    "infinite": lambda: float("inf"),
    "negative infinite": lambda: float("-inf"),
    "complex": lambda: 1j,
    "Decimal": lambda: Decimal("1.5"),
    "Decimal that is none": lambda: Decimal("sNaN"),
    "fraction": lambda: Fraction(1, 3),
    "zero": lambda: 0,
    "minus one": lambda: -1,
    "one": lambda: 1,
    "true": lambda: True,
    "none": lambda: None,
    "ellipsis": lambda: ...,
    "first instant of the east": lambda: datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    "last instant of the west": lambda: datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
    "naive instant": lambda: datetime(2026, 1, 1),  # noqa: DTZ001  naive on purpose
    "instant": lambda: datetime(2026, 1, 1, tzinfo=UTC),
    "instant of a hostile zone": lambda: datetime(2026, 1, 1, tzinfo=HostileZone()),
    "first day": lambda: date.min,
    "last day": lambda: date.max,
    "hostile day": lambda: HostileDate(2026, 1, 1),
    "span": lambda: timedelta.max,
    "deep list": deep_list,
    "deep mapping": deep_mapping,
    "deep text": lambda: "[" * DEEP,
    "deep JSON": lambda: '{"kind":"all_of","parts":[' * 2000,
    "list of itself": own_list,
    "mapping of itself": own_mapping,
    "long list": cache(lambda: ["a"] * MANY),
    "long mapping": cache(lambda: {f"key{number}": 1 for number in range(MANY)}),
    "long text": lambda: "a" * 1_000_000,
    "long combining text": lambda: "a" + "\u0301" * 200_000,
    "blank text": lambda: "\u00a0\u200b ",
    "half a character": lambda: "\ud800",
    "NUL": lambda: "a\0b",
    "two delimiters": lambda: ";;",
    "line break": lambda: "\n",
    "empty": lambda: "",
    "octets": lambda: b"abc",
    "changing octets": lambda: bytearray(b"abc"),
    "view": lambda: memoryview(b"abc"),
    "set": lambda: {1, "a"},
    "frozen set": lambda: frozenset({1, "a"}),
    "set of hostile": lambda: {Unprintable()},
    "tuple": lambda: (1, "a"),
    "range": lambda: range(10**9),
    "range without a length": lambda: range(10**30),
    "count": itertools.count,
    "repetition": lambda: itertools.repeat("a"),
    "generator": generator,
    "endless list": lambda: EndlessList(["a"]),
    "endless mapping": EndlessMapping,
    "hostile list": lambda: HostileList(["a"]),
    "hostile mapping": lambda: HostileMapping(kind="all_of"),
    "mapping of numbers": lambda: {1: 1, 10**5000: 2},
    "mapping of hostile values": lambda: {"kind": Hostile(), "date": Hostile(), "values": Hostile()},
    "mapping of unprintable keys": lambda: {Unprintable(): 1},
    "view of a mapping": lambda: MappingProxyType({"kind": "all_of"}),
    "mapping of a class": lambda: UserDict({"kind": "all_of"}),
    "list of a class": lambda: UserList(["a"]),
    "queue": lambda: deque(["a"]),
    "hostile": Hostile,
    "unprintable": Unprintable,
    "incomparable": Incomparable,
    "agreeable": Agreeable,
    "hostile text": lambda: HostileText("berlin"),
    "text of a class": lambda: PlainText("berlin"),
    "hostile number": lambda: HostileNumber(1),
    "liar": Liar,
    "mock of a text": lambda: Mock(spec=str),
    "mock": Mock,
    "member of somebody else": lambda: Colour.RED,
    "word": lambda: Word.PERSON,
    "named number": lambda: Number.ONE,
    "member": lambda: CustomerKind.PERSON,
    "class": lambda: dict,
    "object": object,
    "function": lambda: generator,
    "module": lambda: itertools,
    "pattern": lambda: re.compile("a"),
    "exception": lambda: ValueError("a" * 10_000),
    "hostile phone": lambda: Phone(HostileText("0170 1234567"), Hostile(), Hostile()),
    "deep address": lambda: Address(deep_list(), Hostile(), own_list(), Liar(), Hostile()),
}
"""By name, in the order in which they were thought of."""
