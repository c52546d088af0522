"""A unit of work as services see it: a transaction, with who acts, where and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

import attrs
from attrs import define, evolve, field, frozen

from loyaltycore.errors import NotFound, StorageError
from loyaltycore.kernel.criteria import EVERYTHING, Criterion, Query
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.ports.ambient import Ids, Tokens
from loyaltycore.ports.joining import JoinedTransaction
from loyaltycore.ports.storage import Transaction
from loyaltycore.storing.codec import to_json
from loyaltycore.storing.registry import TEXT_LENGTH, Registry
from loyaltycore.work.bulk import Bulk
from loyaltycore.work.changing import field_changes
from loyaltycore.work.holding import Holding, survivor_of
from loyaltycore.work.journal import Activity

T = TypeVar("T")
R = TypeVar("R")


@frozen
class Acting:
    """Who acts, where, when, and under which command key."""

    actor: str
    branch_id: str
    """Where; empty for the chain."""
    now: datetime
    """When; the same instant for the whole unit."""
    command: str
    """The key of the command."""


@define
class Progress:
    """What all views of one transaction share."""

    host: JoinedTransaction | None = None
    """The transaction of the host that was joined; None for one of the library's own."""
    writes: int = 0
    """How often something was written."""
    is_told: bool = False
    """Whether the host wants to be told what was kept."""
    activities: tuple[Activity, ...] = ()
    """What was written into the change feed, if the host wants to be told."""
    commands: tuple[str, ...] = ()
    """The names of the commands that wrote, in the order in which they ended."""
    key: str = ""
    """The key of the command that is at work, with all that it calls; empty while none is."""
    held: set[str] = field(factory=set)
    """The customers who cannot be merged or erased meanwhile, because something is written about them."""
    ended: bool = False
    """Whether the verbs that ran in it are over."""
    _doomed: bool = field(default=False, init=False)

    @property
    def doomed(self) -> bool:
        """Whether a verb failed half way, so that the whole must not be kept."""
        return self._doomed if self.host is None else self.host.spoiled

    def doom(self, cause: BaseException) -> None:
        """Say that a verb failed half way."""
        if self.host is None:
            self._doomed = True
        else:
            self.host.spoil(cause)


