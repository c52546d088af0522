"""What the shop and whoever prints its cards tell each other, in words that all vendors share."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Final

from attrs import frozen

from loyaltycore.kernel.showing import showing


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


@frozen(repr=False)
class Encoding:
    """One value on the card."""

    __repr__ = showing("slot")

    kind: EncodingKind
    value: str
    """The characters, at most 300."""
    slot: str = ""
    """Name of the place in the design, for example ``name_line_1``."""


@frozen(repr=False)
class PostalAddress:
    """Where a shipment goes; every line has at most 40 characters."""

    __repr__ = showing("country")

    name: str
    lines: tuple[str, ...]
    """One to three lines above the postal code."""
    postal_code: str
    """As written in the country."""
    city: str
    country: str
    """ISO 3166-1 alpha-2."""
    company: str = ""
    """Company, or empty."""


@frozen(repr=False)
class PrintOrder:
    """One card to be made and sent."""

    __repr__ = showing("reference", "product")

    reference: str
    """Our own reference, unique for ever; it finds the order after an unknown outcome."""
    product: str
    """The design agreed with the vendor."""
    encodings: tuple[Encoding, ...]
    """What goes onto the card."""
    ship_to: PostalAddress
    bulk: bool = False
    """Whether it travels in the branch's collective shipment instead of its own envelope."""
    cover_letter: str = ""
    """The vendor's name of the letter template that goes with it; empty for none."""
    letter_variables: tuple[tuple[str, str], ...] = ()
    """Values for the letter, as pairs of name and text."""
    language: str = ""
    """Two letters of ISO 639-1 for the letter."""
    comment: str = ""
    """What deviates from the standard order."""


@frozen(repr=False)
class PrintCancellation:
    """The request not to carry out an order."""

    __repr__ = showing("reference")

    reference: str
    """The reference of the print order."""
    vendor_id: str
    """The vendor's id of the order; empty where it is not known yet."""
    reason: str
    """Why, for people. It may hold anything, and no request is refused for it."""


@frozen(repr=False)
class PrintStatus:
    """What a vendor says about one order."""

    __repr__ = showing("reference", "revision", "state")

    reference: str
    vendor_id: str
    """The vendor's id of the order."""
    revision: int
    """Counts the vendor's changes to the order: the higher one is the newer one, whatever arrives first."""
    state: PrintState | None
    """The state of the card; None if the vendor's word is unknown (the state then stays as it is)."""
    raw_state: str
    """The vendor's own word for it."""
    occurred_at: datetime
    """When it happened at the vendor: an aware instant, the same one in whatever zone the vendor writes it."""
    reason_code: str = ""
    """Why it was rejected, failed or returned; empty otherwise."""
    reason: str = ""
    tracking: str = ""
    """Carrier and number, or empty."""
    cancellation_refused: bool = False
    """Whether the vendor refuses a request to cancel."""


@frozen
class PrintEvent:
    """A status that the vendor reports unasked."""

    source: str
    """The vendor, so that event ids of two vendors never meet."""
    event_id: str
    """The same for every repetition of the event."""
    status: PrintStatus
