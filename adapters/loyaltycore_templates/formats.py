"""How languages write dates, times, numbers and money: by the tables of Unicode, through Babel."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

from attrs import field, frozen
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_currency, format_decimal

from loyaltycore.kernel.money import Money

_Style = Literal["full", "long", "medium", "short"]

_DIGITS: Final = 5000
"""More than Python reads of any number."""


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """The locale of a language: the English of Europe, which is also that of a language that Babel does not know."""
    try:
        return Locale(language) if language != "en" else Locale("en", "GB")
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")


@frozen
class BabelFormats:
    """How one language writes values, at the time of one place."""

    locale: Locale = field(repr=str)
    zone: ZoneInfo

    def shown(self, value: Any) -> str:
        """Write a value of any kind in the usual way."""
        if isinstance(value, datetime):
            return format_datetime(value, "medium", tzinfo=self.zone, locale=self.locale)
        if isinstance(value, date):
            return self.date(value, "medium")
        if isinstance(value, time):
            return self.time(value, "short")
        # A context of our own: that of the host may have too few digits, and then nothing would be written at all.
        with localcontext(Context(prec=_DIGITS)):
            if isinstance(value, Money):
                amount = Decimal(f"{value.amount}E-{value.exponent}")
                return format_currency(amount, value.currency, locale=self.locale)
            return format_decimal(value, locale=self.locale)

    def date(self, value: date, style: str) -> str:
        """Write a date, or the date of an instant."""
        day = value.astimezone(self.zone) if isinstance(value, datetime) else value
        return format_date(day, cast("_Style", style), locale=self.locale)

    def time(self, value: time | datetime, style: str) -> str:
        """Write a time, or the time of an instant.

        The longer styles name the zone. A time on the wall has none that is known without its date, and is written in
        the medium style then.
        """
        if isinstance(value, datetime):
            return format_time(value, cast("_Style", style), tzinfo=self.zone, locale=self.locale)
        return format_time(value, "short" if style == "short" else "medium", locale=self.locale)


@lru_cache(maxsize=256)
def formats_of(language: str, zone: str) -> BabelFormats:
    """The formats of a language at one place."""
    return BabelFormats(locale_of(language), ZoneInfo(zone))
