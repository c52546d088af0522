"""Appointments: their states, and what changes them.

requested -> confirmed -> cancelled | no_show; requested -> cancelled | no_show. Nothing comes back from cancelled, and
no appointment is lost: a cancelled one stays, and its time is free again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from attrs import evolve, frozen

from loyaltycore.booking.rules.request import BookingRequest
from loyaltycore.errors import Refused
from loyaltycore.kernel.occupancy import Hold
from loyaltycore.kernel.showing import showing


class AppointmentState(Enum):
    """Where an appointment is."""

    REQUESTED = "requested"
    """Booked online; nobody of the staff has looked at it."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


OPEN: Final = frozenset({AppointmentState.REQUESTED, AppointmentState.CONFIRMED})
"""The states that take time of a resource and can still change."""


@frozen(repr=False)
class Appointment:
    """One appointment."""

    __repr__ = showing("id", "state", "starts_at")

    id: str
    branch_id: str
    resource_id: str
    template_id: str
    """The kind of appointment, or empty."""
    starts_at: datetime
    ends_at: datetime
    prepare: int = 0
    """Minutes before it that the resource is taken."""
    clear_up: int = 0
    """Minutes after it that the resource is taken."""
    state: AppointmentState = AppointmentState.REQUESTED
    type: str = ""
    """The template's type when it was booked."""
    status: str = ""
    """The shop's own word for its state; from the template at first."""
    comment: str = ""
    request: BookingRequest | None = None
    """What a customer filled in online; None for an appointment that the staff made."""
    customer_id: str | None = None
    """None until the staff assign somebody."""
    sequence: int = 0
    """Grows with every change that a calendar has to hear of."""
    suspicion: str = ""
    """What is suspicious about the request, in words such as ``links``; empty if nothing is, or the staff trust it."""
    booked_at: datetime | None = None
    booked_by: str = ""
    ended_at: datetime | None = None
    """When it was cancelled, or marked as missed."""
    ended_by: str = ""
    end_reason: str = ""
    version: int = 1

    @property
    def is_open(self) -> bool:
        """Whether it is to take place."""
        return self.state in OPEN

    @property
    def taken(self) -> tuple[datetime, datetime]:
        """From when to when it takes its resource."""
        return self.starts_at - timedelta(minutes=self.prepare), self.ends_at + timedelta(
            minutes=self.clear_up
        )

    def hold(self, kind: str) -> Hold:
        """What it takes of its resource.

        Args:
            kind: What a limit counts it with, see `limit_kind`.
        """
        return Hold(self.id, *self.taken, kind=kind)


def require_open(appointment: Appointment) -> Appointment:
    """An appointment that is to take place.

    Raises:
        Refused: ``appointment.over``.
    """
    if not appointment.is_open:
        raise Refused(
            "appointment.over",
            f"this appointment is {appointment.state.value.replace('_', ' ')}",
            appointment=appointment.id,
            state=appointment.state,
        )
    return appointment


def ended(
    appointment: Appointment, state: AppointmentState, now: datetime, actor: str, reason: str
) -> Appointment:
    """An appointment that does not take place."""
    return evolve(
        appointment,
        state=state,
        sequence=appointment.sequence + 1,
        ended_at=now,
        ended_by=actor,
        end_reason=reason,
    )
