"""Hands print orders and cancellations over to the card vendor, and records the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from attrs import evolve, field, frozen

from loyaltycore.cards.rules.cancelling import settle_cancellation
from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.cards.rules.order import (
    Cancellation,
    CardOrder,
    OrderState,
    in_one_line,
    require_no_faults,
    require_placed,
    submission_key,
)
from loyaltycore.cards.rules.production import apply_status, reject_order
from loyaltycore.errors import DeliveryFailed, Fault
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.outbox import DETAIL_LENGTH, MessageState, OutboxMessage
from loyaltycore.kernel.printing import PrintCancellation, PrintOrder, PrintStatus
from loyaltycore.kernel.words import as_text
from loyaltycore.outbox.handler import Outcome, Verdict, outcome_of
from loyaltycore.ports.card_printing import (
    CancelOutcome,
    CancelReceipt,
    CardPrinter,
    CardSlot,
    PrinterCapabilities,
    PrintReceipt,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.storing.codec import from_json
from loyaltycore.work.unit import Unit

SUBMIT: Final = "card_print.submit"

T = TypeVar("T")

Reader = Callable[[Callable[[Unit], T]], T]
"""Runs a body in a transaction that only reads."""


@frozen
class SubmitHandler:
    """Print orders: the vendor recognises a repetition by its key, or is asked before one."""

    printer: CardPrinter
    read: Reader[CardOrder | None] = field(repr=False)
    """Runs a body in a transaction that only reads."""
    kind: str = SUBMIT
    """``card_print.submit``."""

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Submit one order, unless it has been cancelled in the meantime or is known to be wrong."""
        current = self.read(lambda unit: unit.seek(CardOrder, message.about_key))
        if current is None or current.state is OrderState.CANCELLED:
            return Outcome(Verdict.WITHDRAWN, code="cancelled")
        order = from_json(message.payload, PrintOrder)
        faults = (*unsupported(order, self.printer.capabilities), *self.printer.validate(order))
        if faults:
            receipt = Receipt(DeliveryStatus.REJECTED, code="invalid_order", detail=in_one_line(faults))
            return outcome_of(receipt, PrintReceipt(receipt, faults=faults))
        answer = self._known(message, order) or self.printer.submit(order, message.key)
        return outcome_of(answer.receipt, answer)

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Move the order along, or record that the vendor does not take it."""
        answer = outcome.answer
        if not isinstance(answer, PrintReceipt):
            return
        if answer.receipt.status is DeliveryStatus.ACCEPTED and answer.status is not None:
            take_status(unit, answer.status)
        elif answer.receipt.status is DeliveryStatus.REJECTED:
            order = unit.get(CardOrder, message.about_key)
            card = unit.get(CustomerCard, order.card_id)
            reason = in_one_line(answer.faults) or as_text(answer.receipt.detail, DETAIL_LENGTH)
            unit.apply(reject_order(order, card, answer.receipt.code, reason, unit.now))

    def _known(self, message: OutboxMessage, order: PrintOrder) -> PrintReceipt | None:
        """What the vendor knows about an order, if it recognises no keys: looked up before a repetition."""
        capabilities = self.printer.capabilities
        if capabilities.idempotent or message.attempts <= 1:
            return None
        if not capabilities.lookup:
            raise DeliveryFailed(
                "outcome_unknown", "the vendor can neither recognise nor look up an order", permanent=True
            )
        status = self.printer.find(order.reference)
        if status is None:
            return None
        return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED, vendor_id=status.vendor_id), status)


@frozen
class CancelHandler:
    """Cancellations: they wait until it is clear whether the vendor has the order."""

    printer: CardPrinter
    read: Reader[tuple[OutboxMessage | None, CardOrder | None]] = field(repr=False)
    """Runs a body in a transaction that only reads."""
    kind: str = "card_print.cancel"
    """``card_print.cancel``."""

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Ask the vendor to cancel one order."""
        submission, order = self.read(lambda unit: _on_its_way(unit, message.about_key))
        if submission is not None and submission.state is MessageState.PENDING:
            return Outcome(Verdict.AGAIN, code="submission_pending", retry_after=1.0, counts=False)
        if not self.printer.capabilities.cancellation:
            return Outcome(Verdict.DONE, answer=CancelReceipt(CancelOutcome.TOO_LATE, code="not_supported"))
        wish = from_json(message.payload, PrintCancellation)
        if order is not None and order.vendor_id:
            wish = evolve(wish, vendor_id=order.vendor_id)
        answer = self.printer.cancel(wish)
        if not isinstance(answer, CancelReceipt) or not isinstance(answer.outcome, CancelOutcome):
            return outcome_of(None)
        return Outcome(
            _CANCEL_VERDICTS.get(answer.outcome, Verdict.DONE),
            code=answer.code,
            detail=answer.detail,
            retry_after=answer.retry_after,
            answer=answer,
        )

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Record the vendor's answer."""
        answer = outcome.answer
        if outcome.verdict is not Verdict.DONE or not isinstance(answer, CancelReceipt):
            return
        if answer.status is not None:
            take_status(unit, answer.status)
        result = _CANCEL_RESULTS[answer.outcome]
        order = unit.get(CardOrder, message.about_key)
        unit.apply(settle_cancellation(order, result, outcome.detail or outcome.code))


