"""Filling a source: values go where they stand, and are told apart from what was written around them to the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from html import escape
from typing import Any, Final, Protocol, TypeAlias, cast

from attrs import frozen

from loyaltycore.kernel.rendering import Link
from loyaltycore.templates.rules.language import All, Block, Filter, Has, Not, Same, Show, Some, Test

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around the number of a value that something stands for. Both are for private use, so no text needs them."""
_NO_MARKS: Final = str.maketrans({_OPEN: None, _CLOSE: None})
MARK: Final = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
"""What stands for a value while something reads what is around it."""
_PAGE: Final = re.compile(r"https?://[^\s/]", re.IGNORECASE)


@frozen
class Value:
    """A value, written; never to be read as anything but a text."""

    text: str
    is_link: bool = False

    @property
    def address(self) -> str:
        """The address of a page that it is; empty if it is none."""
        return _unmarked(self.text) if self.is_link and _PAGE.match(self.text) else ""


Filled: TypeAlias = str | Value


class Formats(Protocol):
    """How one language writes values."""

    def shown(self, value: Any) -> str:
        """Write a value of any kind in the usual way."""
        ...

    def date(self, value: date, style: str) -> str:
        """Write a date, or the date of an instant.

        Args:
            style: One of `STYLES`.
        """
        ...

    def time(self, value: time | datetime, style: str) -> str:
        """Write a time, or the time of an instant."""
        ...


def fill(block: Block, data: Mapping[str, Any], formats: Formats) -> Iterator[Filled]:
    """The parts of a message in their order: what stands in the source as text, and values."""
    for part in block:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Show):
            yield _written(part, data, formats)
        else:
            yield from fill(part.yes if _holds(part.test, data) else part.no, data, formats)


def joined(filled: Sequence[Filled]) -> str:
    """The message as plain text."""
    return "".join(part if isinstance(part, str) else part.text for part in filled)


def shielded(filled: Sequence[Filled]) -> tuple[str, tuple[Value, ...]]:
    """The message with a mark in place of each value, for whatever reads what stands around them."""
    values = tuple(part for part in filled if isinstance(part, Value))
    numbers = iter(range(len(values)))
    text = "".join(
        _unmarked(part) if isinstance(part, str) else f"{_OPEN}{next(numbers)}{_CLOSE}" for part in filled
    )
    return text, values


def _unmarked(text: str) -> str:
    return text.translate(_NO_MARKS) if _OPEN in text or _CLOSE in text else text


def unshielded(text: str, values: Sequence[Value], write: Callable[[Value], str]) -> str:
    """A text with values in place of their marks."""
    return MARK.sub(lambda found: write(values[int(found[1])]), text)


def in_html(value: Value) -> str:
    """A value as HTML: escaped, and with a link where it is one."""
    shown = escape(value.text).replace("\n", "<br>")
    return f'<a href="{escape(value.address)}">{shown}</a>' if value.address else shown


def as_page(body: str, language: str, direction: str = "ltr") -> str:
    """The HTML part of a mail.

    Args:
        direction: ``ltr``, or ``rtl`` for a language that is written from right to left.
    """
    side = "" if direction == "ltr" else f' dir="{direction}"'
    return f'<!doctype html><html lang="{language}"{side}><body>{body}</body></html>'


def _look_up(data: Mapping[str, Any], path: str) -> Any:
    found: Any = data
    for word in path.split("."):
        found = found.get(word) if isinstance(found, Mapping) else None
    return found


def _is_missing(value: object) -> bool:
    return value is None or value is False or (type(value) in {str, Link, int} and not value)


def _holds(test: Test, data: Mapping[str, Any]) -> bool:
    match test:
        case Has(path):
            return not _is_missing(_look_up(data, path))
        case Same(path, value):
            return bool(_look_up(data, path) == value)
        case Not(inner):
            return not _holds(inner, data)
        case All(tests):
            return all(_holds(each, data) for each in tests)
        case Some(tests):
            return any(_holds(each, data) for each in tests)


def _written(show: Show, data: Mapping[str, Any], formats: Formats) -> Value:
    value = _look_up(data, show.path)
    for each in show.filters:
        value = _filtered(each, value, formats)
    if value is None:
        return Value("")
    if isinstance(value, str):
        return Value(str(value), type(value) is Link)
    return Value(formats.shown(value))


def _filtered(each: Filter, value: Any, formats: Formats) -> Any:
    if each.name == "default":
        # Zero is a number, and no gap.
        return each.argument if value is None or value == "" else value
    if value is None or value == "":
        return value
    if each.name == "date":
        return formats.date(value, cast("str", each.argument or "medium"))
    if each.name == "time":
        return formats.time(value, cast("str", each.argument or "short"))
    return value.upper() if each.name == "upper" else value.lower()
