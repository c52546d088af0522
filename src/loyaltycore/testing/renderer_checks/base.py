"""What every group of tests for renderers uses: the hook, the placeholders, and what a mail program sees of a page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from typing import Any, Final

from loyaltycore.errors import Fault
from loyaltycore.kernel import rendering
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.rendering import (
    Link,
    MessageRenderer,
    MessageText,
    Placeholder,
    PlaceholderKind,
    WrittenMessage,
)
from loyaltycore.testing.suite import Conformance, hook

_K: Final = PlaceholderKind
PLACES: Final = (
    Placeholder("greeting", "Guten Tag,"),
    Placeholder("customer.first_name", "Erika", may_be_empty=True),
    Placeholder("customer.last_name", "Mustermann"),
    Placeholder("visit.day", date(2026, 5, 9), _K.DATE),
    Placeholder("visit.until", date(2026, 12, 31), _K.DATE, may_be_empty=True),
    Placeholder("visit.time", time(10, 30), _K.TIME),
    Placeholder("visit.at", datetime(2026, 5, 9, 8, 45, tzinfo=UTC), _K.INSTANT),
    Placeholder("visit.costs", Money(1250, "EUR"), _K.MONEY),
    Placeholder("visit.guests", 3, _K.NUMBER),
    Placeholder("visit.at_home", True, _K.FLAG),  # noqa: FBT003  an example
    Placeholder("link", Link("https://shop.example/c?a=1&b=2"), _K.LINK),
)
_VOID: Final = {"br", "hr", "meta", "img"}


def data(**changes: Any) -> dict[str, Any]:
    """The examples of all placeholders, some of them changed: ``customer__last_name="Muster"``."""
    values = {each.path: each.example for each in PLACES}
    values |= {name.replace("__", "."): value for name, value in changes.items()}
    found: dict[str, Any] = {}
    for path, value in values.items():
        outer, _, inner = path.partition(".")
        if inner:
            found.setdefault(outer, {})[inner] = value
        else:
            found[outer] = value
    return found


def mail(body: str, subject: str = "Besuch", language: str = "de") -> MessageText:
    """A mail."""
    return MessageText(Channel.EMAIL, language, body, subject)


def sms(body: str, language: str = "de") -> MessageText:
    """A text message."""
    return MessageText(Channel.SMS, language, body)


class RendererChecks(Conformance, kit=True):
    """The hook of the suite for renderers."""

    contract = (rendering,)

    @hook
    def open(self) -> AbstractContextManager[MessageRenderer]:
        """Return a context manager that yields a renderer."""
        raise NotImplementedError

    def check(self, renderer: MessageRenderer, text: MessageText) -> tuple[Fault, ...]:
        """Check a text and look at the form of the answer."""
        found = renderer.check(text, PLACES)
        assert isinstance(found, tuple), f"the answer is {found!r}"
        for fault in found:
            assert isinstance(fault, Fault), f"{fault!r} is no Fault"
            assert fault.field in {"subject", "body"}, f"a fault is at {fault.field!r}"
        return found

    def write(
        self, renderer: MessageRenderer, text: MessageText, values: Mapping[str, Any], zone: str = "UTC"
    ) -> WrittenMessage:
        """Render a text that must pass."""
        faults = self.check(renderer, text)
        assert not faults, f"a text that nothing is wrong with is refused: {faults[0].message}"
        written = renderer.render(text, values, zone)
        assert isinstance(written, WrittenMessage), f"the answer is {written!r}"
        return written


class SeenPage(HTMLParser):
    """What a mail program sees of a page: its tags, its words, and whether all tags are closed in their turn."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.words = ""
        self.links: list[str] = []
        """Where its links lead."""
        self.is_sound = True
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.is_sound &= not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and where it leads."""
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        if tag not in _VOID:
            self.is_sound &= bool(self._open) and self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note words."""
        self.words += data


def bare(text: str) -> str:
    """A text without blanks and line ends, which a page shows in its own way."""
    return "".join(text.split())