_CANCEL_VERDICTS = {
    CancelOutcome.NOT_SENT: Verdict.AGAIN,
    CancelOutcome.UNKNOWN: Verdict.AGAIN,
    CancelOutcome.REJECTED: Verdict.DEAD,
}

_CANCEL_RESULTS = {
    CancelOutcome.CANCELLED: Cancellation.CONFIRMED,
    CancelOutcome.UNKNOWN_ORDER: Cancellation.CONFIRMED,
    CancelOutcome.REQUESTED: Cancellation.REQUESTED,
    CancelOutcome.TOO_LATE: Cancellation.REFUSED,
}


def take_status(unit: Unit, status: PrintStatus) -> CardOrder | None:
    """Take in what a vendor says about an order; None if the order is not one of ours."""
    order = unit.seek(CardOrder, status.reference, for_update=True)
    if order is None:
        return None
    card = unit.get(CustomerCard, order.card_id)
    replaced = unit.seek(CustomerCard, card.replaces)
    return unit.apply(apply_status(order, card, replaced, status, unit.now))


def require_open_order(unit: Unit, message: OutboxMessage) -> None:
    """Refuse to hand over again a print order that the vendor has refused.

    Raises:
        Refused: ``outbox.order_closed``.
    """
    order = unit.seek(CardOrder, message.about_key) if message.kind == SUBMIT else None
    if order is not None:
        require_placed(order)


def require_printable(decision: Decision[CardOrder], printer: CardPrinter) -> None:
    """Refuse an order that the vendor would reject, without I/O, before anything is promised to the customer.

    Raises:
        Refused: ``card_order.not_printable``, with everything that is wrong.
    """
    for dispatch in decision.dispatch:
        if isinstance(dispatch.payload, PrintOrder):
            faults = (
                *unsupported(dispatch.payload, printer.capabilities),
                *printer.validate(dispatch.payload),
            )
            require_no_faults(faults)


def unsupported(order: PrintOrder, capabilities: PrinterCapabilities) -> tuple[Fault, ...]:
    """What the order asks for and the vendor cannot do."""
    faults = [
        Fault(f"encodings[{i}]", "unsupported", f"the vendor cannot put {encoding.kind.value} on a card")
        for i, encoding in enumerate(order.encodings)
        if encoding.kind not in capabilities.encodings
    ]
    if order.bulk and not capabilities.bulk:
        faults.append(Fault("bulk", "unsupported", "the vendor sends no collective shipments"))
    if order.cover_letter and not capabilities.cover_letters:
        faults.append(Fault("cover_letter", "unsupported", "the vendor sends no letters"))
    return (*faults, *_misplaced(order, capabilities.slots))


def _misplaced(order: PrintOrder, slots: tuple[CardSlot, ...] | None) -> Iterator[Fault]:
    """Values for places that the vendor's cards do not have, or that do not fit there."""
    places = {slot.name: slot for slot in slots or ()}
    for i, encoding in enumerate(order.encodings if slots is not None else ()):
        slot = places.get(encoding.slot)
        if slot is None:
            yield Fault(f"encodings[{i}].slot", "unsupported", "the vendor's cards have no such place")
        elif encoding.kind not in slot.kinds:
            yield Fault(f"encodings[{i}].kind", "unsupported", f"{slot.name} takes no {encoding.kind.value}")
        elif len(encoding.value) > slot.limit:
            yield Fault(f"encodings[{i}].value", "too_long", f"{slot.name} takes {slot.limit} characters")


def _on_its_way(unit: Unit, order_id: str) -> tuple[OutboxMessage | None, CardOrder | None]:
    submission = unit.first(OutboxMessage, stored("key") == submission_key(order_id))
    return submission, unit.seek(CardOrder, order_id)
