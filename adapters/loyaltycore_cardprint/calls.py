"""The four calls of the contract that the adapter makes; each returns what was read, or a `Failure`."""

from __future__ import annotations

from collections.abc import Callable, Container
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import frozen

from loyaltycore.ports.card_printing import EventPage
from loyaltycore_cardprint import wire
from loyaltycore_cardprint.outcomes import Failure, failure_of, violation
from loyaltycore_cardprint.wire import ContractViolation, VendorOrder
from loyaltycore_http.answers import Answer, NoAnswer
from loyaltycore_http.strict_json import NotStrict, dump, parse_object

if TYPE_CHECKING:  # its library is an extra
    from loyaltycore_http.transport import Transport

T = TypeVar("T")

_JSON: Final = {"Content-Type": "application/json"}


@frozen
class Calls:
    """Speaks the contract with one vendor."""

    transport: Transport
    source: str

    def place(self, body: dict[str, Any], key: str) -> VendorOrder | Failure:
        """Place an order."""
        answer = self.transport.call(
            "POST", "/orders", body=dump(body), headers={**_JSON, "Idempotency-Key": key}
        )
        return _read(answer, {200, 201}, lambda document: _same_order(document, body["reference"]))

    def look_up(self, reference: str) -> VendorOrder | Failure | None:
        """Find an order by our reference; None is certain."""
        answer = self.transport.call("GET", "/orders", query={"reference": reference})
        return _read(answer, {200}, lambda document: _only_order(document, reference))

    def cancel(self, vendor_id: str, reference: str, reason: str) -> VendorOrder | Failure:
        """Ask that an order not be carried out."""
        body = dump(wire.cancellation_body(reference, reason))
        answer = self.transport.call("PUT", f"/orders/{vendor_id}/cancellation", body=body, headers=_JSON)
        found = _read(answer, {200, 202}, lambda document: _same_order(document, reference))
        if isinstance(answer, NoAnswer) or isinstance(found, Failure):
            return found
        promised = "granted" if answer.status == HTTPStatus.OK else "requested"
        return found if found.cancellation == promised else violation(answer, f"not {promised}")

    def events(self, cursor: str, limit: int) -> EventPage | Failure:
        """Read a page of events; those of an unknown type are left out."""
        query = {"limit": str(limit)} | ({"after": cursor} if cursor else {})
        answer = self.transport.call("GET", "/events", query=query)
        return _read(answer, {200}, lambda document: _page(document, cursor, self.source))


def _read(
    answer: Answer | NoAnswer, good: Container[int], reader: Callable[[dict[str, Any]], T]
) -> T | Failure:
    """Read an answer with a good status; anything outside the contract is a failure that proves nothing."""
    if isinstance(answer, NoAnswer) or answer.status not in good:
        return failure_of(answer)
    try:
        return reader(parse_object(answer.body))
    except (NotStrict, ContractViolation) as error:
        return violation(answer, str(error))


def _same_order(document: object, reference: str) -> VendorOrder:
    """Read an order that must be the one asked about."""
    order = wire.read_order(document)
    if order.status.reference != reference:
        raise ContractViolation("it is about another order")
    return order


def _only_order(document: dict[str, Any], reference: str) -> VendorOrder | None:
    orders = document.get("orders")
    if not isinstance(orders, list) or len(orders) > 1:
        raise ContractViolation("orders is missing, or more than one")
    return _same_order(orders[0], reference) if orders else None


def _page(document: dict[str, Any], before: str, source: str) -> EventPage:
    """Read a page; one without progress is refused, because the reader would ask for ever."""
    events, cursor, more = (document.get(name) for name in ("events", "cursor", "more"))
    if not isinstance(events, list) or not isinstance(more, bool):
        raise ContractViolation("events or more is missing")
    if not isinstance(cursor, str) or not wire.CURSOR.fullmatch(cursor):
        raise ContractViolation("cursor is missing or malformed")
    if (events or more) and cursor == before:
        raise ContractViolation("the cursor does not move on")
    read = (wire.read_event(event, source) for event in events)
    return EventPage(tuple(event for event in read if event is not None), cursor, more)
