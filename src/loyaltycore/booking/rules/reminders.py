"""Reminders: what somebody of the staff should look at."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import evolve, frozen

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.showing import showing


class ReminderKind(Enum):
    """What happened."""

    BOOKED = "booked"
    SUSPICIOUS = "suspicious"
    """Booked, and no mail has left: somebody has to say whether the request is meant."""
    CANCELLED = "cancelled"
    FREED = "freed"
    """A time got free for which somebody on the waiting list waits."""


@frozen(repr=False)
class Reminder:
    """A reminder for the staff."""

    __repr__ = showing("id", "kind")

    id: str
    branch_id: str
    kind: ReminderKind
    about: str
    """The appointment's id; it may have been deleted since."""
    says: str
    """Who, and when: one line. Of a time that got free: when, and for how many it would be."""
    created_at: datetime
    done_at: datetime | None = None
    done_by: str = ""
    resource_id: str = ""
    """Whose time got free; empty for everything else."""
    starts_at: datetime | None = None
    """From when it is free."""
    ends_at: datetime | None = None
    """Until when, exclusive."""
    version: int = 1


def finish_reminder(reminder: Reminder, now: datetime, actor: str) -> Decision[Reminder]:
    """Note that somebody has dealt with a reminder; a second time changes nothing."""
    if reminder.done_at is not None:
        return Decision(reminder)
    after = evolve(reminder, done_at=now, done_by=actor)
    return Decision(after, save=(after,), notes=(Note("reminder.done", about=after),))
