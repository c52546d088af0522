"""How a unit ends: whatever leaves the block, whatever was refused in it, and what comes afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import pytest

from loyaltycore.errors import (
    CommitUnknown,
    Conflict,
    DuplicateKey,
    Fault,
    InvalidInput,
    LoyaltyError,
    RegistrationError,
    StaleRecord,
    StorageBusy,
    StorageError,
    StorageFull,
    StorageUnreachable,
)
from loyaltycore.kernel.criteria import Compare, Op, Query, stored
from loyaltycore.ports.storage import Storage, Transaction
from loyaltycore.testing.samples import NAME_LENGTH, Part, Stranger, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, Undo, all_of, keep, write
from loyaltycore.testing.storage_checks.racing import at_once
from loyaltycore.testing.suite import needs


class Torn(BaseException):
    """An exception that is none of Python's own, and no `Exception`."""


ERRORS: Final[tuple[Callable[[], BaseException], ...]] = (
    KeyboardInterrupt,
    SystemExit,
    lambda: SystemExit(0),
    asyncio.CancelledError,
    GeneratorExit,
    Torn,
    StopIteration,
    StopAsyncIteration,
    MemoryError,
    RecursionError,
    AssertionError,
    OSError,
    TimeoutError,
    ConnectionResetError,
    BrokenPipeError,
    KeyError,
    RuntimeError,
    lambda: DuplicateKey("kit_things", ("id",)),
    lambda: StaleRecord("kit_things", "k"),
    lambda: InvalidInput([Fault("name", "too_long", "is too long")]),
    lambda: StorageBusy("the caller's"),
    lambda: StorageUnreachable("the caller's"),
    lambda: StorageFull("the caller's"),
    lambda: CommitUnknown("the caller's"),
    lambda: StorageError("the caller's"),
)
"""What may leave a block: ends of the program, of tasks and of iterators, errors of Python and of this library."""

_BAD_QUERIES: Final = (
    Query(stored("nmae") == "x"),
    Query(Compare("size", Op.EQ, "7")),
    Query(order_by=("nick",)),
    Query(limit=-1),
)

REFUSALS: Final[dict[str, Callable[[Transaction], object]]] = {
    "adding under a taken key": lambda tx: tx.add(Thing("k")),
    "adding a taken unique value": lambda tx: tx.add(Part(code="q", serial="s")),
    "saving a stale record": lambda tx: tx.save(Thing("k", version=7)),
    "saving what is not there": lambda tx: tx.save(Thing("gone")),
    "removing a stale record": lambda tx: tx.remove(Thing("k", version=7)),
    "a text that is too long": lambda tx: tx.add(Thing("new", name="x" * (NAME_LENGTH + 1))),
    "a text with NUL": lambda tx: tx.save(Thing("k", note="a\x00")),
    "an unknown class": lambda tx: tx.add(Stranger("s")),
    "an unknown class to read": lambda tx: tx.get(Stranger, "s"),
    "a bad query to find by": lambda tx: list(tx.find(Thing, _BAD_QUERIES[0])),
    "a bad query to count by": lambda tx: tx.count(Thing, _BAD_QUERIES[1]),
}
"""What makes verbs raise, by name."""

VERBS: Final[dict[str, Callable[[Transaction], object]]] = {
    "get": lambda tx: tx.get(Thing, "k"),
    "add": lambda tx: tx.add(Thing("late")),
    "save": lambda tx: tx.save(Thing("k", name="late")),
    "remove": lambda tx: tx.remove(Thing("k")),
    "find": lambda tx: list(tx.find(Thing, Query())),
    "count": lambda tx: tx.count(Thing, Query()),
}
"""Each verb, as it works on what the tests keep."""

_REFUSED: Final = (Conflict, InvalidInput, RegistrationError)


