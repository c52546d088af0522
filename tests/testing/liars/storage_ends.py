"""Storages that are wrong about how a unit ends: errors that come late, verbs afterwards, exceptions that are no `Exception`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final, TypeVar

from loyaltycore.errors import CommitUnknown, Conflict, LoyaltyError, StorageBusy, StorageError
from loyaltycore.kernel.criteria import Query
from loyaltycore.memory.storage import MemoryTransaction, Rows
from tests.testing.liars.honest import HonestStorage

T = TypeVar("T")


class SwallowsLateErrors(MemoryTransaction):
    """Commits although an iterator had raised in the middle of the unit, because `find` had returned by then."""

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Begin to read when the first record is asked for, outside the verb."""
        try:
            yield from super().find(cls, query)
        finally:
            self.failed = False


class ForgivesRefusals(MemoryTransaction):
    """Takes a unit for whole again as soon as a verb works after one that was refused."""

    def __enter__(self) -> None:
        self.failed = False
        super().__enter__()


class GoesOnAfterARefusal(MemoryTransaction):
    """Lets verbs work after a refusal, though it keeps nothing of the unit."""

    _refused = False

    def __enter__(self) -> None:
        self.failed = False
        super().__enter__()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        super().__exit__(kind, error, trace)
        self._refused = self._refused or self.failed

    def leave(self) -> None:
        """Remember what was refused."""
        self.failed = self._refused
        super().leave()


class CommitsEachVerbAfterARefusal(HonestStorage):
    """Has ended its transaction at a refusal, so that each verb after it is committed at once."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Keep what came after a refusal."""
        with self.disk.lock:
            tx = self._verbs(self.disk.rows, self._registry, read_only=read_only)
            loose = _Loose(tx)
            try:
                yield loose  # type: ignore[misc]  # it has the same verbs
            finally:
                if loose.after:
                    self.disk.rows = loose.after[-1]
            tx.leave()
            if not read_only:
                self.disk.rows = tx.committed()


class _Loose:
    """Passes verbs on, and begins afresh where one was refused."""

    def __init__(self, tx: MemoryTransaction) -> None:
        self._tx, self._spare = tx, tx
        self.after: list[Rows] = []

    def __getattr__(self, verb: str) -> Any:
        def run(*arguments: Any, **options: Any) -> Any:
            try:
                answer = getattr(self._spare, verb)(*arguments, **options)
            except LoyaltyError:
                tx = self._tx
                self._spare = MemoryTransaction(tx._base, tx._registry, read_only=tx._read_only)
                raise
            if self._spare is not self._tx:
                self.after.append(self._spare.committed())
            return answer

        return run


class WritesAfterTheEnd(HonestStorage):
    """Writes what comes after the end of a unit at once."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Hand out something that goes on."""
        with super().transaction(read_only=read_only) as tx:
            late = _Late(tx, self)
            yield late  # type: ignore[misc]  # it has the same verbs
        late.over = True


class _Late:
    """Passes verbs on, after the end to a unit of its own."""

    def __init__(self, tx: MemoryTransaction, storage: HonestStorage) -> None:
        self._tx, self._storage, self.over = tx, storage, False

    def __getattr__(self, verb: str) -> Any:
        def run(*arguments: Any, **options: Any) -> Any:
            if not self.over:
                return getattr(self._tx, verb)(*arguments, **options)
            with HonestStorage.transaction(self._storage) as tx:
                return getattr(tx, verb)(*arguments, **options)

        return run


class DropsWritesAfterTheEnd(MemoryTransaction):
    """Takes what comes after the end of a unit, and keeps nothing of it, without a word."""

    def __enter__(self) -> None:
        if self.ended:
            self.ended = False
        super().__enter__()


class ReadsAfterTheEnd(MemoryTransaction):
    """Answers questions after the end of a unit, with what was so then."""

    def count(self, cls: type[Any], query: Query) -> int:
        """Count at any time."""
        ended, self.ended = self.ended, False
        try:
            return super().count(cls, query)
        finally:
            self.ended = ended


class SharesItsUnits(HonestStorage):
    """Has one transaction for each thread, so that what comes after the end of a unit is written in the next one."""

    _current: MemoryTransaction | None = None

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Hand out a way to whatever is open."""
        with super().transaction(read_only=read_only) as tx:
            self._current = tx
            try:
                yield _Shared(self)  # type: ignore[misc]  # it has the same verbs
            finally:
                self._current = None


class _Shared:
    """Passes verbs on to the unit that is open."""

    def __init__(self, storage: SharesItsUnits) -> None:
        self._storage = storage

    def __getattr__(self, verb: str) -> Any:
        current = self._storage._current
        if current is None:
            raise StorageError("no transaction is open")
        return getattr(current, verb)


class _Keeps(HonestStorage):
    """Keeps what was written before exceptions of some kinds; the base of the liars that do."""

    kinds: ClassVar[tuple[type[BaseException], ...]] = ()
    swallows: ClassVar[bool] = False

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Commit where it should not."""
        passed = None
        with self.disk.lock:
            tx = self._begin(read_only=read_only)
            try:
                with tx.block():
                    yield tx
            except self.kinds as error:
                if not self.swallows:
                    self.disk.rows = tx.committed()
                    raise
                passed = error
            if not read_only and passed is None:
                self.disk.rows = tx.committed()


