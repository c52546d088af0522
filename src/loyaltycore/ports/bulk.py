"""Optional powers of a transaction: to work on many records at once, and to keep records from being removed.

A transaction without them is used through the six verbs: record by record, and by reading with `for_update`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, runtime_checkable

from loyaltycore.kernel.criteria import Criterion

FIRST_NUMBER: Final = 1_000_000_001
"""So that numbers sort as texts as they count, and what is stored one after the other lies side by side."""


@runtime_checkable
class SupportsBulk(Protocol):
    """A transaction that works on all matching records with one statement, however many they are.

    Errors are those of `loyaltycore.ports.storage.Transaction`.
    """

    def change_all(self, cls: type[Any], where: Criterion, changes: Mapping[str, Any]) -> int:
        """Give fields of all matching records one value each, and increase their versions by one.

        Args:
            changes: No field from which lookup keys are derived.

        Returns:
            How many records matched.

        Raises:
            DuplicateKey: A unique tuple is taken.
        """
        ...

    def remove_all(self, cls: type[Any], where: Criterion) -> int:
        """Remove all matching records.

        Returns:
            How many there were.
        """
        ...

    def list_all(self, cls: type[Any], where: Criterion, entry: Any, field: str) -> int:
        """Store one record like `entry` for each matching record.

        Args:
            entry: A record of another class without lookup keys, all of whose fields are texts and integers. The keys
                of the stored ones are its key, a hyphen, and a number of ten digits, from `FIRST_NUMBER` up in the order of
                the matching records' keys.
            field: The field that holds the matching record's key.

        Returns:
            How many records matched.
        """
        ...


@runtime_checkable
class SupportsHolding(Protocol):
    """A transaction that can keep records from being removed by others while it lasts."""

    def hold(self, cls: type[Any], keys: Sequence[str]) -> frozenset[str]:
        """Keep records from being removed. Several transactions may hold the same, and others may save it.

        Returns:
            The keys of those that are there.

        Raises:
            StorageBusy: One was removed meanwhile.
        """
        ...

    def claim(self, cls: type[Any], keys: Sequence[str]) -> frozenset[str]:
        """Keep records for this transaction alone: wait for those who hold them, and let nobody else hold or save them.

        Called before anything is written. Whatever those who held them have committed is seen afterwards.

        Returns:
            The keys of those that are there.
        """
        ...
