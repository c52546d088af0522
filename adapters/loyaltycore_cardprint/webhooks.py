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
from datetime import datetime
from typing import Final

from loyaltycore.errors import WebhookRejected

MOST_BYTES: Final = 65536
_MOST_SIGNATURES: Final = 16
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
        tolerance: Greatest distance between the call and `now`, in seconds, in both directions.

    Raises:
        WebhookRejected: Nothing is proved.
    """
    if len(body) > MOST_BYTES:
        raise WebhookRejected("too_large", f"the body is longer than {MOST_BYTES} bytes")
    event_id = _header(headers, "webhook-id", _ID)
    seconds = _header(headers, "webhook-timestamp", _SECONDS)
    given = _signatures(_header(headers, "webhook-signature", _SIGNATURE))
    signed = f"{event_id}.{seconds}.".encode() + body
    if not _any_matches(given, [hmac.digest(key, signed, hashlib.sha256) for key in keys]):
        raise WebhookRejected("bad_signature", "no signature matches")
    if abs(now.timestamp() - int(seconds)) > tolerance:
        raise WebhookRejected("stale", f"sent at {seconds}, more than {tolerance:g} seconds away from now")
    return event_id


def _header(headers: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str:
    """Read a header that must appear once: with two, nobody knows which one was signed."""
    values = [value for key, value in headers.items() if key.lower() == name]
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
