"""The mail that confirms a booking, in the language of the branch's country: German, or English for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import evolve

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.invitations import invitation_to
from loyaltycore.booking.rules.messages import BOOKED, about_appointment
from loyaltycore.booking.rules.request import BookingRequest
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.messages import Email
from loyaltycore.templates.rules.people import about_branch, plain_greeting
from loyaltycore.templates.rules.wording import Wording, language_of

SHIPPED: Final = Wording(BOOKED)


def confirmation_mail(
    appointment: Appointment,
    request: BookingRequest,
    kind: str,
    branch: Branch,
    link: str,
    message_id: str,
    wording: Wording = SHIPPED,
) -> Email:
    """The mail to whoever has booked online.

    Args:
        kind: What people call the kind of appointment.
        link: Where it can be cancelled.
    """
    named = evolve(appointment, type=kind)

    def data(language: str) -> Mapping[str, Any]:
        return {
            "greeting": plain_greeting(request.name, language),
            "customer": {
                "name": request.name,
                "first_name": request.first_name,
                "last_name": request.last_name,
            },
            **about_appointment(named, branch, link),
            **about_branch(branch),
        }

    written = wording.write(Channel.EMAIL, language_of(branch.country), data, branch.time_zone)
    return Email(
        message_id,
        (request.email,),
        written.message.subject,
        written.message.text,
        written.message.html,
        reply_to=branch.email,
        template=written.template,
        invitation=invitation_to(
            named, branch, request.email, request.name, appointment.booked_at or appointment.starts_at
        ),
    )


def reminder_line(appointment: Appointment, request: BookingRequest, branch: Branch) -> str:
    """What the staff read of it: who, and when."""
    local = appointment.starts_at.astimezone(ZoneInfo(branch.time_zone))
    return f"{request.name}, {local:%Y-%m-%d %H:%M}"
