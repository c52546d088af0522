"""Strategies for criteria and queries over any record type, and what they must answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from loyaltycore.domain.criteria import (
    EVERYTHING,
    And,
    Compare,
    Criteria,
    Exists,
    HasKey,
    IsNull,
    Not,
    OneOf,
    Op,
    Or,
    Query,
    View,
    matches,
    plain,
)
from loyaltycore.records.registry import RecordType, Registry, StoredField, Storing
from loyaltycore.testing.strategies.records import stored_values
from loyaltycore.testing.strategies.values import GREATEST_INTEGER, LEAST_INTEGER, texts

T = TypeVar("T")

_EQUALITY: Final = (Op.EQ, Op.NE)
_UNCOMPARABLE: Final = frozenset({Storing.DOCUMENT, Storing.LONG_TEXT})
_UNORDERED: Final = frozenset({Storing.BOOLEAN, Storing.CHOICE})
_MOST_PARTS: Final = 3
_MOST_LEAVES: Final = 8


def criteria(
    record_type: RecordType[Any], registry: Registry, among: Iterable[object] = (), *, related: bool = True
) -> st.SearchStrategy[Criteria]:
    """Nested criteria on one record type: every comparison that it allows.

    Args:
        record_type: What is asked for.

        registry: Where the records that refer to it are found.

        among: Records whose values the comparisons use beside others, so that they match some of them.

        related: Whether `Exists` may occur.
    """
    known = tuple(among)
    base = st.one_of(_leaves(record_type, [held for held in known if isinstance(held, record_type.cls)]))
    if related:
        base |= st.one_of([_exists(other, registry, known) for other in registry if _references(other)])

    def nest(inner: st.SearchStrategy[Criteria]) -> st.SearchStrategy[Criteria]:
        several = st.lists(inner, max_size=_MOST_PARTS).map(tuple)
        return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)

    return st.recursive(base, nest, max_leaves=_MOST_LEAVES)


def queries(
    record_type: RecordType[Any], registry: Registry, among: Iterable[object] = ()
) -> st.SearchStrategy[Query]:
    """Queries with criteria, an order and a limit, from the beginning."""
    return st.builds(
        Query,
        where=criteria(record_type, registry, among),
        order_by=orders(record_type),
        limit=st.none() | st.integers(0, 4),
    )


def orders(record_type: RecordType[Any]) -> st.SearchStrategy[tuple[str, ...]]:
    """Orders by up to three fields, in mixed directions."""
    names = [
        stored.name
        for stored in record_type.fields
        if not stored.nullable and stored.storing not in _UNCOMPARABLE
    ]
    signed = st.builds("{}{}".format, st.sampled_from(["", "-"]), st.sampled_from(names))
    return st.lists(signed, max_size=_MOST_PARTS).map(tuple)


def matching(
    records: Sequence[T], record_type: RecordType[T], registry: Registry, where: Criteria, others: Sequence[object]
) -> list[T]:
    """The records that match, by the domain's own evaluation.

    Args:
        records: Those that are asked for.

        record_type: Their type.

        registry: All types.

        where: The criteria.

        others: Everything that is stored: where records that refer to them are looked for.
    """
    view = View(
        keys=lambda record: registry.of(type(record)).keys_of(record),
        key=lambda record: registry.of(type(record)).key_of(record),
        related=lambda table, name, key: _referring(others, registry.named(table).cls, name, key),
    )
    return in_order([record for record in records if matches(where, record, view)], record_type, ())


def in_order(records: Iterable[T], record_type: RecordType[T], order_by: tuple[str, ...]) -> list[T]:
    """The records in the order of a query: by Python's stable sorting, from the last criterion to the first."""
    last = f"-{record_type.key}" if order_by and order_by[-1].startswith("-") else record_type.key
    answer = list(records)
    for name in reversed((*order_by, last)):
        answer.sort(key=lambda record, name=name: plain(getattr(record, name.lstrip("-"))), reverse=name[0] == "-")
    return answer


def place_of(record: object, record_type: RecordType[Any], order_by: tuple[str, ...]) -> tuple[Any, ...]:
    """Where a record stands in an order, as `Query.after` tells it."""
    return tuple(getattr(record, name.lstrip("-")) for name in (*order_by, record_type.key))


def _referring(others: Iterable[object], cls: type, name: str, key: str) -> list[object]:
    return [other for other in others if isinstance(other, cls) and getattr(other, name) == key]


def _leaves(record_type: RecordType[Any], known: list[Any]) -> list[st.SearchStrategy[Criteria]]:
    leaves: list[st.SearchStrategy[Criteria]] = [st.just(EVERYTHING)]
    for stored in record_type.fields:
        leaves.append(st.just(IsNull(stored.name)))
        if stored.storing not in _UNCOMPARABLE:
            leaves += _comparisons(stored, [getattr(record, stored.name) for record in known])
    leaves += [_lookups(record_type, name, known) for name in record_type.lookups]
    return leaves


def _comparisons(stored: StoredField, known: list[Any]) -> list[st.SearchStrategy[Criteria]]:
    name, values = st.just(stored.name), _compared(stored, known)
    ops = st.sampled_from(_EQUALITY if stored.storing in _UNORDERED else tuple(Op))
    several = st.lists(values, max_size=_MOST_PARTS).map(tuple)
    return [st.builds(Compare, name, ops, values), st.builds(OneOf, name, several)]


def _compared(stored: StoredField, known: list[Any]) -> st.SearchStrategy[Any]:
    values = stored_values(stored).filter(lambda value: value is not None)
    held = [value for value in known if value is not None]
    options = [st.sampled_from(held)] if held else []
    if stored.storing is Storing.CHOICE:
        # A choice may be compared with a member or with its value.
        options.append(st.sampled_from([member.value for member in stored.type]))
    if stored.storing is Storing.INTEGER:
        # A comparison may name a number that no engine could store.
        options.append(st.sampled_from([LEAST_INTEGER - 1, GREATEST_INTEGER + 1]))
    return st.one_of(*options, values)


def _lookups(record_type: RecordType[Any], lookup: str, known: list[Any]) -> st.SearchStrategy[Criteria]:
    held = sorted({key for record in known for key in record_type.keys_of(record).get(lookup, ())})
    beginnings = sorted({key[:2] for key in held})
    values = texts(4, min_size=1)
    if held:
        values |= st.sampled_from(held) | st.sampled_from(beginnings)
    return st.builds(HasKey, st.just(lookup), values, st.booleans())


def _references(record_type: RecordType[Any]) -> list[str]:
    """The fields that may hold the key of another record."""
    return [
        stored.name
        for stored in record_type.fields
        if stored.storing is Storing.TEXT and stored.name != record_type.key
    ]


def _exists(
    other: RecordType[Any], registry: Registry, known: tuple[object, ...]
) -> st.SearchStrategy[Criteria]:
    where = st.deferred(lambda: criteria(other, registry, known, related=False))
    return st.builds(Exists, st.just(other.table), st.sampled_from(_references(other)), where)