class Unit:
    """One transaction, with the verbs that services need."""

    def __init__(
        self,
        tx: Transaction,
        registry: Registry,
        acting: Acting,
        ids: Ids,
        tokens: Tokens,
        progress: Progress | None = None,
    ) -> None:
        self._tx = tx
        self._registry = registry
        self.acting = acting
        """Who acts, where and when."""
        self.ids = ids
        self.tokens = tokens
        """Makes what nobody may guess."""
        self.progress = progress or Progress()
        """How far the transaction has come."""
        self._holding = Holding(tx, registry, self.progress.held)
        self._bulk = Bulk(tx, registry)

    def seen_by(self, actor: str, branch_id: str) -> Unit:
        """The same transaction, for another session that joins it."""
        command = self.progress.key or self.acting.command
        return self._acted(evolve(self.acting, actor=actor, branch_id=branch_id, command=command))

    def under(self, key: str) -> Unit:
        """The same transaction, for a command with a key of its own."""
        return self._acted(evolve(self.acting, command=key))

    def _acted(self, acting: Acting) -> Unit:
        return Unit(self._tx, self._registry, acting, self.ids, self.tokens, self.progress)

    def reading(self) -> Unit:
        """The same transaction, for work that only reads: a write raises `StorageError` and dooms nothing."""
        progress = Progress(key=self.progress.key)
        return Unit(_Reading(self._tx), self._registry, self.acting, self.ids, self.tokens, progress)

    @property
    def wrote(self) -> bool:
        """Whether anything has been written yet."""
        return self.progress.writes > 0

    @property
    def now(self) -> datetime:
        """The instant of this unit."""
        return self.acting.now

    def get(self, cls: type[T], key: str, *, for_update: bool = False) -> T:
        """Read one record.

        Raises:
            NotFound: There is none.
        """
        record = self.seek(cls, key, for_update=for_update)
        if record is None:
            raise NotFound(self._registry.of(cls).singular, key)
        return record

    def seek(self, cls: type[T], key: str, *, for_update: bool = False) -> T | None:
        """Read one record, or None: what cannot be a key is not looked for.

        The id of a merged customer gives the survivor.
        """
        text = key if type(key) is str else text_of(key)
        if not text or len(text) > TEXT_LENGTH:
            return None
        record = self._tx.get(cls, text, for_update=for_update)
        if record is None and cls is self._registry.customer_class:
            survivor = survivor_of(self._tx, text)
            return None if survivor is None else self._tx.get(cls, survivor, for_update=for_update)
        return record

    def resolve(self, customer_id: str) -> str:
        """The id that answers for a customer today: for a merged one the survivor's, else the same.

        What reads the customer, as `get` does, has it anyway; this is for what does not.
        """
        text = text_of(customer_id)
        if not text or len(text) > TEXT_LENGTH:
            return customer_id
        return survivor_of(self._tx, text) or text

    def find(
        self,
        cls: type[T],
        where: Criterion = EVERYTHING,
        *,
        order_by: tuple[str, ...] = (),
        after: tuple[Any, ...] | None = None,
        limit: int | None = None,
        skip_locked: bool = False,
    ) -> Iterator[T]:
        """Read the records that match, in order."""
        return self._tx.find(cls, Query(where, order_by, after, limit, skip_locked=skip_locked))

    def first(self, cls: type[T], where: Criterion, *, order_by: tuple[str, ...] = ()) -> T | None:
        """Read the first record that matches, or None."""
        return next(iter(list(self.find(cls, where, order_by=order_by, limit=1))), None)

    def count(self, cls: type[Any], where: Criterion = EVERYTHING) -> int:
        """Count the records that match."""
        return self._tx.count(cls, Query(where))

    def claim(self, *customer_ids: str) -> None:
        """Wait for whoever writes about customers, before they are merged or erased, and keep everybody else from it.

        It is called before anything is written. What was read before is read again.
        """
        self._holding.claim(customer_ids)

    def add(self, *records: Any) -> None:
        """Store new records that need no line in the activities."""
        self.progress.writes += 1
        self._holding.hold(records)
        self._tx.add(*records)

    def save(self, *records: Any) -> None:
        """Store changed records that need no line in the activities."""
        self.progress.writes += 1
        self._tx.save(*records)

    def remove(self, *records: Any) -> None:
        """Remove records that need no line in the activities."""
        self.progress.writes += 1
        self._holding.leave(records)
        self._tx.remove(*records)

    def change_all(self, cls: type[Any], where: Criterion, changes: Mapping[str, Any]) -> int:
        """Give fields of all matching records one value each, and return how many they were."""
        self.progress.writes += 1
        return self._bulk.change_all(cls, where, changes)

    def remove_all(self, cls: type[Any], where: Criterion) -> int:
        """Remove all matching records, and return how many they were."""
        self.progress.writes += 1
        return self._bulk.remove_all(cls, where)

    def list_all(self, cls: type[Any], where: Criterion, entry: Any, field: str) -> int:
        """Store an entry for each matching record; see `loyaltycore.ports.bulk.SupportsBulk.list_all`."""
        self.progress.writes += 1
        return self._bulk.list_all(cls, where, entry, field)

    def apply(self, decision: Decision[R]) -> R:
        """Carry out a decision: the only way in which services make changes that a customer could see.

        Returns:
            The decision's result; if it is a saved record, at its new version.
        """
        self.apply_all((decision,))
        result: Any = decision.result
        if any(record is result for record in decision.save):
            result = evolve(result, version=result.version + 1)
        return cast("R", result)

    def apply_all(self, decisions: Iterable[Decision[Any]]) -> None:
        """Carry out many decisions with one call per verb of the storage."""
        many = tuple(decisions)
        add = [record for decision in many for record in decision.add]
        add += [self._message(dispatch) for decision in many for dispatch in decision.dispatch]
        activities = [self._activity(note) for decision in many for note in decision.notes]
        add += activities
        save = [record for decision in many for record in decision.save]
        remove = [record for decision in many for record in decision.remove]
        self.progress.writes += bool(add or save or remove)
        self._holding.hold((*save, *add))
        if save:
            self._tx.save(*save)
        if remove:
            self._holding.leave(remove)
            self._tx.remove(*remove)
        if add:
            self._tx.add(*add)
        if self.progress.is_told:
            self.progress.activities += tuple(activities)

    def _message(self, dispatch: Dispatch) -> OutboxMessage:
        record_type = self._registry.of(type(dispatch.about))
        return OutboxMessage(
            id=self.ids.new(),
            kind=dispatch.kind,
            key=dispatch.key,
            payload=to_json(dispatch.payload),
            state=MessageState.PENDING,
            due_at=self.now,
            created_at=self.now,
            about_table=record_type.table,
            about_key=record_type.key_of(dispatch.about),
            customer_id=record_type.customer_of(dispatch.about),
        )

    def _activity(self, note: Note) -> Activity:
        acting, subject = self.acting, note.subject
        record_type = self._registry.of(type(subject))
        return Activity(
            id=self.ids.new(),
            at=acting.now,
            actor=acting.actor,
            branch_id=acting.branch_id,
            action=note.action,
            subject_table=record_type.table,
            subject_id=record_type.key_of(subject),
            customer_id=record_type.customer_of(subject),
            changes=field_changes(record_type, note.before, note.after),
            comment=note.comment,
            command=acting.command,
        )


class _Reading:
    """A transaction of which only the reading verbs work."""

    def __init__(self, tx: Transaction) -> None:
        self.get = tx.get
        self.find = tx.find
        self.count = tx.count

    def add(self, *_: Any) -> None:
        raise StorageError("this work only reads")

    save = remove = add


def result_reference(registry: Registry, result: Any) -> tuple[str, str]:
    """Table and key of a command's result; both empty if it is not a record."""
    if not attrs.has(type(result)):
        return "", ""
    for record_type in registry:
        if record_type.cls is type(result):
            return record_type.table, record_type.key_of(result)
    return "", ""
