"""Record types that use every way of storing, and strategies for awkward records of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum

from attrs import frozen
from hypothesis import strategies as st

from loyaltycore.storing.registry import RecordType, Registry

AWKWARD = (
    "aAbBzäÄßé\u0131 %_\\'\"`\n\t\x01\x7f\u0301\u200d\ud7ff\ue000\ufffd\uffff\U00010000\U0001f600\U0010ffff"
)


class Color(Enum):
    RED = "red"
    DARK_RED = "Red"
    BLUE = "blue"


@frozen
class Extra:
    name: str
    since: date | None = None
    at: datetime | None = None
    color: Color = Color.RED


@frozen
class Thing:
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
    """All its fields are keyword-only, its key has a name of its own."""

    code: str
    thing_id: str | None = None
    serial: str | None = None
    batch: str = ""
    order: int = 0
    version: int = 1


@frozen
class Counter:
    id: str
    value: int = 0
    version: int = 1


THINGS = RecordType(
    cls=Thing,
    table="things",
    indexes=(("name", "id"), ("color", "size")),
    lengths={"name": 20, "note": 0},
    lookups=("word", "name"),
    lookup_keys=lambda thing: {"word": thing.words, "name": (thing.name.casefold(),)},
)
PARTS = RecordType(
    cls=Part,
    table="parts",
    key="code",
    unique=(("serial",), ("batch", "order", "thing_id")),
    indexes=(("thing_id",),),
)
COUNTERS = RecordType(cls=Counter, table="counters")
REGISTRY = Registry((THINGS, PARTS, COUNTERS))

texts = st.text(st.sampled_from(AWKWARD), max_size=4) | st.sampled_from(
    ["", "a", "A", "a ", " a", "ä", "a%", "a_"]
)
any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
dates = st.sampled_from([date.min, date(1969, 12, 31), date(2024, 2, 29), date.max]) | st.dates()
zones = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=11, minutes=30))])
EDGES = [
    datetime.min.replace(tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
]
# Hypothesis takes naive bounds and adds the zone.
SPAN = (datetime(2, 1, 1), datetime(9998, 1, 1))  # noqa: DTZ001  bounds of what has no zone
instants = st.sampled_from(EDGES) | st.datetimes(*SPAN, timezones=zones)
integers = st.sampled_from([-(2**63), -1, 0, 1, 2**63 - 1]) | st.integers(-3, 3)
colors = st.sampled_from(Color)
booleans = st.booleans()
keys = st.sampled_from(["k1", "k2", "K1", "k1 ", "ä"])
words = st.lists(texts, max_size=3).map(tuple)
extras = st.lists(
    st.builds(Extra, any_text, st.none() | dates, st.none() | instants, colors), max_size=2
).map(tuple)


def things(key: st.SearchStrategy[str] = keys) -> st.SearchStrategy[Thing]:
    """Things with values that engines like to mix up."""
    return st.builds(
        Thing,
        id=key,
        name=texts,
        nick=st.none() | texts | any_text,
        note=any_text,
        color=colors,
        mood=st.none() | colors,
        born=dates,
        died=st.none() | dates,
        at=instants,
        seen=st.none() | instants,
        size=integers,
        weight=st.none() | integers,
        good=booleans,
        maybe=st.none() | booleans,
        extras=extras,
        facts=st.none() | st.dictionaries(any_text, integers, max_size=2),
        words=words,
    )


def parts(key: st.SearchStrategy[str] = keys) -> st.SearchStrategy[Part]:
    """Parts that refer to things, to nothing, or to what is not there."""
    return st.builds(Part, code=key, thing_id=st.none() | keys, batch=texts, order=integers)


def part_lists(size: int) -> st.SearchStrategy[list[Part]]:
    """Lists of parts that may be stored together."""
    same = (lambda part: part.code, lambda part: (part.batch, part.order, part.thing_id or part.code))
    return st.lists(parts(), max_size=size, unique_by=same)


def distinct(records: st.SearchStrategy[object], key: str, size: int) -> st.SearchStrategy[list[object]]:
    """Lists in which no key comes twice."""
    return st.lists(records, max_size=size, unique_by=lambda record: getattr(record, key))
