"""Proves that a call comes from the vendor, as in Standard Webhooks 1.0.0.

This is not left to the `standardwebhooks` package, which reads the system clock instead of a given `now`, knows one
secret at a time, and answers a malformed signature header with a ValueError. The tests check this module against
signatures that the package makes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from loyaltycore.errors import WebhookRejected
from loyaltycore.kernel.given import text_of

MOST_BYTES: Final = 65536
MOST_HEADERS: Final = 1000
"""How many headers a call may have; web servers allow a hundred or so."""

_MOST_SIGNATURES: Final = 16
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(r"[ -~]{1,4096}")
_JOINED: Final = re.compile(r",[^ ]*,|, ")
"""Two values that a web server has joined: a signature has one comma, after its version, and nothing else has any."""


def verify(
    headers: Mapping[str, str], body: bytes, now: datetime, keys: Iterable[bytes], tolerance: float
) -> str:
    """Return the id of a call that provably comes from the vendor, now.

    The signature is judged before the age: ``stale`` says that the call is genuine but old, or a clock is wrong.

    Args:
        headers: Names in any case.
        body: Byte for byte as received.
        now: The present instant, aware.
        keys: Every key that is valid today.
        tolerance: Greatest distance between the call and `now`, in seconds, in both directions, included.

    Raises:
        WebhookRejected: Nothing is proved.
    """
    if not isinstance(body, bytes):
        raise WebhookRejected("malformed", "the body is no bytes")
    if len(body) > MOST_BYTES:
        raise WebhookRejected("too_large", f"the body is longer than {MOST_BYTES} bytes")
    pairs = _pairs(headers)
    event_id = _header(pairs, "webhook-id", _ID)
    seconds = _header(pairs, "webhook-timestamp", _SECONDS)
    given = _signatures(_header(pairs, "webhook-signature", _SIGNATURE))
    signed = f"{event_id}.{seconds}.".encode() + body
    if not _any_matches(given, [hmac.digest(key, signed, hashlib.sha256) for key in keys]):
        raise WebhookRejected("bad_signature", "no signature matches")
    # In whole microseconds, because a float of today's seconds is not exact enough for a limit that is included.
    if abs((now - _EPOCH) // _MICROSECOND - int(seconds) * 10**6) > tolerance * 10**6:
        raise WebhookRejected("stale", f"sent at {seconds}, more than {tolerance:g} seconds away from now")
    return event_id


def _pairs(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """All headers, with names in lower case; one that is there twice is there twice."""
    try:
        found = [(text_of(name), text_of(value)) for name, value in islice(headers.items(), MOST_HEADERS + 1)]
    except Exception as error:
        raise WebhookRejected("malformed", "the headers cannot be read") from error
    if len(found) > MOST_HEADERS:
        raise WebhookRejected("malformed", f"there are more than {MOST_HEADERS} headers")
    return [(name.lower(), value or "") for name, value in found if name is not None]


def _header(pairs: Iterable[tuple[str, str]], name: str, pattern: re.Pattern[str]) -> str:
    """Read a header that must appear once: with two, nobody knows which one was signed."""
    values = [value for key, value in pairs if key == name]
    if not values:
        raise WebhookRejected("malformed", f"{name} is missing")
    if len(values) > 1 or _JOINED.search(values[0]):
        raise WebhookRejected("malformed", f"{name} is there twice")
    if not pattern.fullmatch(values[0]):
        raise WebhookRejected("malformed", f"{name} is malformed")
    return values[0]


def _signatures(header: str) -> list[bytes]:
    """The signatures of version 1; other versions are ignored, and one that is not base64 matches nothing."""
    found = []
    for entry in header.split()[:_MOST_SIGNATURES]:
        version, _, text = entry.partition(",")
        if version == "v1":
            found.append(_decoded(text))
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _any_matches(given: list[bytes], expected: list[bytes]) -> bool:
    """Compare every pair in constant time, so that the time does not tell which key or how many bytes matched."""
    matches = False
    for signature in given:
        for digest in expected:
            matches |= hmac.compare_digest(signature, digest)
    return matches
