"""The secrets from which codes are computed."""

from __future__ import annotations

from typing import Final

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.given import shown
from loyaltycore.vouchers.rules.codes import CodeKey
from loyaltycore.work.capability import Point


def _collect(keys: tuple[CodeKey, ...]) -> tuple[CodeKey, ...]:
    """All keys, the one that makes new codes first."""
    for key in keys:
        if not isinstance(key, CodeKey):
            raise RegistrationError(f"{shown(key)} is no CodeKey")
    names = [key.name for key in keys]
    if len(set(names)) < len(names):
        raise RegistrationError("two code keys have the same name")
    return keys


CODE_KEYS: Final = Point[CodeKey, tuple[CodeKey, ...]]("code keys", _collect)
