"""What a customer's calendar is told of an appointment."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.invitations import Invitation, InvitationMethod

_UID: Final = "appointment-"


def invitation_to(
    appointment: Appointment, branch: Branch, address: str, name: str, at: datetime
) -> Invitation | None:
    """The invitation as it stands: an entry, a later time, or that it does not take place.

    Its number is that of the appointment, which grows with each move. None if the branch has no address: a calendar
    has to know whose appointment it is.

    Args:
        address: The customer's.
        name: The customer's.
        at: Now.
    """
    if not branch.email:
        return None
    return Invitation(
        method=InvitationMethod.REQUEST if appointment.is_open else InvitationMethod.CANCEL,
        uid=f"{_UID}{appointment.id}",
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        time_zone=branch.time_zone,
        summary=", ".join(part for part in (appointment.type, branch.name) if part),
        location=_location(branch),
        description="",
        organizer=branch.email,
        organizer_name=branch.name,
        attendee=address,
        attendee_name=name,
        at=at,
    )


def _location(branch: Branch) -> str:
    address = branch.address
    if address is None:
        return branch.name
    town = " ".join(part for part in (address.postal_code, address.city) if part)
    return ", ".join(part for part in (branch.name, address.street, town) if part)
