"""What surrounds a unit: the clock of the machine, registries that grow, copies of the process, and others that have to wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event
from typing import Any, Final

import pytest
from attrs import evolve

from loyaltycore.errors import (
    DuplicateKey,
    LoyaltyError,
    RegistrationError,
    StaleRecord,
    StorageBusy,
    StorageError,
)
from loyaltycore.kernel.criteria import Query, has_key
from loyaltycore.ports.storage import Storage, Transaction
from loyaltycore.storing.registry import RecordType, Registry
from loyaltycore.testing.clocks import clock_moved
from loyaltycore.testing.processes import Say, forked
from loyaltycore.testing.samples import PARTS, REGISTRY, RELICS, THINGS, Part, Relic, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, Undo, all_of, fetched, keep, keys_of
from loyaltycore.testing.storage_checks.racing import PATIENCE, at_once, one_winner, race
from loyaltycore.testing.suite import needs

HELD: Final = 0.7
"""Seconds for which a unit is open while another one wants to write."""

_MOST_BUSY: Final = 2
"""How often the other one may be rolled back meanwhile; who does not wait at all is rolled back hundreds of times."""

_HOUR: Final = 3600.0
_YEAR: Final = 366 * 24 * _HOUR
_ROUNDS: Final = 4


class SurroundingChecks(StorageChecks, kit=True):
    """Clocks, registries, processes and waiting."""

    def test_the_clock_decides_nothing(self) -> None:
        """A time of day that goes back by a year, or on by years, loses, hides and refuses nothing: "Nothing depends on the time of day"."""
        with self.bound() as storage:
            keep(storage, Thing("t"))
            for version, moved in enumerate((0.0, -_HOUR, -_YEAR, _HOUR, -60.0, 3 * _YEAR, 0.0), start=1):
                with clock_moved(moved):
                    _write_and_read(storage, version, moved)

    @needs("shared")
    def test_clocks_that_differ_decide_nothing(self) -> None:
        """Two storages on the same data, whose clocks differ by an hour, see each other's commits: "the clock of a machine may be wrong, and may go back"."""
        with self.bound() as storage, self.bound_again(storage) as another:
            keep(storage, Thing("t"))
            for version in range(1, 7):
                writer, reader = (storage, another) if version % 2 else (another, storage)
                with clock_moved(_HOUR if version % 2 else 0.0):
                    _write_and_read(writer, version, _HOUR)
                for moved in (0.0, _HOUR):
                    with clock_moved(moved):
                        found = fetched(reader, Thing, "t").version
                        assert found == version + 1, (
                            f"version {found} is read after version {version + 1} was committed"
                        )

    def test_more_record_types_may_be_bound(self) -> None:
        """Who is bound to more types keeps the records that are there, and the rules of all types: "Binding more of them, or others, changes nothing of what is stored"."""
        growing: list[tuple[RecordType[Any], ...]] = [(RELICS,), (RELICS, THINGS), (THINGS, PARTS, RELICS)]
        with self.open() as storage:
            for turn, types in enumerate(growing):
                storage.bind(Registry(types))
                for record_type in types:
                    keep(storage, _made(record_type, turn))
                    with pytest.raises(DuplicateKey):
                        keep(storage, _made(record_type, turn))
            found = [
                [record_type.key_of(each) for each in all_of(storage, record_type.cls)]
                for record_type in growing[-1]
            ]
            assert found == [["1", "2"], ["2"], ["0", "1", "2"]], (
                f"after more types were bound {found} is there"
            )
            self._assert_rules(storage)

    @staticmethod
    def _assert_rules(storage: Storage) -> None:
        with pytest.raises(DuplicateKey):
            keep(storage, Part(code="new", serial="s2"))
        with pytest.raises(StaleRecord), storage.transaction() as tx:
            tx.save(Relic("0", "w0", version=2))
        with storage.transaction(read_only=True) as tx:
            assert keys_of(tx, Relic, has_key("word", "w0")) == ["0"], (
                "a lookup key is gone since more types were bound"
            )
            assert keys_of(tx, Thing, has_key("word", "w2")) == ["2"], (
                "a type that was bound later has no lookup keys"
            )

    def test_fewer_record_types_may_be_bound(self) -> None:
        """Who is bound to fewer types touches no record of the others, and does not know them: "from then on those of the last call are known"."""
        with self.bound() as storage:
            keep(storage, Thing("t"), Part(code="p", serial="s"), Relic("r", "w"))
            storage.bind(Registry((THINGS,)))
            with storage.transaction() as tx:
                tx.save(Thing("t", name="x"))
            with pytest.raises(RegistrationError), storage.transaction() as tx:
                tx.get(Part, "p")
            storage.bind(REGISTRY)
            assert fetched(storage, Thing, "t").name == "x", "a save is gone since more types were bound"
            assert all_of(storage, Part) == [Part(code="p", serial="s")], (
                "a type that was not bound for a while lost its records"
            )
            with storage.transaction(read_only=True) as tx:
                assert keys_of(tx, Relic, has_key("word", "w")) == ["r"], (
                    "a type that was not bound for a while lost its keys"
                )

    def test_a_copy_of_the_process_cannot_use_a_unit(self) -> None:
        """A unit that was open at a fork goes on in the parent as if there were no copy, whatever the copy does: "A transaction stays with the process that opened it: a copy that uses or leaves it changes nothing, neither in the data nor for the parent"."""
        for said, misuse in _MISUSES.items():
            for kept in (True, False):
                with self.bound() as storage:
                    keep(storage, Thing("old"))
                    with (
                        suppress(Undo),
                        storage_left_to_a_copy(storage, misuse, f"a copy of the process {said}, and") as tx,
                    ):
                        tx.save(Thing("old", name="changed"))
                        assert tx.count(Thing, Query()) == 2, (
                            f"a copy of the process {said}, and the unit is another"
                        )
                        if not kept:
                            raise Undo
                    found = [(thing.id, thing.name) for thing in all_of(storage, Thing)]
                    expected = [("mine", ""), ("old", "changed")] if kept else [("old", "")]
                    assert found == expected, f"a copy of the process {said}, and {found} is there"

    @needs("concurrent")
    def test_who_has_to_wait_waits(self) -> None:
        """While one unit is open another one waits or works, and is not sent away: "One that has to wait for another waits some seconds before it raises `StorageBusy`"."""
        with self.bound() as storage:
            keep(storage, Thing("held"), Thing("other"), Part(code="p"))
            opened, tried = Event(), Event()

            def hold() -> int:
                with storage.transaction() as tx:
                    tx.save(Thing("held", name="changed"))
                    opened.set()
                    tried.wait(HELD)
                return 0

            def work() -> int:
                opened.wait(PATIENCE)
                busy = _until_it_works(storage, lambda tx: tx.save(Thing("other", name="changed")))
                busy += _until_it_works(storage, lambda tx: tx.add(Thing("new"), Part(code="new")))
                tried.set()
                return busy

            def read() -> int:
                opened.wait(PATIENCE)
                return _until_it_works(storage, lambda tx: tx.count(Thing, Query()), read_only=True)

            for busy in _in_spite_of_conflicts(hold, work, read):
                assert busy <= _MOST_BUSY, (
                    f"while another unit was open `StorageBusy` was raised {busy} times: wait first"
                )
            assert fetched(storage, Thing, "other").name == "changed", (
                "what a unit wrote that had to wait is not there"
            )

    @needs("concurrent")
    def test_units_that_cross_have_one_winner(self) -> None:
        """Two units that want the same records in opposite order end, one of them with everything: "Of several transactions that save what they read at the same version one succeeds"."""
        with self.bound() as storage:
            for number in range(_ROUNDS):
                pair = Thing(f"a{number}"), Thing(f"b{number}")
                keep(storage, *pair)
                racers = [_crossing(pair, "there"), _crossing(pair[::-1], "back")]
                outcomes = race(*((storage, racer) for racer in racers))
                assert one_winner(outcomes), (
                    f"two units saved the same two records, and the outcomes are {outcomes}"
                )
                names = {fetched(storage, Thing, thing.id).name for thing in pair}
                assert len(names) == 1, "of two records that two units saved each has one"


