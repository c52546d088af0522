"""Check digits: Luhn (ISO/IEC 7812-1, annex B) and EAN-13 (GS1 General Specifications, section 7.9).

Both catch every single wrong digit. Luhn catches swapped neighbours except 0 and 9; EAN-13 misses those that differ by
5.
"""

from __future__ import annotations

from typing import Final

EAN13_BODY: Final = 12
"""Digits of an EAN-13 before its check digit."""

_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""The digit sum of twice a digit."""


def luhn(digits: str) -> str:
    """The check digit that goes after the digits.

    Args:
        digits: At least one ASCII digit.

    Raises:
        ValueError: The text is empty or has other characters than ASCII digits.

    Example:
        >>> luhn("7992739871")
        '3'
    """
    values = _values(digits)
    return _complement(sum(values[-2::-2]) + sum(_DOUBLED[value] for value in values[::-2]))


def luhn_valid(text: str) -> bool:
    """Whether a text consists of ASCII digits, the last being the Luhn digit of the others."""
    return len(text) > 1 and _are_digits(text) and luhn(text[:-1]) == text[-1]


def ean13(digits: str) -> str:
    """The check digit that goes after the twelve digits of an EAN-13.

    Raises:
        ValueError: Not twelve ASCII digits.

    Example:
        >>> ean13("400638133393")
        '1'
    """
    if len(digits) != EAN13_BODY:
        raise ValueError("an EAN-13 has twelve digits before its check digit")
    values = _values(digits)
    return _complement(sum(values[0::2]) + 3 * sum(values[1::2]))


def ean13_valid(text: str) -> bool:
    """Whether a text consists of thirteen ASCII digits, the last being the check digit of the others."""
    return len(text) == EAN13_BODY + 1 and _are_digits(text) and ean13(text[:-1]) == text[-1]


def _values(digits: str) -> list[int]:
    if not _are_digits(digits):
        raise ValueError("check digits are made of ASCII digits")
    return [int(digit) for digit in digits]


def _are_digits(text: str) -> bool:
    # `isdigit` alone also accepts superscripts and digits of other scripts.
    return text.isascii() and text.isdigit()


def _complement(total: int) -> str:
    return str(-total % 10)
