"""Values that look like something else, lie far away, or are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final

import pytest
from attrs import evolve

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import Criterion, OneOf, Query, exists, has_key, stored
from loyaltycore.ports.storage import Storage
from loyaltycore.testing.samples import NAME_LENGTH, THINGS, Color, Extra, Part, Thing
from loyaltycore.testing.storage_checks.base import (
    StorageChecks,
    all_of,
    assert_same,
    fetched,
    keep,
    keys_of,
)
from loyaltycore.testing.storage_checks.paging import pages

WORDS: Final = (
    *(
        "007",
        "07",
        "7",
        "7.0",
        "7.00",
        "+7",
        "-7",
        " 7",
        "0x7",
        "7e0",
        "1e3",
        "1000.0",
        "1_000",
        "1,000",
        "\u0661",
    ),
    *(
        "0",
        "-0",
        "00",
        "0.0",
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "9223372036854775808",
        "99999999999999999999",
    ),
    *(
        "null",
        "NULL",
        "Null",
        "None",
        "nil",
        "undefined",
        "\\N",
        "NA",
        "N/A",
        "true",
        "True",
        "TRUE",
        "t",
        "false",
        "no",
    ),
    *(
        "2024-01-01",
        "2024-02-30",
        "2024-01-01T00:00:00Z",
        "20240101",
        "12:30",
        "1/2",
        "Infinity ",
        "on",
        "yes",
        "y",
    ),
    *(
        "[]",
        "{}",
        "[1]",
        '{"a": 1}',
        '"x"',
        "''",
        "b'x'",
        "x'",
        "'x",
        '"',
        "\\",
        "\\\\",
        "\\n",
        "\\u0041",
        "\\x41",
        "\\'",
    ),
    *(
        "%41",
        "%20",
        "%",
        "%%",
        "%s",
        "%(a)s",
        ":a",
        ":1",
        "?",
        "$1",
        "$a",
        "@a",
        "{a}",
        "{{a}}",
        "${a}",
        "&amp;",
        "<b>",
    ),
    *(
        "=1+1",
        "-",
        "--",
        "#",
        "*",
        "/",
        "//",
        "..",
        ".",
        "./a",
        "a/",
        "a/.",
        "a\\b",
        "a:b",
        "a|b",
        "a;b",
        "a,b",
        "a\tb",
    ),
    *(
        "__proto__",
        "constructor",
        "id",
        "version",
        "key",
        "kit_things",
        "default",
        "select",
        "a b",
        "a  b",
        "a\u00a0b",
    ),
)
"""Texts that look like numbers, dates, nothing, JSON, escapes, places in a statement, or parts of a path."""

DATES: Final = (
    *(date.min, date(1, 12, 31), date(99, 1, 1), date(100, 2, 28), date(999, 12, 31), date(1000, 1, 1)),
    *(date(1500, 2, 28), date(1582, 10, 4), date(1582, 10, 10), date(1582, 10, 15), date(1600, 2, 29)),
    *(
        date(1752, 9, 5),
        date(1753, 1, 1),
        date(1899, 12, 30),
        date(1899, 12, 31),
        date(1900, 1, 1),
        date(1901, 12, 13),
    ),
    *(
        date(1969, 12, 31),
        date(1970, 1, 1),
        date(2038, 1, 19),
        date(2038, 1, 20),
        date(2079, 6, 7),
        date(2100, 2, 28),
    ),
    *(date(2106, 2, 8), date(2155, 12, 31), date(2262, 4, 12), date(2400, 2, 29), date(9999, 1, 1), date.max),
)
"""Dates on both sides of where calendars and counters of any kind begin and end, in order."""

_FEWER: Final = 8
"""Every so many words are referred to: some storages look at all records for each."""

_SHIFTED: Final = timezone(-timedelta(hours=3, minutes=30))


def moments() -> list[datetime]:
    """An instant on each of the dates, most of them with microseconds, in order."""
    spans = [
        timedelta(microseconds=place * 7_777_777_777 % 86_400_000_000) for place in range(len(DATES) - 1)
    ]
    starts = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in DATES]
    instants = [start + span for start, span in zip(starts, spans, strict=False)]
    return [*instants, datetime.max.replace(tzinfo=UTC)]


_BAD_FIELDS: Final[dict[str, tuple[Any, ...]]] = {
    "size": (2**63, -(2**63) - 1, 2**64, 10**30, 1.0, "1", None, True),
    "weight": (2**63, -(2**63) - 1, 0.5, "1", False),
    "name": (1, None, b"x", "x" * (NAME_LENGTH + 1), "a\x00", "\udfff"),
    "nick": (1, True, b"x", "x" * 256, "\x00", "\ud800x"),
    "note": (1, None, "a\x00b", "\udcff"),
    "color": ("red", None, "green", 1),
    "mood": ("red", 0),
    "born": ("2000-01-01", None, 1, datetime(2000, 1, 1, tzinfo=UTC)),
    "died": ("2000-01-01", 0, datetime(2000, 1, 1, tzinfo=UTC)),
    "at": ("2000-01-01", None, date(2000, 1, 1), datetime(2000, 1, 1), 0),  # noqa: DTZ001  that is the fault
    "seen": (date(2000, 1, 1), datetime(2000, 1, 1), 0.0),  # noqa: DTZ001  that is the fault
    "good": (1, 0, None, "true"),
    "maybe": (1, 0, "", "false"),
    "facts": ({"\ud800": 1}, {"a": 1, "b\udfff": 2}),
    "extras": ((Extra("\ud800"),), (Extra("a\udfff"),)),
    "words": (("a", "\x00"), ("\ud83d",)),
}
"""Values that are none of their fields."""

_BAD_QUESTIONS: Final[tuple[Criterion, ...]] = (
    stored("name") == "a\x00",
    stored("nick") >= "\ud800",
    stored("id") == "\udfff",
    OneOf("name", ("a", "\x00")),
    has_key("word", "a\x00"),
    stored("size") == 1.0,
    stored("size") == True,  # noqa: E712  it builds an expression
    stored("good") == 1,
    stored("at") > datetime(2000, 1, 1),  # noqa: DTZ001  that is the fault
    stored("born") == datetime(2000, 1, 1, tzinfo=UTC),
    stored("name") == b"a",
    OneOf("color", ("red", "re")),
)


class WordChecks(StorageChecks, kit=True):
    """What a value is, and what is none."""

    def test_words_are_only_words(self) -> None:
        """A text that looks like a number, a date, nothing or a piece of a program comes back as it is, wherever it stands: "A text is any characters"."""
        with self.bound() as storage:
            things = [_thing(word) for word in WORDS]
            keep(storage, *things)
            for thing in things:
                assert_same(
                    fetched(storage, Thing, thing.id), thing, f"the thing with {thing.id!r} in every text"
                )
            assert [thing.id for thing in all_of(storage, Thing)] == sorted(WORDS), (
                "some keys are not there, or out of order"
            )
            with storage.transaction() as tx:
                tx.save(*things)
                tx.remove(*(evolve(thing, version=2) for thing in things[::2]))
            left = [evolve(thing, version=2) for thing in things[1::2]]
            for thing in left:
                assert_same(
                    fetched(storage, Thing, thing.id),
                    thing,
                    f"the saved thing with {thing.id!r} in every text",
                )
            assert len(all_of(storage, Thing)) == len(left), (
                "of things with odd keys others were removed than should be"
            )

    def test_words_find_only_themselves(self) -> None:
        """A text that looks like another one is compared to the letter, as key, value, reference and lookup key: "Two values are the same only if they are equal to the last character"."""
        referring = WORDS[::_FEWER]
        with self.bound() as storage:
            parts = [Part(code=f"{place}", thing_id=word) for place, word in enumerate(referring)]
            keep(storage, *map(_thing, WORDS), *parts)
            with storage.transaction(read_only=True) as tx:
                for word in WORDS:
                    for where in (
                        (stored("id") == word) | (stored("nick") == word),
                        OneOf("name", (word[:NAME_LENGTH], "nothing else")),
                        has_key("word", word),
                    ):
                        assert keys_of(tx, Thing, where) == [word], f"{word!r} is found wrongly: {where}"
                for place, word in enumerate(referring):
                    where = exists("kit_parts", "thing_id", stored("code") == f"{place}")
                    assert keys_of(tx, Thing, where) == [word], f"what refers to {word!r} finds another one"
                    assert keys_of(tx, Part, stored("thing_id") == word) == [f"{place}"], (
                        f"{word!r} refers wrongly"
                    )

    def test_dates_of_all_years_come_back(self) -> None:
        """Dates and instants of ten thousand years come back, in order, and are found: "A date lies in the years 1 to 9999"."""
        instants = moments()
        things = [
            Thing(f"{place:02d}", born=day, died=day, at=at, seen=at, extras=(Extra("", day, at),))
            for place, (day, at) in enumerate(zip(DATES, instants, strict=True))
        ]
        with self.bound() as storage:
            keep(storage, *things)
            for thing in things:
                assert_same(
                    fetched(storage, Thing, thing.id), thing, f"the thing with {thing.born} and {thing.at}"
                )
            with storage.transaction(read_only=True) as tx:
                for name, wanted in (("born", DATES), ("at", instants)):
                    keys = [thing.id for thing in things]
                    assert keys_of(tx, Thing, order_by=(name,)) == keys, f"{name} is out of order"
                    assert keys_of(tx, Thing, order_by=(f"-{name}",)) == keys[::-1], (
                        f"{name} is out of order downwards"
                    )
                    assert pages(tx, THINGS, Query(order_by=(name,), limit=3)) == things, (
                        f"pages by {name} do not meet"
                    )
                    for key, value in zip(keys, wanted, strict=True):
                        assert keys_of(tx, Thing, stored(name) == value) == [key], (
                            f"{name} is not found: {value}"
                        )
                        assert tx.count(Thing, Query(stored(name) < value)) == int(key), (
                            f"{name} is compared wrongly: {value}"
                        )
                for place, at in enumerate(instants[1:-1], start=1):
                    where = stored("seen") == at.astimezone(_SHIFTED)
                    assert keys_of(tx, Thing, where) == [f"{place:02d}"], (
                        f"an instant of another zone is not found: {at}"
                    )

    def test_nested_values_hold_more(self) -> None:
        """Inside a nested value stand larger integers than fields hold, NUL, and thousands of parts: "with integers of any size and with NUL in its texts"."""
        facts = {f"{number}\x00": number for number in (2**63, -(2**63) - 1, 2**64, 10**40)}
        thing = Thing("t", facts=facts, extras=(Extra("\x00"), Extra("a\x00b")))
        long = Thing("u", extras=tuple(Extra(f"{number} " * 20) for number in range(3000)))
        with self.bound() as storage:
            keep(storage, thing, long)
            assert_same(fetched(storage, Thing, "t"), thing, "a nested value with large integers and NUL")
            # Not by `assert_same`: the difference of two long values takes minutes to draw.
            assert fetched(storage, Thing, "u").extras[-1:] == long.extras[-1:], "a long nested value is cut"

    def test_what_is_no_value_is_refused(self) -> None:
        """A value of another type, beyond its bounds, or with half of a character, is refused by `add` and by `save`, and its field is named: "a value does not fit its field: nothing is ever cut"."""
        with self.bound() as storage:
            keep(storage, Thing("old"))
            for name, values in _BAD_FIELDS.items():
                for value in values:
                    for verb, key in (("add", "new"), ("save", "old")):
                        with pytest.raises(InvalidInput) as caught, storage.transaction() as tx:
                            getattr(tx, verb)(evolve(Thing(key), **{name: value}))
                        named = caught.value.fields
                        # A word is what its lookup key is made of, so that a storage may name the key.
                        allowed = {(name,), ("word",)} if name == "words" else {(name,)}
                        assert named in allowed, f"of {name}={value!r} the error names {named}"
            assert_same(all_of(storage, Thing), [Thing("old")], "after values were refused, what is there")

    def test_what_no_field_can_hold_is_not_asked_for(self) -> None:
        """A question with a value that no field can hold is refused, and never answered with nothing: "compares wrong types"."""
        with self.bound() as storage:
            keep(storage, _thing("a"))
            for where in _BAD_QUESTIONS:
                _refuses(storage, where)


def _thing(word: str) -> Thing:
    """A thing with the word in every text."""
    return Thing(
        word,
        name=word[:NAME_LENGTH],
        nick=word,
        note=word,
        color=Color.BLUE,
        extras=(Extra(word),),
        facts={word: 1},
        words=(word,),
    )


def _refuses(storage: Storage, where: Criterion) -> None:
    with pytest.raises(InvalidInput), storage.transaction(read_only=True) as tx:
        list(tx.find(Thing, Query(where)))
    with pytest.raises(InvalidInput), storage.transaction(read_only=True) as tx:
        tx.count(Thing, Query(where))
