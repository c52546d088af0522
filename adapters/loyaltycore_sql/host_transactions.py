"""A transaction of the host: whether what was done in it may be kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from loyaltycore.errors import StorageError


class HostTransaction(ABC):
    """One transaction of the host, from the first block that joined it to its end."""

    failure = "a verb failed half way inside the application's transaction"
    """What is said where it is used or committed all the same."""

    is_own = False
    """Whether the library has begun it by itself, and no other one lies around it."""

    def __init__(self) -> None:
        self._blocks = 0
        self._seen: dict[tuple[str, str], int] = {}

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Let a block join it; blocks that lie in one another share what they have seen."""
        self._blocks += 1
        try:
            yield
        finally:
            self._blocks -= 1
            if not self._blocks:
                self._seen.clear()

    def see(self, table: str, key: str, version: int) -> bool:
        """Remember the version in which a record was read.

        Returns:
            Whether it is the one in which these blocks have read or written it before, if they have.
        """
        return self._seen.setdefault((table, key), version) == version

    def wrote(self, table: str, key: str, version: int) -> None:
        """Remember the version in which a record was written."""
        self._seen[table, key] = version

    def removed(self, table: str, key: str) -> None:
        """Forget a record."""
        self._seen.pop((table, key), None)

    def forget_seen(self) -> None:
        """Forget all versions: the host has rolled back to a savepoint, so that some of them may have been undone."""
        self._seen.clear()

    @property
    @abstractmethod
    def ended(self) -> bool:
        """Whether the host has ended it."""

    @property
    @abstractmethod
    def cause(self) -> BaseException | None:
        """What went wrong; None while all is well."""

    @abstractmethod
    def spoil(self, cause: BaseException) -> None:
        """Make sure that it is not kept, unless the host rolls back to a savepoint that it had set before."""

    @abstractmethod
    def note_write(self, block: object) -> None:
        """Remember that something is being written in a block."""

    @abstractmethod
    def stands(self, block: object) -> bool:
        """Whether something that was written in a block has not been rolled back."""

    def require_usable(self) -> None:
        """Refuse further work if what comes of it could not be kept.

        Raises:
            StorageError: It has ended, or it is spoiled.
        """
        if self.ended:
            raise StorageError("the application's transaction that this block had joined has ended")
        if self.cause is not None:
            raise self.refusal("it can only be rolled back")

    def refusal(self, so: str) -> StorageError:
        """The error to raise where a spoiled transaction is used or committed."""
        error = StorageError(f"{self.failure}: {so}")
        error.__cause__ = self.cause
        return error
