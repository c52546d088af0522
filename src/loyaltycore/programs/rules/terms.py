"""Checking terms, which are attrs values of the kind, all the way down."""

from __future__ import annotations

from typing import Any, Final

import attrs

from loyaltycore.kernel.declared import check_types
from loyaltycore.kernel.validation import Faults

WORD_LENGTH: Final = 100
"""Longest article, group, item or unit, in characters."""
MOST_WORDS: Final = 1000
MOST_PARTS: Final = 100
MOST_UNITS: Final = 10**12
"""Greatest amount of one move."""
BASIS_POINTS: Final = 10_000


def check_deep(faults: Faults, given: Any) -> bool:
    """Note each field, at any depth, whose value is not of the declared type.

    Returns:
        Whether all are.
    """
    own = Faults()
    check_types(own, given)
    for fault in own.found:
        faults.note(fault.field, fault.code, fault.message)
    if own.found:
        return False
    good = True
    for attribute in attrs.fields(type(given)):
        value = getattr(given, attribute.name)
        parts = value if type(value) is tuple else (value,)
        for place, part in enumerate(parts):
            if attrs.has(type(part)):
                name = f"{attribute.name}.{place}" if type(value) is tuple else attribute.name
                good &= check_deep(faults.at(name), part)
    return good


def check_words(faults: Faults, name: str, given: tuple[str, ...]) -> None:
    """Check a list of articles or groups."""
    for place, word in enumerate(faults.items(name, given, most=MOST_WORDS)):
        faults.text(f"{name}.{place}", word, limit=WORD_LENGTH, required=True)
