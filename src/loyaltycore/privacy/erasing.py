"""Erasing a customer: every record type by its declaration, and whatever else says something about the customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from attrs import frozen

from loyaltycore.customers.leaving import ALSO_ERASES, FORBIDS_ERASURE
from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import Criterion, stored
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.fates import MessageFate
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.merging.forgetting import Shared, forget_merges
from loyaltycore.privacy.rules.erasure import Erased, Erasure, ErasurePreview, Fate
from loyaltycore.storing.blanks import blanks
from loyaltycore.storing.registry import OnErase, RecordType
from loyaltycore.work.house import House
from loyaltycore.work.journal import Activity, Alias
from loyaltycore.work.unit import Unit

_PORTION: Final = 500

_APART: Final = frozenset({Customer, Alias, OutboxMessage})
"""What is not treated by its declaration alone."""

_UNTOLD: Final[Mapping[str, Any]] = {"changes": (), "comment": ""}
_EMPTIED: Final[Mapping[str, Any]] = {"payload": "{}", "detail": ""}


@frozen
class Erasing:
    """Erases one customer in one unit of work."""

    house: House
    unit: Unit
    customer: Customer

    def preview(self) -> ErasurePreview:
        """What would be done."""
        counted = (
            Erased(table, fate, count)
            for record_type, field, fate in self._treated()
            for table in [record_type.table]
            if (count := sum(self.unit.count(record_type.cls, where) for where in self._of(field)))
        )
        return ErasurePreview(
            self.customer.id, self.customer.version, tuple(counted), tuple(self._blockers())
        )

    def run(self) -> Erasure:
        """Erase."""
        records = self.preview().records
        former = self._own
        # What says something about the customer's records goes while they can still be listed.
        self._forget_records()
        for also in self.house.added(ALSO_ERASES):
            also(self.unit, self.customer)
        for shared in forget_merges(self.unit, former):
            self._forget_shared(shared)
        for record_type, field, fate in self._treated():
            self._treat(record_type, field, fate)
        self._withdraw(stored("customer_id") == self.customer.id)
        gone: Mapping[str, Any] = {"customer_id": None, "number_key": "", "external_number": ""}
        self.unit.change_all(Alias, stored("customer_id") == self.customer.id, gone)
        self.unit.remove(self.customer)
        self.unit.add(Alias(self.customer.id, None, "", "", self.unit.now))
        acting = self.unit.acting
        erasure = Erasure(self.unit.ids.new(), self.customer.id, acting.now, acting.actor, records)
        note = Note("customer.erased", about=erasure)
        return self.unit.apply(Decision(erasure, add=(erasure,), notes=(note,)))

    def _blockers(self) -> Iterator[Blocker]:
        for forbids in self.house.added(FORBIDS_ERASURE):
            yield from forbids(self.unit, self.customer)

    def _treated(self) -> Iterator[tuple[RecordType[Any], str, Fate]]:
        """Every field by which records refer to customers, and what becomes of the records."""
        for record_type in self.house.registry:
            link = record_type.customer
            if link is not None and record_type.cls not in _APART:
                yield record_type, link.field, _FATES[link.erase]
            for field in record_type.mentions:
                yield record_type, field, Fate.FORGET

    @cached_property
    def _own(self) -> tuple[str, ...]:
        """The ids of the customer: what stays where it was refers to those who were merged."""
        aliases = self.unit.find(Alias, stored("customer_id") == self.customer.id)
        return (self.customer.id, *(each.id for each in aliases))

    def _of(self, field: str) -> Iterator[Criterion]:
        own = self._own
        for start in range(0, len(own), _PORTION):
            yield stored(field).one_of(own[start : start + _PORTION])

    def _treat(self, record_type: RecordType[Any], field: str, fate: Fate) -> None:
        link = record_type.customer
        for where in self._of(field):
            if fate is Fate.REMOVE:
                self.unit.remove_all(record_type.cls, where)
            elif fate is Fate.SCRUB and link is not None:
                self.unit.change_all(record_type.cls, where, blanks(record_type, link.scrub))
            elif fate is Fate.FORGET:
                self.unit.change_all(record_type.cls, where, {field: None})

    def _forget_records(self) -> None:
        """Forget what the feed, the outbox and reports say about the customer's records, whoever they name.

        A record may have been there before it was the customer's, as an appointment that was booked online.
        """
        for record_type in self.house.registry:
            link = record_type.customer
            if link is None or record_type.cls in {Activity, *_APART, MessageFate}:
                continue
            for where in self._of(link.field):
                for keys in self._keys(record_type, where):
                    self._forget(record_type.table, keys)
        self._forget("customers", self._own)

    def _forget_shared(self, shared: Shared) -> None:
        """Forget what was written about somebody who had the customer's data for a time.

        What waits to be sent is that one's, and is sent.
        """
        theirs = stored("customer_id") == self.unit.resolve(shared.survivor_id)
        self.unit.change_all(Activity, theirs & shared.by("at"), _UNTOLD)
        sent = stored("state") != MessageState.PENDING
        self.unit.change_all(OutboxMessage, theirs & shared.by("created_at") & sent, _EMPTIED)
        self.unit.remove_all(MessageFate, theirs & shared.by("known_at"))

    def _keys(self, record_type: RecordType[Any], where: Criterion) -> Iterator[tuple[str, ...]]:
        after: tuple[Any, ...] | None = None
        while portion := list(self.unit.find(record_type.cls, where, after=after, limit=_PORTION)):
            yield tuple(record_type.key_of(each) for each in portion)
            after = (record_type.key_of(portion[-1]),)

    def _forget(self, table: str, keys: tuple[str, ...]) -> None:
        for start in range(0, len(keys), _PORTION):
            some = keys[start : start + _PORTION]
            told = (stored("subject_table") == table) & stored("subject_id").one_of(some)
            self.unit.change_all(Activity, told, _UNTOLD)
            about = (stored("about_table") == table) & stored("about_key").one_of(some)
            self._withdraw(about)
            self.unit.remove_all(MessageFate, about)

    def _withdraw(self, where: Criterion) -> None:
        """Call messages back that have not left, and empty all of them."""
        waiting = stored("state").one_of((MessageState.PENDING, MessageState.DEAD))
        back = {"state": MessageState.WITHDRAWN, "finished_at": self.unit.now, "leased_by": ""}
        self.unit.change_all(OutboxMessage, where & waiting, back)
        self.unit.change_all(OutboxMessage, where, _EMPTIED)


_FATES: Final = {OnErase.REMOVE: Fate.REMOVE, OnErase.SCRUB: Fate.SCRUB, OnErase.KEEP: Fate.KEEP}
