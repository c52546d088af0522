"""Links by which a customer manages an appointment without an account: whoever has the link may use it.

Only a hash is stored. A link is for one purpose and one version of the appointment: after a move the one in the older
mail does nothing any more. Looking at it changes nothing, because programs that check mails open every link.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from attrs import frozen

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.errors import Refused
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.showing import showing

LONGEST_TOKEN = 200
CANCEL = "cancel"


@frozen(repr=False)
class AppointmentLink:
    """A link that was sent."""

    __repr__ = showing("appointment_id", "purpose")

    id: str
    """The hash of its token."""
    appointment_id: str
    purpose: str
    sequence: int
    """The appointment's when it was sent."""
    used_at: datetime | None = None
    version: int = 1


def hash_of(token: object) -> str:
    """The key of a link by its token; of what cannot be one, a key that no link has."""
    text = text_of(token) or ""
    return sha256(text.encode("utf-8", "replace")).hexdigest() if len(text) <= LONGEST_TOKEN else ""


def issue_link(token: str, appointment: Appointment) -> AppointmentLink:
    """What is stored of a link to cancel."""
    return AppointmentLink(hash_of(token), appointment.id, CANCEL, appointment.sequence)


def require_valid(link: AppointmentLink | None, appointment: Appointment | None) -> Appointment:
    """The appointment of a link: as it was when the link was sent, or ended since.

    Raises:
        Refused: ``booking.bad_link``; it was never sent, or stands in a mail that another one has replaced. Both look
            the same.
    """
    if link is not None and appointment is not None and link.purpose == CANCEL:
        since = appointment.sequence - link.sequence
        if since == (not appointment.is_open):
            return appointment
    raise bad_link()


def bad_link() -> Refused:
    """The one answer to all links that lead nowhere."""
    return Refused(
        "booking.bad_link",
        "this link is not valid, or a newer one has replaced it",
        remedy="use the link in the latest mail",
    )
