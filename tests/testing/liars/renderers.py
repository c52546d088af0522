"""Renderers that are wrong in one way each, around the one that comes with the library."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import evolve

from loyaltycore.errors import Fault
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.rendering import MessageText, Placeholder, WrittenMessage
from loyaltycore.templates.rules.plain import PlainRenderer
from tests.testing.liars.liar import Liar
from tests.testing.liars.renderer_writing import WRITERS


def _with_value(data: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    outer, _, inner = path.partition(".")
    return {**data, outer: {**data[outer], inner: value} if inner else value}


class SwapsNames(PlainRenderer):
    """Writes the greeting where the last name belongs."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        return super().render(text, _with_value(data, "customer.last_name", data["greeting"]), zone)


class TrimsNames(PlainRenderer):
    """Takes blanks at the ends of a name away."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        name = data["customer"]["last_name"].strip()
        return super().render(text, _with_value(data, "customer.last_name", name), zone)


class SquashesBlanks(PlainRenderer):
    """Makes one blank of several in a text message."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, text=re.sub("  +", " ", written.text))


class ReadsTextsAsMarkup(PlainRenderer):
    """Takes the signs of Markdown out of text messages."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, text=re.sub(r"\*(\w+)\*", r"\1", written.text))


class TakesZeroForANumber(PlainRenderer):
    """Takes the number zero for one that is there."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        guests = str(data["visit"]["guests"])
        return super().render(text, _with_value(data, "visit.guests", guests), zone)


class AsksTheFirstConditionAlone(PlainRenderer):
    """Takes what stands in a condition inside another one for always there."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        if text.body.count("{% if") > 1 and "{% endif %}{% else %}" in text.body:
            text = evolve(
                text,
                body=re.sub(
                    r"({% if [^%]+ %}){% if [^%]+ %}(.*?){% else %}.*?{% endif %}",
                    r"\1\2",
                    text.body,
                    count=1,
                ),
            )
        return super().render(text, data, zone)


class WritesRawPages(PlainRenderer):
    """Writes values into a page as they are."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, html=html.unescape(written.html))


class EscapesTwice(PlainRenderer):
    """Escapes what is escaped already."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, html=written.html.replace("&", "&amp;"))


class FillsTwice(PlainRenderer):
    """Reads what it has filled as a source once more."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        again = evolve(text, body=written.text, subject=written.subject)
        try:
            twice = super().render(again, data, zone)
        except ValueError:
            return written
        return evolve(written, text=twice.text, subject=twice.subject)


class EndsSubjects(PlainRenderer):
    """Leaves the ends of lines in a subject."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        if text.channel is not Channel.EMAIL:
            return written
        return evolve(
            written,
            subject=super().render(evolve(text, channel=Channel.SMS, body=text.subject), data, zone).text,
        )


class GivesTextsAPage(PlainRenderer):
    """Makes a page of a text message, too."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, html=super().render(evolve(text, channel=Channel.EMAIL), data, zone).html)


class WritesAtUtc(PlainRenderer):
    """Writes instants at the time of Greenwich."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        return super().render(text, data, "UTC")


class AddsOneHour(PlainRenderer):
    """Takes the zone of the branch for one hour from Greenwich, winter and summer."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        return super().render(text, data, "Etc/GMT-1" if zone == "Europe/Berlin" else zone)


class WritesEnglishAlone(PlainRenderer):
    """Writes dates in English, whatever the language."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        return super().render(evolve(text, language="en"), data, zone)


class CountsMoneyInFloats(PlainRenderer):
    """Writes amounts of money as numbers of floating point."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        costs: Money = data["visit"]["costs"]
        shown = f"{costs.amount / 10**costs.exponent:.{costs.exponent}f} {costs.currency}"
        comma = shown.replace(".", ",") if text.language == "de" else shown
        return super().render(text, _with_value(data, "visit.costs", comma), zone)


