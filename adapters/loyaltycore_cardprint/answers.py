"""What one HTTP call brings; apart from the transport, so that nothing else needs its library."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen
class Answer:
    """A complete answer.

    Attributes:
        status: The HTTP status.

        headers: With names in lower case.

        body: All of it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@frozen
class NoAnswer:
    """A call without a complete answer.

    Attributes:
        sent: Whether the vendor may have got the request. False is certain.

        code: Stable word for the reason.

        detail: One line for people.
    """

    sent: bool
    code: str
    detail: str