class KeepsWhatWasCancelled(_Keeps):
    """Commits where a task was cancelled."""

    kinds = (asyncio.CancelledError,)


class KeepsWhatTheExitLeft(_Keeps):
    """Commits where the program was told to end."""

    kinds = (SystemExit,)


class KeepsWhatCtrlCLeft(_Keeps):
    """Commits at Ctrl-C."""

    kinds = (KeyboardInterrupt,)


class KeepsWhatEndedAnIteration(_Keeps):
    """Takes the end of the caller's iterator for the normal end of the block."""

    kinds = (StopIteration, StopAsyncIteration)


class KeepsWhatTheCallerRefused(_Keeps):
    """Commits where the caller left with a conflict of its own making."""

    kinds = (Conflict,)


class SwallowsCancelling(_Keeps):
    """Rolls back where a task was cancelled, and lets the task go on."""

    kinds = (asyncio.CancelledError,)
    swallows = True


class SwallowsTheExit(_Keeps):
    """Rolls back where the program was told to end, and does not let it end."""

    kinds = (SystemExit,)
    swallows = True


class SwallowsCtrlC(_Keeps):
    """Rolls back at Ctrl-C, and goes on."""

    kinds = (KeyboardInterrupt,)
    swallows = True


class SwallowsBusy(_Keeps):
    """Takes a `StorageBusy` that the caller raised for one of its own that can be passed over."""

    kinds = (StorageBusy,)
    swallows = True


class WrapsTimeouts(HonestStorage):
    """Takes a timeout or a lost connection of the caller's for one of its own."""

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Translate what is not its own."""
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except (TimeoutError, ConnectionError) as error:
            raise CommitUnknown("no answer") from error


class StaysLockedAfterAnInterrupt(HonestStorage):
    """Lets nobody in any more after an exception that is no `Exception`."""

    _held = False

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Give the turn back in the usual cases."""
        if self._held:
            raise StorageBusy("somebody has not finished")
        try:
            with super().transaction(read_only=read_only) as tx:
                yield tx
        except Exception:
            raise
        except BaseException:
            self._held = True
            raise


class KeepsACommitThatWasRefused(HonestStorage):
    """Looks for conflicts at the end, table by table, and has written the first tables when it finds one in a later one."""

    def __init__(self, verbs: Any = None, disk: Any = None) -> None:
        super().__init__(verbs or _Later, disk)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Write up to the conflict."""
        with self.disk.lock:
            tx: Any = self._begin(read_only=read_only)
            with tx.block():
                yield tx
            if tx.refusal is not None:
                self.disk.rows = tx.before_refusal
                raise tx.refusal
            if not read_only:
                self.disk.rows = tx.committed()


class _Later(MemoryTransaction):
    """Keeps a refusal to itself, and what was there when it came."""

    refusal: Conflict | None = None
    before_refusal: Rows

    def add(self, *records: Any) -> None:
        """Add, as far as can be."""
        self._note("add", records)

    def save(self, *records: Any) -> None:
        """Save, as far as can be."""
        self._note("save", records)

    def _note(self, verb: str, records: Iterable[Any]) -> None:
        for record in records:
            before = {name: dict(rows) for name, rows in self.committed().items()}
            try:
                getattr(super(), verb)(record)
            except Conflict as refusal:
                if self.refusal is None:
                    self.refusal, self.before_refusal = refusal, before
                self.failed = False


END_LIARS: Final = (
    SwallowsLateErrors,
    ForgivesRefusals,
    GoesOnAfterARefusal,
    CommitsEachVerbAfterARefusal,
    WritesAfterTheEnd,
    DropsWritesAfterTheEnd,
    ReadsAfterTheEnd,
    SharesItsUnits,
    KeepsWhatWasCancelled,
    KeepsWhatTheExitLeft,
    KeepsWhatCtrlCLeft,
    KeepsWhatEndedAnIteration,
    KeepsWhatTheCallerRefused,
    SwallowsCancelling,
    SwallowsTheExit,
    SwallowsCtrlC,
    SwallowsBusy,
    WrapsTimeouts,
    StaysLockedAfterAnInterrupt,
    KeepsACommitThatWasRefused,
)