class RemembersTheFirst(PlainRenderer):
    """Gives a source the answer that it had before."""

    def __init__(self) -> None:
        self._known: dict[MessageText, WrittenMessage] = {}

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        return self._known.setdefault(text, super().render(text, data, zone))


class SharesItsData(PlainRenderer):
    """Keeps what it works with where all threads see it."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        self.data = data
        name = self.data["customer"]["last_name"]
        time.sleep(0.0005)
        return (
            super().render(text, _with_value(data, "customer.last_name", f"{name}"), zone)
            if (self.data is data)
            else super().render(text, self.data, zone)
        )


class StumblesOverSources(PlainRenderer):
    """Raises where a source cannot be read."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        found = super().check(text, placeholders)
        if any(fault.code == "bad_template" and "if" in fault.message for fault in found):
            raise ValueError(found[0].message)
        return found


class ReadsNothing(PlainRenderer):
    """Lets a source pass that begins something and does not end it."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        found = super().check(text, placeholders)
        return tuple(fault for fault in found if "no `endif`" not in fault.message)


class LetsCallsPass(PlainRenderer):
    """Lets a source pass that calls something."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        return () if "()" in text.body + text.subject else super().check(text, placeholders)


class TakesItsTime(PlainRenderer):
    """Tries out how long a loop takes before it refuses it."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        if "range" in text.body:
            time.sleep(10)
        return super().check(text, placeholders)


class KnowsRootsAlone(PlainRenderer):
    """Looks at the first word of a path alone."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        roots = {each.path.partition(".")[0] for each in placeholders}
        found = super().check(text, placeholders)
        known = [re.search(r"placeholder '(\w+)[.']", fault.message) for fault in found]
        return tuple(
            fault for fault, path in zip(found, known, strict=True) if not (path and path[1] in roots)
        )


class AsksForNoConditions(PlainRenderer):
    """Lets values stand alone that may be missing."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        return super().check(text, [evolve(each, may_be_empty=False) for each in placeholders])


class TakesAnyCondition(PlainRenderer):
    """Takes any condition for one that has found a value."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        found = super().check(text, placeholders)
        if "{% if" not in text.body + text.subject:
            return found
        return tuple(fault for fault in found if fault.code != "may_be_empty")


class NamesOneFault(PlainRenderer):
    """Names the first fault alone."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        return super().check(text, placeholders)[:1]


class OverlooksSubjects(PlainRenderer):
    """Checks the body alone."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        return super().check(evolve(text, subject=""), placeholders)


class LeavesTagsOpen(PlainRenderer):
    """Writes a page with a tag that has no end if a source holds a sign of markup."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        return evolve(written, html=written.html.replace("<p>*", "<p><b>"))


class WritesNone(PlainRenderer):
    """Writes the name of nothing where a flag is asked for that is not there."""

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        written = super().render(text, data, zone)
        gap = data["customer"]["first_name"] is None and "{% if not customer.first_name" in text.body
        return evolve(written, text=f"{written.text}None") if gap and len(written.text) > 1 else written


RENDERER_LIARS: Final = tuple(
    Liar.of(kind, kind)
    for kind in (
        SwapsNames,
        TrimsNames,
        SquashesBlanks,
        ReadsTextsAsMarkup,
        TakesZeroForANumber,
        AsksTheFirstConditionAlone,
        WritesRawPages,
        EscapesTwice,
        FillsTwice,
        EndsSubjects,
        GivesTextsAPage,
        WritesAtUtc,
        AddsOneHour,
        WritesEnglishAlone,
        CountsMoneyInFloats,
        RemembersTheFirst,
        SharesItsData,
        StumblesOverSources,
        ReadsNothing,
        LetsCallsPass,
        TakesItsTime,
        KnowsRootsAlone,
        AsksForNoConditions,
        TakesAnyCondition,
        NamesOneFault,
        OverlooksSubjects,
        LeavesTagsOpen,
        WritesNone,
        *WRITERS,
    )
)