class EndChecks(StorageChecks, kit=True):
    """What leaves a block, and what is left of it."""

    def test_whatever_leaves_the_block_keeps_nothing(self) -> None:
        """Every kind of exception takes back all that was done: "an exception rolls back and passes through, whatever it is"."""
        for phase in ("before it did anything", "after it had written", "while it was reading"):
            with self.bound() as storage:
                _prepare(storage)
                for make in ERRORS:
                    error = make()
                    said = f"{type(error).__name__} left a unit {phase}, and"
                    with pytest.raises(type(error)) as caught, storage.transaction() as tx:  # noqa: PT012  the error leaves the block
                        _work(tx, phase)
                        raise error
                    assert caught.value is error, f"{said} another exception came out"
                    _assert_untouched(storage, said)

    def test_whatever_leaves_a_reader_passes_through(self) -> None:
        """A unit that only reads lets every exception out, too: "an exception rolls back and passes through, whatever it is"."""
        with self.bound() as storage:
            _prepare(storage)
            for make in ERRORS:
                error = make()
                with pytest.raises(type(error)) as caught, storage.transaction(read_only=True) as tx:  # noqa: PT012  the error leaves the block
                    _work(tx, "while it was reading")
                    raise error
                assert caught.value is error, (
                    f"{type(error).__name__} left a unit that only reads, and came out as another"
                )
            _assert_untouched(storage, "after exceptions in units that only read")

    @needs("concurrent")
    def test_whatever_left_the_block_is_in_nobodys_way(self) -> None:
        """After an exception of any kind other threads work as before: "an exception rolls back and passes through, whatever it is"."""
        with self.bound() as storage:
            for number, make in enumerate(ERRORS):
                error = make()
                with suppress(type(error)), storage.transaction() as tx:
                    tx.add(Thing("never"))
                    raise error
                at_once(lambda number=number: keep(storage, Thing(f"{number:02d}")))  # type: ignore[misc]  # a default binds it
            assert len(all_of(storage, Thing)) == len(ERRORS), (
                "after an exception a thread's unit was not kept"
            )

    def test_after_a_refusal_no_verb_works(self) -> None:
        """Who swallowed a refusal cannot go on: "After a verb raised, the transaction can only be left: every further verb raises `StorageError`"."""
        with self.bound() as storage:
            _prepare(storage)
            for refusal, refuse in REFUSALS.items():
                with pytest.raises((StorageError, *_REFUSED)), storage.transaction() as tx:  # noqa: PT012  the end raises
                    tx.add(Thing("before"))
                    if _refuses(tx, refuse):
                        for verb, work in VERBS.items():
                            _assert_does_nothing(tx, work, f"after {refusal} `{verb}`")
                _assert_untouched(storage, f"after {refusal}, which the caller swallowed,")

    def test_each_verb_after_a_refusal_is_refused(self) -> None:
        """It does not matter which verb comes next: "every further verb raises `StorageError`"."""
        with self.bound() as storage:
            _prepare(storage)
            for verb, work in VERBS.items():
                with pytest.raises((StorageError, *_REFUSED)), storage.transaction() as tx:  # noqa: PT012  the end raises
                    if _refuses(tx, REFUSALS["saving a stale record"]):
                        _assert_does_nothing(tx, work, f"after a refusal `{verb}`")
                _assert_untouched(storage, f"after a refusal and `{verb}`")

    def test_an_error_of_an_iterator_is_one_of_the_unit(self) -> None:
        """Nothing is kept where reading on has failed, even if the caller passed over it: "What an iterator of `find` raises counts as raised by the verb"."""
        with self.bound() as storage:
            _prepare(storage)
            for query in _BAD_QUERIES:
                with pytest.raises(StorageError), storage.transaction() as tx:  # noqa: PT012  the end raises
                    tx.add(Thing("before"))
                    with suppress(InvalidInput):
                        found = tx.find(Thing, query)
                        list(found)
                _assert_untouched(storage, "after an error of an iterator")

    def test_after_its_end_a_unit_does_nothing(self) -> None:
        """However it was left, and whether another unit is open or not: "After its end every verb raises `StorageError` and changes nothing"."""
        with self.bound() as storage:
            _prepare(storage)
            for end, leave in _ENDS.items():
                tx = leave(storage)
                for verb, work in VERBS.items():
                    _assert_does_nothing(tx, work, f"after a unit was {end} `{verb}`")
                _assert_untouched(storage, f"after verbs of a unit that was {end}")
                with suppress(Undo), storage.transaction() as another:
                    another.add(Part(code="another"))
                    for verb, work in VERBS.items():
                        _assert_does_nothing(tx, work, f"beside another unit, after one was {end}, `{verb}`")
                    assert another.count(Thing, Query()) == 1, (
                        "a verb of a unit that had ended was done in another unit"
                    )
                    raise Undo
                _assert_untouched(storage, f"after verbs of a unit that was {end}")

    def test_a_unit_that_is_refused_late_keeps_nothing(self) -> None:
        """A conflict behind many good writes in several tables takes all of them back: "what it did is kept as a whole at its end, or not at all"."""
        good: list[tuple[str, Any]] = [
            ("add", Thing("a")),
            ("add", Part(code="a", thing_id="a")),
            ("save", Thing("k", name="changed")),
            ("remove", Part(code="p", serial="s")),
        ]
        conflicts = [("add", Thing("k")), ("save", Part(code="p", version=9)), ("save", Thing("gone"))]
        with self.bound() as storage:
            _prepare(storage)
            for conflict in conflicts:
                for place in range(len(good) + 1):
                    steps = [*good[:place], conflict, *good[place:]]
                    with pytest.raises((StorageError, Conflict)):
                        write(storage, *steps)
                    _assert_untouched(storage, f"with a conflict in place {place} of a unit")


