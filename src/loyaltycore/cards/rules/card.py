"""The customer card, and what presenting it means."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from attrs import evolve, frozen

from loyaltycore.cards.rules.numbers import is_well_formed
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.showing import showing


class CardState(Enum):
    """What is stored about a card. Whether it has expired is not stored: it follows from the date."""

    ORDERED = "ordered"
    ACTIVE = "active"
    INVALID = "invalid"
    """Taken out of use by staff, replaced, or never made."""

    CANCELLED = "cancelled"
    """Its order was cancelled."""


class CardStanding(Enum):
    """What a card is good for on a given day."""

    VALID = "valid"
    UNKNOWN = "unknown"
    """There is no card with that number."""

    NOT_ACTIVE = "not_active"
    """Ordered, but not yet with the customer."""

    EXPIRED = "expired"
    INVALID = "invalid"
    CANCELLED = "cancelled"


@frozen(repr=False)
class CustomerCard:
    """A physical card. It carries a number that leads to the customer, and nothing else."""

    __repr__ = showing("id", "customer_id", "state")

    id: str
    number: str
    """What is read from the card; unique, random, with a check digit."""
    customer_id: str
    order_id: str
    """The order that created it."""
    template: str
    state: CardState
    """What is stored about it."""
    valid_until: date | None
    """The last day on which it may be used, or None. It limits the card, never the programs."""
    replaces: str
    """The id of the card that it follows, or empty."""
    created_at: datetime
    """When it was ordered."""
    activated_at: datetime | None = None
    """When it became usable, or None."""
    ended_at: datetime | None = None
    """When it became invalid or was cancelled, or None."""
    end_reason: str = ""
    ended_here: bool = False
    """Whether it was put out of use here, and so for good: what the vendor ended, the vendor's next word may undo."""
    version: int = 1


@frozen(repr=False)
class Presentation:
    """What presenting a card came to."""

    __repr__ = showing("standing", "customer")

    standing: CardStanding
    """Whether the card is good, or why not."""
    number: str
    """The number that was read."""
    customer: Customer | None = None
    """Whom it leads to, if it is good."""
    card: CustomerCard | None = None
    """The card, if there is one."""

    @property
    def accepted(self) -> bool:
        """Whether the card is good."""
        return self.standing is CardStanding.VALID

    @property
    def misread(self) -> bool:
        """Whether nobody has that number and its check digit is wrong, so that reading it again may help."""
        return self.standing is CardStanding.UNKNOWN and not is_well_formed(self.number)

    def require(self) -> Customer:
        """The customer, or the refusal as an error.

        Raises:
            Refused: ``card.`` and the standing, for example ``card.expired``.
        """
        if self.customer is None:
            raise Refused(
                f"card.{self.standing.value}",
                _SAYS[self.standing],
                remedy="read or type it again" if self.misread else "",
                number=self.number,
                standing=self.standing.value,
            )
        return self.customer


_SAYS = {
    CardStanding.VALID: "the card is good",
    CardStanding.UNKNOWN: "there is no card with this number",
    CardStanding.NOT_ACTIVE: "the card was ordered but is not active yet",
    CardStanding.EXPIRED: "the card has expired",
    CardStanding.INVALID: "the card is invalid",
    CardStanding.CANCELLED: "the order of the card was cancelled",
}


def standing(card: CustomerCard, today: date) -> CardStanding:
    """What a card is good for; its last day of validity is included."""
    if card.state is CardState.ORDERED:
        return CardStanding.NOT_ACTIVE
    if card.state is CardState.INVALID:
        return CardStanding.INVALID
    if card.state is CardState.CANCELLED:
        return CardStanding.CANCELLED
    if card.valid_until is not None and today > card.valid_until:
        return CardStanding.EXPIRED
    return CardStanding.VALID


def activated(card: CustomerCard, now: datetime) -> CustomerCard:
    """The card in use; only an ordered card changes."""
    return evolve(card, state=CardState.ACTIVE, activated_at=now) if card.state is CardState.ORDERED else card


def ended(card: CustomerCard, state: CardState, now: datetime, reason: str) -> CustomerCard:
    """The card put out of use here; one that was before stays as it is."""
    if card.ended_here:
        return card
    return evolve(card, state=state, ended_at=now, end_reason=reason, ended_here=True)


def activate_card(card: CustomerCard, replaced: CustomerCard | None, now: datetime) -> Decision[CustomerCard]:
    """Put an ordered card into use by hand; the card that it follows goes out of use.

    Raises:
        Refused: ``card.not_ordered``; it is in use already or will never be.
    """
    if card.state is not CardState.ORDERED:
        raise Refused("card.not_ordered", "only an ordered card can be activated", state=card.state.value)
    after = activated(card, now)
    changes = [(card, after), *follow(replaced, now)]
    return Decision(
        after,
        save=tuple(new for _, new in changes),
        notes=(
            Note("card.activated", card, after),
            *(Note("card.replaced", old, new) for old, new in changes[1:]),
        ),
    )


def follow(replaced: CustomerCard | None, now: datetime) -> list[tuple[CustomerCard, CustomerCard]]:
    """What becomes of the card that a new one follows: before and after, or nothing."""
    if replaced is None:
        return []
    after = ended(replaced, CardState.INVALID, now, "replaced")
    return [] if after is replaced else [(replaced, after)]


def invalidate_card(card: CustomerCard, now: datetime, reason: str) -> Decision[CustomerCard]:
    """Take a card out of use for good, also one that only the vendor has ended so far.

    Raises:
        Refused: ``card.already_ended``; it was put out of use here before.
    """
    after = ended(card, CardState.INVALID, now, reason)
    if after is card:
        raise Refused("card.already_ended", "the card is out of use already", state=card.state.value)
    return Decision(after, save=(after,), notes=(Note("card.invalidated", card, after, reason),))
