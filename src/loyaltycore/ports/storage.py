"""The storage port: one method opens a transaction, which has six verbs.

All that the library asks of an engine is an atomic commit, unique keys, and a version check on save.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from loyaltycore.kernel.criteria import Query
from loyaltycore.storing.registry import Registry

T = TypeVar("T")


class Transaction(Protocol):
    """One unit of work: what it did is kept as a whole at its end, or not at all.

    Records come back as equal values, never as the objects that were handed in. After a verb raised, the transaction can
    only be left: every further verb raises `StorageError`, leaving it with an exception keeps nothing, and leaving it as if
    nothing had happened keeps nothing either and raises `StorageError`. What an iterator of `find` raises counts as raised
    by the verb. After its end every verb raises `StorageError` and changes nothing. A transaction sees its own writes. It
    belongs to one thread of one process.

    What a value may be is the same on every storage. A text is any characters but NUL and halves of surrogate pairs, as
    many as its field holds. An integer has 64 bits, its sign among them. A date lies in the years 1 to 9999, and so does
    an instant, in UTC, to the microsecond. None stands where the field allows it, a choice is a member, and everything
    else is a nested value: what the codec writes, with integers of any size and with NUL in its texts. Two values
    are the same only if they are equal to the last character, digit and microsecond.

    Shared errors of all verbs: `StorageBusy` (rolled back by the engine, run the whole unit again), `CommitUnknown`
    (connection lost), `RegistrationError` (the class was never registered), and for what is written `InvalidInput`
    (a value does not fit its field: nothing is ever cut; or a text holds NUL or half of a surrogate pair, which some
    engine cannot keep: nothing is ever replaced).
    """

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read one record by its key.

        Args:
            for_update: A hint: the record is about to be saved, so an engine with row locks may take one. Nothing
                may depend on it.

        Returns:
            The record as last committed or as written by this transaction, or None.
        """
        ...

    def add(self, *records: Any) -> None:
        """Store new records, of one or of several classes, each at the version that it carries.

        Raises:
            DuplicateKey: A key or a unique tuple is taken. Raised here or at the end, never later.
        """
        ...

    def save(self, *records: Any) -> None:
        """Replace stored records that carry the version at which they were read.

        Afterwards the stored record equals the given one with its version increased by one. Of several transactions that
        save what they read at the same version one succeeds.

        Raises:
            StaleRecord: The stored version is another one, or the record is gone. Raised here or at the end.
            DuplicateKey: A unique tuple is taken.
        """
        ...

    def remove(self, *records: Any) -> None:
        """Remove stored records that carry the version at which they were read.

        Raises:
            StaleRecord: The stored version is another one, or the record is gone.
        """
        ...

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read the records that match, in the order of the query, the key being the last criterion.

        The iterator may read in portions; it must be used up before the transaction writes or ends. A storage may begin
        to read when the first record is asked for.

        Raises:
            InvalidInput: The query names an unknown field, compares wrong types, or is nested too deep.
        """
        ...

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the records that match; order, `after` and `limit` are ignored.

        Raises:
            InvalidInput: As `find`.
        """
        ...


class Storage(Protocol):
    """Keeps records: what was committed is there for every storage that is opened on the same data later.

    That holds even if the process that committed was killed right afterwards. `Loyalty` calls `bind` once, before the
    first transaction.

    A process that was forked may go on using the storages of the process that it copies, whether they were only bound or
    used already. A storage notices that it is in another process and starts afresh there, with connections and locks of
    its own; it neither uses nor closes those of the parent. A transaction stays with the process that opened it: a copy
    that uses or leaves it changes nothing, neither in the data nor for the parent. Data that only one process has,
    because they are in memory, are copied with it, and neither process sees what the other writes afterwards.

    Nothing depends on the time of day: the clock of a machine may be wrong, and may go back.

    What the engine, the system or the network raises never comes out as it is, but as a `StorageError`: as
    `StorageUnreachable` if no connection could be opened but may be later, as `StorageBusy` if the whole unit may run
    again, as `StorageFull` if no room is left. What only a person can mend (a wrong password, a file that is no
    database) is none of these.
    """

    def bind(self, registry: Registry) -> None:
        """Learn the record types, and make sure that the tables fit them.

        A storage that is still empty may set itself up. Binding the same record types again changes nothing. Binding more
        of them, or others, changes nothing of what is stored, and from then on those of the last call are known.

        Raises:
            SchemaTooNew: A newer library wrote these tables. Nothing was touched.
            SchemaTooOld: A migration is needed first. Nothing was touched.
        """
        ...

    def transaction(self, *, read_only: bool = False) -> AbstractContextManager[Transaction]:
        """Open a unit of work.

        Leaving the block normally commits; an exception rolls back and passes through, whatever it is: an error of the
        caller's or of this library, the end of the program, or a task that is cancelled. Transactions of several threads,
        processes and machines run at the same time; each sees either all or nothing of any other. One that has to wait
        for another waits some seconds before it raises `StorageBusy`.

        Args:
            read_only: The unit only reads; an engine may make it cheaper. Writing in it is an error of the caller: it
                raises `StorageError`, and nothing is kept.

        Raises:
            StorageBusy: On entering or at the commit; nothing was kept.
            StorageUnreachable: On entering: no connection could be opened for now; nothing was sent.
            CommitUnknown: At the commit, if its answer was lost: it may have been kept. The caller finds out by a key that
                it wrote.
            StorageError: At the commit, if the engine refused it; nothing was kept.
        """
        ...
