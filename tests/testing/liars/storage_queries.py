"""Storages that read criteria in a way of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from attrs import evolve

from loyaltycore.errors import InvalidInput, StorageError
from loyaltycore.kernel.criteria import (
    And,
    Compare,
    Criterion,
    HasKey,
    Not,
    OneOf,
    Op,
    Or,
    Query,
    View,
    matches,
)
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.storing.checks import check_query
from loyaltycore.storing.registry import LOOKUP_LENGTH, RecordType, Registry

T = TypeVar("T")


class OwnMeaning(MemoryTransaction):
    """Evaluates criteria itself; the base of the liars that do it wrongly."""

    def _matching(self, record_type: RecordType[T], where: Criterion) -> Iterable[T]:
        view = View(keys=self._keys, related=self._related, key=self._key)
        return [record for record in self._all(record_type) if self.meaning(where, record, view)]

    def _all(self, record_type: RecordType[T]) -> list[T]:
        honest = MemoryTransaction(self.committed(), self._registry, read_only=True)
        return list(honest.find(record_type.cls, Query()))

    def meaning(self, where: Criterion, record: object, view: View) -> bool:
        """Whether the record matches."""
        match where:
            case And(parts):
                return all(self.meaning(part, record, view) for part in parts)
            case Or(parts):
                return any(self.meaning(part, record, view) for part in parts)
            case Not(part):
                return not self.meaning(part, record, view)
        return self.leaf(where, record, view)

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Whether the record matches a criterion without parts."""
        return matches(where, record, view)


class ThreeValuedNot(OwnMeaning):
    """Lets `not` of a comparison with None be neither true nor false, as SQL does."""

    def meaning(self, where: Criterion, record: object, view: View) -> bool:
        """Whether the record matches, surely."""
        if isinstance(where, Not) and meets_none(where.part, record):
            return False
        return super().meaning(where, record, view)


def meets_none(where: Criterion, record: object) -> bool:
    """Whether a comparison in the criteria is with a field that is None."""
    match where:
        case Compare(name) | OneOf(name):
            return getattr(record, name) is None
        case And(parts) | Or(parts):
            return any(meets_none(part, record) for part in parts)
        case Not(part):
            return meets_none(part, record)
    return False


class NoneDiffers(OwnMeaning):
    """Finds that None is different from every value."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """None, for a difference."""
        match where:
            case Compare(name, Op.NE, _) if getattr(record, name) is None:
                return True
        return super().leaf(where, record, view)


class FoldsCase(OwnMeaning):
    """Compares texts without regard to case."""

    def leaf(self, where: Criterion, record: Any, view: View) -> bool:
        """In small letters on both sides."""
        match where:
            case Compare(name, op, str() as text) if isinstance(getattr(record, name), str):
                folded = evolve(record, **{name: getattr(record, name).casefold()})
                return matches(Compare(name, op, text.casefold()), folded, view)
        return super().leaf(where, record, view)


class PadsTexts(OwnMeaning):
    """Compares texts as if blanks at their ends were not there."""

    def leaf(self, where: Criterion, record: Any, view: View) -> bool:
        """Trimmed on both sides."""
        match where:
            case Compare(name, op, str() as text) if isinstance(getattr(record, name), str):
                trimmed = evolve(record, **{name: getattr(record, name).rstrip(" ")})
                return matches(Compare(name, op, text.rstrip(" ")), trimmed, view)
        return super().leaf(where, record, view)


class TakesAnEmptyListForAll(OwnMeaning):
    """Leaves a condition out that lists nothing."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Everything, for nothing."""
        return where == OneOf(getattr(where, "field", ""), ()) or super().leaf(where, record, view)


class ForgetsZonesOfQueries(OwnMeaning):
    """Compares with an instant as its clock shows it, whatever the zone."""

    def leaf(self, where: Criterion, record: Any, view: View) -> bool:
        """With the zone cut off."""
        match where:
            case Compare(name, op, datetime() as moment):
                return matches(Compare(name, op, moment.replace(tzinfo=UTC)), record, view)
        return super().leaf(where, record, view)


