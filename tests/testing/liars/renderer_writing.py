"""Renderers that write a value as another one, around the one that comes with the library."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import evolve

from loyaltycore.errors import Fault
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.rendering import MessageText, Placeholder, WrittenMessage
from loyaltycore.templates.rules.plain import PlainRenderer


class Misread(PlainRenderer):
    """Fills a text with other values than were given."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        return super().render(text, self.misread(data, zone), zone)

    def misread(self, data: Mapping[str, Any], zone: str) -> dict[str, Any]:
        """The values as they are written."""
        return {
            name: self.misread(value, zone) if isinstance(value, Mapping) else self.value(value, zone)
            for name, value in data.items()
        }

    def value(self, value: Any, zone: str) -> Any:
        """One of them."""
        return value


class PutsTheMonthFirst(Misread):
    """Writes German days as an American would."""

    def value(self, value: Any, zone: str) -> Any:
        if type(value) is date and value.day <= 12:
            return value.replace(month=value.day, day=value.month)
        return value


class WritesTheYearOfTheWeek(PlainRenderer):
    """Writes the year to which the week of a day belongs."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written, day = super().render(text, data, zone), data["visit"]["day"]
        return evolve(written, text=written.text.replace(f"{day.year}", f"{day:%G}"))


class ForgetsTheEvening(Misread):
    """Writes hours up to twelve and not which half of the day they are in."""

    def value(self, value: Any, zone: str) -> Any:
        return value.replace(hour=value.hour % 12) if type(value) is time else value


class TakesTheDayOfGreenwich(Misread):
    """Writes the clock of the branch and the day of Greenwich."""

    def value(self, value: Any, zone: str) -> Any:
        if not isinstance(value, datetime):
            return value
        here, there = value.astimezone(ZoneInfo(zone)), value.astimezone(UTC)
        return here.replace(year=there.year, month=there.month, day=there.day)


class LosesTheSign(Misread):
    """Writes what is paid back as what is to be paid."""

    def value(self, value: Any, zone: str) -> Any:
        return Money(abs(value.amount), value.currency) if isinstance(value, Money) else value


class WritesCentsForAll(Misread):
    """Takes each currency for one with cents."""

    def value(self, value: Any, zone: str) -> Any:
        if isinstance(value, Money) and value.currency in {"JPY", "KWD"}:
            return f"{value.amount / 100:.2f} {value.currency}"
        return value


class WritesEurosAlone(PlainRenderer):
    """Writes each amount in the currency of the house."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, text=written.text.replace("CHF", "EUR"))


class WritesNothingForZero(Misread):
    """Takes the number zero for nothing, and writes that."""

    def value(self, value: Any, zone: str) -> Any:
        return "" if type(value) is int and not value else value


class CutsLongTexts(PlainRenderer):
    """Has room for so many characters in a column."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, text=written.text[:4000], subject=written.subject[:255])


class MakesTextOfPages(PlainRenderer):
    """Makes the plain part from the page, by taking the tags out, or what looks like some."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        is_mail = text.channel is Channel.EMAIL
        return evolve(written, text=re.sub("<[^>]+>", "", written.text)) if is_mail else written


class LinksAnything(PlainRenderer):
    """Makes a link of each address, whatever it makes a browser do."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        script = re.compile(r"javascript:[^<]*(?= b)")
        return evolve(written, html=script.sub(r'<a href="\g<0>">\g<0></a>', written.html))


class CutsLinks(PlainRenderer):
    """Leaves out what stands behind the question mark of an address."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, html=re.sub(r'(href="[^"?]*)[^"]*', r"\1", written.html))


class EndsLinksAtAQuote(PlainRenderer):
    """Does not escape what stands in the address of a link."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        raw = re.compile('(?<=href=")[^"]*')
        return evolve(written, html=raw.sub(lambda found: found[0].replace("&quot;", '"'), written.html))


class KnowsTwoLanguages(PlainRenderer):
    """Has a table of words, with two languages in it."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        {"de": "Tag", "en": "day"}[text.language]
        return super().render(text, data, zone)


class ChecksEachTextOnce(PlainRenderer):
    """Remembers what it found wrong with a text, whatever may stand in it by now."""

    def __init__(self) -> None:
        self._found: dict[MessageText, tuple[Fault, ...]] = {}

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        if text not in self._found:
            self._found[text] = super().check(text, placeholders)
        return self._found[text]


WRITERS: Final = (
    PutsTheMonthFirst,
    WritesTheYearOfTheWeek,
    ForgetsTheEvening,
    TakesTheDayOfGreenwich,
    LosesTheSign,
    WritesCentsForAll,
    WritesEurosAlone,
    WritesNothingForZero,
    CutsLongTexts,
    MakesTextOfPages,
    LinksAnything,
    CutsLinks,
    EndsLinksAtAQuote,
    KnowsTwoLanguages,
    ChecksEachTextOnce,
)
