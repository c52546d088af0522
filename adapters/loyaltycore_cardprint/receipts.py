"""The verbs of the port, in terms of the calls of the contract."""

from __future__ import annotations

from typing import Final

from loyaltycore.kernel.printing import PrintCancellation, PrintOrder, PrintStatus
from loyaltycore.ports.card_printing import CancelOutcome, CancelReceipt, PrintReceipt
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore_cardprint import wire
from loyaltycore_cardprint.calls import Calls
from loyaltycore_cardprint.outcomes import Failure, Meaning
from loyaltycore_cardprint.wire import ContractViolation, VendorOrder
from loyaltycore_http.strict_json import digest

_TAKEN: Final = frozenset({"reference_in_use", "idempotency_key_reused"})

_DELIVERY: Final = {
    Meaning.NOT_SENT: DeliveryStatus.NOT_SENT,
    Meaning.UNKNOWN: DeliveryStatus.UNKNOWN,
    Meaning.REJECTED: DeliveryStatus.REJECTED,
}
_CANCEL: Final = {
    Meaning.NOT_SENT: CancelOutcome.NOT_SENT,
    Meaning.UNKNOWN: CancelOutcome.UNKNOWN,
    Meaning.REJECTED: CancelOutcome.REJECTED,
}


def submit(calls: Calls, order: PrintOrder, key: str) -> PrintReceipt:
    """Place an order; if the vendor knows its reference already, find out whether it is the same order."""
    body = wire.order_body(order)
    found = calls.place(body, key)
    if isinstance(found, Failure) and found.meaning is Meaning.REJECTED and found.code in _TAKEN:
        found = _resolve(calls, order.reference, digest(body), found)
    return _refused(found) if isinstance(found, Failure) else _accepted(found)


def find(calls: Calls, reference: str) -> PrintStatus | None:
    """Look an order up."""
    found = calls.look_up(reference)
    if isinstance(found, Failure):
        raise found.as_error()
    return found.status if found else None


def cancel(calls: Calls, cancellation: PrintCancellation) -> CancelReceipt:
    """Ask that an order not be carried out.

    An id that the vendor does not know proves nothing about the order (ids get mixed up); the reference does.
    """
    reference, reason = cancellation.reference, cancellation.reason
    found = None
    if wire.VENDOR_ID.fullmatch(cancellation.vendor_id):
        found = calls.cancel(cancellation.vendor_id, reference, reason)
    if found is None or _is_unknown(found):
        located = _locate(calls, reference)
        if isinstance(located, CancelReceipt):
            return located
        found = calls.cancel(located, reference, reason)
    if isinstance(found, Failure):
        return _not_cancelled(found, reference)
    granted = found.cancellation == "granted"
    return CancelReceipt(CancelOutcome.CANCELLED if granted else CancelOutcome.REQUESTED, found.status)


def _resolve(calls: Calls, reference: str, content: str, refusal: Failure) -> VendorOrder | Failure:
    """Tell our own order, which the vendor has already, from another one with the same reference.

    It is our own after a restore from a backup, when the outbox has lost the key of the first attempt, and after the
    vendor has forgotten the key.
    """
    found = calls.look_up(reference)
    if isinstance(found, Failure):
        return _unresolved(found)
    if found is None:
        return refusal if refusal.code == "idempotency_key_reused" else _unresolved(refusal)
    return found if found.content_digest == content else refusal


def _unresolved(failure: Failure) -> Failure:
    """The failure for a look-up that found nothing or contradicts the refusal: it says nothing about the order."""
    if failure.meaning is Meaning.SET_UP:
        return failure
    return Failure(
        Meaning.UNKNOWN, failure.code, failure.detail, failure.status, failure.retry_after, failure.raw
    )


def _accepted(order: VendorOrder) -> PrintReceipt:
    return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED, vendor_id=order.status.vendor_id), order.status)


def _refused(failure: Failure) -> PrintReceipt:
    """Raises `DeliveryFailed` for a wrong set-up, so that it rejects no order."""
    if failure.meaning is Meaning.SET_UP:
        raise failure.as_error()
    receipt = Receipt(
        _DELIVERY[failure.meaning],
        code=failure.code,
        detail=failure.detail,
        retry_after=failure.retry_after,
        raw=failure.raw,
    )
    return PrintReceipt(receipt, faults=failure.faults if failure.meaning is Meaning.REJECTED else ())


def _locate(calls: Calls, reference: str) -> str | CancelReceipt:
    """Find the vendor's id or, if there is none, the answer to the request."""
    if not wire.REFERENCE.fullmatch(reference):
        return CancelReceipt(CancelOutcome.UNKNOWN_ORDER, code="not_found")
    found = calls.look_up(reference)
    if found is None:
        return CancelReceipt(
            CancelOutcome.UNKNOWN_ORDER, code="not_found", detail="the vendor has no such order"
        )
    if isinstance(found, VendorOrder):
        return found.status.vendor_id
    if found.meaning is Meaning.SET_UP:
        raise found.as_error()
    # The wish itself was never sent, whatever became of the look-up.
    return _cancel_receipt(CancelOutcome.NOT_SENT, found)


def _is_unknown(found: VendorOrder | Failure) -> bool:
    return isinstance(found, Failure) and (found.status, found.code) == (404, "not_found")


def _not_cancelled(failure: Failure, reference: str) -> CancelReceipt:
    """Raises `DeliveryFailed` for a wrong set-up, so that no request is given up because of it."""
    if (failure.status, failure.code) == (409, "too_late"):
        return _cancel_receipt(CancelOutcome.TOO_LATE, failure, _order_in(failure, reference))
    if _is_unknown(failure):  # though the look-up has just found it
        return _cancel_receipt(CancelOutcome.UNKNOWN, failure)
    if failure.meaning is Meaning.SET_UP:
        raise failure.as_error()
    return _cancel_receipt(_CANCEL[failure.meaning], failure)


def _cancel_receipt(
    outcome: CancelOutcome, failure: Failure, status: PrintStatus | None = None
) -> CancelReceipt:
    return CancelReceipt(outcome, status, failure.code, failure.detail, failure.retry_after)


def _order_in(failure: Failure, reference: str) -> PrintStatus | None:
    """The order in a problem document, if any."""
    try:
        order = wire.read_order(failure.problem.get("order"))
    except ContractViolation:
        return None
    return order.status if order.status.reference == reference else None
