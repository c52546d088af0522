"""Real processes on the same data: they count together, also after a fork, and one that is killed leaves no half unit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from typing import Final

from attrs import evolve, frozen

from loyaltycore.errors import StaleRecord
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.storage import Storage, Transaction
from loyaltycore.testing.processes import Child, Say, die_beyond, forked
from loyaltycore.testing.samples import Part, Thing
from loyaltycore.testing.storage_checks.base import StorageChecks, all_of, fetched, keep, must_get
from loyaltycore.testing.storage_checks.racing import MOST_TRIES, must_get_for_update, run
from loyaltycore.testing.suite import needs

TIMES: Final = 25
"""How often each process counts up."""

_THINK: Final = 0.0005
"""Seconds between reading and saving, in which another process gets its turn."""

_FORKS: Final = 2
"""How many copies of a process work beside it."""

UNIT: Final = 30
"""Records of one unit: enough that writing them takes a while."""

LARGE_UNIT: Final = 300
"""Records of a unit that no adapter writes at once by chance."""

_WARM_UP: Final = 2
"""Units after which it is known how long one takes."""

_MOST_UNITS: Final = 20
"""The writer stops after this many if no limit of its files has killed it."""


@frozen
class Death:
    """When a writer is killed."""

    moment: float = 0.0
    """In which part of a unit, from 0 to 1."""
    beyond: int | None = None
    """Or in the middle of the write that takes a file beyond so many bytes."""
    unit: int = UNIT
    """How many records it writes at a time."""


DEATHS: Final = (
    *(Death(moment) for moment in (0.1, 0.35, 0.6, 0.85)),
    Death(0.7, unit=LARGE_UNIT),
    *(Death(beyond=size) for size in (30_000, 70_000, 110_003)),
    *(Death(beyond=size, unit=LARGE_UNIT) for size in (100_000, 130_000, 190_000)),
)


class ProcessChecks(StorageChecks, kit=True):
    """Several processes at once, and the end of one of them."""

    @needs("shared")
    def test_processes_lose_no_update(self) -> None:
        """Two processes that read, count up and save all count: "Of several transactions that save what they read at the same version one succeeds", and "Transactions of several threads, processes and machines run at the same time"."""
        with self.bound() as storage:
            keep(storage, Thing("counter"))

            def work(say: Say) -> None:
                with self.bound_again(storage) as another:
                    say("ready")
                    _count_up(another)

            with forked(work) as child:
                assert child.line() == "ready", "the other process did not begin"
                _count_up(storage)
                assert child.lines() == [], "the other process said something else"
            counter = fetched(storage, Thing, "counter")
        assert (counter.size, counter.version) == (2 * TIMES, 1 + 2 * TIMES), (
            "a process saved over what another one had saved"
        )

    @needs("shared")
    def test_a_fork_starts_afresh(self) -> None:
        """Copies of a process that go on with its storage, new or used, lose no update and read what they ask for: "A process that was forked may go on using the storages of the process that it copies", and "starts afresh there"."""
        with self.bound() as storage, self.bound_again(storage) as inherited:
            keep(storage, Thing("counter"), *(Thing(f"{number}") for number in range(TIMES)))
            for turn, when in enumerate(("only bound", "used"), start=1):
                _share_with_copies(inherited, when)
                counted = fetched(storage, Thing, "counter").size
                assert counted == turn * (_FORKS + 1) * TIMES, (
                    f"after a fork of a process in which the storage was {when}, an update was lost"
                )

    @needs("durable")
    def test_a_killed_process_leaves_whole_units(self) -> None:
        """A killed process leaves only whole units, and every unit whose end was seen: "what was committed is there for every storage that is opened on the same data later", and "what it did is kept as a whole at its end, or not at all"."""
        for death in DEATHS:
            # Nothing of this process has the data open before the writer is dead.
            with self.open() as storage:

                def work(say: Say, death: Death = death, storage: Storage = storage) -> None:
                    with self.bound_again(storage) as another:
                        _write_units(another, death, say)

                with forked(work) as child:
                    seen = _killed(child, death)
                with self.bound_again(storage) as again:
                    _assert_whole(again, seen, death.unit)
                    _assert_goes_on(again)
            if seen == _MOST_UNITS:
                # No limit of its files ever stops the writer: they are another process's.
                return


def _share_with_copies(storage: Storage, when: str) -> None:
    """Work with one storage in several copies of this process and in this one."""

    def work(say: Say) -> None:
        say("ready")
        _count_and_read(storage, when)

    with ExitStack() as stack:
        children = [stack.enter_context(forked(work)) for _ in range(_FORKS)]
        for child in children:
            assert child.line() == "ready", "a copy of the process did not begin"
        _count_and_read(storage, when)
        for child in children:
            assert child.lines() == [], "a copy of the process said something else"


def _count_and_read(storage: Storage, when: str) -> None:
    _count_up(storage)
    for number in range(TIMES):
        found = fetched(storage, Thing, f"{number}").id
        assert found == f"{number}", (
            f"after a fork of a process in which the storage was {when}, {found!r} was returned for '{number}'"
        )


def _count_up(storage: Storage) -> None:
    for _ in range(TIMES):
        _insist(lambda: run(storage, _counted_up))


def _insist(work: Callable[[], None]) -> None:
    for _ in range(MOST_TRIES):
        try:
            return work()
        except StaleRecord:
            continue
    raise AssertionError(f"the same saving was refused as stale {MOST_TRIES} times")


def _counted_up(tx: Transaction) -> None:
    counter = must_get_for_update(tx)
    time.sleep(_THINK)
    tx.save(evolve(counter, size=counter.size + 1))


def _write_units(storage: Storage, death: Death, say: Say) -> None:
    """Write unit after unit, and say its number after each."""
    keep(storage, Part(code="last"))
    if death.beyond is not None:
        die_beyond(death.beyond)
    for number in count(1) if death.beyond is None else range(1, _MOST_UNITS + 1):
        run(storage, lambda tx, number=number: _write_unit(tx, number, death.unit))  # type: ignore[misc]  # a default binds it
        say(str(number))


def _write_unit(tx: Transaction, number: int, size: int) -> None:
    things = [Thing(f"{number:05d}-{place:03d}", note=f"{place}{'-' * 200}") for place in range(size)]
    tx.add(*things[1:])
    tx.save(Part(code="last", order=number, version=number))
    tx.add(things[0])


def _killed(child: Child, death: Death) -> int:
    """Kill the writer, or wait until it has died; the last unit of which it saw the end."""
    if death.beyond is None:
        first, *_ = [child.line() for _ in range(_WARM_UP)]
        began = time.monotonic()
        assert first is not None, "the writer said nothing before it was killed"
        child.line()
        time.sleep((time.monotonic() - began) * death.moment)
        child.kill()
        return int([str(_WARM_UP + 1), *child.lines()][-1])
    return int(["0", *child.lines()][-1])


def _assert_whole(storage: Storage, seen: int, size: int) -> None:
    """Demand all units up to the last one that was committed, and nothing of any other."""
    with storage.transaction(read_only=True) as tx:
        found = Counter(thing.id.partition("-")[0] for thing in tx.find(Thing, Query()))
        last = must_get(tx, Part, "last").order
    assert last >= seen, "what a process had committed before it was killed is gone"
    assert last <= seen + 1, "there is more than the process had written"
    assert found == {f"{number:05d}": size for number in range(1, last + 1)}, (
        f"of unit {last} or the one after it there is a part: a commit is not one step"
    )


def _assert_goes_on(storage: Storage) -> None:
    """Demand that what a killed process has left is in nobody's way."""
    before = len(all_of(storage, Thing))
    keep(storage, Thing("afterwards"))
    assert len(all_of(storage, Thing)) == before + 1, "nobody can write behind what a killed process left"
