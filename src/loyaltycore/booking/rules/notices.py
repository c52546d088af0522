"""Telling a customer what became of an appointment: by a text, by a mail, or on the phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any, Final

from attrs import evolve, field, frozen

from loyaltycore.booking.rules.appointment import Appointment, AppointmentState, ended
from loyaltycore.booking.rules.booking import kind_of, message_key
from loyaltycore.booking.rules.invitations import invitation_to
from loyaltycore.booking.rules.links import issue_link
from loyaltycore.booking.rules.messages import CANCELLED, CONFIRMED, MOVED, REMINDER, about_appointment
from loyaltycore.booking.rules.reminders import Reminder
from loyaltycore.booking.rules.sheets import Sheets
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.combining import Combining
from loyaltycore.kernel.contact import Channel, PhoneKind
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.messages import Email, SmsText
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults
from loyaltycore.templates.rules.people import about_branch, about_customer
from loyaltycore.templates.rules.purposes import Purpose
from loyaltycore.templates.rules.wording import Wording, language_of

COMMENT_LENGTH: Final = 500
WAYS: Final = (Channel.SMS, Channel.EMAIL, Channel.PHONE)
"""By which a customer can be told."""


class NoticeAbout(Enum):
    """What a customer is told."""

    CONFIRMED = "confirmed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    """That it is near."""


PURPOSE_OF: Final[Mapping[NoticeAbout, Purpose]] = {
    NoticeAbout.CONFIRMED: CONFIRMED,
    NoticeAbout.MOVED: MOVED,
    NoticeAbout.CANCELLED: CANCELLED,
    NoticeAbout.REMINDER: REMINDER,
}


@frozen(repr=False)
class Notice:
    """That a customer was told: a message is in the outbox, or somebody has called."""

    __repr__ = showing("id", "appointment_id")

    id: str
    appointment_id: str
    customer_id: str
    about: NoticeAbout
    way: Channel
    sequence: int
    """The appointment's when it was told: of each one, everything is told once by each way."""
    at: datetime
    told_by: str
    """Who of the staff."""
    confirmed: bool = False
    """Whether the appointment was confirmed when it was told: then its customer knows."""
    template: str = ""
    """The version of the message template; empty for the text that ships, and for a call."""
    comment: str = ""
    """What was said on the phone."""
    version: int = 1

    def says(self, customer: Customer, about: NoticeAbout, way: Channel, appointment: Appointment) -> bool:
        """Whether just this customer was told just this about the appointment as it is, by this way."""
        mine = (self.customer_id, self.about, self.way, self.sequence)
        return mine == (customer.id, about, way, appointment.sequence)


@frozen
class NoticeOffer:
    """What a customer should be told, and by which ways that is possible."""

    about: NoticeAbout | None
    """None if there is nothing to tell."""
    ways: tuple[Channel, ...] = ()
    """The ways that are open, the one that the customer prefers first; none if the customer knows already."""
    told: tuple[Channel, ...] = ()
    """The ways by which it was told already."""
    why_not: str = ""
    """The code with which telling would be refused; empty if it is possible."""


@frozen
class Telling:
    """Everything that a notice needs."""

    appointment: Appointment
    customer: Customer
    about: NoticeAbout
    way: Channel
    branch: Branch
    wording: Wording
    notice_id: str
    now: datetime
    actor: str
    comment: str = ""
    token: str = field(default="", repr=False)
    """Of a new link to cancel; empty for none."""
    link: str = field(default="", repr=False)
    """Where that link leads."""


def combine_notices(mine: Notice, _theirs: Notice, _by: Combining) -> tuple[Notice, None]:
    """Two customers who are one were told the same, by the same way: once is enough."""
    return mine, None


def read_way(faults: Faults, field: str, value: object) -> Channel | None:
    """Read a way to tell somebody."""
    way = faults.choice(field, value, Channel)
    if way is None or way not in WAYS:
        if way is not None or value is None or text_of(value) == "":
            faults.note(field, "not_a_way", f"must be one of {', '.join(each.value for each in WAYS)}")
        return None
    return way


