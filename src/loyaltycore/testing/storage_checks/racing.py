"""Several threads at once, each with transactions of its own.

A storage may let in transactions one after the other, so no test waits for two to be open at the same time: a test
waits only a moment for another thread, and demands what holds in either case.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import suppress
from threading import Barrier, Event, Thread
from typing import Any, Final, Literal, TypeVar

from attrs import evolve

from loyaltycore.errors import DuplicateKey, StaleRecord, StorageBusy
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.storage import Storage, Transaction
from loyaltycore.testing.samples import Part, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, Undo, all_of, fetched, keep, must_get
from loyaltycore.testing.suite import needs

R = TypeVar("R")

RACERS: Final = 4
ROUNDS: Final = 8
MOMENT: Final = 0.3
"""Seconds that one thread waits for another, which may itself be waiting for this one's transaction to end."""

PATIENCE: Final = 60
"""Seconds after which a thread that has not returned is given up."""

MOST_TRIES: Final = 200
_WAIT: Final = "wait for the lock some seconds before raising `StorageBusy`"
_BETWEEN_LOOKS: Final = 0.001

Outcome = Literal["won", "lost"]


def at_once(*works: Callable[[], R]) -> list[R]:
    """Run each work in a thread of its own, all starting together; what they return, in order."""
    barrier = Barrier(len(works))

    def start(work: Callable[[], R], outcome: Future[R]) -> None:
        try:
            barrier.wait(PATIENCE)
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001  it is raised where the outcome is read
            outcome.set_exception(error)

    outcomes: list[Future[R]] = [Future() for _ in works]
    for each in zip(works, outcomes, strict=True):
        # One that hangs must not keep the test from saying so, nor the process from ending.
        Thread(target=start, args=each, daemon=True).start()
    done, going = wait(outcomes, PATIENCE, FIRST_EXCEPTION)
    for outcome in done:
        outcome.result()
    assert not going, f"{len(going)} of {len(works)} threads have not come back after {PATIENCE} seconds"
    return [outcome.result() for outcome in outcomes]


def seen_during(change: Callable[[], None], look: Callable[[], R]) -> list[R]:
    """What two threads see that look again and again until something has been changed."""
    finished = Event()

    def work() -> list[R]:
        try:
            change()
        finally:
            finished.set()
        return []

    def watch() -> list[R]:
        seen = [patiently(look)]
        while not finished.wait(_BETWEEN_LOOKS):
            seen.append(patiently(look))
        return seen

    return [each for seen in at_once(work, watch, watch) for each in seen]


def run(storage: Storage, body: Callable[[Transaction], R]) -> R:
    """One transaction, run again if the engine rolled it back, as every service does."""
    for _ in range(MOST_TRIES):
        try:
            with storage.transaction() as tx:
                return body(tx)
        except StorageBusy:
            continue
    raise AssertionError(f"`StorageBusy` {MOST_TRIES} times for the same transaction: {_WAIT}")


def race(*entries: tuple[Storage, Callable[[Transaction], None]]) -> list[Outcome]:
    """Let transactions race; a conflict is a defeat, and anything else an error."""

    def enter(storage: Storage, body: Callable[[Transaction], None]) -> Outcome:
        try:
            run(storage, body)
        except (StaleRecord, DuplicateKey):
            return "lost"
        return "won"

    return at_once(*((lambda entry=entry: enter(*entry)) for entry in entries))


def one_winner(outcomes: list[Outcome]) -> bool:
    """Whether exactly one of them won."""
    return outcomes.count("won") == 1


