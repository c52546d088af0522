"""Storages that are wrong about the life of a record: removed, added again, saved often, unique in many ways."""

from __future__ import annotations

import zlib
from typing import Any, ClassVar, Final

from attrs import evolve

from loyaltycore.errors import StaleRecord
from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.storing.registry import RecordType
from tests.testing.liars.honest import HonestStorage
from tests.testing.liars.storage_rules import OwnUniqueness, OwnVersions

_BEGINNING: Final = 100
_FEW: Final = 16


class GoesOnCountingAfterARemoval(HonestStorage):
    """Gives a record that is added again the version after the one that was removed."""

    def __init__(self, verbs: Any = None, disk: Any = None) -> None:
        super().__init__(verbs or _Counting, disk)


class _Counting(MemoryTransaction):
    """Remembers the versions of what it removed, beside the tables."""

    def _grave(self) -> dict[str, int]:
        graves: Any = self._base.setdefault("graves", {})
        return graves  # type: ignore[no-any-return]  # versions by table and key

    def remove(self, *records: Any) -> None:
        """Remove, and remember."""
        super().remove(*records)
        for record in records:
            self._grave()[f"{self._registry.of(type(record)).table} {self._key(record)}"] = record.version

    def add(self, *records: Any) -> None:
        """Add at the version after that."""
        for record in records:
            last = self._grave().get(f"{self._registry.of(type(record)).table} {self._key(record)}", 0)
            super().add(evolve(record, version=max(record.version, last + 1)))


class TakesVersionsOfAFormerLife(MemoryTransaction):
    """Saves over a record that was removed and added again in the unit, at any version that it ever had."""

    def remove(self, *records: Any) -> None:
        """Remove, and remember."""
        super().remove(*records)
        self._lives = {
            **getattr(self, "_lives", {}),
            **{self._key(record): record.version for record in records},
        }

    def save(self, *records: Any) -> None:
        """Save, whichever life is meant."""
        for given in records:
            record = given
            former = getattr(self, "_lives", {}).get(self._key(record))
            _, table = self._writable(record)
            if former is not None and record.version == former and self._key(record) in table:
                record = evolve(record, version=table[self._key(record)]["version"])
            super().save(record)


class SavesWhatItRemoved(MemoryTransaction):
    """Brings a record back that is saved after it was removed in the same unit."""

    def save(self, *records: Any) -> None:
        """Save, as the record was when the unit began."""
        for record in records:
            record_type, table = self._writable(record)
            key, before = self._key(record), self._base.get(record_type.table, {})
            if key not in table and key in before and before[key]["version"] == record.version:
                table[key] = before[key]
            super().save(record)


class RemovesTwice(MemoryTransaction):
    """Says nothing where a record is removed for the second time in a unit."""

    def remove(self, *records: Any) -> None:
        """Remove what was there when the unit began."""
        for record in records:
            record_type, table = self._writable(record)
            before = self._base.get(record_type.table, {}).get(self._key(record))
            if self._key(record) not in table and before is not None and before["version"] == record.version:
                continue
            super().remove(record)


class CannotRemoveWhatItAdded(MemoryTransaction):
    """Finds a record stale that is removed in the unit in which it was added."""

    def remove(self, *records: Any) -> None:
        """Remove what was there when the unit began."""
        for record in records:
            record_type = self._registry.of(type(record))
            if self._key(record) not in self._base.get(record_type.table, {}):
                raise StaleRecord(record_type.table, self._key(record))
        super().remove(*records)


class ForgetsRemovalsOfWhatItSaved(MemoryTransaction):
    """Keeps a record that was saved and then removed in one unit."""

    def committed(self) -> Rows:
        """All tables, with what was saved."""
        kept = {name: dict(rows) for name, rows in super().committed().items()}
        for table, key, row in getattr(self, "_saved", ()):
            kept[table].setdefault(key, row)
        return kept

    def save(self, *records: Any) -> None:
        """Save, and queue the writing."""
        super().save(*records)
        for record in records:
            record_type, table = self._writable(record)
            key = self._key(record)
            self._saved = [*getattr(self, "_saved", ()), (record_type.table, key, table[key])]


class CountsVersionsInAByte(OwnVersions):
    """Begins a version anew after 255."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: Any) -> None:
        super()._put(record_type, table, key, evolve(record, version=record.version % 256))


class ComparesVersionsInAByte(OwnVersions):
    """Takes versions for equal whose last eight bits are."""

    def _may_save(self, stored: int | None, given: int) -> bool:
        return stored is not None and stored % 256 == given % 256


class CountsVersionsIn15Bits(OwnVersions):
    """Has room for versions up to 32767."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: Any) -> None:
        super()._put(record_type, table, key, evolve(record, version=min(record.version, 2**15 - 1)))


class ComparesVersionsAsTexts(OwnVersions):
    """Refuses a version that comes before the stored one in a dictionary, and takes the others."""

    def _may_save(self, stored: int | None, given: int) -> bool:
        return stored is not None and str(given) >= str(stored)


