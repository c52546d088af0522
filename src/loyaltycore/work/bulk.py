"""Work on many records at once: by one statement where the storage can, else in portions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Final

from attrs import evolve, frozen

from loyaltycore.kernel.criteria import Criterion, Query
from loyaltycore.ports.bulk import FIRST_NUMBER, SupportsBulk
from loyaltycore.ports.storage import Transaction
from loyaltycore.storing.registry import Registry

_PORTION: Final = 500


@frozen
class Bulk:
    """The verbs of `SupportsBulk` on any transaction."""

    tx: Transaction
    registry: Registry

    def change_all(self, cls: type[Any], where: Criterion, changes: Mapping[str, Any]) -> int:
        """Give fields of all matching records one value each."""
        # Lookup keys may be derived from any field.
        if isinstance(self.tx, SupportsBulk) and not self.registry.of(cls).lookups:
            return self.tx.change_all(cls, where, changes)
        changed = 0
        for portion in self._portions(cls, where):
            self.tx.save(*(evolve(record, **changes) for record in portion))
            changed += len(portion)
        return changed

    def remove_all(self, cls: type[Any], where: Criterion) -> int:
        """Remove all matching records."""
        if isinstance(self.tx, SupportsBulk):
            return self.tx.remove_all(cls, where)
        removed = 0
        for portion in self._portions(cls, where):
            self.tx.remove(*portion)
            removed += len(portion)
        return removed

    def list_all(self, cls: type[Any], where: Criterion, entry: Any, field: str) -> int:
        """Store one record like `entry` for each matching record; see `SupportsBulk.list_all`."""
        if isinstance(self.tx, SupportsBulk):
            return self.tx.list_all(cls, where, entry, field)
        key_of = self.registry.of(cls).key_of
        own = self.registry.of(type(entry))
        numbers = count(FIRST_NUMBER)
        for portion in self._portions(cls, where):
            self.tx.add(
                *(
                    evolve(
                        entry,
                        **{own.key: f"{own.key_of(entry)}-{next(numbers)}", field: key_of(record)},
                    )
                    for record in portion
                )
            )
        return next(numbers) - FIRST_NUMBER

    def _portions(self, cls: type[Any], where: Criterion) -> Iterator[list[Any]]:
        """The matching records in the order of their keys, each portion read when the one before was worked on."""
        key_of = self.registry.of(cls).key_of
        after: tuple[Any, ...] | None = None
        while portion := list(self.tx.find(cls, Query(where, (), after, _PORTION))):
            yield portion
            after = (key_of(portion[-1]),)
