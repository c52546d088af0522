"""Checks the adapter's options, so that a wrong one shows at the start and not with the first order."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from loyaltycore.errors import Fault

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = range(24, 65)


def check_token(token: str) -> list[Fault]:
    """What fits into an Authorization header."""
    if _TOKEN.fullmatch(token):
        return []
    return [Fault("token", "bad_format", "must be a bearer token of RFC 6750")]


def check_secrets(secrets: tuple[str, ...]) -> list[Fault]:
    """Every secret as the vendor shows it; the message does not repeat it."""
    faults: list[Fault] = []
    for number, secret in enumerate(secrets):
        try:
            secret_key(secret)
        except ValueError as error:
            faults.append(Fault(f"webhook_secrets[{number}]", "bad_format", str(error)))
    return faults


def secret_key(secret: str) -> bytes:
    """The key in a secret of Standard Webhooks.

    Raises:
        ValueError: It is not a secret; the message does not repeat it.
    """
    encoded = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(_PREFIX) or len(key) not in _SECRET_BYTES:
        raise ValueError("must be whsec_ and the base64 of 24 to 64 bytes")
    return key
