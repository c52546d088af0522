"""References that nobody can guess: our id of a message, with a proof that we have made it.

A report that carries one proves that it comes from whom it was told to. Nothing has to be stored for that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Final

LONGEST_ID: Final = 200
"""Octets of a message id; a text with a longer one gets no reports."""

_PROOF: Final = 16
_SHORT_PROOF: Final = 9
_PLAIN: Final = re.compile(r"[A-Za-z0-9._@-]+")
_MOST: Final = 400


def reference(message_id: str, secret: str) -> str:
    """Letters, digits and ``-_.``, or empty for an id that is too long."""
    octets = message_id.encode("utf-8", "surrogatepass")
    return f"{_written(octets)}.{_written(_proof(octets, secret))}" if len(octets) <= LONGEST_ID else ""


def short_reference(message_id: str, secret: str, most: int) -> str:
    """The id as it is, with a short proof behind it; empty if it does not fit or has other characters than ids have."""
    made = f"{message_id}.{_written(_proof(message_id.encode(), secret)[:_SHORT_PROOF])}"
    return made if _PLAIN.fullmatch(message_id) and len(made) <= most else ""


def message_of_short(text: str, secret: str) -> str:
    """The id in such a reference; empty if it was not made with this secret."""
    message_id = text.rpartition(".")[0]
    expected = short_reference(message_id, secret, len(text))
    return message_id if expected and hmac.compare_digest(expected.encode(), text.encode()) else ""


def message_of(text: str, secrets: Iterable[str]) -> str | None:
    """The id in a reference that was made with one of these secrets, or None; takes the same time for any of them."""
    name, dot, proof = text.partition(".")
    if len(text) > _MOST or not dot:
        return None
    octets, given = _read(name), _read(proof)
    if octets is None or given is None:
        return None
    matches = False
    for secret in secrets:
        matches |= hmac.compare_digest(_proof(octets, secret), given)
    return octets.decode("utf-8", "surrogatepass") if matches else None


def _proof(octets: bytes, secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"sms\x00" + octets, hashlib.sha256)[:_PROOF]


def _written(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode("ascii").rstrip("=")


def _read(text: str) -> bytes | None:
    """The octets, if this is the one way to write them."""
    try:
        octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return octets if _written(octets) == text else None
