"""What messages about appointments say, and how they are worded as long as the shop has no template of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.message_options import (
    BOOKED_TEMPLATE,
    CANCELLED_TEMPLATE,
    CONFIRMED_TEMPLATE,
    MOVED_TEMPLATE,
    REMINDER_TEMPLATE,
)
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.rendering import Link, MessageText, Placeholder, PlaceholderKind
from loyaltycore.kernel.settings import Option
from loyaltycore.templates.rules.people import BRANCH, CUSTOMER
from loyaltycore.templates.rules.purposes import Purpose

APPOINTMENT: Final = (
    Placeholder("appointment.kind", "Hörtest", may_be_empty=True, says="What it is"),
    Placeholder("appointment.day", date(2026, 1, 19), PlaceholderKind.DATE),
    Placeholder("appointment.time", time(10), PlaceholderKind.TIME, says="As the clock shows it there"),
    Placeholder("appointment.ends", time(11), PlaceholderKind.TIME),
    Placeholder("appointment.starts_at", datetime(2026, 1, 19, 9, tzinfo=UTC), PlaceholderKind.INSTANT),
    Placeholder(
        "link",
        Link("https://shop.example/appointments/a1b2c3"),
        PlaceholderKind.LINK,
        may_be_empty=True,
        says="Where it can be cancelled",
    ),
)
PLACEHOLDERS: Final = (*CUSTOMER, *APPOINTMENT, *BRANCH)

_KIND_DE: Final = "Ihr Termin{% if appointment.kind %} „{{ appointment.kind }}“{% endif %}"
_KIND_EN: Final = "our appointment{% if appointment.kind %} “{{ appointment.kind }}”{% endif %}"
_PLACE_DE: Final = "{% if branch.address %} in {{ branch.address }}{% endif %}"
_PLACE_EN: Final = "{% if branch.address %} at {{ branch.address }}{% endif %}"
_LINK_DE: Final = (
    "{% if link %}\n\nWenn Sie nicht kommen können, sagen Sie ihn bitte hier ab:\n{{ link }}{% endif %}"
)
_LINK_EN: Final = "{% if link %}\n\nIf you cannot come, please cancel it here:\n{{ link }}{% endif %}"
_BYE_DE: Final = "\n\nMit freundlichen Grüßen\n{% if branch.name %}{{ branch.name }}{% endif %}\n"
_BYE_EN: Final = "\n\nKind regards\n{% if branch.name %}{{ branch.name }}{% endif %}\n"
_SIGNED: Final = "{% if branch.name %} {{ branch.name }}{% endif %}"
_WHEN_DE: Final = "am {{ appointment.day }} um {{ appointment.time }} Uhr"
_WHEN_EN: Final = "on {{ appointment.day }} at {{ appointment.time }}"


def _mail(language: str, subject: str, *parts: str) -> MessageText:
    return MessageText(Channel.EMAIL, language, "".join(("{{ greeting }}\n\n", *parts)), subject)


def _sms(language: str, *parts: str) -> MessageText:
    return MessageText(Channel.SMS, language, "".join((*parts, _SIGNED)))


def _purpose(key: str, says: str, option: Option[str], *shipped: MessageText) -> Purpose:
    return Purpose(f"appointment.{key}", says, option, PLACEHOLDERS, shipped)


BOOKED: Final = _purpose(
    "booked",
    "Somebody has booked an appointment online",
    BOOKED_TEMPLATE,
    _mail("de", "Ihr Termin", _KIND_DE, f" ist {_WHEN_DE}", _PLACE_DE, ".", _LINK_DE, _BYE_DE),
    _mail("en", "Your appointment", "y", _KIND_EN, f" is {_WHEN_EN}", _PLACE_EN, ".", _LINK_EN, _BYE_EN),
)
CONFIRMED: Final = _purpose(
    "confirmed",
    "The staff confirm an appointment to its customer",
    CONFIRMED_TEMPLATE,
    _mail(
        "de",
        "Ihr Termin ist bestätigt",
        _KIND_DE,
        f" {_WHEN_DE}",
        _PLACE_DE,
        " ist bestätigt.",
        _LINK_DE,
        _BYE_DE,
    ),
    _mail(
        "en",
        "Your appointment is confirmed",
        "y",
        _KIND_EN,
        f" {_WHEN_EN}",
        _PLACE_EN,
        " is confirmed.",
        _LINK_EN,
        _BYE_EN,
    ),
    _sms("de", f"Ihr Termin {_WHEN_DE} ist bestätigt.", "{% if link %} Absagen: {{ link }}{% endif %}"),
    _sms("en", f"Your appointment {_WHEN_EN} is confirmed.", "{% if link %} Cancel: {{ link }}{% endif %}"),
)
MOVED: Final = _purpose(
    "moved",
    "The staff tell a customer that an appointment was moved",
    MOVED_TEMPLATE,
    _mail(
        "de",
        "Ihr Termin ist verlegt",
        _KIND_DE,
        f" ist verlegt. Er ist jetzt {_WHEN_DE}",
        _PLACE_DE,
        ".",
        _LINK_DE,
        _BYE_DE,
    ),
    _mail(
        "en",
        "Your appointment has been moved",
        "y",
        _KIND_EN,
        f" has been moved. It is now {_WHEN_EN}",
        _PLACE_EN,
        ".",
        _LINK_EN,
        _BYE_EN,
    ),
    _sms(
        "de",
        f"Ihr Termin ist verlegt. Er ist jetzt {_WHEN_DE}.",
        "{% if link %} Absagen: {{ link }}{% endif %}",
    ),
    _sms(
        "en",
        f"Your appointment has been moved. It is now {_WHEN_EN}.",
        "{% if link %} Cancel: {{ link }}{% endif %}",
    ),
)
CANCELLED: Final = _purpose(
    "cancelled",
    "The staff tell a customer that an appointment does not take place",
    CANCELLED_TEMPLATE,
    _mail(
        "de",
        "Ihr Termin fällt aus",
        _KIND_DE,
        f" {_WHEN_DE} fällt leider aus. Bitte melden Sie sich, wenn Sie einen anderen wünschen.",
        _BYE_DE,
    ),
    _mail(
        "en",
        "Your appointment is cancelled",
        "y",
        _KIND_EN,
        f" {_WHEN_EN} is cancelled, we are sorry. Please tell us if you would like another one.",
        _BYE_EN,
    ),
    _sms("de", f"Ihr Termin {_WHEN_DE} fällt leider aus. Bitte melden Sie sich für einen anderen."),
    _sms("en", f"Your appointment {_WHEN_EN} is cancelled. Please contact us for another one."),
)

REMINDER: Final = _purpose(
    "reminder",
    "A customer is reminded of an appointment",
    REMINDER_TEMPLATE,
    _mail(
        "de",
        "Erinnerung an Ihren Termin",
        "wir erinnern Sie an Ihren Termin{% if appointment.kind %} „{{ appointment.kind }}“{% endif %}",
        f" {_WHEN_DE}",
        _PLACE_DE,
        ".",
        _LINK_DE,
        _BYE_DE,
    ),
    _mail(
        "en",
        "Reminder of your appointment",
        "this is to remind you of y",
        _KIND_EN,
        f" {_WHEN_EN}",
        _PLACE_EN,
        ".",
        _LINK_EN,
        _BYE_EN,
    ),
    _sms("de", f"Erinnerung: Ihr Termin {_WHEN_DE}.", "{% if link %} Absagen: {{ link }}{% endif %}"),
    _sms("en", f"Reminder: your appointment {_WHEN_EN}.", "{% if link %} Cancel: {{ link }}{% endif %}"),
)

PURPOSES: Final = (BOOKED, CONFIRMED, MOVED, CANCELLED, REMINDER)


def about_appointment(appointment: Appointment, branch: Branch, link: str) -> Mapping[str, Any]:
    """The values of `APPOINTMENT`, at the time of the branch.

    Args:
        link: Where it can be cancelled; empty if it cannot.
    """
    zone = ZoneInfo(branch.time_zone)
    begin, end = appointment.starts_at.astimezone(zone), appointment.ends_at.astimezone(zone)
    return {
        "appointment": {
            "kind": appointment.type,
            "day": begin.date(),
            "time": begin.time(),
            "ends": end.time(),
            "starts_at": begin,
        },
        "link": Link(link),
    }