@contextmanager
def storage_left_to_a_copy(
    storage: Storage, misuse: Callable[[Any, Transaction], None], said: str
) -> Iterator[Transaction]:
    """A unit that has written, and in which a copy of the process did something."""
    block = storage.transaction()
    with block as tx:
        tx.add(Thing("mine"))

        def work(say: Say) -> None:
            with suppress(LoyaltyError, Undo):
                misuse(block, tx)
            say("done")

        with forked(work) as child:
            assert child.line() == "done", f"{said} has ended"
            assert child.line() is None, f"{said} goes on"
        yield tx


def _crossing(things: tuple[Thing, ...], name: str) -> Callable[[Transaction], None]:
    def cross(tx: Transaction) -> None:
        for thing in things:
            tx.save(evolve(thing, name=name))
            time.sleep(0.005)

    return cross


def _in_spite_of_conflicts(hold: Callable[[], int], *others: Callable[[], int]) -> list[int]:
    """What the others counted; the one that holds may have lost against them, where nobody waits for anybody."""

    def patiently() -> int:
        with suppress(StorageBusy, StaleRecord):
            hold()
        return 0

    return at_once(patiently, *others)[1:]


def _until_it_works(
    storage: Storage, body: Callable[[Transaction], object], *, read_only: bool = False
) -> int:
    """How often the unit was sent away before it worked."""
    deadline, busy = time.monotonic() + PATIENCE, 0
    while time.monotonic() < deadline:
        try:
            with storage.transaction(read_only=read_only) as tx:
                body(tx)
        except StorageBusy:
            busy += 1
        else:
            return busy
    raise AssertionError(f"`StorageBusy` for {PATIENCE} seconds, though nothing is held so long")


