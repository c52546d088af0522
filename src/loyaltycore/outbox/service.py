"""Looking after the outbox: how full it is, what was given up and why, and requeueing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.fates import MessageFate
from loyaltycore.kernel.given import shown, text_of
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.kernel.validation import Faults
from loyaltycore.outbox.rules.fates import can_be_followed
from loyaltycore.outbox.rules.requeueing import requeue_message
from loyaltycore.work.capability import Point, functions
from loyaltycore.work.house import House
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service
from loyaltycore.work.unit import Unit


@frozen
class Counted:
    """Records that `Outbox.status` counts by their state."""

    label: str
    """What people call them, for example ``Card orders``."""
    cls: type[Any]
    """A record class with an indexed field ``state``."""
    states: type[Enum]


def _by_label(counted: tuple[Counted, ...]) -> tuple[Counted, ...]:
    labels = set()
    for each in counted:
        if not isinstance(each, Counted):
            raise RegistrationError(f"{shown(each)} is nothing to count: give a `Counted`")
        if each.label in labels:
            raise RegistrationError(f"two kinds of records are counted as {each.label!r}")
        labels.add(each.label)
    return counted


COUNTED: Final = Point[Counted, tuple[Counted, ...]]("records counted by state", _by_label)


def check_counted(house: House) -> None:
    """Refuse records that cannot be counted by their state."""
    for each in house.added(COUNTED):
        record_type = house.registry.of(each.cls)
        state = record_type.field_map.get("state")
        if state is None or state.type is not each.states:
            raise RegistrationError(
                f"{record_type.table} cannot be counted: its field `state` is no {each.states.__name__}"
            )
        if all(fields[0] != "state" for fields in record_type.indexes):
            raise RegistrationError(f"{record_type.table} cannot be counted: no index begins with `state`")


RequeueCheck = Callable[[Unit, OutboxMessage], None]
"""Refuses a message that must not be tried again, because of what became of the record that it is about."""

REQUEUE_CHECKS: Final = Point[RequeueCheck, tuple[RequeueCheck, ...]](
    "checks before requeueing", functions("checks before requeueing")
)


@frozen
class Status:
    """How the house stands."""

    messages: Mapping[MessageState, int]
    """Messages of the outbox by state."""
    overdue: int
    """Pending messages that are due now."""
    records: Mapping[str, Mapping[Enum, int]]
    """Counts of the capabilities' records, by label and state: ``records["Card orders"][OrderState.PLACED]``."""


class Outbox(Service):
    """The messages: waiting, given up or done."""

    @query
    def status(self) -> Status:
        """Count messages, and the records that capabilities name, by state."""
        due = (stored("state") == MessageState.PENDING) & (stored("due_at") <= self.unit.now)
        return Status(
            messages={state: self._count(OutboxMessage, state) for state in MessageState},
            overdue=self.unit.count(OutboxMessage, due),
            records={
                each.label: {state: self._count(each.cls, state) for state in each.states}
                for each in self.session.house.added(COUNTED)
            },
        )

    @query
    def messages(
        self, state: MessageState = MessageState.DEAD, *, limit: int = 50, after: str = ""
    ) -> Page[OutboxMessage]:
        """The messages in one state, oldest first; each says why its last try failed.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("id",), limit, after)
            wanted = faults.choice("state", state, MessageState) or MessageState.DEAD
        return find_page(self.unit, OutboxMessage, stored("state") == wanted, portion)

    @query
    def fate_of(self, message_id: str) -> tuple[MessageFate, ...]:
        """What became of a message after it was handed over: one entry, or for a mail one for each recipient.

        Args:
            message_id: The id of the mail or the text, as it was handed over. Nothing is known of one that was handed
                over long ago, or never.
        """
        text = text_of(message_id)
        if not text or not can_be_followed(text):
            return ()
        same = stored("message_id") == text
        return tuple(self.unit.find(MessageFate, same, order_by=("recipient",)))

    @query
    def fates(self, customer_id: str, *, limit: int = 50, after: str = "") -> Page[MessageFate]:
        """What became of the messages to a customer, oldest first.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("id",), limit, after)
        return find_page(
            self.unit, MessageFate, stored("customer_id") == self.unit.resolve(customer_id), portion
        )

    @command("outbox.requeue")
    def requeue(self, message_id: str) -> OutboxMessage:
        """Requeue a message that was given up: it is due now, with a full set of tries.

        Raises:
            NotFound: There is no such message.
            Refused: ``outbox.not_dead``, or ``outbox.order_closed`` (a print order that the vendor refused: its card is
                out of use, so order a new one).
        """
        message = self.unit.get(OutboxMessage, message_id, for_update=True)
        for check in self.session.house.added(REQUEUE_CHECKS):
            check(self.unit, message)
        return self.unit.apply(requeue_message(message, self.unit.now))

    def _count(self, cls: type[Any], state: Enum) -> int:
        return self.unit.count(cls, stored("state") == state)