def ways_to(customer: Customer) -> tuple[Channel, ...]:
    """By which ways somebody can be told, the preferred one first.

    A text needs a number that takes texts, a mail an address, a call any number but that of a fax.
    """
    there = {
        Channel.SMS: any(each.sms_allowed for each in customer.phones),
        Channel.EMAIL: bool(customer.email),
        Channel.PHONE: any(each.kind is not PhoneKind.FAX for each in customer.phones),
    }
    return tuple(
        sorted((way for way in WAYS if there[way]), key=lambda way: way is not customer.preferred_channel)
    )


def news_of(appointment: Appointment, told: Iterable[Notice] = ()) -> NoticeAbout:
    """What there is to tell about an appointment.

    Args:
        told: What its customer was told already.

    Raises:
        Refused: ``appointment.nothing_to_tell``; it was only asked for, or nobody came.
    """
    news = [about for about in _NEWS if _is_so(appointment, about)]
    if not news:
        raise _nothing_to_tell(appointment)
    first, *others = news
    earlier = tuple(told)
    known = {(each.about, each.sequence) for each in earlier}
    # Who has asked online and hears of a move before the staff have confirmed it waits for that word.
    waits = appointment.request is not None and not any(each.confirmed for each in earlier)
    if others and waits and (first, appointment.sequence) in known:
        return NoticeAbout.CONFIRMED
    return first


_NEWS: Final = (NoticeAbout.CANCELLED, NoticeAbout.MOVED, NoticeAbout.CONFIRMED)
"""What goes first stands first."""


def _is_so(appointment: Appointment, about: NoticeAbout) -> bool:
    if about is NoticeAbout.MOVED:
        return appointment.is_open and appointment.sequence > 0
    return bool(appointment.state.value == about.value)


def require_news(
    appointment: Appointment, wanted: NoticeAbout | None, told: Iterable[Notice], now: datetime
) -> NoticeAbout:
    """What is told about an appointment: what somebody wants to tell, if it is so, else what there is.

    Args:
        told: What its customer was told already.

    Raises:
        Refused: ``appointment.nothing_to_tell``.
    """
    if wanted is None:
        return news_of(appointment, told)
    is_near = wanted is NoticeAbout.REMINDER and appointment.is_open and now < appointment.starts_at
    if is_near or (wanted in _NEWS and _is_so(appointment, wanted)):
        return wanted
    raise _nothing_to_tell(appointment)


def _nothing_to_tell(appointment: Appointment) -> Refused:
    return Refused(
        "appointment.nothing_to_tell",
        "that is nothing to tell about this appointment",
        remedy="confirm, move or cancel it first",
        appointment=appointment.id,
        state=appointment.state,
        starts_at=appointment.starts_at,
    )


def require_customer(appointment: Appointment, customer: Customer | None) -> Customer:
    """The customer of an appointment.

    Raises:
        Refused: ``appointment.no_customer``: also of one that was booked online, until somebody is assigned.
    """
    if customer is None:
        raise Refused(
            "appointment.no_customer",
            "nobody is assigned to this appointment",
            remedy="assign its customer, or create one from the request",
            appointment=appointment.id,
        )
    return customer


def require_way(customer: Customer, way: Channel) -> None:
    """Refuse a way by which a customer cannot be reached.

    Raises:
        Refused: ``appointment.not_reachable``.
    """
    ways = ways_to(customer)
    if way not in ways:
        open_ways = ", ".join(each.value for each in ways)
        raise Refused(
            "appointment.not_reachable",
            f"the customer cannot be reached by {way.value}",
            remedy=f"use {open_ways}" if ways else "complete the customer's phone numbers or e-mail address",
            customer=customer.id,
            way=way,
            ways=ways,
        )


def offer(appointment: Appointment, customer: Customer | None, notices: tuple[Notice, ...]) -> NoticeOffer:
    """What to tell, and how.

    Args:
        notices: All of the appointment.
    """
    mine = tuple(each for each in notices if customer and each.customer_id == customer.id)
    try:
        about = news_of(appointment, mine)
    except Refused as refusal:
        return NoticeOffer(None, why_not=refusal.code)
    if customer is None:
        return NoticeOffer(about, why_not="appointment.no_customer")
    told = tuple(each.way for each in mine if each.says(customer, about, each.way, appointment))
    ways = ways_to(customer)
    if not ways:
        return NoticeOffer(about, told=told, why_not="appointment.not_reachable")
    return NoticeOffer(about, () if told else ways, told)


