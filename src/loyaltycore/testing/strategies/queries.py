"""Strategies for criteria and queries over any record type."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from attrs import frozen
from hypothesis import strategies as st

from loyaltycore.kernel.criteria import (
    EVERYTHING,
    And,
    Compare,
    Criterion,
    Exists,
    HasKey,
    IsNull,
    KeyBetween,
    Not,
    OneOf,
    Op,
    Or,
    Query,
)
from loyaltycore.storing.registry import RecordType, Registry, StoredField, Storing
from loyaltycore.testing.strategies.records import present_values
from loyaltycore.testing.strategies.values import GREATEST_INTEGER, LEAST_INTEGER, texts

_EQUALITY: Final = (Op.EQ, Op.NE)
_UNCOMPARABLE: Final = frozenset({Storing.DOCUMENT, Storing.LONG_TEXT})
_UNORDERED: Final = frozenset({Storing.BOOLEAN, Storing.CHOICE})
_MOST_PARTS: Final = 3
_MOST_FIELDS: Final = 5
"""Of an order: more than people ask for, and more than some engines heed."""
_MOST_LEAVES: Final = 6


def criteria(
    record_type: RecordType[Any], registry: Registry, among: Iterable[object] = ()
) -> st.SearchStrategy[Criterion]:
    """Nested criteria on one record type: every comparison that it allows.

    Args:
        record_type: What is asked for; it is in the registry.
        registry: Where the records that refer to it are found.
        among: Records whose values some comparisons use, so that they match some of them.
    """
    known = tuple(among)
    return _templates(registry, record_type.table).map(
        lambda where: _settled(where, record_type, registry, known)
    )


def queries(
    record_type: RecordType[Any], registry: Registry, among: Iterable[object] = ()
) -> st.SearchStrategy[Query]:
    """Queries for everything or with criteria, in any order and with a limit, from the beginning."""
    return st.builds(
        Query,
        where=st.just(EVERYTHING) | criteria(record_type, registry, among),
        order_by=orders(record_type),
        limit=st.sampled_from((None, 1, 2, 0, 3)),
        skip_locked=st.booleans(),
    )


def orders(record_type: RecordType[Any]) -> st.SearchStrategy[tuple[str, ...]]:
    """Orders by some fields, in mixed directions; a field may stand there twice."""
    names = [
        stored.name
        for stored in record_type.fields
        if not stored.nullable and stored.storing not in _UNCOMPARABLE
    ]
    signed = st.builds("{}{}".format, st.sampled_from(["", "-"]), st.sampled_from(names))
    return st.lists(signed, max_size=_MOST_FIELDS).map(tuple)


@frozen
class _Held:
    """Stands in a template for a value of a known record: templates are made once, records many times."""

    place: int
    """Which of the values there are."""
    otherwise: Any
    """The value if there is none."""

    def among(self, values: Iterable[Any]) -> Any:
        """One of the values."""
        found = [value for value in values if value is not None]
        return found[self.place % len(found)] if found else self.otherwise


def _settled(
    where: Criterion, record_type: RecordType[Any], registry: Registry, known: tuple[object, ...]
) -> Criterion:
    """The template with the values of known records in its places."""
    mine = [record for record in known if isinstance(record, record_type.cls)]

    def settle(name: str, value: Any) -> Any:
        return value.among(getattr(record, name) for record in mine) if isinstance(value, _Held) else value

    match where:
        case Compare(name, op, value):
            return Compare(name, op, settle(name, value))
        case OneOf(name, values):
            return OneOf(name, tuple(settle(name, value) for value in values))
        case HasKey(lookup, _Held() as value, prefix):
            keys = (key for record in mine for key in record_type.keys_of(record).get(lookup, ()))
            found = value.among(sorted(keys))
            return HasKey(lookup, found[: 1 + value.place] if prefix else found, prefix)
        case KeyBetween(lookup, _Held() as value, end):
            keys = (key for record in mine for key in record_type.keys_of(record).get(lookup, ()))
            return KeyBetween(lookup, value.among(sorted(keys)), end)
        case Exists(table, refers_by, inner):
            return Exists(table, refers_by, _settled(inner, registry.named(table), registry, known))
        case And(parts):
            return And(tuple(_settled(part, record_type, registry, known) for part in parts))
        case Or(parts):
            return Or(tuple(_settled(part, record_type, registry, known) for part in parts))
        case Not(part):
            return Not(_settled(part, record_type, registry, known))
    return where


@cache
def _templates(registry: Registry, table: str) -> st.SearchStrategy[Criterion]:
    others = [other for other in registry if _references(other)]
    return _nested(_evenly(*_leaves(registry.named(table)), [_exists(registry, other) for other in others]))


@cache
def _plain_templates(registry: Registry, table: str) -> st.SearchStrategy[Criterion]:
    return _nested(_evenly(*_leaves(registry.named(table))))


def _evenly(*groups: list[st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """One of the groups, however many are in it: hypothesis would make one large group of them."""
    chosen = [st.one_of(group) for group in groups if group]
    # A function of our own, because a method would print the whole list where hypothesis describes the strategy.
    return st.integers(0, len(chosen) - 1).flatmap(lambda place: chosen[place])


def _nested(base: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
    def nest(inner: st.SearchStrategy[Criterion]) -> st.SearchStrategy[Criterion]:
        several = st.lists(inner, min_size=1, max_size=_MOST_PARTS).map(tuple)
        return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)

    # A mistake about one comparison is hidden by what surrounds it, so that half of them stand alone.
    return _evenly([base], [st.recursive(base, nest, max_leaves=_MOST_LEAVES)])


def _leaves(record_type: RecordType[Any]) -> list[list[st.SearchStrategy[Criterion]]]:
    """Criteria without parts: on fields, on those that may be None, and on lookup keys if there are any."""
    on_fields: list[st.SearchStrategy[Criterion]] = [st.sampled_from((EVERYTHING, And(()), Or(())))]
    # None is what engines are most often wrong about, and few fields may be None.
    on_nullable: list[st.SearchStrategy[Criterion]] = []
    for stored in record_type.fields:
        group = on_nullable if stored.nullable else on_fields
        group.append(st.just(IsNull(stored.name)))
        if stored.storing not in _UNCOMPARABLE:
            group += _comparisons(stored)
    on_keys: list[st.SearchStrategy[Criterion]] = []
    if record_type.lookups:
        lookups, keys = st.sampled_from(record_type.lookups), texts(4, min_size=1)
        on_keys.append(st.builds(HasKey, lookups, _held(keys), st.booleans()))
        on_keys.append(st.builds(KeyBetween, lookups, _held(keys), st.none() | keys))
    return [on_fields, on_nullable, on_keys]


def _held(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _evenly([values], [st.builds(_Held, st.integers(0, _MOST_PARTS), values)])


def _comparisons(stored: StoredField) -> list[st.SearchStrategy[Criterion]]:
    name, values = st.just(stored.name), _held(_compared(stored))
    ops = st.sampled_from(_EQUALITY if stored.storing in _UNORDERED else tuple(Op))
    several = st.lists(values, max_size=_MOST_PARTS).map(tuple)
    return [st.builds(Compare, name, ops, values), st.builds(OneOf, name, several)]


def _compared(stored: StoredField) -> st.SearchStrategy[Any]:
    values = present_values(stored)
    if stored.storing is Storing.CHOICE:
        # A choice may be compared with a member or with its value.
        values |= st.sampled_from([member.value for member in stored.type])
    if stored.storing is Storing.INTEGER:
        # A comparison may name a number that no engine could store.
        values |= st.sampled_from([LEAST_INTEGER - 1, GREATEST_INTEGER + 1])
    return values


def _references(record_type: RecordType[Any]) -> list[str]:
    """The fields that may hold the key of another record."""
    return [
        stored.name
        for stored in record_type.fields
        if stored.storing is Storing.TEXT and stored.name != record_type.key
    ]


def _exists(registry: Registry, other: RecordType[Any]) -> st.SearchStrategy[Criterion]:
    where = st.deferred(lambda: _plain_templates(registry, other.table))
    return st.builds(Exists, st.just(other.table), st.sampled_from(_references(other)), where)