def _made(record_type: RecordType[Any], turn: int) -> Any:
    if record_type is PARTS:
        return Part(code=f"{turn}", serial=f"s{turn}")
    if record_type is THINGS:
        return Thing(f"{turn}", words=(f"w{turn}",))
    return Relic(f"{turn}", f"w{turn}")


def _write_and_read(storage: Storage, version: int, moved: float) -> None:
    said = f"when the clock had been moved by {moved:.0f} seconds"
    with storage.transaction() as tx:
        tx.save(Thing("t", name=f"{version}", words=(f"w{version}",), version=version))
        tx.add(Relic(f"{version}"))
    found = fetched(storage, Thing, "t")
    assert (found.name, found.version) == (f"{version}", version + 1), f"{said}, what was saved is not read"
    assert len(all_of(storage, Relic)) == version, f"{said}, records are gone or hidden"
    with storage.transaction(read_only=True) as tx:
        assert keys_of(tx, Thing, has_key("word", f"w{version}")) == ["t"], (
            f"{said}, a lookup key does not find"
        )
    with pytest.raises(StaleRecord), storage.transaction() as tx:
        tx.save(Thing("t", version=version))
    with pytest.raises(DuplicateKey):
        keep(storage, Relic(f"{version}"))


def _leave(block: Any, _tx: Transaction) -> None:
    block.__exit__(None, None, None)


def _leave_with_an_exception(block: Any, _tx: Transaction) -> None:
    error = Undo()
    block.__exit__(Undo, error, None)


def _use(block: Any, tx: Transaction) -> None:
    with suppress(StorageError):
        tx.add(Thing("of the copy"))
    block.__exit__(None, None, None)


def _forget(_block: Any, tx: Transaction) -> None:
    tx.remove(Thing("old"))


_MISUSES: Final[dict[str, Callable[[Any, Transaction], None]]] = {
    "left the unit": _leave,
    "left the unit with an exception": _leave_with_an_exception,
    "wrote in the unit and left it": _use,
    "removed a record in the unit": _forget,
}
