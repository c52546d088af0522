"""A helper for storages: a transaction that, once a verb has raised, can only be left, and after its end does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from attrs import define

from loyaltycore.errors import StorageError
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.forking import Process, this_process
from loyaltycore.ports.storage import Transaction

T = TypeVar("T")


class Heeding:
    """Base of a transaction: each verb runs inside ``with self:``, and the storage yields inside ``with self.block():``.

    So nothing is kept after a refusal, even if the caller swallowed it; no verb works after the end; and a copy of the
    process neither uses nor keeps what it did not begin.
    """

    failed: bool = False
    """Whether a verb has raised."""
    ended: bool = False
    """Whether the block was left."""
    _opener: Process

    def __new__(cls, *_arguments: Any, **_options: Any) -> Self:
        """Note in which process it was begun."""
        made = super().__new__(cls)
        made._opener = this_process()
        return made

    def __enter__(self) -> None:
        if self.ended:
            raise StorageError("the transaction has ended")
        self._require_own_process()
        if self.failed:
            raise StorageError("a verb of this transaction has failed: it can only be left")

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.failed = self.failed or error is not None

    @contextmanager
    def block(self) -> Iterator[Self]:
        """The caller's block: at its end the transaction ends, and what comes out normally may be kept.

        Raises:
            StorageError: As `leave`.
        """
        try:
            yield self
        finally:
            self.ended = True
        self.leave()

    def leave(self) -> None:
        """Make sure that the transaction may be kept.

        Raises:
            StorageError: A verb had raised, or this is a copy of the process that began.
        """
        self._require_own_process()
        if self.failed:
            raise StorageError("a verb of this transaction failed and was not heeded: nothing was kept")

    def _require_own_process(self) -> None:
        if self._opener != this_process():
            raise StorageError("this transaction belongs to another process, from which this one was forked")


@define
class Heeded(Heeding):
    """Passes the verbs on to a transaction that does not do this itself; a storage hands this out instead."""

    tx: Transaction

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read one record by its key."""
        with self:
            return self.tx.get(cls, key, for_update=for_update)

    def add(self, *records: Any) -> None:
        """Store new records."""
        with self:
            self.tx.add(*records)

    def save(self, *records: Any) -> None:
        """Replace stored records."""
        with self:
            self.tx.save(*records)

    def remove(self, *records: Any) -> None:
        """Remove stored records."""
        with self:
            self.tx.remove(*records)

    def find(self, cls: type[T], query: Query) -> Iterator[T]:
        """Read the records that match."""
        with self:
            found = self.tx.find(cls, query)
        return self._watched(found)

    def _watched(self, found: Iterator[T]) -> Iterator[T]:
        """The same records; an error on the way is one of the verb."""
        try:
            yield from found
        except Exception:
            self.failed = True
            raise

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the records that match."""
        with self:
            return self.tx.count(cls, query)
