"""Criterion mean the same in SQL as in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import (
    EVERYTHING,
    And,
    Compare,
    Criterion,
    Exists,
    HasKey,
    IsNull,
    Not,
    OneOf,
    Op,
    Or,
    Query,
    View,
    exists,
    key_starts,
    matches,
    stored,
)
from loyaltycore.storing.registry import RecordType, Storing
from loyaltycore_sql import SqlStorage
from tests.adapters.sql import samples
from tests.adapters.sql.helpers import undone
from tests.adapters.sql.samples import PARTS, REGISTRY, THINGS, Color, Part, Thing

EQUALITY = st.sampled_from([Op.EQ, Op.NE])
BIG = st.sampled_from([-(2**63) - 1, 2**63, 2**70])
VALUES: dict[Storing, st.SearchStrategy[Any]] = {
    Storing.TEXT: samples.texts | samples.keys,
    Storing.INTEGER: samples.integers | BIG,
    Storing.BOOLEAN: samples.booleans,
    Storing.DATE: samples.dates,
    Storing.INSTANT: samples.instants,
    Storing.CHOICE: samples.colors | st.sampled_from([color.value for color in Color]),
}


def leaves(record_type: RecordType[Any]) -> st.SearchStrategy[Criterion]:
    """Every comparison that a record type allows."""
    options: list[st.SearchStrategy[Criterion]] = [st.just(EVERYTHING)]
    for declared in record_type.fields:
        name = st.just(declared.name)
        options.append(st.builds(IsNull, name))
        if declared.storing in VALUES:
            values = VALUES[declared.storing]
            ordered = declared.storing not in {Storing.BOOLEAN, Storing.CHOICE}
            options.append(st.builds(Compare, name, st.sampled_from(Op) if ordered else EQUALITY, values))
            options.append(st.builds(OneOf, name, st.lists(values, max_size=3).map(tuple)))
    if record_type.lookups:
        some = samples.texts.filter(bool)
        options.append(st.builds(HasKey, st.sampled_from(record_type.lookups), some, st.booleans()))
    return st.one_of(options)


def criteria(record_type: RecordType[Any], related: st.SearchStrategy[Criterion] | None = None) -> Any:
    """Nested criteria; `related` are those on the records that refer to this one."""
    base = leaves(record_type)
    if related is not None:
        base |= st.builds(Exists, st.just("parts"), st.sampled_from(["thing_id", "serial"]), related)
        base |= st.builds(Exists, st.just("parts"), st.just("order"), related)

    def nest(inner: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
        several = st.lists(inner, max_size=3).map(tuple)
        return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)

    return st.recursive(base, nest, max_leaves=8)


THING_CRITERIA = criteria(THINGS, criteria(PARTS))


def view(parts: list[Part]) -> View:
    """What `matches` may look at, made from lists."""
    return View(
        keys=lambda record: REGISTRY.of(type(record)).keys_of(record),
        related=lambda _, name, key: [part for part in parts if getattr(part, name) == key],
        key=lambda record: REGISTRY.of(type(record)).key_of(record),
    )


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(samples.distinct(samples.things(), "id", 5), samples.part_lists(5), THING_CRITERIA)
@example([Thing("k1"), Thing("k2", nick="x")], [], Not(stored("nick") == "x"))
@example([Thing("k1"), Thing("k2", nick="x")], [], Not(Not(stored("nick") != "y")))
@example([Thing("k1")], [Part(code="a")], Not(exists("parts", "thing_id")))
@example([Thing("k1", weight=5)], [], Not(OneOf("weight", (2**70,))))
@example([Thing("k1", name="a")], [], stored("name") == "a ")
@example([Thing("k1", color=Color.RED)], [], stored("color") == Color.DARK_RED)
@example([Thing("k1", words=("100%",))], [], key_starts("word", "100_"))
@example([Thing("k1", words=("\U0010ffff\U0010ffffa",))], [], key_starts("word", "\U0010ffff"))
@example([Thing("k1", words=("a\ud7ff\U00010000",))], [], key_starts("word", "a\ud7ff"))
def test_sql_agrees_with_matches(
    shared: SqlStorage, things: list[Thing], parts: list[Part], where: Criterion
) -> None:
    """`find` and `count` answer exactly the records that `matches` picks, whatever they and the criteria hold."""
    expected = sorted(thing.id for thing in things if matches(where, thing, view(parts)))
    with undone(shared) as tx:
        tx.add(*things, *parts)
        assert [thing.id for thing in tx.find(Thing, Query(where))] == expected
        assert tx.count(Thing, Query(where)) == len(expected)


@pytest.mark.parametrize("wrap", [lambda where: where, Not, lambda where: Not(Not(where))])
def test_exists_in_exists(shared: SqlStorage, wrap: Callable[[Criterion], Criterion]) -> None:
    """An `exists` may stand inside another one over the same table, and each refers to the record around it."""
    parts = [
        Part(code="p1", thing_id="t1"),
        Part(code="p2", thing_id="p1"),
        Part(code="p3", thing_id="t2"),
        Part(code="t1", thing_id=None),
    ]
    things = [Thing("t1"), Thing("t2"), Thing("t3")]
    where = wrap(exists("parts", "thing_id", exists("parts", "thing_id")))
    expected = [thing.id for thing in things if matches(where, thing, view(parts))]
    with undone(shared) as tx:
        tx.add(*parts, *things)
        assert [thing.id for thing in tx.find(Thing, Query(where))] == expected


def test_long_chains(shared: SqlStorage) -> None:
    """Several thousand alternatives are one query, also on SQLite, which nests no deeper than a thousand."""
    several = Or(tuple(stored("size") == number for number in range(3000)))
    with undone(shared) as tx:
        tx.add(Thing("a", size=2999), Thing("b", size=3000))
        assert [thing.id for thing in tx.find(Thing, Query(several))] == ["a"]
        assert [thing.id for thing in tx.find(Thing, Query(Not(several)))] == ["b"]


@pytest.mark.parametrize("text", ["a\x00", "\x00", "\ud800", "a\udfff"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda text: Query(stored("name") >= text),
        lambda text: Query(stored("nick").one_of([text])),
        lambda text: Query(HasKey("word", text)),
        lambda text: Query(key_starts("word", text)),
        lambda text: Query(order_by=("name",), after=(text, "k")),
    ],
)
def test_characters_that_no_engine_takes(shared: SqlStorage, ask: Callable[[str], Query], text: str) -> None:
    """A comparison with NUL or half a surrogate pair is refused alike on every engine."""
    with pytest.raises(InvalidInput), shared.transaction(read_only=True) as tx:
        list(tx.find(Thing, ask(text)))