class ComparesBySecond(OwnMeaning):
    """Keeps microseconds, and compares without them."""

    def leaf(self, where: Criterion, record: Any, view: View) -> bool:
        """Cut on both sides."""
        match where:
            case Compare(name, op, datetime() as moment) if getattr(record, name) is not None:
                rough = evolve(record, **{name: getattr(record, name).replace(microsecond=0)})
                return matches(Compare(name, op, moment.replace(microsecond=0)), rough, view)
        return super().leaf(where, record, view)


class ComparesAsFloats(OwnMeaning):
    """Keeps large integers, and compares them as floating point numbers."""

    def leaf(self, where: Criterion, record: Any, view: View) -> bool:
        """Rounded on both sides."""
        match where:
            case Compare("size", op, int() as number):
                rough = evolve(record, size=float(record.size))
                return matches(Compare("size", op, float(number)), rough, view)
        return super().leaf(where, record, view)


class ReadsWildcards(OwnMeaning):
    """Searches prefixes with LIKE, and forgets that customers type wildcards."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """A per cent sign stands for anything."""
        if isinstance(where, HasKey) and where.prefix:
            where = evolve(where, value=where.value.partition("%")[0].partition("_")[0] or where.value)
        return super().leaf(where, record, view)


class SearchesInside(OwnMeaning):
    """Finds a prefix in the middle of a lookup key, too."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Anywhere in the key."""
        if isinstance(where, HasKey) and where.prefix:
            return any(where.value in key for key in view.keys(record).get(where.lookup, ()))
        return super().leaf(where, record, view)


class CutsWhatIsSearched(OwnMeaning):
    """Cuts the text that is looked for as it cuts the keys."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Cut on both sides."""
        short = evolve(where, value=where.value[:LOOKUP_LENGTH]) if isinstance(where, HasKey) else where
        return super().leaf(short, record, view)


class KeepsTheFirstLookupKeys(MemoryTransaction):
    """Writes lookup keys when a record is added, and never again."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        first = self._touched.setdefault("first keys", dict(self._base.get("first keys", {})))
        first.setdefault(f"{record_type.table} {key}", record_type.keys_of(record))
        super()._put(record_type, table, key, record)

    def _keys(self, record: object) -> Mapping[str, tuple[str, ...]]:
        first = self._touched.get("first keys", self._base.get("first keys", {}))
        known: Mapping[str, tuple[str, ...]] = first[f"{_table(self._registry, record)} {self._key(record)}"]
        return known


def _table(registry: Registry, record: object) -> str:
    return registry.of(type(record)).table


class RefusesLongLists(MemoryTransaction):
    """Cannot name more than a few hundred values in one query."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read, where the query is short."""
        if isinstance(query.where, OneOf) and len(query.where.values) > 500:
            raise StorageError("too many variables")
        return super().find(cls, query)


class AnswersBadQueries(MemoryTransaction):
    """Finds nothing where a query makes no sense."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read, or say nothing."""
        try:
            return super().find(cls, query)
        except InvalidInput:
            return iter(())


class NamesNoPlace(MemoryTransaction):
    """Refuses a bad query without saying what is wrong with it."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read, or grumble."""
        try:
            check_query(query, self._registry.of(cls), self._registry)
        except InvalidInput as error:
            raise InvalidInput(()) from error
        return super().find(cls, query)


class CountsEverything(MemoryTransaction):
    """Counts all records, whatever they are asked for."""

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the table."""
        check_query(query, self._registry.of(cls), self._registry)
        return super().count(cls, Query())


QUERY_LIARS: Final = (
    ThreeValuedNot,
    NoneDiffers,
    FoldsCase,
    PadsTexts,
    TakesAnEmptyListForAll,
    ForgetsZonesOfQueries,
    ComparesBySecond,
    ComparesAsFloats,
    ReadsWildcards,
    SearchesInside,
    CutsWhatIsSearched,
    KeepsTheFirstLookupKeys,
    RefusesLongLists,
    AnswersBadQueries,
    NamesNoPlace,
    CountsEverything,
)
