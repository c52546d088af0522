"""What a storage says when the other side breaks off, falls silent, refuses, or is held by a rival."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, Final

import pytest

from loyaltycore.errors import CommitUnknown, StorageBusy, StorageError, StorageUnreachable
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.storage import Storage, Transaction
from loyaltycore.testing.samples import Part, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, all_of, keep, write
from loyaltycore.testing.storage_checks.racing import PATIENCE
from loyaltycore.testing.suite import Lacks, needs
from loyaltycore.testing.trouble import Trouble, troubled

LEAST_WAIT: Final = 0.3
"""Seconds that a unit waits at least for a rival; the storage of a test may be set to a short wait."""

Units = tuple[tuple[tuple[str, Any], ...], ...]

_UNITS: Final[Units] = (
    (("add", Thing("new")),),
    (("save", Thing("old", name="changed")),),
    (("remove", Thing("old")),),
    (("add", Part(code="new")), ("save", Thing("old", name="changed")), ("add", Thing("new"))),
)
"""Units that touch things, each with all that it does."""


class TroubleChecks(StorageChecks, kit=True):
    """Tests with an other side in trouble."""

    @needs("trouble")
    def test_a_lost_answer_leaves_the_commit_unknown(self) -> None:
        """Who does not hear what has become of a commit says neither yes nor no, and nothing is done twice: "At the commit, if its answer was lost: it may have been kept"."""
        for unit in _UNITS:
            with self.bound() as storage:
                keep(storage, Thing("old"))
                with troubled(self.trouble(storage, Trouble.LOSE_ANSWER)):
                    _raises(storage, unit, CommitUnknown, "the answer to a commit was lost")
                assert _contents(storage) == _after(unit), (
                    "the hook `trouble` let nothing be kept, or more than was done: only the answer is to be lost"
                )
                _assert_works(storage)

    @needs("trouble")
    def test_a_reader_is_never_in_doubt(self) -> None:
        """A unit that wrote nothing has nothing that could be unknown: "it may have been kept"."""
        with self.bound() as storage:
            keep(storage, Thing("old"))
            with troubled(self.trouble(storage, Trouble.LOSE_ANSWER)):
                for read_only in (True, False):
                    with storage.transaction(read_only=read_only) as tx:
                        assert tx.count(Thing, Query()) == 1, (
                            "a reader finds another number of records than there are"
                        )

    @needs("trouble")
    def test_a_broken_line_is_unreachable_for_now(self) -> None:
        """Who cannot open a connection says that the unit may run again, and it does: "no connection could be opened for now; nothing was sent"."""
        for unit in _UNITS:
            with self.bound() as storage:
                keep(storage, Thing("old"))
                with troubled(self.trouble(storage, Trouble.BREAK_BEFORE)):
                    _raises(storage, unit, StorageUnreachable, "no connection could be opened")
                    with pytest.raises(StorageUnreachable), storage.transaction(read_only=True) as tx:
                        list(tx.find(Thing, Query()))
                assert _contents(storage) == _after(()), "of a unit that could not be sent something was kept"
                write(storage, *unit)
                assert _contents(storage) == _after(unit), "a unit that ran again was not kept, or not once"

    @needs("trouble")
    def test_a_line_that_breaks_in_a_unit_keeps_nothing(self) -> None:
        """What was done before the line broke is gone, and the unit may run again: "what it did is kept as a whole at its end, or not at all"."""
        for unit in _UNITS:
            with self.bound() as storage:
                keep(storage, Thing("old"))
                made = self.trouble(storage, Trouble.BREAK_BEFORE)
                if isinstance(made, Lacks):
                    pytest.skip(made.reason)
                block = storage.transaction()
                tx = block.__enter__()
                tx.add(Part(code="before"))
                with made:
                    error = _ended(block, tx, unit)
                assert isinstance(error, StorageError), (
                    f"the line broke in a unit, and {type(error).__name__} came out"
                )
                assert _contents(storage) == _after(()), "of a unit whose line broke something was kept"
                _assert_works(storage)

    @needs("trouble")
    def test_a_rival_is_waited_for(self) -> None:
        """A unit that somebody holds up waits a while and then may run again: "One that has to wait for another waits some seconds before it raises `StorageBusy`"."""
        unit = _UNITS[1]
        with self.bound() as storage:
            keep(storage, Thing("old"))
            with troubled(self.trouble(storage, Trouble.BUSY)):
                began = time.monotonic()
                error = _raises(storage, unit, StorageBusy, "somebody else does not let go")
                waited = time.monotonic() - began
            assert not isinstance(error, StorageUnreachable), (
                "somebody else holds a lock, and the storage is unreachable"
            )
            assert LEAST_WAIT <= waited <= PATIENCE, (
                f"it waited {waited:.1f} seconds for somebody who does not let go"
            )
            assert _contents(storage) == _after(()), "of a unit that was held up something was kept"
            write(storage, *unit)
            assert _contents(storage) == _after(unit), "a unit that ran again was not kept, or not once"

    @needs("trouble")
    def test_a_refused_commit_keeps_nothing(self) -> None:
        """What the engine refuses is neither kept nor in doubt, and nobody tries it again in vain: "At the commit, if the engine refused it; nothing was kept"."""
        for unit in (_UNITS[0], _UNITS[3]):
            with self.bound() as storage:
                keep(storage, Thing("old"))
                with troubled(self.trouble(storage, Trouble.FAIL)):
                    error = _raises(storage, unit, StorageError, "the engine refused what was written")
                    told = not isinstance(error, CommitUnknown | StorageBusy)
                    assert told, f"the engine refused what was written, and {type(error).__name__} was raised"
                    with suppress(StorageError):  # it may refuse to be read as well
                        assert _contents(storage) == _after(()), (
                            "the storage shows what the engine has refused"
                        )
                assert _contents(storage) == _after(()), (
                    "of a unit that the engine refused something was kept"
                )
                write(storage, *unit)
                assert _contents(storage) == _after(unit), (
                    "what was refused once cannot be written any more, or is there twice"
                )


def _raises(
    storage: Storage, unit: tuple[tuple[str, Any], ...], kind: type[StorageError], said: str
) -> StorageError:
    """Run a unit that must raise an error of this kind."""
    error = _refusal(storage, unit)
    assert error is not None, f"{said}, and nothing was raised"
    assert isinstance(error, kind), (
        f"{said}, and {type(error).__name__} was raised instead of {kind.__name__}"
    )
    return error


def _refusal(storage: Storage, unit: tuple[tuple[str, Any], ...]) -> StorageError | None:
    try:
        write(storage, *unit)
    except StorageError as error:
        return error
    return None


def _contents(storage: Storage) -> dict[str, tuple[str, int]]:
    things, parts = all_of(storage, Thing), all_of(storage, Part)
    found = {f"thing {thing.id}": (thing.name, thing.version) for thing in things}
    return {**found, **{f"part {part.code}": ("", part.version) for part in parts}}


def _after(unit: tuple[tuple[str, Any], ...]) -> dict[str, tuple[str, int]]:
    """What is there after a unit."""
    state = {"thing old": ("", 1)}
    for verb, record in unit:
        key = f"thing {record.id}" if isinstance(record, Thing) else f"part {record.code}"
        if verb == "remove":
            del state[key]
        else:
            state[key] = (getattr(record, "name", ""), record.version + (verb == "save"))
    return state


def _assert_works(storage: Storage) -> None:
    keep(storage, Thing("afterwards"))
    assert "thing afterwards" in _contents(storage), "when the trouble was over a unit was not kept"


def _ended(block: Any, tx: Transaction, unit: tuple[tuple[str, Any], ...]) -> BaseException | None:
    """Go on with a unit, and leave it; what comes out."""
    try:
        try:
            for verb, record in unit:
                getattr(tx, verb)(record)
        except BaseException as error:  # noqa: BLE001  it is looked at
            block.__exit__(type(error), error, error.__traceback__)
            return error
        block.__exit__(None, None, None)
    except Exception as error:  # noqa: BLE001  it is looked at
        return error
    return None
