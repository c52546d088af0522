"""Storages that are wrong about unique keys and versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from attrs import evolve

from loyaltycore.errors import DuplicateKey, StaleRecord
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.storing.codec import from_data, to_data
from loyaltycore.storing.registry import RecordType


class OverwritesOnAdd(MemoryTransaction):
    """Takes adding a record under a taken key for saving it."""

    def add(self, *records: Any) -> None:
        """Add or replace."""
        for record in records:
            record_type, table = self._writable(record)
            self._put(record_type, table, record_type.key_of(record), record)


class SwallowsDuplicates(MemoryTransaction):
    """Leaves out, without a word, what is there already."""

    def add(self, *records: Any) -> None:
        """Add what is new."""
        for record in records:
            try:
                super().add(record)
            except DuplicateKey:
                self.failed = False


class BlamesTheWrongField(MemoryTransaction):
    """Refuses a duplicate, and says that it is the key's."""

    def add(self, *records: Any) -> None:
        """Add, and name the key in every refusal."""
        try:
            super().add(*records)
        except DuplicateKey as error:
            raise DuplicateKey(error.table, ("id",)) from error


class OwnUniqueness(MemoryTransaction):
    """Compares unique tuples in a way of its own; the base of the liars that do."""

    on_add: ClassVar[bool] = True
    on_save: ClassVar[bool] = True

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        checked = self.on_save if key in table else self.on_add
        mine = to_data(record)
        others = [row for other, row in table.items() if other != key or self._meets_itself()]
        for columns in record_type.unique if checked else ():
            if any(self._share(columns, mine, row) for row in others):
                raise DuplicateKey(record_type.table, columns)
        super()._put(evolve(record_type, unique=()), table, key, record)

    def _meets_itself(self) -> bool:
        return False

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        values = [mine[column] for column in columns]
        return None not in values and values == [row[column] for column in columns]


class SkipsUniqueTuples(OwnUniqueness):
    """Knows no unique tuple but the key when a record is added."""

    on_add = False


class SkipsUniqueTuplesOnSave(OwnUniqueness):
    """Looks for unique tuples when a record is added, and not when it is saved."""

    on_save = False


class MeetsItself(OwnUniqueness):
    """Finds that a record which is saved shares its unique tuple with itself."""

    def _meets_itself(self) -> bool:
        return True


class TreatsNoneAsEqual(OwnUniqueness):
    """Takes two empty fields of a unique tuple for the same value."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        return [mine[column] for column in columns] == [row[column] for column in columns]


class ComparesColumnsAlone(OwnUniqueness):
    """Makes each field of a unique tuple unique by itself."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        return any(mine[column] is not None and mine[column] == row[column] for column in columns[-1:])


class FoldsUniqueTexts(OwnUniqueness):
    """Takes unique texts for equal that differ by case or by a trailing blank."""

    def _share(self, columns: tuple[str, ...], mine: dict[str, Any], row: dict[str, Any]) -> bool:
        values, others = ([_folded(data[column]) for column in columns] for data in (mine, row))
        return None not in values and values == others


class RemembersRemovedKeys(MemoryTransaction):
    """Never gives a key free again."""

    def remove(self, *records: Any) -> None:
        """Remove, and note the key."""
        super().remove(*records)
        self._removed = {*getattr(self, "_removed", ()), *map(self._key, records)}

    def add(self, *records: Any) -> None:
        """Add under keys that were never removed."""
        for record in records:
            if self._key(record) in getattr(self, "_removed", ()):
                raise DuplicateKey(self._registry.of(type(record)).table, ("key",))
        super().add(*records)


class OwnVersions(MemoryTransaction):
    """Checks versions in a way of its own; the base of the liars that do."""

    step: ClassVar[int] = 1

    def save(self, *records: Any) -> None:
        """Replace what passes the check."""
        for record in records:
            record_type, table = self._writable(record)
            key = record_type.key_of(record)
            stored = table[key]["version"] if key in table else None
            if not self._may_save(stored, record.version):
                raise StaleRecord(record_type.table, key)
            self._put(record_type, table, key, evolve(record, version=record.version + self.step))

    def _may_save(self, stored: int | None, given: int) -> bool:
        return stored == given


class ForgetsTheVersion(OwnVersions):
    """Saves a record at the version that it had."""

    step = 0


class CountsOncePerUnit(MemoryTransaction):
    """Counts the saves of one transaction as one."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: Any) -> None:
        before = self._base.get(record_type.table, {}).get(key)
        if before is not None:
            record = evolve(record, version=min(record.version, before["version"] + 1))
        super()._put(record_type, table, key, record)


class SkipsTheVersionCheck(OwnVersions):
    """Saves over whatever is there."""

    def _may_save(self, stored: int | None, given: int) -> bool:
        return stored is not None


class TakesNewerVersions(OwnVersions):
    """Refuses older versions and takes newer ones."""

    def _may_save(self, stored: int | None, given: int) -> bool:
        return stored is not None and stored <= given


class AddsOnSave(OwnVersions):
    """Takes saving a record that is gone for adding it."""

    def _may_save(self, stored: int | None, given: int) -> bool:
        return stored in {None, given}


class MergesOnSave(MemoryTransaction):
    """Keeps the old value of a field that is saved as None."""

    def _put(self, record_type: RecordType[Any], table: dict[str, Any], key: str, record: object) -> None:
        data = {name: value for name, value in to_data(record).items() if value is not None}
        merged = {**to_data(record), **table.get(key, {}), **data}
        super()._put(record_type, table, key, from_data(merged, record_type.cls))


class RemovesWithoutCheck(MemoryTransaction):
    """Removes a record whatever version the caller has read."""

    def remove(self, *records: Any) -> None:
        """Remove what is there."""
        for record in records:
            record_type, table = self._writable(record)
            if table.pop(record_type.key_of(record), None) is None:
                raise StaleRecord(record_type.table, record_type.key_of(record))


class RemovesNothingInSilence(MemoryTransaction):
    """Says nothing where there is nothing to remove."""

    def remove(self, *records: Any) -> None:
        """Remove what can be found."""
        super().remove(*self._present(records))

    def _present(self, records: Iterable[Any]) -> list[Any]:
        tables = ((record, self._writable(record)) for record in records)
        return list({record: None for record, (kind, table) in tables if kind.key_of(record) in table})


def _folded(value: Any) -> Any:
    return value.casefold().rstrip() if isinstance(value, str) else value


RULE_LIARS: Final = (
    OverwritesOnAdd,
    SwallowsDuplicates,
    BlamesTheWrongField,
    SkipsUniqueTuples,
    SkipsUniqueTuplesOnSave,
    MeetsItself,
    TreatsNoneAsEqual,
    ComparesColumnsAlone,
    FoldsUniqueTexts,
    RemembersRemovedKeys,
    ForgetsTheVersion,
    CountsOncePerUnit,
    SkipsTheVersionCheck,
    TakesNewerVersions,
    AddsOnSave,
    MergesOnSave,
    RemovesWithoutCheck,
    RemovesNothingInSilence,
)
