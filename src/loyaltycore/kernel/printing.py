"""What is said between the shop and whoever prints its cards, in words that every vendor shares."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

from attrs import frozen


class PrintState(Enum):
    """Where a card is in production. A vendor's own words are translated into these."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    ON_HOLD = "on_hold"
    IN_PRODUCTION = "in_production"
    PRODUCED = "produced"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    RETURNED = "returned"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


BEFORE_PRODUCTION: Final = frozenset({PrintState.RECEIVED, PrintState.ACCEPTED, PrintState.ON_HOLD})
"""States in which nothing has been made yet."""


class EncodingKind(Enum):
    """How a value gets onto the card."""

    TEXT = "text"
    EAN13 = "ean13"
    CODE128 = "code128"
    QR = "qr"
    MAGSTRIPE_TRACK1 = "magstripe_track1"
    MAGSTRIPE_TRACK2 = "magstripe_track2"
    MAGSTRIPE_TRACK3 = "magstripe_track3"


@frozen
class Encoding:
    """One value on the card.

    Attributes:
        kind: Print or code.

        value: The characters, at most 300.

        slot: Name of the place in the design, for example ``name_line_1``.
    """

    kind: EncodingKind
    value: str
    slot: str = ""


@frozen
class PostalAddress:
    """Where a shipment goes; every line has at most 40 characters on the wire.

    Attributes:
        name: Person or department.

        company: Company, or empty.

        lines: One to three lines above the postal code.

        postal_code: As written in the country.

        city: Town.

        country: ISO 3166-1 alpha-2.
    """

    name: str
    lines: tuple[str, ...]
    postal_code: str
    city: str
    country: str
    company: str = ""


@frozen
class PrintOrder:
    """One card to be made and sent.

    Attributes:
        reference: Our own reference, unique for ever; orders are found by it after an unknown outcome.

        product: The design agreed with the vendor.

        encodings: What goes onto the card.

        ship_to: Where the card goes.

        bulk: Whether it travels in the branch's collective shipment instead of an envelope of its own.

        cover_letter: The vendor's name of the letter template that goes with it; empty for none.

        letter_variables: Values for the letter, as pairs of name and text.

        language: Two letters of ISO 639-1 for the letter.

        comment: What deviates from the standard order.
    """

    reference: str
    product: str
    encodings: tuple[Encoding, ...]
    ship_to: PostalAddress
    bulk: bool = False
    cover_letter: str = ""
    letter_variables: tuple[tuple[str, str], ...] = ()
    language: str = ""
    comment: str = ""


@frozen
class PrintCancellation:
    """The wish that an order be not carried out.

    Attributes:
        reference: The reference of the print order.

        vendor_id: The vendor's id of the order; empty where it is not known yet.

        reason: Why.
    """

    reference: str
    vendor_id: str
    reason: str


@frozen
class PrintStatus:
    """What a vendor says about one order.

    Attributes:
        reference: Our reference.

        vendor_id: The vendor's id of the order.

        revision: Counts the vendor's changes to the order: the higher one is the newer one, whatever arrives first.

        state: The state of the card, or None where the vendor's word is unknown (the state then stays as it is).

        raw_state: The vendor's own word.

        occurred_at: When it happened at the vendor.

        reason_code: Why it was rejected, failed or returned; empty otherwise.

        reason: The same for people.

        tracking: Carrier and number, or empty.

        cancellation_refused: Whether the vendor answers a wish to cancel with no.
    """

    reference: str
    vendor_id: str
    revision: int
    state: PrintState | None
    raw_state: str
    occurred_at: datetime
    reason_code: str = ""
    reason: str = ""
    tracking: str = ""
    cancellation_refused: bool = False


@frozen
class PrintEvent:
    """A status that arrives by itself.

    Attributes:
        source: The vendor, so that event ids of two vendors never meet.

        event_id: The same for every repetition of the event.

        status: What it says.
    """

    source: str
    event_id: str
    status: PrintStatus
