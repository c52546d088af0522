"""Storages that are wrong about transactions: what is kept, what is seen, what passes through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from attrs import evolve

from loyaltycore.errors import Conflict, RegistrationError, StorageError
from loyaltycore.kernel.criteria import Criterion, Query
from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.storing.registry import RecordType, Registry
from tests.testing.liars.honest import HonestStorage

T = TypeVar("T")


class ForgetsRollback(HonestStorage):
    """Keeps what was written before an exception."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit in any case."""
        tx = self._begin(read_only=read_only)
        try:
            yield tx
        finally:
            self.disk.rows = tx.committed()


class ForgetsRollbackOfInterrupts(HonestStorage):
    """Keeps what was written before Ctrl-C."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Roll back for ordinary exceptions alone."""
        tx = self._begin(read_only=read_only)
        try:
            yield tx
        except Exception:
            raise
        except BaseException:
            self.disk.rows = tx.committed()
            raise
        self.disk.rows = tx.committed()


class KeepsRefusedUnits(HonestStorage):
    """Keeps what came before a verb that was refused."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Take a conflict for the end of the transaction."""
        tx = self._begin(read_only=read_only)
        try:
            yield tx
        except Conflict:
            self.disk.rows = tx.committed()
            raise
        self.disk.rows = tx.committed()


class CommitsAfterARefusal(HonestStorage):
    """Commits where the caller swallowed the refusal of a verb."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit however it was left, unless with an exception."""
        tx = self._begin(read_only=read_only)
        yield tx
        self.disk.rows = tx.committed()


class SwallowsExceptions(HonestStorage):
    """Rolls back, and tells nobody."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Let no exception out."""
        tx = self._begin(read_only=read_only)
        try:
            yield tx
        except Exception:  # noqa: BLE001  that is the lie
            return
        self.disk.rows = tx.committed()


class WrapsExceptions(HonestStorage):
    """Gives the caller an error of its own for the caller's."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Wrap what passes."""
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except Exception as error:
            raise StorageError("rolled back") from error


class TranslatesTheCallersErrors(HonestStorage):
    """Takes an error of the caller's own files for one of its own."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Translate what the block raises, too."""
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except OSError as error:
            raise StorageError("the disk failed") from error


class EmptiesItselfWhenBound(HonestStorage):
    """Makes its tables anew with every `bind`."""

    def bind(self, registry: Registry) -> None:
        """Begin with nothing."""
        self.disk.rows = {}
        super().bind(registry)


class DropsWritesOfReaders(HonestStorage):
    """Lets a unit that only reads write, and keeps nothing of it, without a word."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit nothing where it was said that nothing is written."""
        with self.disk.lock:
            tx = self._begin(read_only=False)
            yield tx
            if not read_only:
                self.disk.rows = tx.committed()


class TakesTablesByTheirBeginning(MemoryTransaction):
    """Takes the records of every table whose name begins like the one that is asked for."""

    def _table(self, record_type: RecordType[Any]) -> dict[str, Any]:
        tables = {**self._base, **self._touched}
        alike = [rows for name, rows in tables.items() if name.startswith(record_type.table)]
        return {key: row for rows in alike for key, row in rows.items()}


class LosesTheSecondWrite(MemoryTransaction):
    """Keeps the first `add` of a transaction alone."""

    _added = False

    def add(self, *records: Any) -> None:
        """Add once."""
        if not self._added:
            super().add(*records)
        self._added = True


class CommitsOneTable(MemoryTransaction):
    """Commits the table that was written first, and forgets the others."""

    def committed(self) -> Rows:
        """All tables, with a part of what was done."""
        return {**self._base, **dict(list(self._touched.items())[:1])}


class TakesOneClass(MemoryTransaction):
    """Heeds those records of a call that are of the first one's class."""

    def save(self, *records: Any) -> None:
        """Save some."""
        super().save(*(record for record in records if type(record) is type(records[0])))


class FindsWhatWasCommitted(MemoryTransaction):
    """Looks for records in what was there before the transaction."""

    def _matching(self, record_type: RecordType[T], where: Criterion) -> Iterable[T]:
        before = MemoryTransaction(self._base, self._registry, read_only=True)
        return list(before.find(record_type.cls, Query(where)))


class ReturnsTheCallersObject(MemoryTransaction):
    """Gives back the very object that was added."""

    def add(self, *records: Any) -> None:
        """Remember the objects."""
        super().add(*records)
        self._objects = {self._key(record): record for record in records}

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read an object that was added."""
        found: Any = getattr(self, "_objects", {}).get(key)
        return found if isinstance(found, cls) else super().get(cls, key, for_update=for_update)


class SharesNestedValues(MemoryTransaction):
    """Gives back records whose dictionaries are the stored ones."""

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read a record that leads into the storage."""
        found: Any = super().get(cls, key, for_update=for_update)
        if found is None:
            return None
        data = self._table(self._registry.of(cls))[key]
        shared = {name: value for name, value in data.items() if isinstance(value, dict)}
        return evolve(found, **shared) if shared else found  # type: ignore[no-any-return]  # of the class asked for


class RaisesForUnknownKeys(MemoryTransaction):
    """Takes an unknown key for an error."""

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read a record that must be there."""
        found = super().get(cls, key, for_update=for_update)
        if found is None:
            raise KeyError(key)
        return found


class FoldsKeys(MemoryTransaction):
    """Reads a key as the engine compares it: without case and trailing blanks."""

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read a record whose key is like it."""
        for known in self._table(self._registry.of(cls)):
            if known.casefold() == key.rstrip().casefold():
                return super().get(cls, known, for_update=for_update)
        return None


class TakesStrangers(MemoryTransaction):
    """Passes over classes that were never registered, as if there were nothing to say."""

    def add(self, *records: Any) -> None:
        """Add what is known."""
        try:
            super().add(*records)
        except RegistrationError:
            return


class HeedsHints(MemoryTransaction):
    """Passes over records that somebody could have locked, though nobody has."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Leave one out where the query lets it."""
        found = list(super().find(cls, query))
        return iter(found[1:] if query.skip_locked else found)


UNIT_LIARS: Final = (
    ForgetsRollback,
    ForgetsRollbackOfInterrupts,
    KeepsRefusedUnits,
    CommitsAfterARefusal,
    SwallowsExceptions,
    WrapsExceptions,
    TranslatesTheCallersErrors,
    DropsWritesOfReaders,
    TakesTablesByTheirBeginning,
    EmptiesItselfWhenBound,
    LosesTheSecondWrite,
    CommitsOneTable,
    TakesOneClass,
    FindsWhatWasCommitted,
    ReturnsTheCallersObject,
    SharesNestedValues,
    RaisesForUnknownKeys,
    FoldsKeys,
    TakesStrangers,
    HeedsHints,
)
