"""Much at once: long lists, large units, many lookup keys, many criteria of an order, more than ten thousand records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from attrs import evolve

from loyaltycore.errors import DuplicateKey, StaleRecord
from loyaltycore.kernel.criteria import (
    MOST_VALUES,
    And,
    Criterion,
    Not,
    OneOf,
    Or,
    Query,
    exists,
    has_key,
    key_starts,
    stored,
)
from loyaltycore.ports.storage import Storage
from loyaltycore.storing.registry import KEY_LENGTH, LOOKUP_LENGTH
from loyaltycore.testing.samples import THINGS, Color, Part, Relic, Thing
from loyaltycore.testing.storage_checks.base import (
    StorageChecks,
    Undo,
    all_of,
    fetched,
    keep,
    keys_of,
    undone,
    write,
)
from loyaltycore.testing.storage_checks.paging import pages
from loyaltycore.testing.storage_checks.racing import run, seen_during
from loyaltycore.testing.strategies.answers import in_order
from loyaltycore.testing.suite import needs

LARGE: Final = 300
"""Records of a large unit."""

ROWS: Final = 10_500
"""More than engines that cut answers give at once."""

_AT_ONCE: Final = 3500
_LENGTHS: Final = (1, 2, 10, 11, 17, 65, 101, 129, 257, 400, 501, 750, 999, 1000)
_PLACES: Final = frozenset(place for length in _LENGTHS for place in (length - 2, length - 1) if place >= 0)
_ROUNDS: Final = 3
_KEY_COUNTS: Final = (1, 2, 9, 10, 11, 16, 17, 50, 100, 300)
_WIDE: Final = ("x", "\u00e4", "\u20ac", "\U0001f600")
"""Characters of one, two, three and four bytes."""


class SizeChecks(StorageChecks, kit=True):
    """What holds for few holds for many."""

    @needs("exhaustive")
    def test_every_place_of_a_long_list_counts(self) -> None:
        """A list of any length up to the greatest matches by its first, its last and every other place: "The field equals one of the values"."""
        things = [
            Thing(f"{place:04d}", name=f"n{place}", nick=f"n{place}", size=place) for place in sorted(_PLACES)
        ]
        with self.bound() as storage:
            keep(
                storage,
                *things,
                *(Part(code=thing.id, thing_id=thing.id, order=thing.size) for thing in things),
            )
            with storage.transaction(read_only=True) as tx:
                for length in _LENGTHS:
                    expected = [thing.id for thing in things if thing.size < length]
                    for where in _lists_of(length):
                        assert keys_of(tx, Thing, where) == expected, (
                            f"a list of {length} values was not read to its end"
                        )
                        assert tx.count(Thing, Query(where)) == len(expected), (
                            f"a list of {length} is counted wrongly"
                        )
                        rest = [thing.id for thing in things if thing.size >= length]
                        assert keys_of(tx, Thing, Not(where)) == rest, (
                            f"`not` of a list of {length} is answered wrongly"
                        )

    @needs("exhaustive")
    def test_one_place_of_a_long_list_is_enough(self) -> None:
        """One value that matches is found wherever it stands, and a value that stands there twice counts once: "The field equals one of the values"."""
        with self.bound() as storage:
            keep(storage, Thing("mine", name="mine", size=-1), Thing("other", size=-2))
            with storage.transaction(read_only=True) as tx:
                for place in sorted(_PLACES):
                    values = [f"v{number}" for number in range(MOST_VALUES)]
                    values[place] = "mine"
                    for where in (OneOf("name", tuple(values)), OneOf("id", tuple(values))):
                        assert keys_of(tx, Thing, where) == ["mine"], (
                            f"the value in place {place} of a list is overlooked"
                        )
                for often in (("mine",) * MOST_VALUES, ("mine", *["x"] * (MOST_VALUES - 2), "mine")):
                    twice = Query(OneOf("name", often))
                    assert tx.count(Thing, twice) == 1, "a value that a list names twice is counted twice"
                    assert keys_of(tx, Thing, twice.where) == ["mine"], (
                        "a value that a list names twice is found twice"
                    )

    def test_every_place_of_long_alternatives_counts(self) -> None:
        """Of a thousand parts each may be the one that decides: "All parts match", and "At least one part matches"."""
        places = sorted(_PLACES)
        with self.bound() as storage:
            keep(storage, Thing("none", size=-1), *(Thing(f"{place:04d}", size=place) for place in places))
            either: tuple[Criterion, ...] = tuple(
                stored("size") == (number if number in _PLACES else -2) for number in range(MOST_VALUES)
            )
            every = tuple(Not(part) for part in either)
            with storage.transaction(read_only=True) as tx:
                found = keys_of(tx, Thing, Or(either))
                overlooked = sorted({f"{place:04d}" for place in places} - set(found))
                assert not overlooked, f"parts of a long `or` are overlooked, in places {overlooked}"
                assert "none" not in found, "no part of a long `or` is about what it finds"
                found = keys_of(tx, Thing, And(every))
                overlooked = [key for key in found if key != "none"]
                assert not overlooked, f"parts of a long `and` are overlooked, in places {overlooked}"
                assert found == ["none"], "all parts of a long `and` match what it does not find"

    def test_a_large_unit_is_kept_as_a_whole(self) -> None:
        """Of hundreds of records all are added, saved and removed, in one call or in many: "what it did is kept as a whole at its end"."""
        for several in (False, True):
            with self.bound() as storage:
                for verb, changed in _life():
                    records = [changed(number) for number in range(LARGE)]
                    with storage.transaction() as tx:
                        for portion in [[record] for record in records] if several else [records]:
                            getattr(tx, verb)(*portion)
                    _assert_life(storage, verb)

    def test_a_large_unit_that_fails_leaves_nothing(self) -> None:
        """Of hundreds of records none is kept if the last is refused or the block fails: "what it did is kept as a whole at its end, or not at all"."""
        things = [Thing(f"{number:04d}") for number in range(LARGE)]
        parts = [Part(code=f"{number:04d}", serial=f"{number}") for number in range(LARGE)]
        with self.bound() as storage:
            keep(storage, *things, Part(code="last"))
            changes = [
                ("add", *(Relic(f"{number:04d}", "w") for number in range(LARGE))),
                ("save", *(evolve(thing, name="changed") for thing in things[::2])),
                ("remove", *things[1::2]),
            ]
            with pytest.raises(Undo):
                write(storage, *changes, then=Undo())
            with pytest.raises(DuplicateKey):
                write(storage, *changes, ("add", Part(code="last")))
            with pytest.raises(StaleRecord):
                write(storage, *changes, ("save", Part(code="last", version=7)))
            with pytest.raises(DuplicateKey):
                write(storage, *changes, ("add", *parts, Part(code="new", serial="0")))
            assert all_of(storage, Relic) == [], "of a unit that failed some records were added"
            assert len(all_of(storage, Part)) == 1, "of a unit that failed some records were added"
            assert all_of(storage, Thing) == things, (
                "of a unit that failed some records were saved or removed"
            )

    @needs("concurrent")
    def test_a_large_unit_is_seen_as_a_whole(self) -> None:
        """Nobody sees a part of hundreds of records that are changed together: "each sees either all or nothing of any other"."""
        with self.bound() as storage:
            keep(storage, *(Relic(f"{number:04d}", "0") for number in range(LARGE)))

            def change() -> None:
                for turn in range(1, _ROUNDS + 1):
                    relics = [Relic(f"{number:04d}", f"{turn}", version=turn) for number in range(LARGE)]
                    run(storage, lambda tx, relics=relics: tx.save(*relics))  # type: ignore[misc]  # a default binds it

            torn = [words for words in seen_during(change, lambda: _words(storage)) if len(words) != 1]
            assert torn == [], f"a transaction saw a part of a unit of {LARGE} records"
            assert _words(storage) == {f"{_ROUNDS}"}, "the last unit is not there as a whole"

    def test_every_lookup_key_finds(self) -> None:
        """A record is found by each of its lookup keys, however many they are: "The record has that lookup key"."""
        things = [
            Thing(f"{count:03d}", words=tuple(f"{count}-{number}" for number in range(count)))
            for count in _KEY_COUNTS
        ]
        with self.bound() as storage:
            keep(storage, *things)
            with storage.transaction(read_only=True) as tx:
                for thing in things:
                    for word in dict.fromkeys([*thing.words[:12], *thing.words[-12:], *thing.words[::25]]):
                        assert keys_of(tx, Thing, has_key("word", word)) == [thing.id], (
                            f"a record with {len(thing.words)} lookup keys is not found by {word!r}"
                        )
                    assert tx.count(Thing, Query(key_starts("word", f"{len(thing.words)}-"))) == 1, (
                        f"a record with {len(thing.words)} keys that begin alike is counted more than once, or not at all"
                    )
            with storage.transaction() as tx:
                tx.save(*(evolve(thing, words=thing.words[-1:]) for thing in things))
            with storage.transaction(read_only=True) as tx:
                for thing in things:
                    for word in {*thing.words[:1], *thing.words[-2:]}:
                        expected = [thing.id] if word == thing.words[-1] else []
                        assert keys_of(tx, Thing, has_key("word", word)) == expected, (
                            f"after a save {word!r} finds {'nothing' if expected else 'what it is no longer a key of'}"
                        )

    def test_keys_are_measured_in_characters(self) -> None:
        """Keys of full length that differ by their last character are two, in any script: "longer ones are cut", and "text, at most 64 characters"."""
        with self.bound() as storage:
            for number, wide in enumerate(_WIDE):
                stem, long = wide * (KEY_LENGTH - 1), wide * (LOOKUP_LENGTH - 1)
                keys = [f"{stem}{end}" for end in "ab"]
                keep(storage, *(Thing(key, words=(f"{long}{key[-1]}{number}",)) for key in keys))
                with storage.transaction(read_only=True) as tx:
                    for key in keys:
                        said = f"of keys that differ by their last character, behind {KEY_LENGTH - 1} times {wide!r}"
                        found = tx.get(Thing, key)
                        assert found is not None, f"{said}, one is not there"
                        assert found.id == key, f"{said}, another one was returned"
                        whole = f"{long}{key[-1]}"
                        assert keys_of(tx, Thing, has_key("word", whole)) == [key], (
                            f"a lookup key of {LOOKUP_LENGTH} times {wide!r} does not find its record alone"
                        )
                        assert keys_of(tx, Thing, key_starts("word", long)) == keys, (
                            "a long beginning finds other records"
                        )
                        assert keys_of(tx, Thing, has_key("word", f"{whole}{number}")) == [], (
                            "a key that is longer than lookup keys are finds something"
                        )

    def test_every_criterion_of_an_order_counts(self) -> None:
        """Six criteria in any directions, each of which decides for some records: "in the order of the query, the key being the last criterion"."""
        names = ("good", "color", "born", "size", "at", "name")
        base = Thing("", name="m", color=Color.BLUE)
        greater: dict[str, Any] = {"good": True, "color": Color.RED, "name": "n"}
        greater.update(size=1, born=base.born.replace(year=2001), at=base.at.replace(year=2027))
        things = [evolve(base, id="50")]
        for place, name in enumerate(names):
            things.append(evolve(base, id=f"{40 - place}", **{name: greater[name]}))
            things.append(evolve(base, id=f"{60 + place}", **{name: greater[name]}))
        with self.bound() as storage:
            keep(storage, *things)
            with storage.transaction(read_only=True) as tx:
                for order_by in _orders(names):
                    expected = [thing.id for thing in in_order(things, THINGS, order_by)]
                    assert keys_of(tx, Thing, order_by=order_by) == expected, (
                        f"wrong order by {', '.join(order_by)}"
                    )
                    found = [thing.id for thing in pages(tx, THINGS, Query(order_by=order_by, limit=3))]
                    assert found == expected, f"pages in the order of {', '.join(order_by)} do not meet"

    def test_hints_change_no_page(self) -> None:
        """A queue has the order, the limits and the marks of any other query: "Nothing may depend on it"."""
        things = [Thing(f"{number}", name=f"{number % 2}", size=-number // 3) for number in range(9)]
        queries = [
            Query(where, order_by=order_by, limit=limit)
            for where in (And(()), stored("size") < 0)
            for order_by in ((), ("size",), ("-size",), ("name", "-size"), ("-name",))
            for limit in (None, 0, 1, 4)
        ]
        marked = [evolve(query, after=("1", "4")) for query in queries if query.order_by == ("-name",)]
        with self.bound() as storage:
            keep(storage, *things)
            for read_only in (True, False):
                with storage.transaction(read_only=read_only) as tx:
                    for query in (*queries, *marked):
                        plain, hinted = (
                            [thing.id for thing in tx.find(Thing, evolve(query, skip_locked=hint))]
                            for hint in (False, True)
                        )
                        assert hinted == plain, (
                            f"with `skip_locked`, though nothing is locked, the answer differs: {query}"
                        )
                        everybody = tx.count(Thing, Query(query.where))
                        counted = tx.count(Thing, evolve(query, skip_locked=True))
                        assert counted == everybody, (
                            f"order, limit, mark or hint change what is counted: {query}"
                        )

    @needs("exhaustive")
    def test_no_unit_is_too_large_to_be_undone(self) -> None:
        """Of thousands of records, added in many calls, none is kept if the block fails at its end: "what it did is kept as a whole at its end, or not at all"."""
        with self.bound() as storage:
            with undone(storage) as tx:
                for start in range(0, _AT_ONCE, LARGE):
                    tx.add(*(Relic(f"{number:05d}") for number in range(start, start + LARGE)))
            kept = len(all_of(storage, Relic))
        assert kept == 0, f"of a unit that failed {kept} records are kept"

    def test_each_of_many_referring_records_counts(self) -> None:
        """Of hundreds of records that refer to one, each may be the one that matches: "A record of `table` refers to this one by `refers_by` and matches `where`"."""
        with self.bound() as storage:
            keep(storage, Thing("t"), *(Part(code=f"{n:03d}", thing_id="t", order=n) for n in range(LARGE)))
            with storage.transaction(read_only=True) as tx:
                for place in (0, 1, 99, 100, 254, 255, 256, LARGE - 1):
                    where = exists("kit_parts", "thing_id", stored("order") == place)
                    assert keys_of(tx, Thing, where) == ["t"], (
                        f"of {LARGE} records that refer to one, number {place} is overlooked"
                    )

    @needs("exhaustive")
    def test_no_number_of_records_is_too_large(self) -> None:
        """More than ten thousand records are kept, found, counted and read in pages: "Read the records that match"."""
        keys = [f"{number:05d}" for number in range(ROWS)]
        with self.bound() as storage:
            for start in range(0, ROWS, _AT_ONCE):
                keep(storage, *(Relic(key, f"w{key}") for key in keys[start : start + _AT_ONCE]))
            with storage.transaction(read_only=True) as tx:
                _compare(keys_of(tx, Relic), keys, "all records")
                assert tx.count(Relic, Query(Not(stored("word") == "w"))) == ROWS, (
                    "not all records are counted"
                )
                downwards = keys_of(tx, Relic, order_by=("-word",), limit=ROWS - 100)
                _compare(downwards, keys[:99:-1], "a large page in another order")
                assert keys_of(tx, Relic, after=(keys[-200],)) == keys[-199:], "the last page is wrong"
                last = stored("word") >= f"w{keys[-3]}"
                assert keys_of(tx, Relic, last) == keys[-3:], "the last of many records do not match"
                assert keys_of(tx, Relic, has_key("word", f"w{keys[-1]}")) == keys[-1:], (
                    "the last of many keys does not find"
                )


def _lists_of(length: int) -> Iterator[Criterion]:
    """Lists in which each of the places below the length matches a record, if there is one."""
    numbers = range(length)
    yield OneOf("size", tuple(numbers))
    yield OneOf("id", tuple(f"{number:04d}" for number in numbers))
    yield OneOf("nick", tuple(f"n{number}" for number in reversed(numbers)))
    yield exists("kit_parts", "thing_id", OneOf("order", tuple(numbers)))


def _life() -> Iterator[tuple[str, Any]]:
    yield "add", lambda number: Relic(f"{number:04d}", f"a{number}")
    yield "save", lambda number: Relic(f"{number:04d}", f"b{number}")
    yield "remove", lambda number: Relic(f"{number:04d}", version=2)


def _assert_life(storage: Storage, verb: str) -> None:
    found = all_of(storage, Relic)
    letter, version = {"add": ("a", 1), "save": ("b", 2), "remove": ("", 0)}[verb]
    expected = [
        Relic(f"{number:04d}", f"{letter}{number}", version) for number in range(LARGE if version else 0)
    ]
    _compare(found, expected, f"after `{verb}` of {LARGE} records in one unit")
    for number in (0, LARGE // 2, LARGE - 1) if version else ():
        assert fetched(storage, Relic, f"{number:04d}") == expected[number], (
            f"`get` after `{verb}` of many differs"
        )


def _orders(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for directions in (0b000000, 0b111111, 0b010101, 0b101010, 0b000111, 0b110100):
        signed = tuple(f"{'-' if directions >> place & 1 else ''}{name}" for place, name in enumerate(names))
        yield signed
        yield signed[::-1]
        yield signed[2:]


def _words(storage: Storage) -> set[str]:
    return {relic.word for relic in all_of(storage, Relic)}


def _compare(found: list[Any], expected: list[Any], say: str) -> None:
    """Demand the same list, in few words: it is long."""
    assert len(found) == len(expected), f"{say}: {len(found)} instead of {len(expected)}"
    wrong = next(
        (place for place, (one, other) in enumerate(zip(found, expected, strict=True)) if one != other), None
    )
    assert wrong is None, (
        f"{say}: {found[wrong or 0]!r} stands in place {wrong} instead of {expected[wrong or 0]!r}"
    )
