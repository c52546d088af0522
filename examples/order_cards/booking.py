"""Somebody books an appointment through the planner, as a page for customers does, and the staff find a reminder."""

from __future__ import annotations

from loyaltycore import Loyalty
from loyaltycore.booking import OfferedDay, Planner, hours_on
from order_cards.fixtures import BOOKING

_BRANCH = "berlin"


def set_up_planner(loyalty: Loyalty) -> None:
    """A booth, and the hearing tests that take place in it."""
    office = loyalty.session("zentrale")
    link = office.settings.option("booking.cancel_link")
    office.settings.change(link, "https://optik.example/termine/{token}")
    setup = office.appointments.setup
    week = hours_on(range(5), "09:00-12:00", "13:00-17:00")
    setup.save_resource("booth", branch_id=_BRANCH, name="Kabine", week=week, online=True)
    setup.save_template("hearing-test", name="Hörtest", length=60, step=60, notice=24 * 60, online=True)


def book_online(loyalty: Loyalty) -> None:
    """Book the first time that is free; the mail with the link goes into the outbox."""
    planner = loyalty.planner(_BRANCH)
    day = _first_day(loyalty, planner)
    _show(day)
    booked = planner.book(next(slot.starts_at for slot in day.slots if slot.reason is None), **BOOKING)
    print(f"  booked: {booked.type} on {booked.starts_at:%d.%m.%Y} at {booked.starts_at:%H:%M}")
    _show(*planner.grid(day.day, 1))
    (reminder,) = loyalty.session("anna", _BRANCH).appointments.reminders(_BRANCH).items
    print(f"  anna finds a reminder: {reminder.kind.value}, {reminder.says}")


def _first_day(loyalty: Loyalty, planner: Planner) -> OfferedDay:
    """The first day all of whose times are free."""
    branch = loyalty.session("anna", _BRANCH).branch
    today = branch.local_date(loyalty.clock.now())
    days = planner.grid(today, 21)
    return next(day for day in days if day.slots and not any(slot.reason for slot in day.slots))


def _show(day: OfferedDay) -> None:
    print(f"  {day.day:%d.%m.%Y}: {' '.join(slot.label for slot in day.slots)}")
