"""What appointments have against erasing a customer, what speaks of the customer beside them, and how long all is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from loyaltycore.booking.rules.appointment import OPEN, Appointment
from loyaltycore.booking.rules.links import AppointmentLink
from loyaltycore.booking.rules.notices import Notice
from loyaltycore.booking.rules.reminders import Reminder
from loyaltycore.booking.rules.waiting import WaitingEntry
from loyaltycore.customers.retaining import HISTORY, Retention
from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.work.unit import Unit

_PORTION: Final = 500


def appointment_to_come(unit: Unit, customer: Customer) -> Iterator[Blocker]:
    """Somebody is expected."""
    mine = stored("customer_id") == customer.id
    to_come = mine & (stored("starts_at") > unit.now) & stored("state").one_of(tuple(OPEN))
    appointment = unit.first(Appointment, to_come, order_by=("starts_at", "id"))
    if appointment is not None:
        yield Blocker(
            "erase.appointment_to_come",
            "this customer has an appointment that is still to come",
            "cancel it, or wait until it is over",
            {"appointment": appointment.id},
        )


def forget_reminders_and_links(unit: Unit, customer: Customer) -> None:
    """Reminders name who has booked, and an open link acts for somebody."""
    after: tuple[str] | None = None
    mine = stored("customer_id") == customer.id
    while portion := list(unit.find(Appointment, mine, after=after, limit=_PORTION)):
        _forget_beside(unit, tuple(each.id for each in portion))
        after = (portion[-1].id,)


def kept() -> Iterator[Retention]:
    """How long it is known who came when, who was told, and who waited."""
    yield Retention("appointments", Appointment, "ends_at", HISTORY, in_order=False, also=_forget_beside)
    yield Retention("notices of appointments", Notice, "at", HISTORY)
    yield Retention("reminders", Reminder, "done_at", HISTORY, in_order=False)
    yield Retention("waiting list", WaitingEntry, "done_at", HISTORY, in_order=False)


def _forget_beside(unit: Unit, appointments: tuple[str, ...]) -> None:
    unit.remove_all(Reminder, stored("about").one_of(appointments))
    unit.remove_all(AppointmentLink, stored("appointment_id").one_of(appointments))
