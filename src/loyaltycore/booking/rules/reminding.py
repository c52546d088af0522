"""Reminding customers of their appointments: in time, on a day before, and only of what still takes place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.booking import kind_of
from loyaltycore.booking.rules.notices import Notice, NoticeAbout, Telling, notice_key, tell, ways_to
from loyaltycore.booking.rules.planner import AppointmentTemplate
from loyaltycore.booking.rules.wall_time import local_date
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.decisions import Decision


def is_due(appointment: Appointment, template: AppointmentTemplate, zone: str, now: datetime) -> bool:
    """Whether a customer is to be reminded now.

    Not on the day of the appointment (AMPAREX: the next day at the earliest), not on the day on which it was booked, and
    not of one that does not take place.

    Args:
        zone: Of the branch, whose days count.
    """
    today = local_date(zone, now)
    booked = appointment.booked_at
    return (
        appointment.is_open
        and today < local_date(zone, appointment.starts_at) <= today + timedelta(days=template.remind)
        and (booked is None or local_date(zone, booked) < today)
    )


def reminder_stands(appointment: Appointment, key: str, zone: str, now: datetime) -> bool:
    """Whether a reminder that is about to leave is still right: nothing was cancelled or moved, and its day has not come.

    Args:
        key: Of the message. It names the customer, and the appointment's sequence, which grows with all that a message must
            not outlive.
    """
    still = {
        notice_key(appointment, appointment.customer_id or "", NoticeAbout.REMINDER, way) for way in _WAYS
    }
    return key in still and local_date(zone, now) < local_date(zone, appointment.starts_at)


_WAYS: Final = (Channel.EMAIL, Channel.SMS)


def way_to_remind(customer: Customer) -> Channel | None:
    """The way by which a program can remind somebody, the preferred one first."""
    return next((way for way in ways_to(customer) if way is not Channel.PHONE), None)


def remind(telling: Telling) -> Decision[Notice]:
    """Remind a customer: what is said now leaves later, unless the appointment has changed by then."""
    told = tell(telling)
    kind = kind_of("remind", telling.way)
    return evolve(told, dispatch=tuple(evolve(each, kind=kind) for each in told.dispatch))
