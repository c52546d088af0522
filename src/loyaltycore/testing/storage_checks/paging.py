"""Order, pages and portions: Python's order, every record once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.kernel.criteria import Query, stored
from loyaltycore.ports.storage import Transaction
from loyaltycore.storing.registry import RecordType
from loyaltycore.testing.samples import PARTS, THINGS, Color, Part, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, keep, keys_of, undone
from loyaltycore.testing.strategies.answers import in_order, place_of
from loyaltycore.testing.strategies.queries import orders
from loyaltycore.testing.strategies.records import record_of
from loyaltycore.testing.suite import examples

MANY = 1500
"""More records than an adapter reads at once."""

_MOST_PAGES = 50

_EAST, _WEST = timezone(timedelta(hours=14)), timezone(-timedelta(hours=11))
_ASCENDING: dict[str, tuple[Any, ...]] = {
    "id": ("A", "B", "a", "a ", "aa", "b", "z", "\u00e4", "\ud7ff", "\uffff", "\U00010000"),
    "name": ("", " ", "A", "B", "a", "a ", "aa", "b", "z", "\u00e4", "\ud7ff", "\uffff", "\U00010000"),
    "color": (Color.DARK_RED, Color.BLUE, Color.RED, Color.BURGUNDY, Color.ROSE, Color.REDDISH),
    "born": (date(1900, 1, 1), date(1969, 12, 31), date(2000, 2, 29), date(2199, 12, 31)),
    "at": (
        datetime(1900, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 23, 59, tzinfo=_EAST),
        datetime(2026, 1, 1, 12, tzinfo=UTC),
        datetime(2026, 1, 1, 12, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 1, 30, tzinfo=_WEST),
    ),
    "size": (-(2**63), -10, -9, 0, 9, 10, 2**53, 2**53 + 1, 2**63 - 1),
    "good": (False, True),
}
"""For every kind of field that a query can order by, values in their order."""


def pages(tx: Transaction, record_type: RecordType[Any], query: Query) -> list[Any]:
    """Read page by page, each after the last record of the one before."""
    found: list[Any] = []
    for _ in range(_MOST_PAGES):
        page = list(tx.find(record_type.cls, query))
        if not page:
            return found
        found += page
        query = evolve(query, after=place_of(page[-1], record_type, query.order_by))
    raise AssertionError("the pages do not end")


def alike() -> st.SearchStrategy[list[Thing]]:
    """Things that are alike in many fields, so that the later criteria of an order matter."""
    few: dict[str, st.SearchStrategy[Any]] = {
        "name": st.sampled_from(["", "a", "A", "\u00e4", "z", "a ", "\uffff", "\U00010000"]),
        "size": st.sampled_from([0, 1, -1]),
        # What no query can order by only takes time.
        **{name: st.just(()) for name in ("extras", "words")},
        **{name: st.none() for name in ("nick", "mood", "died", "seen", "weight", "maybe", "facts")},
    }
    return st.lists(record_of(THINGS, **few), max_size=6, unique_by=lambda thing: thing.id)


class PagingChecks(StorageChecks, kit=True):
    """Order, `after`, `limit`, and iterators over many records."""

    def test_the_order_is_pythons(self) -> None:
        """Any order gives Python's sorted list: "Read the records that match, in the order of the query, the key being the last criterion"."""
        with self.bound() as storage:

            @examples(80)
            @given(alike(), orders(THINGS))
            def holds(things: list[Thing], order_by: tuple[str, ...]) -> None:
                with undone(storage) as tx:
                    tx.add(*things)
                    found = list(tx.find(Thing, Query(order_by=order_by)))
                    assert [thing.id for thing in found] == [
                        thing.id for thing in in_order(things, THINGS, order_by)
                    ], "the records are out of order"

            holds()

    def test_every_kind_of_field_sorts(self) -> None:
        """Texts by code point, choices by value, instants by time, upwards and downwards: "Read the records that match, in the order of the query, the key being the last criterion"."""
        for name, ascending in _ASCENDING.items():
            things = [Thing(**{"id": f"k{place:02d}", name: value}) for place, value in enumerate(ascending)]
            expected = [thing.id for thing in things]
            with self.bound() as storage:
                keep(storage, *sorted(things, key=lambda thing: thing.id[::-1]))
                with storage.transaction(read_only=True) as tx:
                    assert keys_of(tx, Thing, order_by=(name,)) == expected, name
                    assert keys_of(tx, Thing, order_by=(f"-{name}",)) == expected[::-1], name
                    assert pages(tx, THINGS, Query(order_by=(name,), limit=1)) == things, name
                    assert pages(tx, THINGS, Query(order_by=(f"-{name}",), limit=2)) == things[::-1], name

    def test_pages_meet(self) -> None:
        """Pages in a row are the whole list, for any order and size: "The `order_by` values and the key of the last record seen: the answer starts after it"."""
        with self.bound() as storage:

            @examples(80)
            @given(alike(), orders(THINGS), st.integers(1, 3))
            def holds(things: list[Thing], order_by: tuple[str, ...], size: int) -> None:
                with undone(storage) as tx:
                    tx.add(*things)
                    found = pages(tx, THINGS, Query(order_by=order_by, limit=size))
                    assert found == in_order(things, THINGS, order_by), (
                        "pages in a row are not the whole list"
                    )

            holds()

    def test_the_key_is_the_last_criterion(self) -> None:
        """Equal records are in the order of their keys, whatever the key is called, in the last direction: "Read the records that match, in the order of the query, the key being the last criterion"."""
        codes = ["c", "a", "B", "b"]
        with self.bound() as storage:
            keep(storage, *(Part(code=code, batch="x", order=place // 2) for place, code in enumerate(codes)))
            with storage.transaction(read_only=True) as tx:
                assert keys_of(tx, Part) == ["B", "a", "b", "c"], "without an order the keys are out of order"
                assert keys_of(tx, Part, order_by=("batch",)) == ["B", "a", "b", "c"], (
                    "records that are equal are out of the order of their keys"
                )
                assert keys_of(tx, Part, order_by=("-batch",)) == ["c", "b", "a", "B"], (
                    "downwards, records that are equal are out of the order of their keys"
                )
                assert keys_of(tx, Part, order_by=("-order", "batch")) == ["B", "b", "a", "c"], (
                    "the direction of the last criterion is not that of the key"
                )
                assert keys_of(tx, Part, order_by=("order", "-batch")) == ["c", "a", "b", "B"], (
                    "the direction of the last criterion is not that of the key"
                )
                two = Query(order_by=("-batch",), after=("x", "b"), limit=2)
                assert pages(tx, PARTS, two) == [
                    Part(code="a", batch="x"),
                    Part(code="B", batch="x", order=1),
                ], "after a mark another page comes"

    def test_a_page_begins_behind_its_mark(self) -> None:
        """The record that the mark was taken from may be gone, and new ones may have come: "The `order_by` values and the key of the last record seen: the answer starts after it"."""
        with self.bound() as storage:
            keep(storage, *(Thing(f"{number}", size=number // 2) for number in range(6)))
            with storage.transaction() as tx:
                tx.remove(Thing("3", size=1))
                tx.add(Thing("3a", size=1), Thing("0a"))
            with storage.transaction(read_only=True) as tx:
                assert keys_of(tx, Thing, order_by=("size",), after=(1, "3")) == ["3a", "4", "5"], (
                    "the page after a mark whose record is gone is another one"
                )
                assert keys_of(tx, Thing, order_by=("-size",), after=(1, "3")) == ["2", "1", "0a", "0"], (
                    "downwards, the page after a mark whose record is gone is another one"
                )
                assert keys_of(tx, Thing, after=("3",), where=stored("size") > 1) == ["4", "5"], (
                    "after a mark that does not match, the page is another one"
                )
                assert keys_of(tx, Thing, after=("9",)) == [], "after the last record there is something"

    def test_a_limit_is_kept(self) -> None:
        """Never more than the limit, none at zero, all without one: "At most so many records; None for all"."""
        with self.bound() as storage:
            keep(storage, *(Thing(f"{number}", size=number) for number in range(5)))
            with storage.transaction(read_only=True) as tx:
                for limit in range(7):
                    assert keys_of(tx, Thing, limit=limit) == ["0", "1", "2", "3", "4"][:limit], (
                        "the limit is not kept"
                    )
                assert len(keys_of(tx, Thing)) == 5, "without a limit some records are missing"
                assert keys_of(tx, Thing, after=("1",), limit=2) == ["2", "3"], (
                    "after a mark the limit is not kept"
                )
                assert keys_of(tx, Thing, stored("size") > 1, limit=2) == ["2", "3"], "a page was filtered"

    def test_count_ignores_order_and_limit(self) -> None:
        """Counting a page counts all that match: "Count the records that match; order, `after` and `limit` are ignored"."""
        with self.bound() as storage:
            keep(storage, *(Thing(f"{number}", size=number) for number in range(5)))
            with storage.transaction(read_only=True) as tx:
                page = Query(stored("size") > 0, order_by=("-size",), after=(3, "3"), limit=1)
                assert tx.count(Thing, page) == 4, "order, mark or limit change what is counted"

    def test_an_iterator_gives_every_record(self) -> None:
        """However many match, each comes once and in order: "The iterator may read in portions", "in the order of the query, the key being the last criterion"."""
        with self.bound() as storage:
            things = [Thing(f"{number:05d}", size=number % 7) for number in range(MANY)]
            keep(storage, *things)
            with storage.transaction(read_only=True) as tx:
                assert keys_of(tx, Thing) == [thing.id for thing in things], (
                    "of many records some are missing or out of order"
                )
                by_size = [thing.id for thing in in_order(things, THINGS, ("-size",))]
                assert keys_of(tx, Thing, order_by=("-size",)) == by_size, (
                    "of many records some are missing or out of another order"
                )
                assert keys_of(tx, Thing, order_by=("-size",), limit=MANY - 1) == by_size[:-1], (
                    "of many records with a limit some are missing or too many"
                )
                self._read_in_between(tx)

    @staticmethod
    def _read_in_between(tx: Transaction) -> None:
        place = -1
        for place, thing in enumerate(tx.find(Thing, Query())):
            if place % 400 == 0:
                assert tx.get(Thing, thing.id) == thing, "while an iterator is open, `get` answers wrongly"
                assert keys_of(tx, Thing, limit=2) == ["00000", "00001"], (
                    "while an iterator is open, another one answers wrongly"
                )
                assert tx.count(Thing, Query(stored("id") <= thing.id)) == place + 1, (
                    "while an iterator is open, `count` answers wrongly"
                )
        assert place == MANY - 1, "reading something else in between ended the iterator"
