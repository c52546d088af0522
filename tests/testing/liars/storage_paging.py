"""Storages that answer in the wrong order, or too much, or too little."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeVar

from attrs import evolve

from loyaltycore.errors import StorageError
from loyaltycore.kernel.criteria import EVERYTHING, Query, plain
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.storing.checks import check_query

T = TypeVar("T")

_PORTION: Final = 1000


class SortsLikePeople(MemoryTransaction):
    """Sorts texts as a phone book does."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read, sorted without regard to case."""
        found = list(super().find(cls, query))
        if query.order_by[:1] == ("name",):
            found.sort(key=lambda record: str(getattr(record, "name", "")).casefold())
        return iter(found)


class ForgetsTheKey(MemoryTransaction):
    """Leaves records that are alike in the order in which they were stored."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read in an order that is not total."""
        if query.order_by or query.after is not None:
            return super().find(cls, query)
        places = list(self._table(self._registry.of(cls)))
        found = sorted(super().find(cls, query), key=lambda record: places.index(self._key(record)))
        return iter(found)


class SortsTheKeyUpwards(MemoryTransaction):
    """Lets the key ascend also where the last criterion descends."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read with the key as an ascending criterion."""
        key = self._registry.of(cls).key
        if query.after is None and query.order_by and query.order_by[-1] != key:
            query = evolve(query, order_by=(*query.order_by, key))
        return super().find(cls, query)


class BeginsWithTheMark(MemoryTransaction):
    """Shows the last record of a page once more at the beginning of the next."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read from the mark on."""
        if query.after is None:
            return super().find(cls, query)
        marked = [record for record in super().find(cls, Query()) if self._key(record) == query.after[-1]]
        return iter([*marked, *super().find(cls, query)][: query.limit])


class CountsPagesByOffset(MemoryTransaction):
    """Begins a page at the mark's place in the list, which shifts when the marked record goes."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read behind the place of the mark."""
        check_query(query, self._registry.of(cls), self._registry)
        if query.after is None:
            return super().find(cls, query)
        found = list(super().find(cls, evolve(query, after=None, limit=None)))
        places = [place for place, record in enumerate(found) if self._key(record) == query.after[-1]]
        start = places[0] + 1 if places else 0
        return iter(found[start:][: query.limit])


class MissesTheLimitByOne(MemoryTransaction):
    """Gives one record more than the limit."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read one too many."""
        limit = query.limit + 1 if query.limit and query.limit > 0 else query.limit
        return super().find(cls, evolve(query, limit=limit))


class FiltersThePage(MemoryTransaction):
    """Takes a page first, and leaves out of it what does not match."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read a page of everything, and filter it."""
        fitting = [self._key(record) for record in super().find(cls, evolve(query, limit=None))]
        page = super().find(cls, evolve(query, where=EVERYTHING))
        return (record for record in page if self._key(record) in fitting)


class MarksTheFirstCriterion(MemoryTransaction):
    """Begins a page behind the mark's first value, and passes over records that share it."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read behind all that have the value."""
        found = super().find(cls, query if query.limit is None else evolve(query, limit=None))
        if query.after is None or not query.order_by:
            return iter(list(found)[: query.limit])
        name, mark = query.order_by[0].removeprefix("-"), plain(query.after[0])
        return iter([record for record in found if plain(getattr(record, name)) != mark][: query.limit])


class MarksUpwards(MemoryTransaction):
    """Looks for the records of the next page above the mark, though the order descends."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read what is above."""
        if query.after is None or not any(name.startswith("-") for name in query.order_by):
            return super().find(cls, query)
        upwards = tuple(name.removeprefix("-") for name in query.order_by)
        above = list(super().find(cls, evolve(query, order_by=upwards, limit=None)))
        return iter(above[::-1][: query.limit])


class TakesZeroForNoLimit(MemoryTransaction):
    """Gives everything where nothing may be given."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read, a limit of zero being none."""
        return super().find(cls, evolve(query, limit=query.limit or None))


class CountsThePage(MemoryTransaction):
    """Counts no further than the limit."""

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the page."""
        return sum(1 for _ in super().find(cls, query))


class StopsAfterAPortion(MemoryTransaction):
    """Forgets to fetch the second portion."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read the first portion."""
        return iter(list(super().find(cls, query))[:_PORTION])


class LosesItsCursor(MemoryTransaction):
    """Cannot go on after another read has come in between."""

    _reads = 0

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read, on the only cursor there is."""
        self._reads += 1
        return super().get(cls, key, for_update=for_update)

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read until somebody else reads."""
        found, reads = super().find(cls, query), self._reads
        for record in found:
            if self._reads != reads:
                raise StorageError("the cursor is gone")
            yield record


class HasOneCursor(MemoryTransaction):
    """Gives up what it was reading when something else is looked for."""

    _finds = 0

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read until the next question."""
        self._finds += 1
        return self._until(self._finds, super().find(cls, query))

    def _until(self, number: int, found: Iterator[T]) -> Iterator[T]:
        for record in found:
            if self._finds != number:
                return
            yield record


PAGING_LIARS: Final = (
    SortsLikePeople,
    ForgetsTheKey,
    SortsTheKeyUpwards,
    BeginsWithTheMark,
    CountsPagesByOffset,
    MissesTheLimitByOne,
    FiltersThePage,
    MarksTheFirstCriterion,
    MarksUpwards,
    TakesZeroForNoLimit,
    CountsThePage,
    StopsAfterAPortion,
    LosesItsCursor,
    HasOneCursor,
)
