"""What every group of storage tests uses: the hooks, and short ways to write and read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, ClassVar, TypeVar

from attrs import frozen

from loyaltycore.kernel import criteria
from loyaltycore.kernel.criteria import EVERYTHING, Criterion, Query
from loyaltycore.ports import bulk as bulk_port, storage as storage_port
from loyaltycore.ports.storage import Storage, Transaction
from loyaltycore.storing import registry
from loyaltycore.storing.codec import to_json
from loyaltycore.testing.samples import REGISTRY
from loyaltycore.testing.suite import Ability, Conformance, Lacks, hook, hook_for
from loyaltycore.testing.trouble import Trouble

T = TypeVar("T")


class Undo(Exception):
    """Leaves a transaction so that nothing of it is kept."""


@frozen(kw_only=True)
class StorageCapabilities:
    """What a storage can do; a gap is a `Lacks` with a reason."""

    concurrent: Ability = True
    """Threads may use one storage at the same time."""
    durable: Ability = True
    """What was committed is there when another storage is opened on the same data; needs `reopen`."""
    shared: Ability = True
    """Several storages, of one process and of several, may work on the same data at the same time; needs
    `reopen`."""
    peekable: Ability = True
    """The test can count rows without the storage; needs `peek`."""
    unreachable: Ability = True
    """The test can have a storage whose data cannot be reached; needs `open_unreachable`."""
    exhaustive: Ability = True
    """Long trials are worth their time: much at once, every short history, hundreds of odd words. A second class for the
    same storage, on another engine, say, may leave them to the first."""
    trouble: Ability = True
    """The test can get into trouble what the storage works with: its server, its file; needs `trouble`."""


class StorageChecks(Conformance, kit=True):
    """The hooks of the storage suite."""

    contract = (storage_port, registry, criteria, bulk_port)
    capabilities: ClassVar[StorageCapabilities]
    capabilities_type = StorageCapabilities

    @hook
    def open(self) -> AbstractContextManager[Storage]:
        """Return a context manager that yields a fresh storage: empty, and not bound yet."""
        raise NotImplementedError

    @hook_for("durable")
    def reopen(self, storage: Any) -> AbstractContextManager[Storage]:
        """Return a context manager that yields another storage on the data of `storage`, not bound yet.

        The tests of `shared` go on using `storage` in the meantime. Those of `durable` do not, so if `shared` is a gap
        it may be closed here. Both also call this in a second process, which is a copy of the first.
        """
        raise NotImplementedError

    @hook_for("peekable")
    def peek(self, storage: Any, table: str) -> int:
        """Return how many records of a table are committed, counted without the storage.

        It is also called before anything is written, and must return 0 then.

        Args:
            storage: What `open` yielded, bound.
            table: The `table` of a record type, without any prefix of yours.
        """
        raise NotImplementedError

    @hook_for("unreachable")
    def open_unreachable(self) -> AbstractContextManager[Storage]:
        """Return a context manager that yields a storage whose data cannot be reached: no server, no such folder."""
        raise NotImplementedError

    @hook_for("trouble")
    def trouble(self, storage: Any, trouble: Trouble) -> AbstractContextManager[object] | Lacks:
        """Return a context manager that makes the other side do this while its block lasts: the server, the file.

        Return a `Lacks` with the reason for what the other side cannot do; only the tests of that trouble are skipped then.
        After the block it works as before, and the storage must not make a pause of its own before it asks.

        Args:
            storage: What `open` yielded, bound, and used before; a unit may be open.
            trouble: `Trouble.LOSE_ANSWER`: the next commit of something written is made, and its answer never comes.
                `Trouble.BREAK_BEFORE`: open connections break, and no new one can be opened. `Trouble.BUSY`: somebody
                else has locked the records of the table ``kit_things`` (open the storage with a wait of a second or two).
                `Trouble.FAIL`: what is added to that table is refused, at the verb or at the commit, because no room is
                left, say. The others are never asked for.
        """
        raise NotImplementedError

    @contextmanager
    def bound(self) -> Iterator[Storage]:
        """A fresh storage that knows the record types of the kit."""
        with self.open() as storage:
            storage.bind(REGISTRY)
            yield storage

    @contextmanager
    def bound_again(self, storage: Storage) -> Iterator[Storage]:
        """Another storage on the same data, bound."""
        with self.reopen(storage) as another:
            another.bind(REGISTRY)
            yield another


def keep(storage: Storage, *records: Any) -> None:
    """Add records in one transaction."""
    with storage.transaction() as tx:
        tx.add(*records)


@contextmanager
def undone(storage: Storage) -> Iterator[Transaction]:
    """A transaction of which nothing is kept."""
    with suppress(Undo), storage.transaction() as tx:
        yield tx
        raise Undo


def write(storage: Storage, *steps: tuple[Any, ...], then: BaseException | None = None) -> None:
    """Take several steps in one transaction, each a verb and its records, and then raise the error, if any."""
    with storage.transaction() as tx:
        for verb, *records in steps:
            getattr(tx, verb)(*records)
        if then is not None:
            raise then


def all_of(storage: Storage, cls: type[T]) -> list[T]:
    """All committed records of a class."""
    with storage.transaction(read_only=True) as tx:
        return list(tx.find(cls, Query()))


def fetched(storage: Storage, cls: type[T], key: str) -> T:
    """One committed record that must be there."""
    with storage.transaction(read_only=True) as tx:
        return must_get(tx, cls, key)


def must_get(tx: Transaction, cls: type[T], key: str) -> T:
    """One record that must be there."""
    found = tx.get(cls, key)
    assert found is not None, f"{cls.__name__} {key!r} is not there"
    return found


def keys_of(tx: Transaction, cls: type[Any], where: Criterion = EVERYTHING, **query: Any) -> list[str]:
    """The keys of the records that match, in order."""
    record_type = REGISTRY.of(cls)
    return [record_type.key_of(record) for record in tx.find(cls, Query(where, **query))]


def assert_same(found: object, expected: object, say: str = "what came back") -> None:
    """Demand an equal value with equal parts: in Python 1 equals True, but these are different answers."""
    assert found == expected, f"{say} is another value"
    assert to_json(found) == to_json(expected), f"{say} is equal, but its parts are of other types"
