"""The result of one HTTP call, and what is read from it whoever answered.

Apart from the transport, so that nothing else needs its library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from attrs import frozen

LONGEST_PAUSE: Final = 3600.0
"""Seconds."""

_SHOWN: Final = 500
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


@frozen
class Answer:
    """A complete answer."""

    status: int
    """The HTTP status."""
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes


@frozen
class NoAnswer:
    """A call without a complete answer."""

    sent: bool
    """Whether the vendor may have received the request; False is certain."""
    code: str
    """Stable word for the reason."""
    detail: str


def shown(body: bytes) -> str:
    """The beginning of a body, fit for a log and a screen."""
    text = body[:_SHOWN].decode("utf-8", "replace")
    return "".join(character if character.isprintable() else " " for character in text)


def retry_after(answer: Answer) -> float | None:
    """Read the header ``Retry-After``: whole seconds, at most an hour; a date is not read."""
    text = answer.headers.get("retry-after", "").strip()
    return min(float(text), LONGEST_PAUSE) if _SECONDS.fullmatch(text) else None
