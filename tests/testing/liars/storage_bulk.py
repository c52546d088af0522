"""Storages that are wrong about all records that match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from loyaltycore.kernel.criteria import EVERYTHING, Criterion
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.work.bulk import Bulk


class _Plain:
    """The six verbs alone."""

    def __init__(self, tx: MemoryTransaction) -> None:
        self.get, self.find, self.count = tx.get, tx.find, tx.count
        self.add, self.save, self.remove = tx.add, tx.save, tx.remove


class Bulky(MemoryTransaction):
    """A transaction with the power to work on all that match; the base of the liars."""

    def change_all(self, cls: type[Any], where: Criterion, changes: Mapping[str, Any]) -> int:
        """Change."""
        return self._bulk.change_all(cls, where, changes)

    def remove_all(self, cls: type[Any], where: Criterion) -> int:
        """Remove."""
        return self._bulk.remove_all(cls, where)

    def list_all(self, cls: type[Any], where: Criterion, entry: Any, field: str) -> int:
        """List."""
        return self._bulk.list_all(cls, where, entry, field)

    @property
    def _bulk(self) -> Bulk:
        return Bulk(_Plain(self), self._registry)


class ChangesAllRecords(Bulky):
    """Changes all records of a class, whichever match."""

    def change_all(self, cls: type[Any], where: Criterion, changes: Mapping[str, Any]) -> int:
        """Change too many."""
        return super().change_all(cls, EVERYTHING, changes)


class KeepsVersionsOfMany(Bulky):
    """Leaves the versions of records as they are when it changes many."""

    def change_all(self, cls: type[Any], where: Criterion, changes: Mapping[str, Any]) -> int:
        """Change, and write the old versions."""
        count = super().change_all(cls, where, changes)
        table = self._touched[self._registry.of(cls).table]
        for key, row in table.items():
            table[key] = {**row, "version": 1}
        return count


class RemovesAllRecords(Bulky):
    """Removes all records of a class, whichever match."""

    def remove_all(self, cls: type[Any], where: Criterion) -> int:
        """Remove too many."""
        return super().remove_all(cls, EVERYTHING)


class NumbersListsByOne(Bulky):
    """Gives all entries of a list the key of the first, and so keeps one of them."""

    def list_all(self, cls: type[Any], where: Criterion, entry: Any, field: str) -> int:
        """List, and keep the first entry."""
        count = super().list_all(cls, where, entry, field)
        table = self._touched[self._registry.of(type(entry)).table]
        for key in sorted(table)[1:]:
            del table[key]
        return count


class HoldsWhatIsNotThere(MemoryTransaction):
    """Answers that everything is held, there or not."""

    def hold(self, cls: type[Any], keys: Sequence[str]) -> frozenset[str]:
        """Hold all."""
        return frozenset(keys)


class ChangesWhatItClaims(MemoryTransaction):
    """Saves the records that it claims."""

    def claim(self, cls: type[Any], keys: Sequence[str]) -> frozenset[str]:
        """Claim, and save."""
        there = self.hold(cls, keys)
        for key in there:
            held: Any = self.get(cls, key)
            self.save(held)
        return there


BULK_LIARS: Final = (
    ChangesAllRecords,
    KeepsVersionsOfMany,
    RemovesAllRecords,
    NumbersListsByOne,
    HoldsWhatIsNotThere,
    ChangesWhatItClaims,
)
