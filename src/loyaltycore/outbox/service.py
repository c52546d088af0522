"""Looking after the outbox: how full it is, what was given up and why, and giving it a new life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from loyaltycore.cards.rules.order import CardOrder, OrderState
from loyaltycore.errors import Refused
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision, Note, Subject
from loyaltycore.kernel.outbox import MessageState, OutboxMessage, requeue
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.desk import Desk


@frozen
class Status:
    """How the house stands.

    Attributes:
        messages: Messages of the outbox by state.

        overdue: Pending messages that are due now.

        orders: Card orders by state.
    """

    messages: Mapping[MessageState, int]
    overdue: int
    orders: Mapping[OrderState, int]


@frozen
class Outbox:
    """The messages that wait, were given up, or are done.

    Attributes:
        desk: The session that asks.
    """

    desk: Desk

    @query
    def status(self, unit: Unit) -> Status:
        """Count messages and orders by state."""
        due = (stored("state") == MessageState.PENDING) & (stored("due_at") <= unit.now)
        return Status(
            messages={state: unit.count(OutboxMessage, stored("state") == state) for state in MessageState},
            overdue=unit.count(OutboxMessage, due),
            orders={state: unit.count(CardOrder, stored("state") == state) for state in OrderState},
        )

    @query
    def messages(
        self, unit: Unit, state: MessageState = MessageState.DEAD, *, limit: int = 50, after: str = ""
    ) -> Page[OutboxMessage]:
        """The messages of one state, oldest first; each names why its last try failed.

        Args:
            unit: Supplied.

            state: Which ones.

            limit: Length of a page, 1 to 500.

            after: The `next` of the page before.
        """
        faults = Faults()
        portion = read_portion(faults, ("id",), limit, after)
        wanted = faults.choice("state", state, MessageState) or MessageState.DEAD
        faults.raise_if_any()
        return find_page(unit, OutboxMessage, stored("state") == wanted, portion)

    @command("outbox.requeue")
    def requeue(self, unit: Unit, message_id: str) -> OutboxMessage:
        """Give a message that was given up a new life: it is due now, with all its tries.

        Raises:
            NotFound: There is no such message.

            Refused: ``outbox.not_dead``, or ``outbox.order_closed`` (a print order that the vendor refused: its card is
                out of use, so a new one has to be ordered).
        """
        before = unit.get(OutboxMessage, message_id, for_update=True)
        _require_open_order(unit, before)
        after = requeue(before, unit.now)
        about = Subject("outbox", before.id, before.customer_id)
        note = Note("outbox.requeued", about, comment=f"{before.kind}: {before.code}"[:500])
        return unit.apply(Decision(after, save=(after,), notes=(note,)))


def _require_open_order(unit: Unit, message: OutboxMessage) -> None:
    order = unit.seek(CardOrder, message.about_key) if message.kind == "card_print.submit" else None
    if order is not None and order.state is not OrderState.PLACED:
        raise Refused(
            "outbox.order_closed",
            "the order behind this message is closed",
            remedy="order a new card",
            order=order.id,
            state=order.state.value,
        )
