"""An optional power of a storage: units of work inside a transaction that the host application has begun.

A storage that keeps its records in a database which the host uses, too, can have it. Then the host's changes and the
library's are kept together or not at all.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol, runtime_checkable

from loyaltycore.ports.storage import Transaction


class JoinedTransaction(Transaction, Protocol):
    """A unit of work inside a transaction of the host.

    Its verbs promise what those of `Transaction` do, with three differences. What they did is kept if the host commits,
    and lost if the host rolls back, also to a savepoint that it had set before. What they see of other transactions is
    up to the isolation level that the host has chosen. And a verb that raised spoils the host's transaction.
    """

    def spoil(self, cause: BaseException) -> None:
        """Say that the host's transaction must not be kept, because what was done in it is not whole.

        From then on every verb raises `StorageError`, and so does the host's commit, which keeps nothing. If the host
        rolls back to a savepoint that it had set before, all is well again, unless the engine had given up the whole
        transaction.

        Args:
            cause: What went wrong first; a later call changes nothing.
        """
        ...

    @property
    def spoiled(self) -> bool:
        """Whether the host's transaction must not be kept."""
        ...


@runtime_checkable
class SupportsJoining(Protocol):
    """A storage that can work inside a transaction of the host."""

    def join(self, connection: Any) -> AbstractContextManager[JoinedTransaction]:
        """Open a unit of work inside a transaction that the host has begun.

        Neither a verb nor the end of the block commits or rolls back anything, and nothing runs a second time. An
        exception that leaves the block spoils the host's transaction if something was written in the block. Several
        blocks may follow one another, or lie in one another, in one transaction of the host.

        Args:
            connection: What the host works with; which objects it may be, the adapter says.

        Raises:
            Refused: ``transaction.cannot_join``; it is nothing that this storage can join. ``transaction.not_begun``;
                each statement on it is a transaction of its own.
            StorageError: On entering, if the host's transaction is spoiled already; on leaving without an exception, if
                it was spoiled in the block.
        """
        ...
