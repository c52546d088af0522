"""The wording of messages: a text with placeholders, what may stand in them, and who fills them.

A source says ``{{ customer.last_name }}`` where a value goes, and ``{% if order.valid_until %} … {% else %} … {% endif %}``
(also ``if not``) where a part depends on a value. What else an adapter understands is its own. A value that is None,
empty, zero or False counts as missing for a condition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, Protocol

from attrs import field, frozen

from loyaltycore.errors import Fault
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.showing import showing

_BREAKS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class PlaceholderKind(Enum):
    """What stands in a placeholder, and so how it is written."""

    TEXT = "text"
    LINK = "link"
    """A `Link`."""
    DATE = "date"
    """A `datetime.date`."""
    TIME = "time"
    """A `datetime.time`, as the clock on the wall shows it."""
    INSTANT = "instant"
    """An aware `datetime.datetime`, written in the time zone of the branch."""
    MONEY = "money"
    """A `Money`."""
    NUMBER = "number"
    """An integer."""
    FLAG = "flag"
    """True or False: for conditions, never written."""


class Link(str):
    """An address of a page. Written as a link where a message can hold one, if it begins with https:// or http://."""

    __slots__ = ()


@frozen
class Placeholder:
    """Something that a message may say."""

    path: str
    """Words of lower-case letters, digits and ``_``, joined by dots: ``customer.last_name``."""
    example: Any
    """A value of its kind: for samples and previews."""
    kind: PlaceholderKind = PlaceholderKind.TEXT
    may_be_empty: bool = field(default=False, kw_only=True)
    """Whether the value may be missing: then it may only stand where a condition has found it."""
    says: str = field(default="", kw_only=True)
    """What it is, for whoever writes messages."""


@frozen
class MessageText:
    """How a message is worded on one channel in one language."""

    channel: Channel
    language: str
    """Two letters of ISO 639-1."""
    body: str
    """The source. Of a mail, one source makes the plain part and the HTML part."""
    subject: str = ""
    """The source of a mail's subject; empty for other channels."""


@frozen(repr=False)
class WrittenMessage:
    """A message with everything filled in."""

    __repr__ = showing()

    text: str
    subject: str = ""
    """One line."""
    html: str = ""
    """A whole page, for a mail; otherwise empty."""


class MessageRenderer(Protocol):
    """Fills sources. It is pure: the same arguments give the same answer, and nothing is read or kept.

    Threads may share a renderer.
    """

    def check(self, text: MessageText, placeholders: Sequence[Placeholder]) -> tuple[Fault, ...]:
        """Find everything that is wrong with a text, its subject included.

        A source asks for values and does nothing else: whatever calls, calculates, loops or reaches behind a value is a
        fault. So is a placeholder that is not declared, and one that may be empty outside a condition that has found it.

        Never raises, whatever the source holds, and takes a bounded time.

        Returns:
            The faults, with ``subject`` or ``body`` as their field; none if the text can be rendered with any data that
            the placeholders allow.
        """
        ...

    def render(self, text: MessageText, data: Mapping[str, Any], zone: str) -> WrittenMessage:
        """Fill a text that `check` finds nothing wrong with.

        Values appear as they are in a text and in a subject, but a subject is one line. In HTML they are escaped, and
        are never markup. No value is ever read as a source. What stands around placeholders arrives to the letter in a
        text message; in a mail it may be marked up. Dates, times and money are written as the language of the text does.

        Never raises for such a text and data with all the placeholders.

        Args:
            data: The values by the words of their paths: ``{"customer": {"last_name": "Muster"}}``. Texts are such as
                records hold: without NUL and without halves of characters.
            zone: IANA name of the time zone for instants.
        """
        ...


def one_line(text: str) -> str:
    r"""A text in one line: what breaks lines or controls anything becomes a blank, so that it never ends a header.

    Example:
        >>> one_line("Ihr Termin\r\nBcc: x@example.org")
        'Ihr Termin Bcc: x@example.org'
    """
    return _BREAKS.sub(" ", text).strip()
