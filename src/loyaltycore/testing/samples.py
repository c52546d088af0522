"""The record types that storages are tested with: every way of storing, with and without None."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Final

from attrs import frozen

from loyaltycore.kernel.money import Money
from loyaltycore.storing.registry import RecordType, Registry

NAME_LENGTH: Final = 20
"""Greatest length of a thing's name, in characters."""


class Color(Enum):
    """A choice; two of its values differ only by a capital letter, others only at their ends."""

    RED = "red"
    DARK_RED = "Red"
    BLUE = "blue"
    REDDISH = "reddish"
    BURGUNDY = "red_as_the_wine_from_the_old_hill_by_the_river"
    ROSE = "red_as_the_wine_from_the_old_hill_by_the_rivulet"


@frozen
class Extra:
    """A nested value."""

    name: str
    since: date | None = None
    at: datetime | None = None
    color: Color = Color.RED
    price: Money | None = None
    seal: bytes = b""


@frozen
class Thing:
    """A record with every kind of field, each kind with and without None."""

    id: str
    name: str = ""
    nick: str | None = None
    note: str = ""
    color: Color = Color.RED
    mood: Color | None = None
    born: date = date(2000, 1, 1)
    died: date | None = None
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    seen: datetime | None = None
    size: int = 0
    weight: int | None = None
    good: bool = False
    maybe: bool | None = None
    extras: tuple[Extra, ...] = ()
    facts: Mapping[str, int] | None = None
    words: tuple[str, ...] = ()
    version: int = 1


@frozen(kw_only=True)
class Part:
    """A record that refers to a thing, has unique tuples, and whose key is not called ``id``.

    It shares the name of a lookup with things. One field has a name that SQL reserves.
    """

    code: str
    thing_id: str | None = None
    serial: str | None = None
    batch: str = ""
    order: int = 0
    note: str = ""
    version: int = 1


@frozen
class Relic:
    """A record whose table's name begins with that of things."""

    id: str
    word: str = ""
    version: int = 1


@frozen
class Tag:
    """A record without lookup keys, which may refer to a thing."""

    id: str
    thing: str | None
    word: str = ""
    count: int = 0
    version: int = 1


@frozen
class Entry:
    """An entry of a list of tags."""

    id: str
    tag: str = ""
    version: int = 1


@frozen
class Stranger:
    """A record of a class that is never registered."""

    id: str
    version: int = 1


THINGS: Final = RecordType(
    cls=Thing,
    table="kit_things",
    indexes=(("name", "id"), ("color", "size")),
    lengths={"name": NAME_LENGTH, "note": 0},
    lookups=("word", "name"),
    lookup_keys=lambda thing: {"word": thing.words, "name": (thing.name.casefold(),)},
)

PARTS: Final = RecordType(
    cls=Part,
    table="kit_parts",
    key="code",
    unique=(("serial",), ("batch", "order", "thing_id")),
    indexes=(("thing_id",),),
    lookups=("word",),
    lookup_keys=lambda part: {"word": tuple(part.note.split())},
)

RELICS: Final = RecordType(
    cls=Relic,
    table="kit_things_old",
    lookups=("word",),
    lookup_keys=lambda relic: {"word": (relic.word,)},
)

TAGS: Final = RecordType(
    cls=Tag, table="kit_tags", indexes=(("thing", "id"),), lengths={"thing": 64, "word": 40}
)

ENTRIES: Final = RecordType(cls=Entry, table="kit_entries", lengths={"tag": 64})

REGISTRY: Final = Registry((THINGS, PARTS, RELICS, TAGS, ENTRIES))
