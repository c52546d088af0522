"""The result of one HTTP call; apart from the transport, so that nothing else needs its library."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


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
