"""The renderer that comes with the library: values and conditions, German and English, paragraphs and nothing more.

Other languages than German are written in the English way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from html import escape
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import frozen

from loyaltycore.errors import Fault
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.rendering import MessageText, Placeholder, WrittenMessage, one_line
from loyaltycore.templates.rules.filling import as_page, fill, in_html, joined, shielded, unshielded
from loyaltycore.templates.rules.language import Block, Either, Has, Not, Part, Show, Test, check_block

_TAG: Final = re.compile(r"\{\{([^{}]*)\}\}|\{%([^{}]*)%\}")
_BEGINNING: Final = re.compile(r"\{[{%#]")
_PATH: Final = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*"
_SHOW: Final = re.compile(rf"\s*({_PATH})\s*")
_IF: Final = re.compile(rf"\s*if\s+(not\s+)?({_PATH})\s*")

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class BadSource(ValueError):
    """A source that cannot be read."""


class _Open:
    """A condition that has not ended yet."""

    def __init__(self, test: Test) -> None:
        self.test = test
        self.yes: list[Part] | None = None
        """The first block, after an ``else``."""
        self.parts: list[Part] = []


@lru_cache(maxsize=256)
def read_source(source: str) -> Block:
    """Read a source.

    Raises:
        BadSource: It says where and why.
    """
    outer: list[Part] = []
    stack: list[_Open] = []
    end = 0
    for tag in _TAG.finditer(source):
        parts = stack[-1].parts if stack else outer
        _add_text(parts, source, end, tag.start())
        end = tag.end()
        if tag[1] is None:
            _steer(tag[2], stack, outer, _line(source, tag.start()))
        elif shown := _SHOW.fullmatch(tag[1]):
            parts.append(Show(shown[1]))
        else:
            raise BadSource(f"line {_line(source, tag.start())}: {tag[0]!r} is not the name of a placeholder")
    _add_text(stack[-1].parts if stack else outer, source, end, len(source))
    if stack:
        raise BadSource("an `if` has no `endif`")
    return tuple(outer)


def _add_text(parts: list[Part], source: str, begin: int, end: int) -> None:
    text = source[begin:end]
    if odd := _BEGINNING.search(text):
        raise BadSource(
            f"line {_line(source, begin + odd.start())}: {odd[0]!r} begins something that cannot be read"
        )
    if text:
        parts.append(text)


def _steer(tag: str, stack: list[_Open], outer: list[Part], line: int) -> None:
    word = tag.strip()
    if begun := _IF.fullmatch(tag):
        test = Has(begun[2])
        stack.append(_Open(Not(test) if begun[1] else test))
    elif word == "else" and stack and stack[-1].yes is None:
        stack[-1].yes, stack[-1].parts = stack[-1].parts, []
    elif word == "endif" and stack:
        done = stack.pop()
        yes, no = (done.parts, []) if done.yes is None else (done.yes, done.parts)
        (stack[-1].parts if stack else outer).append(Either(done.test, tuple(yes), tuple(no)))
    else:
        raise BadSource(f"line {line}: {word!r} is not known here")


def _line(source: str, place: int) -> int:
    return source.count("\n", 0, place) + 1


@frozen
class PlainFormats:
    """German, or English for everybody else."""

    language: str
    zone: str

    def shown(self, value: Any) -> str:
        """Write a value of any kind in the usual way."""
        if isinstance(value, datetime):
            return f"{self.date(value, 'medium')}, {self.time(value, 'short')}"
        if isinstance(value, date):
            return self.date(value, "medium")
        if isinstance(value, time):
            return self.time(value, "short")
        if isinstance(value, Money) and self.language == "de":
            return str(value).replace(".", ",")
        return str(value)

    def date(self, value: date, style: str) -> str:  # noqa: ARG002  there is one style
        """Write a date, or the date of an instant, in the one way there is."""
        day = value.astimezone(ZoneInfo(self.zone)) if isinstance(value, datetime) else value
        if self.language == "de":
            return f"{day:%d.%m.}{day.year}"
        # Not by strftime, whose month names follow the locale of the host's process.
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def time(self, value: time | datetime, style: str) -> str:  # noqa: ARG002  there is one style
        """Write a time, or the time of an instant, in hours and minutes."""
        shown = value.astimezone(ZoneInfo(self.zone)) if isinstance(value, datetime) else value
        return f"{shown:%H:%M}"


class PlainRenderer:
    """Fills sources with values and conditions alone."""

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        """Find everything that is wrong with a text."""
        found: list[Fault] = []
        for field, source in (("subject", text.subject), ("body", text.body)):
            try:
                found += check_block(field, read_source(source), placeholders)
            except BadSource as error:
                found.append(Fault(field, "bad_template", str(error)))
        return tuple(found)

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        """Fill a text that `check` finds nothing wrong with."""
        formats = PlainFormats(text.language, zone)
        body = tuple(fill(read_source(text.body), data, formats))
        if text.channel is not Channel.EMAIL:
            return WrittenMessage(joined(body))
        subject = one_line(joined(tuple(fill(read_source(text.subject), data, formats))))
        marked, values = shielded(body)
        paragraphs = (escape(part).replace("\n", "<br>") for part in marked.strip().split("\n\n"))
        html = unshielded("".join(f"<p>{part}</p>" for part in paragraphs), values, in_html)
        return WrittenMessage(joined(body), subject, as_page(html, text.language))


PLAIN: Final = PlainRenderer()
