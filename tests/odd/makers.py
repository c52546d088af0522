"""Everything public that is made or asked with arguments, outside the desk, with arguments that fit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from attrs import frozen

from loyaltycore import (
    Capability,
    CustomField,
    Loyalty,
    Money,
    Point,
    RetryPolicy,
    WebhookReceiver,
    command,
    query,
)
from loyaltycore.kernel.calendar import WeekdayCalendar, next_working_day
from loyaltycore.kernel.contact import parse_email
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.phones import parse_phone
from loyaltycore.kernel.settings import Option
from loyaltycore.kernel.validation import require_aware
from loyaltycore.memory import FixedClock, MemoryStorage
from loyaltycore.ports import RecordType, ReportCall, from_json
from loyaltycore.selections import loads
from loyaltycore_calendars import read_busy
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_email import SmtpMailer
from loyaltycore_holidays import BranchHolidays, HolidayCalendar
from loyaltycore_sms import KannelSms, SevenSms
from loyaltycore_sql import SqlStorage


def _declared(**given: Any) -> Loyalty:
    """A field that is declared and used."""
    return Loyalty(MemoryStorage(), custom_fields=[CustomField(**given)])


def _option(**given: Any) -> Loyalty:
    return Loyalty(MemoryStorage(), capabilities=[Capability(name="own", options=(Option(**given),))])


def _record(**given: Any) -> Loyalty:
    return Loyalty(MemoryStorage(), capabilities=[Capability(name="own", records=(RecordType(**given),))])


def _capability(**given: Any) -> Loyalty:
    return Loyalty(MemoryStorage(), capabilities=[Capability(**given)])


def _allocated(weights: Any) -> object:
    return Money(100, "EUR").allocate(weights)


def _times(factor: Any) -> object:
    return Money(100, "EUR") * factor


def _one_of(values: Any) -> object:
    return stored("state").one_of(values)


def _parsed(headers: Any, body: Any, now: Any) -> object:
    return PRINTER.parse_webhook(headers, body, now)


def _reported_by_kannel(now: Any, **given: Any) -> object:
    return KANNEL.parse_report(ReportCall(**given), now)


def _reported_by_seven(now: Any, **given: Any) -> object:
    return SEVEN.parse_report(ReportCall(**given), now)


def _report(now: Any, method: Any, query: Any, headers: Any, body: Any) -> None:
    """Has the arguments of the two above."""


DESK: Final = Loyalty(MemoryStorage()).session("anna")
PRINTER: Final = HttpCardPrinter(base_url="https://cards.example/v1", token="t")
KANNEL: Final = KannelSms(url="https://sms.example/send", username="shop", password="s3cret")
SEVEN: Final = SevenSms(api_key="k3y")
_PLAIN: Final[Mapping[str, Any]] = {"key": "size", "kind": "text", "default": "a", "description": "b"}

MADE: Final[Mapping[str, tuple[Callable[..., Any], Callable[..., Any], Mapping[str, Any]]]] = {
    "Loyalty": (Loyalty, Loyalty, {"storage": MemoryStorage()}),
    "Capability": (_capability, Capability, {"name": "own"}),
    "CustomField": (_declared, CustomField, {"key": "size"}),
    "Option": (_option, Option, {"key": "own.size", "default": "a", "description": "b"}),
    "RecordType": (_record, RecordType, {"cls": WeekdayCalendar, "table": "things"}),
    "RetryPolicy": (RetryPolicy, RetryPolicy, {}),
    "SqlStorage": (SqlStorage, SqlStorage, {"url": "sqlite:///:memory:"}),
    "SmtpMailer": (SmtpMailer, SmtpMailer, {"host": "mail.example", "sender": "shop@example.org"}),
    "HttpCardPrinter": (
        HttpCardPrinter,
        HttpCardPrinter,
        {"base_url": "https://cards.example/v1", "token": "t"},
    ),
    "read_busy": (
        read_busy,
        read_busy,
        {
            "file": b"",
            "since": datetime(2026, 1, 1, tzinfo=UTC),
            "until": datetime(2026, 2, 1, tzinfo=UTC),
            "time_zone": "UTC",
        },
    ),
    "KannelSms": (
        KannelSms,
        KannelSms,
        {"url": "https://sms.example/send", "username": "shop", "password": "s3cret"},
    ),
    "SevenSms": (SevenSms, SevenSms, {"api_key": "k3y"}),
    "KannelSms.parse_report": (_reported_by_kannel, _report, {"now": datetime(2026, 1, 1, tzinfo=UTC)}),
    "SevenSms.parse_report": (_reported_by_seven, _report, {"now": datetime(2026, 1, 1, tzinfo=UTC)}),
    "HolidayCalendar": (HolidayCalendar, HolidayCalendar, {"country": "DE"}),
    "BranchHolidays": (BranchHolidays, BranchHolidays, {}),
    "WebhookReceiver": (WebhookReceiver, WebhookReceiver, {"loyalty": Loyalty(MemoryStorage())}),
    "Money": (Money, Money, {"amount": 1, "currency": "EUR"}),
    "Money.of": (Money.of, Money.of, {"value": "1", "currency": "EUR"}),
    "Money.allocate": (_allocated, _allocated, {"weights": (1, 2)}),
    "Money.__mul__": (_times, _times, {"factor": 1}),
    "Session.service": (DESK.service, DESK.service, {"kind": list}),
    "Point.by": (Point("things", tuple).by, Point("things", tuple).by, {"make": list}),
    "command": (command, command, {"name": "own.do"}),
    "query": (query, query, {"method": len}),
    "one_of": (_one_of, _one_of, {"values": ()}),
    "parse_email": (parse_email, parse_email, {"text": "a@example.org"}),
    "parse_phone": (parse_phone, parse_phone, {"text": "0170 1234567", "region": "DE"}),
    "require_aware": (require_aware, require_aware, {"value": datetime(2026, 1, 1, tzinfo=UTC)}),
    "next_working_day": (
        next_working_day,
        next_working_day,
        {"calendar": WeekdayCalendar(), "day": date(2026, 1, 1)},
    ),
    "loads": (loads, loads, {"text": "{}"}),
    "from_json": (from_json, from_json, {"text": "{}", "kind": dict}),
    "FixedClock": (FixedClock, FixedClock, {}),
    "HttpCardPrinter.parse_webhook": (
        _parsed,
        _parsed,
        {"headers": {}, "body": b"", "now": datetime(2026, 1, 1, tzinfo=UTC)},
    ),
}
"""How each is made, whose signature tells its arguments, and what has to be given."""

_UNCHECKED: Final = {"from_json.kind", "require_aware.field", "next_working_day.calendar"}
"""Arguments that only programs write."""


@frozen
class Part:
    """Something that is made, and one argument of it that can be given anything."""

    name: str
    argument: str
    make: Callable[[Any], Any]

    def __str__(self) -> str:
        return f"{self.name}({self.argument})"


def parts() -> tuple[Part, ...]:
    """Every argument of everything that is made."""
    return tuple(_all())


def _all() -> Iterator[Part]:
    for name, (make, whose, given) in MADE.items():
        for argument in inspect.signature(whose).parameters:
            if f"{name}.{argument}" not in _UNCHECKED:
                yield Part(name, argument, _maker(make, given, argument))


def _maker(make: Callable[..., Any], given: Mapping[str, Any], argument: str) -> Callable[[Any], Any]:
    return lambda value: make(**{**given, argument: value})
