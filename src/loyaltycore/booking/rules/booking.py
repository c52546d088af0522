"""Booking, moving and cancelling: what is decided, all at once, about sheets, appointment, link, mail and reminder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from attrs import evolve, frozen

from loyaltycore.booking.rules import letters
from loyaltycore.booking.rules.appointment import Appointment, AppointmentState, ended, require_open
from loyaltycore.booking.rules.grid import Asking, GridDay, Reason, grid, limit_kind
from loyaltycore.booking.rules.links import AppointmentLink, issue_link
from loyaltycore.booking.rules.planner import AppointmentTemplate
from loyaltycore.booking.rules.reminders import Reminder, ReminderKind
from loyaltycore.booking.rules.request import BookingRequest
from loyaltycore.booking.rules.sheets import DaySheet, Sheets
from loyaltycore.booking.rules.wall_time import local_date, local_day, moment, seconds_of
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from loyaltycore.kernel.occupancy import Hold
from loyaltycore.kernel.validation import EARLIEST_DATE, LATEST_DATE, Faults
from loyaltycore.templates.rules.wording import Wording

OFFERED = 3
"""How many free beginnings a refusal names."""


@frozen
class Booking:
    """A request to book, checked."""

    asking: Asking
    starts_at: datetime
    request: BookingRequest
    branch: Branch
    suspicion: str = ""
    """See `Appointment.suspicion`."""


@frozen
class Fresh:
    """What is new and unguessable about a booking."""

    appointment_id: str
    reminder_id: str
    message_id: str
    token: str


def read_start(faults: Faults, value: object) -> datetime | None:
    """Read the beginning of an appointment: an instant at a whole second."""
    starts_at = faults.instant("starts_at", value)
    if starts_at is None:
        if not faults.found:
            faults.note("starts_at", "required", "must be given")
        return None
    if not EARLIEST_DATE <= starts_at.date() <= LATEST_DATE:
        faults.note("starts_at", "out_of_range", f"must be between {EARLIEST_DATE} and {LATEST_DATE}")
    if starts_at.microsecond:
        faults.note("starts_at", "out_of_range", "must be a whole second")
    return starts_at


def times_that_matter(asking: Asking, starts_at: datetime) -> tuple[datetime, datetime]:
    """From when to when holds matter to a booking: all that it takes, with the local day if more than that counts.

    That is so with a limit for each day, and if a time is held that may be another one of this day. The fewer sheets, the
    fewer rivals.
    """
    template = asking.template
    begin = starts_at - timedelta(minutes=template.prepare)
    end = starts_at + timedelta(minutes=template.reach)
    if template.per_day is None and not asking.besides:
        return begin, end
    today = local_day(asking.zone, local_date(asking.zone, starts_at))
    return min(begin, moment(today.begins)), max(end, moment(today.ends))


def whole_day(asking: Asking, starts_at: datetime) -> tuple[datetime, datetime]:
    """From when to when holds matter to any beginning of the local day."""
    template = asking.template
    today = local_day(asking.zone, local_date(asking.zone, starts_at))
    after = timedelta(minutes=template.reach)
    return moment(today.begins) - timedelta(minutes=template.prepare), moment(today.ends) + after


def day_of(asking: Asking, holds: Iterable[Hold], starts_at: datetime) -> GridDay:
    """The grid of the day on which an appointment would begin."""
    return grid(asking, holds, local_date(asking.zone, starts_at), 1)[0]


def require_free(day: GridDay, starts_at: datetime) -> None:
    """Refuse a beginning that the grid does not show as free.

    Raises:
        Refused: ``booking.slot_taken``; it names the reason and the next free beginnings of the day.
    """
    start = seconds_of(starts_at)
    reason = day.reason_at(start)
    if reason is None:
        return
    free = sorted(day.free, key=lambda each: (each < start, abs(each - start)))[:OFFERED]
    raise slot_taken(reason, (moment(each) for each in sorted(free)))


def slot_taken(reason: Reason, free: Iterable[datetime] = ()) -> Refused:
    """The refusal of a beginning that cannot be booked.

    Args:
        free: The nearest ones that can be.
    """
    return Refused(
        "booking.slot_taken",
        "this time cannot be booked",
        reason=reason,
        free=tuple(free),
        remedy="choose another time",
    )


def book(
    booking: Booking, sheets: Sheets, fresh: Fresh, link: str, wording: Wording = letters.SHIPPED
) -> Decision[Appointment]:
    """Write an appointment down that a customer has asked for.

    Args:
        link: Where it can be cancelled, its token included.
        wording: Of the mail that confirms it.

    Raises:
        Refused: ``booking.slot_taken``.
    """
    asking, template, request = booking.asking, booking.asking.template, booking.request
    day = day_of(asking, sheets.holds, booking.starts_at)
    require_free(day, booking.starts_at)
    appointment = Appointment(
        id=fresh.appointment_id,
        branch_id=booking.branch.id,
        resource_id=asking.resource.id,
        template_id=template.id,
        starts_at=booking.starts_at,
        ends_at=moment(day.end_of(seconds_of(booking.starts_at))),
        prepare=template.prepare,
        clear_up=template.clear_up,
        type=template.type or shown_name(template),
        status=template.status,
        comment=request.as_comment,
        request=request,
        suspicion=booking.suspicion,
        booked_at=asking.now,
        booked_by="online",
    )
    own = sheets.without(asking.besides) if asking.besides else sheets
    written = own.entered(appointment.hold(limit_kind(template, day.day)), asking.now)
    says = letters.reminder_line(appointment, request, booking.branch)
    kind = ReminderKind.SUSPICIOUS if booking.suspicion else ReminderKind.BOOKED
    reminder = Reminder(fresh.reminder_id, booking.branch.id, kind, appointment.id, says, asking.now)
    # Without a template the staff are not reminded of a booking, unless they have to look at it.
    told = (reminder,) if template.id or booking.suspicion else ()
    written_down = Decision(
        appointment,
        add=(appointment, *told, *written.add),
        save=written.save,
        notes=(Note("appointment.booked", after=appointment),),
    )
    if booking.suspicion:
        return written_down
    return with_mail(written_down, booking.branch, shown_name(template), fresh, link, wording)


def with_mail(
    decision: Decision[Appointment], branch: Branch, kind: str, fresh: Fresh, link: str, wording: Wording
) -> Decision[Appointment]:
    """The same with the mail to whoever has booked, and the link in it.

    Args:
        kind: What people call the kind of appointment.
    """
    appointment = decision.result
    assert appointment.request is not None  # noqa: S101  it was booked online
    mail = letters.confirmation_mail(
        appointment, appointment.request, kind, branch, link, fresh.message_id, wording
    )
    key = message_key(appointment, "confirmation", "email")
    return evolve(
        decision,
        add=(*decision.add, issue_link(fresh.token, appointment)),
        dispatch=(Dispatch(kind_of("tell", Channel.EMAIL), mail, key, appointment),),
    )


def hold(asking: Asking, sheets: Sheets, starts_at: datetime, key: str) -> Decision[DaySheet | None]:
    """Hold a beginning while somebody fills in the form.

    Args:
        key: Whose it is.

    Returns:
        A sheet on which it stands; None if the template holds nothing.

    Raises:
        Refused: ``booking.slot_taken``.
    """
    template = asking.template
    day = day_of(asking, sheets.holds, starts_at)
    require_free(day, starts_at)
    if not template.hold:
        return Decision(None)
    until = asking.now + timedelta(minutes=template.hold)
    begin = starts_at - timedelta(minutes=template.prepare)
    end = moment(day.end_of(seconds_of(starts_at))) + timedelta(minutes=template.clear_up)
    held = Hold(key, begin, end, lapses_at=until, kind=limit_kind(template, day.day))
    written = sheets.entered(held, asking.now)
    sheet = next(each for each in (*written.add, *written.save) if any(it.key == key for it in each.holds))
    return Decision(sheet, add=written.add, save=written.save)


def release(sheets: Sheets, key: str, now: datetime) -> Decision[None]:
    """Give a time back that was held under a key."""
    written = sheets.cleared(key, now)
    return Decision(None, add=written.add, save=written.save)


def shown_name(template: AppointmentTemplate) -> str:
    """What people call a kind of appointment, without the group in which it stands."""
    return template.name.rpartition("/")[2].strip() or template.name


def message_key(appointment: Appointment, kind: str, channel: str) -> str:
    """One message per appointment, sequence, kind and channel, whatever is repeated."""
    return f"{_revision(appointment)}{kind}/{channel}"


def _revision(appointment: Appointment) -> str:
    return f"appointment/{appointment.id}/{appointment.sequence}/"


def kind_of(verb: str, way: Channel) -> str:
    """The kind of message for the outbox that looks at the appointment before it leaves.

    Args:
        verb: ``remind`` or ``tell``.
    """
    return f"appointment.{verb}_by_{way.value}"


def news_stands(appointment: Appointment, key: str, *_when: object) -> bool:
    """Whether what somebody is told of an appointment is still right: it was not cancelled or moved since.

    Args:
        key: Of the message. It names the appointment's sequence.
    """
    return key.startswith(_revision(appointment))


def require_in_time(appointment: Appointment, template: AppointmentTemplate | None, now: datetime) -> None:
    """Refuse to let a customer cancel too late.

    Raises:
        Refused: ``booking.too_late``.
    """
    until = appointment.starts_at - timedelta(minutes=template.cancel_until if template else 0)
    if now >= until:
        raise Refused(
            "booking.too_late",
            "it is too late to cancel this appointment online",
            until=until,
            remedy="call us",
        )


def cancel_by_link(
    appointment: Appointment,
    link: AppointmentLink,
    template: AppointmentTemplate | None,
    sheets: Sheets,
    reminder_id: str,
    branch: Branch,
    now: datetime,
) -> Decision[Appointment]:
    """Cancel an appointment for the customer; a second time changes nothing.

    Raises:
        Refused: ``booking.too_late``, or ``appointment.over`` if it was marked as missed.
    """
    if appointment.state is AppointmentState.CANCELLED:
        return Decision(appointment)
    require_open(appointment)
    require_in_time(appointment, template, now)
    cancelled = cancel(appointment, sheets, now, "online", "")
    says = letters.reminder_line(appointment, appointment.request, branch) if appointment.request else ""
    reminder = Reminder(reminder_id, appointment.branch_id, ReminderKind.CANCELLED, appointment.id, says, now)
    return evolve(
        cancelled, add=(*cancelled.add, reminder), save=(*cancelled.save, evolve(link, used_at=now))
    )


def cancel(
    appointment: Appointment, sheets: Sheets, now: datetime, actor: str, reason: str
) -> Decision[Appointment]:
    """Cancel an appointment: it stays, and its time is free again.

    Raises:
        Refused: ``appointment.over``.
    """
    after = ended(require_open(appointment), AppointmentState.CANCELLED, now, actor, reason)
    written = sheets.cleared(appointment.id, now)
    return Decision(
        after,
        add=written.add,
        save=(after, *written.save),
        notes=(Note("appointment.cancelled", appointment, after, reason),),
    )


def dates(first: date, days: int) -> tuple[date, ...]:
    """Days in a row."""
    return tuple(first + timedelta(days=number) for number in range(days))
