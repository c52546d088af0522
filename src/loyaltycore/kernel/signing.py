"""Secrets of our own, with which it is proved later that we have made something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from loyaltycore.errors import Fault

SECRET_LENGTH: Final = range(24, 129)


def check_secrets(field: str, secrets: Sequence[str]) -> Iterator[Fault]:
    """Find secrets that somebody could guess; no message repeats one."""
    for number, secret in enumerate(secrets):
        if len(secret) not in SECRET_LENGTH or not (secret.isascii() and secret.isprintable()):
            yield Fault(f"{field}[{number}]", "bad_format", "must be 24 to 128 printable ASCII characters")
