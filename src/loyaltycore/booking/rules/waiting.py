"""The waiting list: who would like an appointment earlier, or at all, and whom a time that gets free would suit."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.reminders import Reminder, ReminderKind
from loyaltycore.booking.rules.wall_time import local_date
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults

NAME_LENGTH: Final = 160
CONTACT_LENGTH: Final = 254
COMMENT_LENGTH: Final = 500
LONGEST: Final = 366
"""Days of a period."""


@frozen(repr=False)
class WaitingEntry:
    """Somebody on the waiting list."""

    __repr__ = showing("id")

    id: str
    branch_id: str
    first: date
    """The first day that suits, as the branch counts days."""
    last: date
    """The last one, included."""
    template_id: str = ""
    """The kind of appointment, or empty for any."""
    resource_id: str = ""
    """At which resource, or empty for any."""
    customer_id: str | None = None
    """None for somebody who is no customer."""
    name: str = ""
    """Of somebody who is no customer."""
    contact: str = ""
    """How to reach somebody who is no customer: a number, or an address."""
    comment: str = ""
    added_at: datetime | None = None
    added_by: str = ""
    offered_at: datetime | None = None
    """When a time was last offered."""
    offered_by: str = ""
    done_at: datetime | None = None
    """When it left the list."""
    done_by: str = ""
    version: int = 1


def read_period(faults: Faults, first: object, last: object) -> tuple[date, date]:
    """Read the first and the last day that suit."""
    days = []
    for name, value in (("first", first), ("last", last)):
        known = len(faults.found)
        day = faults.day(name, value)
        if day is None and len(faults.found) == known:
            faults.note(name, "required", "must be given")
        days.append(day or date.min)
    begin, end = days
    if not faults.found and not begin <= end <= begin + timedelta(days=LONGEST):
        faults.note("last", "out_of_range", f"must be the first day or one of the {LONGEST} days after it")
    return begin, end


def require_somebody(faults: Faults, customer_id: str | None, name: str, contact: str) -> None:
    """Note it if nobody can be reached."""
    if customer_id is None:
        for field, text in (("name", name), ("contact", contact)):
            if not text:
                faults.note(field, "required", "must be given for somebody who is no customer")


def enter(entry: WaitingEntry) -> Decision[WaitingEntry]:
    """Put somebody on the list."""
    return Decision(entry, add=(entry,), notes=(Note("waiting.added", after=entry),))


def note_offer(entry: WaitingEntry, now: datetime, actor: str) -> Decision[WaitingEntry]:
    """Note that a time was offered.

    Raises:
        Refused: ``waiting.done``.
    """
    if entry.done_at is not None:
        raise Refused(
            "waiting.done", "this entry has left the waiting list", entry=entry.id, done_at=entry.done_at
        )
    after = evolve(entry, offered_at=now, offered_by=actor)
    return Decision(after, save=(after,), notes=(Note("waiting.offered", entry, after),))


def leave(entry: WaitingEntry, now: datetime, actor: str) -> Decision[WaitingEntry]:
    """Take somebody off the list; a second time changes nothing."""
    if entry.done_at is not None:
        return Decision(entry)
    after = evolve(entry, done_at=now, done_by=actor)
    return Decision(after, save=(after,), notes=(Note("waiting.done", entry, after),))


@frozen
class FreedTime:
    """A stretch of a resource that an appointment has given up."""

    resource_id: str
    starts_at: datetime
    """Time to prepare is included."""
    ends_at: datetime


def freed_by(appointment: Appointment, after: Appointment | None) -> FreedTime | None:
    """What an appointment gives up that was open until now, in one piece: the longest.

    Args:
        after: What becomes of it; None if it is deleted.
    """
    if not appointment.is_open:
        return None
    begin, end = appointment.taken
    pieces = [(begin, end)]
    if after is not None and after.is_open and after.resource_id == appointment.resource_id:
        kept_from, kept_until = after.taken
        pieces = [(begin, min(end, kept_from)), (max(begin, kept_until), end)]
    longest = max(pieces, key=lambda each: each[1] - each[0])
    return FreedTime(appointment.resource_id, *longest) if longest[0] < longest[1] else None


def suits(
    entry: WaitingEntry,
    time: FreedTime,
    resource: Resource,
    template: AppointmentTemplate | None,
    zone: str,
) -> bool:
    """Whether a time is one for which somebody waits.

    Args:
        template: That of the entry; None if it may be anything.
        zone: Of the branch, whose days count.
    """
    here = entry.resource_id in {"", resource.id} and entry.branch_id == resource.branch_id
    on_time = entry.first <= local_date(zone, time.starts_at) <= entry.last
    if template is None:
        return here and on_time and not entry.template_id
    needed = timedelta(minutes=template.prepare + template.length + template.clear_up)
    does_it = template.provider in {"", resource.provider}
    return here and on_time and does_it and needed <= time.ends_at - time.starts_at


def announce(
    reminder_id: str, appointment: Appointment, time: FreedTime, count: int, branch: Branch, now: datetime
) -> Reminder:
    """Tell the staff that a time got free for which somebody waits; who that is the reminder does not say."""
    local = time.starts_at.astimezone(ZoneInfo(branch.time_zone))
    says = f"{local:%Y-%m-%d %H:%M}: {count}"
    return Reminder(
        reminder_id,
        branch.id,
        ReminderKind.FREED,
        appointment.id,
        says,
        now,
        resource_id=time.resource_id,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
    )
