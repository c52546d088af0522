"""Storages that say something else than what has happened where the other side fails, falls silent or is busy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final

from loyaltycore.errors import CommitUnknown, StorageBusy, StorageError, StorageFull, StorageUnreachable
from loyaltycore.memory.storage import MemoryTransaction
from loyaltycore.testing.trouble import Trouble
from tests.testing.liars.honest import Disk, HonestStorage


class _Says(HonestStorage):
    """Says one thing for another; the base of the liars that do."""

    of: ClassVar[type[Exception]]
    instead: ClassVar[type[Exception] | None] = None

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Translate what the disk says."""
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except Exception as error:
            if type(error) is not self.of or self.disk.trouble is None:
                raise
            if self.instead is not None:
                raise self.instead("that is not so") from error


class TakesSilenceForSuccess(_Says):
    """Says nothing where the answer to a commit was lost."""

    of = CommitUnknown


class TakesSilenceForAConflict(_Says):
    """Says that a unit may run again where the answer to its commit was lost."""

    of, instead = CommitUnknown, StorageBusy


class TakesSilenceForAFailure(_Says):
    """Says that nothing was kept where the answer to a commit was lost."""

    of, instead = CommitUnknown, StorageError


class TakesSilenceForADeadLine(_Says):
    """Says that nothing was sent where the answer to a commit was lost."""

    of, instead = CommitUnknown, StorageUnreachable


class LetsLostAnswersOut(_Says):
    """Lets the network's own error out where the answer to a commit was lost."""

    of, instead = CommitUnknown, ConnectionResetError


class DoubtsReaders(HonestStorage):
    """Waits for an answer at the end of a unit that wrote nothing, and doubts where none comes."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit in any case."""
        with super().transaction(read_only=read_only) as tx:
            yield tx
        if self.disk.trouble is Trouble.LOSE_ANSWER:
            raise CommitUnknown("no answer")


class TakesADeadLineForAFailure(_Says):
    """Says that only a person can help where no connection could be opened for the moment."""

    of, instead = StorageUnreachable, StorageError


class TakesADeadLineForSilence(_Says):
    """Says that a unit may have been kept where no connection could be opened."""

    of, instead = StorageUnreachable, CommitUnknown


class LetsDeadLinesOut(_Says):
    """Lets the system's own error out where no connection could be opened for the moment."""

    of, instead = StorageUnreachable, BrokenPipeError


class TakesWaitingForAFailure(_Says):
    """Says that only a person can help where a rival held a lock."""

    of, instead = StorageBusy, StorageError


class LetsTimeoutsOut(_Says):
    """Lets the engine's own error out where a rival held a lock."""

    of, instead = StorageBusy, TimeoutError


class TakesFailuresForSuccess(_Says):
    """Says nothing where the engine refused a commit."""

    of = StorageFull


class TakesFailuresForSilence(_Says):
    """Says that a unit may have been kept where the engine refused it."""

    of, instead = StorageFull, CommitUnknown


class LetsFailuresOut(_Says):
    """Lets the system's own error out where the engine refused a commit."""

    of, instead = StorageFull, OSError


class _Impatient(Disk):
    """A disk that does not wait."""

    @property
    def lock(self) -> Any:
        """Refuse at once what is held."""
        if self.trouble is Trouble.BUSY:
            raise StorageBusy("somebody else does not let go")
        return self._turns()


class WaitsForNoRival(HonestStorage):
    """Raises `StorageBusy` as soon as it finds that a rival holds a lock."""

    def __init__(self, verbs: Any = MemoryTransaction, disk: Disk | None = None) -> None:
        super().__init__(verbs, disk or _Impatient())


class _Deaf(Disk):
    """A disk that lets everybody in."""

    @property
    def lock(self) -> Any:
        """Pass over what is held."""
        return self._turns()


class PassesOverLocks(HonestStorage):
    """Writes although a rival holds the lock."""

    def __init__(self, verbs: Any = MemoryTransaction, disk: Disk | None = None) -> None:
        super().__init__(verbs, disk or _Deaf())


class RepeatsACommit(HonestStorage):
    """Runs the commit again where its answer was lost, and takes its own traces for somebody else's."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Try twice."""
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except CommitUnknown as error:
            again = MemoryTransaction(self.disk.rows, self._registry, read_only=False)
            for table, rows in tx._touched.items():
                record_type = self._registry.named(table)
                for key, row in rows.items():
                    if tx._base.get(table, {}).get(key) != row:
                        again.add(again.get(record_type.cls, key))
            raise StorageError("cannot happen") from error


class StaysAway(HonestStorage):
    """Never comes back to a disk that was away once."""

    _away = False

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Remember that it was away."""
        if self._away:
            raise StorageUnreachable("it was away before")
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except StorageUnreachable:
            self._away = True
            raise


class StaysUnsure(HonestStorage):
    """Answers nothing any more once it could not tell what has become of a commit."""

    _unsure = False

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Remember the doubt."""
        if self._unsure:
            raise StorageError("a commit is open")
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except CommitUnknown:
            self._unsure = True
            raise


class KeepsItForLater(HonestStorage):
    """Writes what it could not write with the next unit that works, though it has said that nothing was kept."""

    _left: Any = None

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Write what is left first."""
        if self._left is not None and self.disk.trouble is None:
            self.disk.rows, self._left = {**self.disk.rows, **self._left}, None
        begun: list[MemoryTransaction] = []
        try:
            with super().transaction(read_only=read_only) as tx:
                begun.append(tx)
                yield tx
        except (StorageFull, StorageUnreachable):
            self._left = {name: rows for each in begun for name, rows in each._touched.items()}
            raise


class ReadsWhatItCouldNotWrite(HonestStorage):
    """Shows itself what the engine refused to keep."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Write into its copy first."""
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except StorageFull:
            self.disk._store(tx.committed())
            raise


TROUBLE_LIARS: Final = (
    TakesSilenceForSuccess,
    TakesSilenceForAConflict,
    TakesSilenceForAFailure,
    TakesSilenceForADeadLine,
    LetsLostAnswersOut,
    DoubtsReaders,
    TakesADeadLineForAFailure,
    TakesADeadLineForSilence,
    LetsDeadLinesOut,
    TakesWaitingForAFailure,
    LetsTimeoutsOut,
    TakesFailuresForSuccess,
    TakesFailuresForSilence,
    LetsFailuresOut,
    WaitsForNoRival,
    PassesOverLocks,
    RepeatsACommit,
    StaysAway,
    StaysUnsure,
    KeepsItForLater,
    ReadsWhatItCouldNotWrite,
)
