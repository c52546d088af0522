"""A storage that counts what its units end with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from loyaltycore.ports.storage import Storage
from loyaltycore.storing.registry import Registry


class CountingStorage:
    """Counts units by what they end with; what fails passes through."""

    def __init__(self, inner: Storage) -> None:
        self.inner = inner
        self.ends: Counter[str] = Counter()
        """How many units ended so: ``kept``, or the name of an error."""

    def bind(self, registry: Registry) -> None:
        """Hand on."""
        self.inner.bind(registry)

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Any]:
        """Open a unit of work."""
        try:
            with self.inner.transaction(read_only=read_only) as tx:
                yield tx
        except Exception as error:
            self.ends[type(error).__name__] += 1
            raise
        self.ends["kept"] += 1

    @property
    def lost(self) -> int:
        """Units that lost a race or their connection."""
        names = ("StaleRecord", "DuplicateKey", "StorageBusy", "StorageUnreachable", "CommitUnknown")
        return sum(self.ends[name] for name in names)