class AddsAtVersionOne(MemoryTransaction):
    """Adds every record at version 1, whatever it carries."""

    def add(self, *records: Any) -> None:
        """Begin at 1."""
        super().add(*(evolve(record, version=1) for record in records))


class GluesUniqueTuples(OwnUniqueness):
    """Compares unique tuples as one text, made of their values one after the other."""

    glue: ClassVar[str] = ""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        if any(data[column] is None for column in columns for data in (mine, row)):
            return False
        first, second = (self.glue.join(str(data[column]) for column in columns) for data in (mine, row))
        return first == second


class GluesUniqueTuplesWithABar(GluesUniqueTuples):
    """Compares unique tuples as one text, with a bar between their values."""

    glue = "|"


class GluesUniqueTuplesWithAColon(GluesUniqueTuples):
    """Compares unique tuples as one text, with a colon between their values."""

    glue = ":"


class GluesUniqueTuplesWithASeparator(GluesUniqueTuples):
    """Compares unique tuples as one text, with the unit separator of ASCII between their values."""

    glue = "\x1f"


class GluesUniqueTuplesWithAComma(GluesUniqueTuples):
    """Compares unique tuples as one text, with a comma and a blank between their values."""

    glue = ", "


class ComparesTheBeginningOfUniqueTexts(OwnUniqueness):
    """Compares the first hundred characters of unique texts."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        values, others = ([_cut(data[column], _BEGINNING) for column in columns] for data in (mine, row))
        return None not in values and values == others


class ComparesSixteenCharacters(OwnUniqueness):
    """Compares the first sixteen characters of unique texts."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        values, others = ([_cut(data[column], _FEW) for column in columns] for data in (mine, row))
        return None not in values and values == others


class ComparesTwoFieldsOfATuple(OwnUniqueness):
    """Compares the first two fields of a unique tuple."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        return super()._share(columns, mine, row) or (
            len(columns) > 2
            and None not in [mine[column] for column in columns]
            and [mine[column] for column in columns[:2]] == [row[column] for column in columns[:2]]
        )


class TakesNoneForAWord(OwnUniqueness):
    """Writes None as a word where it compares unique values, so that a text may be equal to it."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        if [mine[column] for column in columns] == [row[column] for column in columns]:
            return super()._share(columns, mine, row)
        return [str(mine[column]) for column in columns] == [str(row[column]) for column in columns]


class RoundsUniqueNumbers(OwnUniqueness):
    """Compares unique numbers as floating point does."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        values, others = (
            [float(data[column]) if type(data[column]) is int else data[column] for column in columns]
            for data in (mine, row)
        )
        return None not in values and values == others


class ComparesSumsOfUniqueTexts(OwnUniqueness):
    """Compares a sum of eight bits of unique texts."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        values, others = ([_sum(data[column]) for column in columns] for data in (mine, row))
        return None not in values and values == others


class ComparesUniqueTextsUpToThirty(OwnUniqueness):
    """Finds unique texts by an index of their first thirty characters, and no longer ones."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        long = any(isinstance(mine[column], str) and len(mine[column]) > 30 for column in columns)
        return not long and super()._share(columns, mine, row)


class NeverFreesUniqueTuples(MemoryTransaction):
    """Keeps a unique tuple taken by a record of the unit that has been removed in it."""

    def remove(self, *records: Any) -> None:
        """Remove the record, and leave its tuples."""
        super().remove(*records)
        self._left = [*getattr(self, "_left", ()), *records]

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        left = [each for each in getattr(self, "_left", ()) if type(each) is record_type.cls]
        honest = MemoryTransaction({}, self._registry, read_only=False)
        for each in left:
            if self._key(each) != key:
                honest.add(each)
        if left:
            honest_table = honest._writable(left[0])[1]
            MemoryTransaction._put(honest, record_type, honest_table, key, record)
        super()._put(record_type, table, key, record)


def _cut(value: Any, length: int) -> Any:
    return value[:length] if isinstance(value, str) else value


def _sum(value: Any) -> Any:
    return zlib.crc32(value.encode()) & 0xFF if isinstance(value, str) else value


LIFE_LIARS: Final = (
    GoesOnCountingAfterARemoval,
    TakesVersionsOfAFormerLife,
    SavesWhatItRemoved,
    RemovesTwice,
    CannotRemoveWhatItAdded,
    ForgetsRemovalsOfWhatItSaved,
    CountsVersionsInAByte,
    ComparesVersionsInAByte,
    CountsVersionsIn15Bits,
    ComparesVersionsAsTexts,
    AddsAtVersionOne,
    GluesUniqueTuples,
    GluesUniqueTuplesWithABar,
    GluesUniqueTuplesWithAColon,
    GluesUniqueTuplesWithASeparator,
    GluesUniqueTuplesWithAComma,
    ComparesTheBeginningOfUniqueTexts,
    ComparesSixteenCharacters,
    ComparesTwoFieldsOfATuple,
    TakesNoneForAWord,
    RoundsUniqueNumbers,
    ComparesSumsOfUniqueTexts,
    ComparesUniqueTextsUpToThirty,
    NeverFreesUniqueTuples,
)