def notice_key(appointment: Appointment, customer_id: str, about: NoticeAbout, way: Channel) -> str:
    """The key of the message that tells a customer something, by one way, about an appointment as it is."""
    # A key has room for one id of any length, not for two.
    mark = sha256(customer_id.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{message_key(appointment, about.value, way.value)}/{mark}"


def tell(telling: Telling) -> Decision[Notice]:
    """Tell a customer: the message goes into the outbox, or the call is written down."""
    appointment = telling.appointment
    notice = Notice(
        telling.notice_id,
        appointment.id,
        telling.customer.id,
        telling.about,
        telling.way,
        appointment.sequence,
        telling.now,
        telling.actor,
        # A reminder says when it is, not that somebody has looked at the request.
        confirmed=telling.about in _NEWS and appointment.state is AppointmentState.CONFIRMED,
        comment=telling.comment,
    )
    dispatch: tuple[Dispatch, ...] = ()
    if telling.way is not Channel.PHONE:
        message, template = _message(telling)
        # That one is cancelled is right whatever comes after; even if the appointment was deleted.
        final = telling.about is NoticeAbout.CANCELLED
        kind = _ANY[telling.way] if final else kind_of("tell", telling.way)
        key = notice_key(appointment, telling.customer.id, telling.about, telling.way)
        notice = evolve(notice, template=template)
        dispatch = (Dispatch(kind, message, key, appointment),)
    link = (issue_link(telling.token, appointment),) if telling.token else ()
    return Decision(
        notice,
        add=(notice, *link),
        dispatch=dispatch,
        notes=(Note("appointment.told", after=notice, comment=telling.comment),),
    )


_ANY: Final = {Channel.SMS: "sms.send", Channel.EMAIL: "email.send"}


def again(notice: Notice, comment: str) -> Decision[Notice]:
    """Tell by the same way what was told already: only of a call there is something to write down."""
    called = notice.way is Channel.PHONE
    return Decision(
        notice, notes=(Note("appointment.told", about=notice, comment=comment),) if called else ()
    )


def _message(telling: Telling) -> tuple[Email | SmsText, str]:
    customer, branch = telling.customer, telling.branch

    def data(language: str) -> Mapping[str, Any]:
        return {
            **about_customer(customer, language),
            **about_appointment(telling.appointment, branch, telling.link),
            **about_branch(branch),
        }

    language = customer.language or language_of(branch.country)
    written = telling.wording.write(telling.way, language, data, branch.time_zone)
    said, message_id = written.message, telling.notice_id
    if telling.way is Channel.SMS:
        number = next(each.number for each in customer.phones if each.sms_allowed)
        return SmsText(message_id, number, said.text, template=written.template), written.template
    mail = Email(
        message_id,
        (customer.email,),
        said.subject,
        said.text,
        said.html,
        reply_to=branch.email,
        template=written.template,
        invitation=invitation_to(
            telling.appointment, branch, customer.email, customer.display_name, telling.now
        ),
    )
    return mail, written.template


def delete(
    appointment: Appointment, sheets: Sheets, reminders: tuple[Reminder, ...], now: datetime, reason: str
) -> Decision[None]:
    """Remove an appointment, with what the staff were reminded of; its time is free again.

    The activities keep that and by whom it was deleted, when and why, without what the customer had filled in.
    """
    written = sheets.cleared(appointment.id, now)
    shown = evolve(appointment, comment="", request=None)
    return Decision(
        None,
        add=written.add,
        save=written.save,
        remove=(appointment, *reminders),
        notes=(Note("appointment.deleted", before=shown, comment=reason),),
    )


def as_cancelled(appointment: Appointment, now: datetime, actor: str) -> Appointment:
    """An appointment as its customer is told of it before it is deleted."""
    if not appointment.is_open:
        return appointment
    return ended(appointment, AppointmentState.CANCELLED, now, actor, "")
