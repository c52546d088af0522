"""Invitations as mail programs read them (RFC 5545, 5546, 6047)."""

from __future__ import annotations

from importlib.util import find_spec

from attrs import frozen

from loyaltycore.errors import MissingExtra
from loyaltycore.kernel.invitations import Invitation, InvitationMethod


@frozen
class IcalendarInvitations:
    """Writes invitations with the library `icalendar`. All threads of a process may share it.

    Raises:
        MissingExtra: The extra ``calendars`` is not installed.
    """

    def __attrs_post_init__(self) -> None:
        """Find out at the start whether the library is there."""
        require_library()

    def write(self, invitation: Invitation) -> bytes:
        """The file for a mail program; its time zone is described for the year before and after the appointment."""
        from loyaltycore_calendars.writing import calendar_of, event_of  # noqa: PLC0415  it loads icalendar, which comes with the extra

        event = event_of(
            uid=invitation.uid,
            starts_at=invitation.starts_at,
            ends_at=invitation.ends_at,
            time_zone=invitation.time_zone,
            summary=invitation.summary,
            at=invitation.at,
            sequence=invitation.sequence,
            status="CONFIRMED" if invitation.method is InvitationMethod.REQUEST else "CANCELLED",
            texts={"location": invitation.location, "description": invitation.description},
            people=(
                ("organizer", invitation.organizer, invitation.organizer_name),
                ("attendee", invitation.attendee, invitation.attendee_name),
            ),
        )
        return calendar_of([event], invitation.time_zone, method=invitation.method.value)


def require_library() -> None:
    """Refuse to go on without the extra.

    Raises:
        MissingExtra: It is not installed.
    """
    for name in ("icalendar", "recurring_ical_events"):
        if find_spec(name) is None:
            raise MissingExtra("calendars", name)
