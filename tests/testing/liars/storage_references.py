"""Storages that lose their way in `exists`, and among the lookup keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from attrs import evolve

from loyaltycore.kernel.criteria import Criterion, Exists, HasKey, KeyBetween, Not, View, matches
from loyaltycore.storing.registry import RecordType
from tests.testing.liars.storage_queries import OwnMeaning, meets_none

T = TypeVar("T")


class AsksForAnyReference(OwnMeaning):
    """Looks whether a record refers to this one, and not whether it matches."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Without the inner criteria."""
        plain = Exists(where.table, where.refers_by) if isinstance(where, Exists) else where
        return super().leaf(plain, record, view)


class ReadsKeysOfTheOuterType(OwnMeaning):
    """Looks for lookup keys inside `exists` among those of the type that is asked for."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """In the wrong table of keys, under the right key."""
        if isinstance(where, Exists):
            view = evolve(view, keys=lambda other: self._keys_under(type(record), self._key(other)))
        return super().leaf(where, record, view)

    def _keys_under(self, cls: type, key: str) -> Mapping[str, tuple[str, ...]]:
        found = self.get(cls, key)
        return {} if found is None else self._keys(found)


class AsksTheOuterRecord(OwnMeaning):
    """Looks for lookup keys inside `exists` at the record that is asked for, not at the one that refers to it."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """With the keys of the wrong record."""
        if isinstance(where, Exists):
            view = evolve(view, keys=lambda _: self._keys(record))
        return super().leaf(where, record, view)


class RefersToTheOutermost(OwnMeaning):
    """Takes a reference within a reference for one to the record that is asked for."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """With one key on all levels."""
        if isinstance(where, Exists):
            view = evolve(view, key=lambda _: self._key(record))
        return super().leaf(where, record, view)


class FoldsReferences(OwnMeaning):
    """Compares a reference with a key as its engine does: without case and trailing blanks."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Whatever refers to something like this record."""
        return super().leaf(where, record, evolve(view, related=self._like))

    def _like(self, table: str, refers_by: str, key: str) -> Iterable[object]:
        for other in self._all(self._registry.named(table)):
            held = getattr(other, refers_by)
            if isinstance(held, str) and held.rstrip().casefold() == key.rstrip().casefold():
                yield other


class StumblesOverNone(OwnMeaning):
    """Finds nobody without references once a single record refers to nobody, as `NOT IN` does."""

    def meaning(self, where: Criterion, record: object, view: View) -> bool:
        """No, for a list with None in it."""
        match where:
            case Not(Exists(table, refers_by)):
                others = self._all(self._registry.named(table))
                if any(getattr(other, refers_by) is None for other in others):
                    return False
        return super().meaning(where, record, view)


class ThreeValuedInside(OwnMeaning):
    """Has two truth values outside of `exists` and three inside."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """Without those that meet None."""
        match where:
            case Exists(table, refers_by, Not(part)):
                others = view.related(table, refers_by, view.key(record))
                return any(
                    not meets_none(part, other) and matches(Not(part), other, view) for other in others
                )
        return super().leaf(where, record, view)


class JoinsReferences(OwnMeaning):
    """Answers with a record as often as it is referred to."""

    def _matching(self, record_type: RecordType[T], where: Criterion) -> Iterable[T]:
        for record in super()._matching(record_type, where):
            yield from [record] * (self._times(where, record) if isinstance(where, Exists) else 1)

    def _times(self, where: Exists, record: object) -> int:
        others = self._related(where.table, where.refers_by, self._key(record))
        view = View(keys=self._keys, related=self._related, key=self._key)
        return sum(1 for other in others if matches(where.where, other, view))


class JoinsKeys(OwnMeaning):
    """Answers with a record as often as it has a lookup key that fits."""

    def _matching(self, record_type: RecordType[T], where: Criterion) -> Iterable[T]:
        for record in super()._matching(record_type, where):
            yield from [record] * (self._times(where, record) if isinstance(where, HasKey) else 1)

    def _times(self, where: HasKey, record: object) -> int:
        keys = self._keys(record)[where.lookup]
        return sum(1 for key in keys if key == where.value or (where.prefix and key.startswith(where.value)))


class OwnKeys(OwnMeaning):
    """Looks for lookup keys in a way of its own; the base of the liars that do."""

    def leaf(self, where: Criterion, record: Any, view: View) -> bool:
        """Whether one of the keys fits."""
        if isinstance(where, HasKey):
            return any(self.fits(where, key) for key in self.keys(where, view.keys(record)))
        return super().leaf(where, record, view)

    def keys(self, where: HasKey, keys: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
        """The keys that are looked at."""
        return keys.get(where.lookup, ())

    def fits(self, where: HasKey, key: str) -> bool:
        """Whether a key is the one."""
        return key.startswith(where.value) if where.prefix else key == where.value


class FoldsPrefixes(OwnKeys):
    """Compares whole keys to the letter, and prefixes without case, as LIKE does."""

    def fits(self, where: HasKey, key: str) -> bool:
        """In small letters."""
        if where.prefix:
            return key.casefold().startswith(where.value.casefold())
        return super().fits(where, key)


class PadsLookupKeys(OwnKeys):
    """Compares lookup keys as if blanks at their ends were not there."""

    def fits(self, where: HasKey, key: str) -> bool:
        """Trimmed on both sides."""
        return super().fits(evolve(where, value=where.value.rstrip(" ") or " "), key.rstrip(" "))


class MixesLookups(OwnKeys):
    """Keeps all lookup keys in one heap, whatever they are for."""

    def keys(self, where: HasKey, keys: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
        """The keys of every lookup."""
        return [key for several in keys.values() for key in several]


class IncludesTheEnd(OwnMeaning):
    """Takes a range of lookup keys with its end, as BETWEEN does."""

    def leaf(self, where: Criterion, record: object, view: View) -> bool:
        """The end, too."""
        if isinstance(where, KeyBetween) and where.end is not None:
            end = HasKey(where.lookup, where.end)
            return super().leaf(where, record, view) or super().leaf(end, record, view)
        return super().leaf(where, record, view)


REFERENCE_LIARS: Final = (
    AsksForAnyReference,
    ReadsKeysOfTheOuterType,
    AsksTheOuterRecord,
    RefersToTheOutermost,
    FoldsReferences,
    StumblesOverNone,
    ThreeValuedInside,
    JoinsReferences,
    JoinsKeys,
    FoldsPrefixes,
    PadsLookupKeys,
    MixesLookups,
    IncludesTheEnd,
)
