"""Checks the adapter's options, so that a wrong one shows at the start and not with the first order."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from loyaltycore.errors import Fault, InvalidInput

_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = range(24, 65)


def check_base_url(url: str) -> list[Fault]:
    """An address without credentials; unencrypted only if nothing leaves the machine."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return [Fault("base_url", "bad_format", "is not a URL")]
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return [Fault("base_url", "bad_format", "must be https://host[:port][/path]")]
    if parts.username is not None or parts.query or parts.fragment or not url.isascii():
        return [Fault("base_url", "bad_format", "must be ASCII without credentials, query and fragment")]
    if parts.scheme == "http" and not _is_loopback(parts):
        return [Fault("base_url", "insecure", "must be https, except on a loopback address")]
    return []


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


def check_numbers(**options: float) -> list[Fault]:
    """Times and sizes are finite and greater than zero."""
    return [
        Fault(name, "out_of_range", "must be greater than zero")
        for name, value in options.items()
        if not 0 < value < float("inf")
    ]


def check_ca_file(path: str) -> list[Fault]:
    """A file, if any."""
    if not path or Path(path).is_file():
        return []
    return [Fault("ca_file", "not_found", "is not a file")]


def raise_if_any(faults: list[Fault]) -> None:
    """Raise `InvalidInput` with all faults, or do nothing."""
    if faults:
        raise InvalidInput(faults)


def _is_loopback(parts: SplitResult) -> bool:
    """Judge by the text alone: a name that resolves to loopback today may resolve to anything tomorrow."""
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
