"""How values of each kind are written: days, times, amounts, numbers and links that nobody can misread."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any, Final

from attrs import evolve

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.rendering import Link, MessageRenderer
from loyaltycore.testing.renderer_checks.base import PLACES, RendererChecks, SeenPage, bare, data, mail, sms
from loyaltycore.testing.renderer_checks.values import ODD

_DAYS: Final = (
    date(2026, 5, 4),
    date(2026, 4, 5),
    # Their weeks belong to the year before, and to the one after.
    date(2027, 1, 1),
    date(2025, 12, 29),
    date(2028, 2, 29),
)
_MONTHS: Final = {1: "Jan", 2: "Feb", 4: "Apr", 5: "Mai", 12: "Dez"}
_TIMES: Final = (time(0, 5), time(9, 5), time(12, 5), time(21, 5))
_AMOUNTS: Final = (
    Money(1250, "EUR"),
    Money(-1250, "EUR"),
    Money(1250, "CHF"),
    Money(1250, "JPY"),
    Money(1250, "KWD"),
    Money(0, "EUR"),
)
_LINKS: Final = (
    "https://shop.example/c?a=1&b=2#d",
    "http://shop.example/Grö\u00dfe/%41",
    'https://shop.example/"onmouseover="x',
    "https://shop.example/<b>'",
)
_NO_LINKS: Final = (
    "javascript:alert(1)",
    "data:text/html,x",
    "shop.example/https://",
    " https://shop.example",
)
_LANGUAGES: Final = ("de", "en", "fr", "pl", "tr", "ar", "la")


class WritingChecks(RendererChecks, kit=True):
    """Tests of what one value becomes."""

    def _says(self, renderer: MessageRenderer, path: str, value: Any, language: str = "de") -> str:
        values = data(**{path.replace(".", "__"): value})
        return self.write(renderer, sms(f"{{{{ {path} }}}}", language), values).text

    def test_a_day_is_that_day(self) -> None:
        """No day is taken for another one, at the turn of the year either: "Dates, times and money are written as the language of the text does"."""
        with self.open() as renderer:
            for day in _DAYS:
                text = self._says(renderer, "visit.day", day)
                assert is_german_for(day, text), f"{day} in German is {text!r}"
                english = self._says(renderer, "visit.day", day, "en")
                assert f"{day.year}" in english, f"{day} in English is {english!r}"

    def test_a_time_is_that_time(self) -> None:
        """Morning and evening, noon and midnight are different: "Dates, times and money are written as the language of the text does"."""
        with self.open() as renderer:
            for language in ("de", "en"):
                found = [self._says(renderer, "visit.time", at, language) for at in _TIMES]
                assert len(set(found)) == len(_TIMES), f"several times are one in {language}: {found}"
            evening = self._says(renderer, "visit.time", _TIMES[-1])
            assert "21" in evening, f"{_TIMES[-1]} in German is {evening!r}"

    def test_an_instant_has_the_day_of_the_branch(self) -> None:
        """Around midnight the day changes with the clock of the zone: "written in the time zone of the branch"."""
        at = datetime(2026, 5, 9, 22, 45, tzinfo=UTC)
        with self.open() as renderer:
            for zone, day in (("Europe/Berlin", 10), ("UTC", 9), ("America/New_York", 9)):
                text = self.write(renderer, sms("{{ visit.at }}"), data(visit__at=at), zone).text
                assert is_german_for(date(2026, 5, day), text), f"{at} in {zone} is {text!r}"

    def test_an_amount_is_that_amount(self) -> None:
        """Its sign, its currency and the cents that this has: "Values appear as they are"."""
        with self.open() as renderer:
            for language, point in (("de", ","), ("en", ".")):
                found = [self._says(renderer, "visit.costs", amount, language) for amount in _AMOUNTS]
                assert len(set(found)) == len(_AMOUNTS), f"several amounts are one in {language}: {found}"
                wrong = [
                    text
                    for amount, text in zip(_AMOUNTS, found, strict=True)
                    if has_other_cents(amount, text, point)
                ]
                assert wrong == [], f"these have other cents than their currency in {language}: {wrong}"

    def test_a_number_is_that_number(self) -> None:
        """Nothing, a few and very many: "Values appear as they are"."""
        with self.open() as renderer:
            for number in (0, 7, 1234567, 10**15 + 1):
                text = self._says(renderer, "visit.guests", number)
                assert re.sub(r"\D", "", text) == f"{number}", f"{number} becomes {text!r}"

    def test_long_values_are_not_cut(self) -> None:
        """Names and texts of thousands of characters: "Values appear as they are in a text and in a subject"."""
        name = "".join(f"{number}-" for number in range(2000))
        with self.open() as renderer:
            text = self._says(renderer, "customer.last_name", name)
            subject = self.write(
                renderer, mail("x", "{{ customer.last_name }}"), data(customer__last_name=name)
            ).subject
        assert text == name, f"of {len(name)} characters {len(text)} are in the text"
        assert subject == name, f"of {len(name)} characters {len(subject)} are in the subject"

    def test_the_plain_part_has_the_values(self) -> None:
        """What looks like markup stands in the plain part of a mail too: "Values appear as they are in a text"."""
        with self.open() as renderer:
            for name in ODD:
                text = self.write(
                    renderer, mail("a {{ customer.last_name }} b"), data(customer__last_name=name)
                ).text
                assert bare(name) in bare(text), f"{name!r} becomes {text!r} in the plain part"

    def test_links_lead_where_they_say(self) -> None:
        """An address of a page is a link to it, to the letter, and nothing else is one: "if it begins with https:// or http://"."""
        source = mail("a {{ link }} b")
        with self.open() as renderer:
            for address in (*_LINKS, *_NO_LINKS):
                written = self.write(renderer, source, data(link=Link(address)))
                page = SeenPage(written.html)
                wanted = [address] if address in _LINKS else []
                assert page.links == wanted, f"{address!r} becomes links to {page.links}"
                assert page.is_sound, f"{address!r} leaves tags open"
                assert bare(address) in bare(page.words), f"{address!r} is not to be read in {page.words!r}"
                assert bare(address) in bare(written.text), f"{address!r} becomes {written.text!r}"

    def test_every_language_is_written_somehow(self) -> None:
        """Who reads another language gets a message: "Never raises for such a text and data with all the placeholders"."""
        source = "{{ visit.day }} {{ visit.time }} {{ visit.at }} {{ visit.costs }} {{ customer.last_name }}"
        with self.open() as renderer:
            for language in _LANGUAGES:
                for text in (sms(source, language), mail(source, language=language)):
                    written = self.write(renderer, text, data()).text
                    assert "Mustermann" in written, f"in {language} it says {written!r}"

    def test_the_placeholders_of_now_count(self) -> None:
        """The same text is checked against what may stand in it, not against what once did: "a placeholder that is not declared"."""
        text = mail("{{ customer.last_name }}", "{{ customer.last_name }}")
        none = [place for place in PLACES if place.path != "customer.last_name"]
        empty = [evolve(place, may_be_empty=True) for place in PLACES]
        with self.open() as renderer:
            found = [
                {fault.field for fault in renderer.check(text, places)}
                for places in (PLACES, none, empty, PLACES, none)
            ]
        both = {"subject", "body"}
        assert found == [set(), both, both, set(), both], (
            f"with, without, with an optional placeholder, and once more, the faults are at {found}"
        )


def is_german_for(day: date, text: str) -> bool:
    """Whether a text names a day: day, month and year, in this order."""
    month = rf"(?:0?{day.month}\.\s?|{_MONTHS[day.month]}\w*\.?\s)"
    return re.search(rf"(?<!\d)0?{day.day}\.\s?{month}{day.year}(?!\d)", text) is not None


def has_other_cents(amount: Money, text: str, point: str) -> bool:
    """Whether an amount of four digits has its point in another place than its currency has it."""
    if amount.amount == 0:
        return False
    places = {"JPY": 0, "KWD": 3}.get(amount.currency, 2)
    whole, cents = "1250"[: 4 - places], "1250"[4 - places :]
    if not cents:
        return re.search(r"1\D?250(?![.,]?\d)", text) is None
    return f"{whole}{point}{cents}" not in text
