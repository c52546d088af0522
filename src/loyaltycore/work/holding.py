"""Writing about a customer while somebody else may be merging or erasing that one.

What is written refers to a customer who is there, and who stays until it is committed: so a merge moves everything, also
what is written at the same moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import Refused
from loyaltycore.ports.bulk import SupportsHolding
from loyaltycore.ports.storage import Transaction
from loyaltycore.storing.registry import OnMerge, Registry
from loyaltycore.work.journal import Alias, Presence

_AT_ONCE: Final = 500


def survivor_of(tx: Transaction, customer_id: str) -> str | None:
    """The id of the customer into whom another one was merged; None if that is not so."""
    alias = tx.get(Alias, customer_id)
    return None if alias is None else alias.customer_id


class Holding:
    """Holds the customers about whom something is written."""

    def __init__(self, tx: Transaction, registry: Registry, held: set[str]) -> None:
        self._tx = tx
        self._registry = registry
        self._held = held

    def hold(self, records: Iterable[Any]) -> None:
        """Hold the customers whom records refer to.

        Raises:
            Refused: ``customer.merged`` or ``customer.erased``; a record refers to somebody who is no more.
        """
        if self._registry.customer_class is None:
            return
        wanted = dict.fromkeys(self._referred(tuple(records)))
        for start in range(0, len(wanted), _AT_ONCE):
            self._hold(tuple(wanted)[start : start + _AT_ONCE])

    def _referred(self, records: tuple[Any, ...]) -> Iterator[str]:
        own = {record.id for record in records if type(record) is self._registry.customer_class}
        self._held |= own  # saved or added here, so nobody else can
        for record in records:
            for customer_id in referred_by(self._registry, record):
                if customer_id not in self._held:
                    yield customer_id

    def _hold(self, wanted: tuple[str, ...]) -> None:
        cls: Any = self._registry.customer_class
        if isinstance(self._tx, SupportsHolding):
            there = self._tx.hold(cls, wanted)
        else:
            there = frozenset(each for each in wanted if self._tx.get(cls, each) is not None)
            self._mark(there)
        for each in wanted:
            if each not in there:
                self._require_no_alias(each)
        self._held |= there

    def claim(self, customer_ids: Iterable[str]) -> None:
        """Wait for whoever writes about these customers, and keep everybody else from it."""
        cls = self._registry.customer_class
        if cls is not None and isinstance(self._tx, SupportsHolding):
            self._held |= self._tx.claim(cls, sorted(customer_ids))

    def leave(self, records: Iterable[Any]) -> None:
        """Say that customers are removed, so that whoever writes about them at the same moment finds out."""
        if not isinstance(self._tx, SupportsHolding):
            self._mark(each.id for each in records if type(each) is self._registry.customer_class)

    def _mark(self, customer_ids: Iterable[str]) -> None:
        # Of two who save one record at the same version, one loses, on any storage.
        for each in customer_ids:
            mark = self._tx.get(Presence, each)
            if mark is None:
                self._tx.add(Presence(each))
            else:
                self._tx.save(mark)

    def _require_no_alias(self, customer_id: str) -> None:
        """Whoever is not there may have been imported from elsewhere, but must not be somebody who is no more."""
        alias = self._tx.get(Alias, customer_id)
        if alias is None:
            return
        if alias.customer_id is None:
            raise Refused("customer.erased", "this customer was erased", customer=customer_id)
        raise Refused(
            "customer.merged",
            "this customer was merged into another one",
            remedy="read the customer first, and refer to the id that comes back",
            customer=customer_id,
            survivor=alias.customer_id,
        )


@frozen
class Reference:
    """A field by which records refer to a customer, and whether a merge moves it."""

    cls: type[Any]
    table: str
    noun: str
    field: str
    is_link: bool
    """Whether the record is about that customer, and does not only mention it."""


def references(registry: Registry) -> Iterator[Reference]:
    """All fields that a merge points to the survivor."""
    for record_type in registry:
        link = record_type.customer
        fields = [link.field] if link is not None and link.merge is OnMerge.MOVE else []
        for field in (*fields, *record_type.mentions):
            noun = record_type.singular
            yield Reference(record_type.cls, record_type.table, noun, field, is_link=field in fields)


def referred_by(registry: Registry, record: Any) -> Iterator[str]:
    """The ids of the customers whom a record refers to, if a merge would move it."""
    record_type = registry.of(type(record))
    link = record_type.customer
    fields = [link.field] if link is not None and link.merge is OnMerge.MOVE else []
    for field in (*fields, *record_type.mentions):
        customer_id = getattr(record, field)
        if customer_id is not None:
            yield customer_id
