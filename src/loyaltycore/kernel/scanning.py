"""What a scanner sends besides the characters of a symbol."""

from __future__ import annotations

import re
from typing import Final

_IDENTIFIER: Final = re.compile(r"[^\w\]]*\][A-Za-z][0-9A-Za-z]")


def without_symbology(scanned: str) -> str:
    """Drop the symbology identifier of ISO/IEC 15424, by which a scanner says what kind of code it has read.

    Example:
        >>> without_symbology("]C0K2026-00177"), without_symbology("K2026-00177")
        ('K2026-00177', 'K2026-00177')
    """
    found = _IDENTIFIER.match(scanned)
    return scanned[found.end() :] if found else scanned
