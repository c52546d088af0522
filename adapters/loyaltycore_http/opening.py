"""Preparing calls by the options that every adapter over HTTP has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from loyaltycore.errors import MissingExtra

if TYPE_CHECKING:  # its library is an extra
    from loyaltycore_http.transport import Transport


class HttpOptions(Protocol):
    """What bounds a call, and whom it trusts."""

    @property
    def timeouts(self) -> tuple[float, float]:
        """Seconds for connecting, and seconds without a byte while reading."""
        ...

    @property
    def deadline(self) -> float:
        """Seconds for a whole call."""
        ...

    @property
    def max_response_bytes(self) -> int:
        """A longer answer proves nothing."""
        ...

    @property
    def ca_file(self) -> str:
        """PEM file with the only trusted authorities; empty for the usual ones."""
        ...


def open_transport(extra: str, options: HttpOptions, base_url: str, headers: Mapping[str, str]) -> Transport:
    """Prepare the calls of an adapter; loads `requests`, so that importing the adapter needs no extra.

    Args:
        extra: Which extra brings the library.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        from loyaltycore_http.transport import Transport  # noqa: PLC0415  its library comes with the extra
    except ImportError as error:
        raise MissingExtra(extra, error.name or "requests") from error
    connect, read = options.timeouts
    return Transport(
        base_url=base_url,
        headers={"User-Agent": f"loyaltycore-{extra}", **headers},
        connect_timeout=connect,
        read_timeout=read,
        deadline=options.deadline,
        max_bytes=options.max_response_bytes,
        verify=options.ca_file or True,
    )