def _prepare(storage: Storage) -> None:
    keep(storage, Thing("k", words=("w",)), Part(code="p", serial="s"))


def _assert_untouched(storage: Storage, said: str) -> None:
    things, parts = all_of(storage, Thing), all_of(storage, Part)
    assert things == [Thing("k", words=("w",))], f"{said} things are others than before"
    assert parts == [Part(code="p", serial="s")], f"{said} parts are others than before"


def _work(tx: Transaction, phase: str) -> None:
    if phase == "after it had written":
        tx.add(Thing("new"), Part(code="new"))
        tx.save(Thing("k", name="changed"))
        tx.remove(Part(code="p", serial="s"))
    elif phase == "while it was reading":
        next(tx.find(Thing, Query()))


def _refuses(tx: Transaction, refuse: Callable[[Transaction], object]) -> bool:
    """Whether the verb raises; a storage may refuse at the end instead."""
    try:
        refuse(tx)
    except _REFUSED:
        return True
    return False


def _assert_does_nothing(tx: Transaction, work: Callable[[Transaction], object], said: str) -> None:
    try:
        work(tx)
    except StorageError:
        return
    except LoyaltyError as error:
        raise AssertionError(f"{said} raises {type(error).__name__}, and not StorageError") from error
    raise AssertionError(f"{said} works as if nothing had happened")


def _committed(storage: Storage) -> Transaction:
    with storage.transaction() as tx:
        tx.get(Thing, "k")
    return tx


def _read(storage: Storage) -> Transaction:
    with storage.transaction(read_only=True) as tx:
        tx.get(Thing, "k")
    return tx


def _left_with_an_exception(storage: Storage) -> Transaction:
    with suppress(Undo), storage.transaction() as tx:
        tx.add(Thing("never"))
        raise Undo
    return tx


def _refused(storage: Storage) -> Transaction:
    with suppress(Conflict, StorageError), storage.transaction() as tx:
        tx.add(Thing("k"))
    return tx


_ENDS: Final[dict[str, Callable[[Storage], Transaction]]] = {
    "committed": _committed,
    "read": _read,
    "left with an exception": _left_with_an_exception,
    "refused": _refused,
}
