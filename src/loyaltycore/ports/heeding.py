"""A helper for storages: a transaction that, once a verb has raised, can only be left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from attrs import define

from loyaltycore.errors import StorageError
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.storage import Transaction

T = TypeVar("T")


class Heeding:
    """Base of a transaction: each verb runs inside ``with self:``, and the storage calls `leave` before it commits.

    So nothing is kept after a refusal, even if the caller swallowed it.
    """

    failed: bool = False
    """Whether a verb has raised."""

    def __enter__(self) -> None:
        if self.failed:
            raise StorageError("a verb of this transaction has failed: it can only be left")

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.failed = self.failed or error is not None

    def leave(self) -> None:
        """Make sure that the transaction may be kept.

        Raises:
            StorageError: A verb had raised.
        """
        if self.failed:
            raise StorageError("a verb of this transaction failed and was not heeded: nothing was kept")


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
            return self.tx.find(cls, query)

    def count(self, cls: type[Any], query: Query) -> int:
        """Count the records that match."""
        with self:
            return self.tx.count(cls, query)
