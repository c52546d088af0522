"""Order and paging follow Python's sorting, and visit every record exactly once."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import Query, exists, plain, stored
from loyaltycore.storing.registry import RecordType, Storing
from loyaltycore_sql import SqlStorage, transaction
from loyaltycore_sql.transaction import SqlTransaction
from tests.adapters.sql import samples
from tests.adapters.sql.helpers import statements, undone
from tests.adapters.sql.samples import PARTS, THINGS, Counter, Part, Thing


def sortable(record_type: RecordType[Any]) -> list[str]:
    """The fields by which a query may order."""
    unfit = {Storing.DOCUMENT, Storing.LONG_TEXT}
    return [
        stored.name for stored in record_type.fields if not stored.nullable and stored.storing not in unfit
    ]


def orders(record_type: RecordType[Any]) -> st.SearchStrategy[tuple[str, ...]]:
    """Orders by up to three fields, in mixed directions."""
    names = st.builds(
        lambda sign, name: sign + name, st.sampled_from(["", "-"]), st.sampled_from(sortable(record_type))
    )
    return st.lists(names, max_size=3).map(tuple)


def in_order(records: list[Any], record_type: RecordType[Any], order_by: tuple[str, ...]) -> list[Any]:
    """What the query must answer, by Python's stable sorting from the last criterion to the first."""
    last = f"-{record_type.key}" if order_by and order_by[-1].startswith("-") else record_type.key
    answer = list(records)
    for name in reversed((*order_by, last)):
        answer.sort(key=lambda record: plain(getattr(record, name.lstrip("-"))), reverse=name.startswith("-"))
    return answer


def pages(tx: SqlTransaction, record_type: RecordType[Any], query: Query) -> list[Any]:
    """Read page by page, each after the last record of the one before."""
    found: list[Any] = []
    while page := list(tx.find(record_type.cls, query)):
        found += page
        names = [name.lstrip("-") for name in query.order_by]
        query = evolve(query, after=tuple(getattr(page[-1], name) for name in (*names, record_type.key)))
    return found


THING_KEYS = st.text(st.sampled_from(samples.AWKWARD), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(samples.distinct(samples.things(THING_KEYS), "id", 8), orders(THINGS), st.integers(1, 4))
def test_things_in_order(
    shared: SqlStorage, things: list[Thing], order_by: tuple[str, ...], size: int
) -> None:
    """For any order and page size, the pages in a row are Python's sorted list."""
    with undone(shared) as tx:
        tx.add(*things)
        expected = in_order(things, THINGS, order_by)
        assert list(tx.find(Thing, Query(order_by=order_by))) == expected
        assert pages(tx, THINGS, Query(order_by=order_by, limit=size)) == expected


@settings(max_examples=50, deadline=None)
@given(samples.part_lists(5), orders(PARTS), st.integers(1, 3))
def test_parts_in_order(shared: SqlStorage, parts: list[Part], order_by: tuple[str, ...], size: int) -> None:
    """The last criterion is the record type's own key, whatever it is called."""
    with undone(shared) as tx:
        tx.add(*parts)
        assert pages(tx, PARTS, Query(order_by=order_by, limit=size)) == in_order(parts, PARTS, order_by)


@pytest.mark.parametrize("order_by", [(), ("value",), ("-value",)])
@pytest.mark.parametrize("limit", [None, 0, 1, 3, 4, 9, 10, 100])
def test_portions(
    shared: SqlStorage, monkeypatch: pytest.MonkeyPatch, order_by: tuple[str, ...], limit: int | None
) -> None:
    """What is read in several portions is the same as what is read at once, for any limit."""
    monkeypatch.setattr(transaction, "FIRST_PORTION", 3)
    monkeypatch.setattr(transaction, "LATER_PORTION", 4)
    counters = [Counter(f"c{number}", number // 2) for number in range(9)]
    with undone(shared) as tx:
        tx.add(*counters)
        found = list(tx.find(Counter, Query(order_by=order_by, limit=limit)))
        assert found == in_order(counters, samples.COUNTERS, order_by)[:limit]


def test_one_portion_is_one_statement(shared: SqlStorage) -> None:
    """A query with few answers costs one statement, and a limit is never exceeded by another."""
    with undone(shared) as tx:
        tx.add(*(Counter(f"c{number}") for number in range(5)))
        with statements(shared) as seen:
            list(tx.find(Counter, Query()))
            list(tx.find(Counter, Query(limit=5)))
            list(tx.find(Counter, Query(limit=0)))
        assert len(seen) == 2


def test_a_limit_that_fits_is_one_statement(shared: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many records as are read at once anyway cost one statement, although the first portion would be smaller."""
    monkeypatch.setattr(transaction, "FIRST_PORTION", 2)
    monkeypatch.setattr(transaction, "LATER_PORTION", 5)
    with undone(shared) as tx:
        tx.add(*(Counter(f"c{number}") for number in range(6)))
        with statements(shared) as seen:
            assert len(list(tx.find(Counter, Query(limit=5)))) == 5
        assert len(seen) == 1


@pytest.mark.parametrize("order_by", [(), ("name",), ("-name",)])
@pytest.mark.parametrize("turned", [False, True])
def test_pages_of_what_is_referred_to(shared: SqlStorage, order_by: tuple[str, ...], *, turned: bool) -> None:
    """Pages by a condition on related records are the whole answer, wherever the related records stand."""
    with undone(shared) as tx:
        tx.add(*(Thing(f"t{number}", name=str(-number % 3)) for number in range(9)))
        tx.add(*(Part(code=f"p{-number % 7}", thing_id=f"t{number}") for number in (0, 2, 3, 6, 8)))
        related = exists("parts", "thing_id", stored("code") > "p1")
        where = ~related | (stored("name") == "2") if turned else related
        whole = list(tx.find(Thing, Query(where, order_by)))
        assert whole
        for limit in (1, 2, 3):
            assert pages(tx, THINGS, Query(where, order_by, limit=limit)) == whole


def test_reading_in_between(shared: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """While an iterator is being used up, other reads may come in between."""
    monkeypatch.setattr(transaction, "FIRST_PORTION", 2)
    monkeypatch.setattr(transaction, "LATER_PORTION", 2)
    with undone(shared) as tx:
        tx.add(*(Counter(f"c{number}", number) for number in range(7)))
        for counter in tx.find(Counter, Query()):
            assert tx.get(Counter, counter.id) == counter
            assert tx.count(Counter, Query(stored("value") <= counter.value)) == counter.value + 1


def test_abandoned_iterator(shared: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """An iterator that is not used up stands in nobody's way."""
    monkeypatch.setattr(transaction, "FIRST_PORTION", 2)
    with undone(shared) as tx:
        tx.add(*(Counter(f"c{number}", number) for number in range(7)))
        first = next(tx.find(Counter, Query()))
        tx.save(evolve(first, value=99))
        assert tx.count(Counter, Query(stored("value") == 99)) == 1


def test_bad_queries_are_refused(shared: SqlStorage) -> None:
    """A query that cannot be answered is refused when `find` is called, not when the answer is used."""
    with pytest.raises(InvalidInput) as caught, shared.transaction(read_only=True) as tx:
        tx.find(Thing, Query(stored("nmae") == "x", order_by=("nick",)))
    assert caught.value.fields == ("where", "order_by[0]")
    with pytest.raises(InvalidInput), shared.transaction(read_only=True) as tx:
        tx.count(Thing, Query(stored("size") == "x"))
