"""Appointments as calendars are told of them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Protocol

from attrs import frozen

from loyaltycore.kernel.showing import showing


class InvitationMethod(Enum):
    """What a calendar is to do (RFC 5546)."""

    REQUEST = "REQUEST"
    """Enter the appointment, or change it if its number is higher than that of the one that is known."""

    CANCEL = "CANCEL"
    """Take the appointment out."""


@frozen(repr=False)
class Invitation:
    """What goes with a mail about an appointment."""

    __repr__ = showing("uid", "sequence", "method")

    method: InvitationMethod
    uid: str
    """Names the appointment in every calendar; the same for all that is told of it."""
    sequence: int
    """Grows with each change."""
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    """IANA name: where the clocks show the time of the appointment."""
    summary: str
    """One line."""
    location: str
    """Empty for none."""
    description: str
    """Empty for none."""
    organizer: str
    """The shop's address."""
    organizer_name: str
    attendee: str
    """The customer's address."""
    attendee_name: str
    at: datetime
    """When it was decided; of two with one number, the later one counts."""


class InvitationWriter(Protocol):
    """Writes invitations as calendars read them.

    Threads may share a writer.
    """

    def write(self, invitation: Invitation) -> bytes:
        """The file for a mail program: one object of RFC 5545, with the method of RFC 5546, in UTF-8.

        The same invitation gives the same file. The time is that of the time zone, which is described in the file, so
        that no program has to know it. No text of the invitation becomes a line of its own.
        """
        ...
