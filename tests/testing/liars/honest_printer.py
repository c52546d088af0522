"""The honest card printer that the liars are made from: it speaks with the vendor in memory, in the vendor's words."""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from loyaltycore.errors import DeliveryFailed, Fault, WebhookRejected
from loyaltycore.kernel.printing import (
    EncodingKind,
    PrintCancellation,
    PrintEvent,
    PrintOrder,
    PrintState,
    PrintStatus,
)
from loyaltycore.ports.card_printing import (
    UNKNOWN_CURSOR,
    CancelOutcome,
    CancelReceipt,
    EventPage,
    PrinterCapabilities,
    PrintReceipt,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_vendor import WORDS, Answer, Document, Vendor, VendorOnDisk, signature

NO_CONNECTION: Final = 0
BROKEN: Final = -1

_TOLERANCE: Final = timedelta(minutes=5)
_MOST_BYTES: Final = 100_000
_A_WHILE: Final = 0.01
_PROOF: Final = ("x-event", "x-time", "x-signature")


class HonestPrinter:
    """A printer that keeps every promise; each of its small methods is a place to lie."""

    def __init__(self, vendor: Vendor | None = None, *, reachable: bool = True) -> None:
        self.vendor = vendor or Vendor()
        self.vendor.reachable = reachable

    @property
    def capabilities(self) -> PrinterCapabilities:
        """Everything."""
        return PrinterCapabilities(encodings=frozenset(EncodingKind))

    def validate(self, order: PrintOrder) -> tuple[Fault, ...]:
        """Name what the vendor would reject."""
        return tuple(Fault(field, "unfit", "cannot be made") for field in wrong_fields(order))

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Place an order."""
        answer = self.ask("place", self.written(order), key)
        outcome = self.outcome(answer)
        if outcome is DeliveryStatus.ACCEPTED:
            status = self.read(answer.document)
            return PrintReceipt(Receipt(outcome, vendor_id=status.vendor_id), status)
        code = self.code(answer, order.reference)
        return PrintReceipt(Receipt(outcome, code=code, retry_after=self.wait(answer)))

    def find(self, reference: str) -> PrintStatus | None:
        """Look an order up."""
        answer = self.ask("look", reference)
        if answer.document.get("code") == "no_such_order":
            return None
        self.raise_if_failed(answer)
        return self.read(answer.document)

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call an order back."""
        answer = self.ask("stop", cancellation.reference)
        outcome = self.cancel_outcome(answer)
        told = self.read(answer.document) if "word" in answer.document else None
        code = self.code(answer, cancellation.reference)
        return CancelReceipt(outcome, told, code=code, retry_after=self.wait(answer))

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read the list of events."""
        answer = self.ask("news", cursor, limit)
        if answer.document.get("code") == "no_such_place":
            raise DeliveryFailed(UNKNOWN_CURSOR, "that is no cursor of this vendor", permanent=True)
        self.raise_if_failed(answer)
        events = tuple(self.event(found["id"], found["order"]) for found in answer.document["events"])
        return EventPage(events, answer.document["next"], answer.document["more"])

    def parse_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[PrintEvent, ...]:
        """Prove a call by its signature and its time, and read it."""
        if len(body) > _MOST_BYTES:
            raise WebhookRejected("too_large", "the body is too large")
        event, seconds, given = (self.header(headers, name) for name in _PROOF)
        if not self.proves(event, seconds, body, given):
            raise WebhookRejected("bad_signature", "the signature does not fit")
        if self.is_stale(datetime.fromtimestamp(int(seconds), UTC), now):
            raise WebhookRejected("stale", "the call is of another time")
        return self.called(event, body)

    def ask(self, verb: str, *arguments: Any) -> Answer:
        """Make one call; one without an answer is an answer, too."""
        try:
            return self.vendor.call(verb, *arguments)
        except ConnectionRefusedError:
            return Answer(NO_CONNECTION)
        except ConnectionResetError:
            return Answer(BROKEN)

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """What an answer proves.

        Raises:
            DeliveryFailed: The vendor does not let us in.
        """
        if answer.status == 401:
            raise DeliveryFailed("shut_out", "the vendor does not know us", permanent=True)
        if answer.status in {NO_CONNECTION, 429}:
            return DeliveryStatus.NOT_SENT
        found = {2: DeliveryStatus.ACCEPTED, 4: DeliveryStatus.REJECTED}
        return found.get(answer.status // 100, DeliveryStatus.UNKNOWN)

    def cancel_outcome(self, answer: Answer) -> CancelOutcome:
        """What the answer to a cancellation proves."""
        named = {
            200: CancelOutcome.CANCELLED,
            202: CancelOutcome.REQUESTED,
            404: CancelOutcome.UNKNOWN_ORDER,
            409: CancelOutcome.TOO_LATE,
        }
        return named.get(answer.status) or CancelOutcome(self.outcome(answer).value)

    def raise_if_failed(self, answer: Answer) -> None:
        """Raise what stands for an answer that is none, in a verb without a receipt."""
        if self.outcome(answer) is not DeliveryStatus.ACCEPTED:
            raise DeliveryFailed(self.code(answer, ""), "the vendor gave no answer", permanent=False)

    def code(self, answer: Answer, reference: str) -> str:
        """The word for what went wrong."""
        words = {NO_CONNECTION: "unreachable", BROKEN: "connection_lost", 200: "", 201: "", 202: ""}
        return str(answer.document.get("code") or words.get(answer.status, "vendor_failed"))

    def wait(self, answer: Answer) -> float | None:
        """How long the vendor asks to wait."""
        return answer.wait

    def written(self, order: PrintOrder) -> Document:
        """An order as the vendor wants it."""
        to = order.ship_to
        letter = {
            "name": order.cover_letter,
            "values": list(order.letter_variables),
            "language": order.language,
        }
        return {
            "ref": order.reference,
            "design": order.product,
            "fields": [
                {"type": encoding.kind.value, "content": encoding.value, "place": encoding.slot}
                for encoding in order.encodings
            ],
            "to": {
                "name": to.name,
                "company": to.company,
                "lines": list(to.lines),
                "code": to.postal_code,
                "city": to.city,
                "country": to.country,
            },
            "together": order.bulk,
            "letter": letter if order.cover_letter else {},
            "note": order.comment,
        }

    def read(self, document: Document) -> PrintStatus:
        """What the vendor says of an order."""
        return PrintStatus(
            reference=document["ref"],
            vendor_id=document["id"],
            revision=document["version"],
            state=self.state(document["word"]),
            raw_state=document["word"],
            occurred_at=self.instant(document["since"]),
            cancellation_refused=document["stopping"] == "refused",
        )

    def state(self, word: str) -> PrintState | None:
        """What a word of the vendor means."""
        return WORDS.get(word)

    def instant(self, text: str) -> datetime:
        """An instant as the vendor writes it."""
        return datetime.fromisoformat(text)

    def event(self, event: str, document: Document) -> PrintEvent:
        """One event, listed or called."""
        return PrintEvent("vendor", event, self.read(document))

    def called(self, event: str, body: bytes) -> tuple[PrintEvent, ...]:
        """What a call says, believed or not."""
        try:
            return (self.event(event, json.loads(body)),)
        except (ValueError, KeyError) as error:
            raise WebhookRejected("malformed", "the body is no order") from error

    def header(self, headers: Mapping[str, str], name: str) -> str:
        """One header that must be there once."""
        values = [value for key, value in headers.items() if key.lower() == name]
        if len(values) != 1 or not re.fullmatch("[0-9a-z-]+", values[0]):
            raise WebhookRejected("bad_signature", f"{name} is not there once")
        return values[0]

    def proves(self, event: str, seconds: str, body: bytes, given: str) -> bool:
        """Whether a signature fits."""
        return seconds.isdecimal() and hmac.compare_digest(signature(event, seconds, body), given)

    def is_stale(self, at: datetime, now: datetime) -> bool:
        """Whether a call is of another time."""
        return abs(now - at) > _TOLERANCE

    def pause(self) -> None:
        """Let other threads in."""
        time.sleep(_A_WHILE)


class HonestOnDisk(HonestPrinter):
    """The same, with a vendor that several processes share."""

    def __init__(self, vendor: Vendor | None = None, *, reachable: bool = True) -> None:
        super().__init__(vendor or VendorOnDisk(), reachable=reachable)


def wrong_fields(order: PrintOrder) -> Iterator[str]:
    """The fields of an order that cannot be made."""
    if not order.product.strip() or not _fits(order.product, 64):
        yield "product"
    if not _fits(order.comment, 500):
        yield "comment"
    yield from _wrong_encodings(order)
    yield from _wrong_address(order)
    if order.cover_letter:
        yield from _wrong_letter(order)


def _wrong_encodings(order: PrintOrder) -> Iterator[str]:
    slots = [encoding.slot for encoding in order.encodings if encoding.slot]
    if not order.encodings or len(slots) > len(set(slots)):
        yield "encodings"
    for place, encoding in enumerate(order.encodings):
        if not encoding.value.strip() or not _fits(encoding.value, 300):
            yield f"encodings[{place}].value"
        if not _fits(encoding.slot, 32):
            yield f"encodings[{place}].slot"


def _wrong_address(order: PrintOrder) -> Iterator[str]:
    to = order.ship_to
    for place, line in enumerate((to.name, to.city, *to.lines)):
        if not line.strip() or not _fits(line, 40):
            yield f"ship_to.{place}"
    if len(to.lines) not in {1, 2, 3}:
        yield "ship_to.lines"
    if not _fits(to.company, 40):
        yield "ship_to.company"
    if not _fits(to.postal_code, 12):
        yield "ship_to.postal_code"
    if not re.fullmatch("[A-Z]{2}", to.country):
        yield "ship_to.country"


def _wrong_letter(order: PrintOrder) -> Iterator[str]:
    names = [name for name, _ in order.letter_variables]
    if not _fits(order.cover_letter, 64):
        yield "cover_letter"
    if len(names) > len(set(names)) or not all(_fits(value, 200) for _, value in order.letter_variables):
        yield "letter_variables"
    if not re.fullmatch("([a-z]{2})?", order.language):
        yield "language"


def _fits(text: str, most: int) -> bool:
    return len(text) <= most and text.isprintable()
