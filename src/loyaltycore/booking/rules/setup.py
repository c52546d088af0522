"""Setting a planner up: resources and templates as a caller describes them, every field checked, nothing contradictory."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, TypedDict

from loyaltycore.booking.rules.hours import DayException, WeeklyHours, meeting_weekdays, read_hours, read_week
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource, ResourceKind
from loyaltycore.kernel.given import member_of, text_of
from loyaltycore.kernel.validation import Faults

MOST_EXCEPTIONS: Final = 1000
NAME_LENGTH: Final = 100
REASON_LENGTH: Final = 200
MOST_CAPACITY: Final = 1000
MOST_MINUTES: Final = 30 * 24 * 60
"""Of an appointment, and of the time around it: a month."""
LONGEST_NOTICE: Final = 366 * 24 * 60
MOST_AHEAD: Final = 732
MOST_REMIND: Final = 30
"""Days before an appointment on which its customer may be reminded."""
MOST_PER_DAY: Final = 1000
MOST_HELD: Final = 60
"""Minutes for which a stranger may keep a time from others."""

_MINUTES_OF_A_DAY: Final = 24 * 60


class ResourceFacts(TypedDict, total=False):
    """What may be said about a resource besides its key; see `Resource`."""

    name: str
    kind: ResourceKind | str
    provider: str
    capacity: int
    week: Collection[WeeklyHours]
    breaks: Collection[WeeklyHours]
    exceptions: Collection[DayException]
    open_on_holidays: bool
    online: bool
    hidden: bool


class TemplateFacts(TypedDict, total=False):
    """What may be said about a template besides its key; see `AppointmentTemplate`."""

    name: str
    length: int
    step: int
    prepare: int
    clear_up: int
    notice: int
    ahead: int
    per_day: int | None
    online: bool
    provider: str
    hold: int
    cancel_until: int
    remind: int
    type: str
    status: str


def read_resource(given: Resource) -> Resource:
    """Check every field of a resource.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        return Resource(
            id=faults.key("id", given.id),
            name=faults.text("name", given.name, limit=NAME_LENGTH, required=True),
            branch_id=given.branch_id,
            kind=faults.choice("kind", member_of(ResourceKind, given.kind), ResourceKind)
            or ResourceKind.PERSON,
            provider=_provider(faults, given.provider),
            capacity=faults.integer("capacity", given.capacity, least=1, most=MOST_CAPACITY, required=True),
            week=read_week(faults, "week", given.week),
            breaks=read_week(faults, "breaks", given.breaks),
            exceptions=_exceptions(faults, given.exceptions),
            open_on_holidays=faults.flag("open_on_holidays", given.open_on_holidays),
            online=faults.flag("online", given.online),
            hidden=faults.flag("hidden", given.hidden),
            version=given.version,
        )


def _provider(faults: Faults, value: object) -> str:
    return "" if text_of(value) == "" else faults.key("provider", value)


def _exceptions(faults: Faults, value: object) -> tuple[DayException, ...]:
    read: dict[date, DayException] = {}
    items = faults.items("exceptions", value, most=MOST_EXCEPTIONS, what="a list of DayException")
    for number, each in enumerate(items):
        place = f"exceptions[{number}]"
        if type(each) is not DayException:
            faults.note(place, "wrong_type", "must be a DayException")
            continue
        inner = faults.at(place)
        day = inner.day("day", each.day)
        if day is None:
            inner.note("day", "required", "must be given")
            continue
        if day in read:
            inner.note("day", "repeated", "is there twice")
        hours = read_hours(inner, "hours", each.hours)
        if [*meeting_weekdays({0: hours})]:
            inner.note("hours", "overlap", "has hours that meet others")
        reason = inner.text("reason", each.reason, limit=REASON_LENGTH)
        read[day] = DayException(day, hours, reason)
    return tuple(read[day] for day in sorted(read))


def read_template(given: AppointmentTemplate) -> AppointmentTemplate:
    """Check every field of a template, and that it can be booked at all.

    Raises:
        InvalidInput: Names every fault; ``contradiction`` where two settings rule each other out.
    """
    with Faults() as faults:

        def minutes(field: str, *, least: int = 0, most: int = MOST_MINUTES) -> int:
            return faults.integer(field, getattr(given, field), least=least, most=most, required=True)

        read = AppointmentTemplate(
            id=faults.key("id", given.id),
            name=faults.text("name", given.name, limit=NAME_LENGTH, required=True),
            length=minutes("length", least=1),
            step=minutes("step", least=1, most=_MINUTES_OF_A_DAY),
            prepare=minutes("prepare"),
            clear_up=minutes("clear_up"),
            notice=minutes("notice", most=LONGEST_NOTICE),
            ahead=faults.integer("ahead", given.ahead, least=0, most=MOST_AHEAD, required=True),
            per_day=None
            if given.per_day is None
            else faults.integer("per_day", given.per_day, least=1, most=MOST_PER_DAY),
            online=faults.flag("online", given.online),
            provider=_provider(faults, given.provider),
            hold=minutes("hold", most=MOST_HELD),
            cancel_until=minutes("cancel_until", most=LONGEST_NOTICE),
            remind=faults.integer("remind", given.remind, least=0, most=MOST_REMIND, required=True),
            type=faults.text("type", given.type, limit=NAME_LENGTH),
            status=faults.text("status", given.status, limit=NAME_LENGTH),
            version=given.version,
        )
        if not faults.found and read.notice >= (read.ahead + 1) * _MINUTES_OF_A_DAY:
            faults.note(
                "notice",
                "contradiction",
                f"leaves no time within the {read.ahead} days that can be booked ahead",
            )
    return read