class RaceChecks(StorageChecks, kit=True):
    """Versions, unique keys and visibility between threads."""

    @needs("concurrent")
    def test_a_race_for_a_version_has_one_winner(self) -> None:
        """Of several that save what they read at the same version, one wins: "Of several transactions that save what they read at the same version one succeeds"."""
        with self.bound() as storage:
            for number in range(ROUNDS):
                read = Thing(f"t{number}")
                keep(storage, read)
                savers = [_saver(evolve(read, name=f"racer {racer}")) for racer in range(RACERS)]
                assert one_winner(race(*((storage, saver) for saver in savers))), (
                    "of several that saved at one version not exactly one has won"
                )
                assert fetched(storage, Thing, read.id).version == 2, (
                    "after a race the version is not the next one"
                )

    @needs("concurrent")
    def test_a_race_for_a_key_has_one_winner(self) -> None:
        """Of several that add a record under one key, one wins: "DuplicateKey: A key or a unique tuple is taken"."""
        with self.bound() as storage:
            for number in range(ROUNDS):
                adders = [_adder(Thing(f"t{number}", name=f"racer {racer}")) for racer in range(RACERS)]
                assert one_winner(race(*((storage, adder) for adder in adders))), (
                    "of several that added under one key not exactly one has won"
                )
            assert len(all_of(storage, Thing)) == ROUNDS, (
                "after races for keys there are more or fewer records than keys"
            )

    @needs("concurrent")
    def test_a_race_for_a_unique_tuple_has_one_winner(self) -> None:
        """Of several that add records with one serial number, one wins: "Tuples of fields that no two records share"."""
        with self.bound() as storage:
            for number in range(ROUNDS):
                parts = [Part(code=f"{number}-{racer}", serial=f"s{number}") for racer in range(RACERS)]
                assert one_winner(race(*((storage, _adder(part)) for part in parts))), (
                    "of several that added one unique value not exactly one has won"
                )
            assert len(all_of(storage, Part)) == ROUNDS, (
                "after races for a unique value there are more or fewer records than values"
            )

    @needs("concurrent")
    def test_no_update_is_lost(self) -> None:
        """Threads that read, count up and save all count: "Replace stored records that carry the version at which they were read"."""
        with self.bound() as storage:
            keep(storage, Thing("counter"))
            at_once(*([lambda: _count_up(storage, ROUNDS)] * RACERS))
            counter = fetched(storage, Thing, "counter")
        assert (counter.size, counter.version) == (RACERS * ROUNDS, 1 + RACERS * ROUNDS), (
            "some updates of several threads are lost"
        )

    @needs("concurrent")
    def test_nothing_unfinished_is_seen(self) -> None:
        """Nobody sees what a transaction has written and then takes back: "each sees either all or nothing of any other"."""
        with self.bound() as storage:
            keep(storage, Thing("t", name="before"))
            written, read = Event(), Event()

            def write() -> None:
                with storage.transaction() as tx:
                    tx.save(Thing("t", name="unfinished"))
                    tx.add(Thing("new"))
                    written.set()
                    read.wait(MOMENT)
                    raise Undo

            def look() -> tuple[str, int]:
                written.wait(PATIENCE)
                found = patiently(lambda: _seen(storage))
                read.set()
                return found

            seen = at_once(lambda: _undone(write), look)[1]
        assert seen == ("before", 1), "somebody saw what was taken back"

    @needs("concurrent")
    def test_a_commit_is_seen_as_a_whole(self) -> None:
        """Whoever has seen one record as it was before a commit sees the others that way too: "each sees either all or nothing of any other"."""
        with self.bound() as storage:
            keep(storage, Thing("t", name="old"), Part(code="p", batch="old"))
            looked, written = Event(), Event()

            def change() -> None:
                looked.wait(PATIENCE)
                run(storage, lambda tx: tx.save(Thing("t", name="new"), Part(code="p", batch="new")))
                written.set()

            def look() -> tuple[str, str, str]:
                with storage.transaction(read_only=True) as tx:
                    first = must_get(tx, Thing, "t").name
                    looked.set()
                    written.wait(MOMENT)
                    part, again = must_get(tx, Part, "p").batch, next(tx.find(Thing, Query())).name
                return first, part, again

            seen: Any = at_once(change, look)[1]
            assert len(set(seen)) == 1, f"one transaction saw both sides of a commit: {seen}"
            assert fetched(storage, Thing, "t").name == fetched(storage, Part, "p").batch == "new", (
                "what was committed is not there"
            )

    @needs("concurrent")
    def test_commits_are_never_torn(self) -> None:
        """While pairs are changed all the time, nobody ever sees half a pair: "each sees either all or nothing of any other"."""
        with self.bound() as storage:
            keep(storage, Thing("t"), Part(code="p"))

            def change() -> None:
                for number in range(1, ROUNDS * 2):
                    run(storage, _pair_saver(number))

            seen = seen_during(change, lambda: _pair(storage))
        torn = [pair for pair in seen if pair[0] != pair[1]]
        assert torn == [], "a transaction saw half of a commit"

    @needs("shared")
    def test_two_storages_race_as_two_threads_do(self) -> None:
        """Two storages on the same data obey the same versions and keys: "Transactions of several threads, processes and machines run at the same time"."""
        with self.bound() as storage, self.bound_again(storage) as another:
            for number in range(ROUNDS):
                thing, part = Thing(f"t{number}"), Part(code=f"p{number}", serial=f"s{number}")
                keep(storage, thing)
                assert one_winner(race((storage, _saver(thing)), (another, _saver(thing)))), (
                    "of two storages that saved at one version not exactly one has won"
                )
                twin = evolve(part, code=f"q{number}")
                assert one_winner(race((storage, _adder(part)), (another, _adder(twin)))), (
                    "of two storages that added one unique value not exactly one has won"
                )


def _saver(record: object) -> Callable[[Transaction], None]:
    return lambda tx: tx.save(record)


def _adder(record: object) -> Callable[[Transaction], None]:
    return lambda tx: tx.add(record)


def _pair_saver(number: int) -> Callable[[Transaction], None]:
    thing = Thing("t", size=number, version=number)
    return lambda tx: tx.save(thing, Part(code="p", order=number, version=number))


def _count_up(storage: Storage, times: int) -> None:
    for _ in range(times):
        for _ in range(MOST_TRIES):
            try:
                run(storage, _counted_up)
                break
            except StaleRecord:
                continue


def _counted_up(tx: Transaction) -> None:
    counter = must_get_for_update(tx)
    tx.save(evolve(counter, size=counter.size + 1))


def must_get_for_update(tx: Transaction) -> Thing:
    """The counter, read with the hint that it will be saved, as services do."""
    counter = tx.get(Thing, "counter", for_update=True)
    assert counter is not None, "the counter is not there"
    return counter


def _undone(write: Callable[[], None]) -> None:
    with suppress(Undo):
        write()


def _seen(storage: Storage) -> tuple[str, int]:
    with storage.transaction(read_only=True) as tx:
        return must_get(tx, Thing, "t").name, tx.count(Thing, Query())


def _pair(storage: Storage) -> tuple[int, int]:
    with storage.transaction(read_only=True) as tx:
        return must_get(tx, Thing, "t").size, must_get(tx, Part, "p").order


def patiently(read: Callable[[], R]) -> R:
    """Read, and again if the engine rolled the read back."""
    for _ in range(MOST_TRIES):
        try:
            return read()
        except StorageBusy:
            continue
    raise AssertionError(f"`StorageBusy` {MOST_TRIES} times for the same reading: {_WAIT}")
