"""Cells that hold more than one thing: two phone numbers, a number with a note, two addresses, several lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from loyaltycore.customers.rules.import_words import country_code
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.phones import parse_phone
from loyaltycore.kernel.places import places

_BETWEEN: Final = re.compile(r"[;,|\r\n]+|\s+/\s+|\s+(?:oder|or|und|and|bzw\.?|u\.|&)\s+", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?:\+|\(?0)[0-9 ()./-]{5,}[0-9]")
_FEWEST_DIGITS: Final = 7
"""Of a number that stands for itself; fewer may be an extension of the one before."""

_NAMED_EMAIL: Final = re.compile(r"[^<>@]*<\s*(?:mailto:)?([^<>\s]+)\s*>", re.IGNORECASE)
_MAILTO: Final = re.compile(r"\Amailto:", re.IGNORECASE)
_EMAIL_BETWEEN: Final = re.compile(r"[;,|\s]+")

_SIGN_LENGTH: Final = 3
"""Letters of the sign of a country at most: one that stands alone in a line may mean anything."""
_COUNTRY_SIGN: Final = re.compile(r"\A([A-Za-z]{1,3})\s*-\s*(?=[0-9])")
_TOWN: Final = re.compile(r"((?:[A-Z]{1,2}\s?-\s?)?[0-9]{4,5})\s+([^\W\d_][^\d]*)")


def phone_numbers(cell: str, country: str, *, with_note: bool) -> tuple[tuple[str, ...], bool]:
    """The numbers in a cell, and whether words stand beside the number.

    Several numbers count only where each of them is one by itself; then none is lost. In any other case the cell is
    returned as it is, for the form to accept or to refuse.

    Args:
        cell: A plain cell, not empty.
        country: ISO 3166-1 alpha-2 of numbers without ``+``.
        with_note: Whether a number may have words beside it.
    """
    if cell.isdecimal():
        return (cell,), False
    several = [part.strip() for part in _BETWEEN.split(cell) if part.strip()]
    if (
        len(several) > 1
        and not _is_phone(cell, country)
        and all(_is_whole(part, country) for part in several)
    ):
        return tuple(several), False
    numbers = _NUMBER.findall(cell) if with_note else []
    if len(numbers) == 1 and not _is_phone(cell, country) and _is_whole(numbers[0], country):
        beside = cell.replace(numbers[0], "")
        if not any(character.isdigit() for character in beside):
            return (numbers[0],), True
    return (cell,), False


def email_addresses(cell: str) -> list[str]:
    """The addresses in a cell, without the names beside them; a text with one ``@`` at most is one address."""
    if not cell:
        return []
    parts = [part for part in _EMAIL_BETWEEN.split(cell) if part] if cell.count("@") > 1 else [cell]
    if any("@" not in part for part in parts) and len(parts) > 1:
        return [cell]
    return [_bare_email(part) for part in parts]


def address_lines(parts: Mapping[str, str]) -> Mapping[str, str]:
    """An address whose street has several lines: the first one is the street, the others are further lines.

    A last line with postal code and town is read as such where both are missing, also before the name of a country where
    that is missing.
    """
    lines = [line.strip() for line in parts["street"].splitlines() if line.strip()]
    if len(lines) < 2:  # noqa: PLR2004  nothing to take apart
        return parts
    found = dict(parts)
    named = country_code(lines[-1])
    if not parts["country"] and named in places() and len(lines[-1]) > _SIGN_LENGTH:
        found["country"] = named
        lines.pop()
    town = _TOWN.fullmatch(lines[-1])
    if town and len(lines) > 1 and not parts["postal_code"] and not parts["city"]:
        found["postal_code"], found["city"] = town[1], town[2].strip()
        lines.pop()
    extra = (parts["address_extra"], *lines[1:])
    return found | {"street": lines[0], "address_extra": ", ".join(line for line in extra if line)}


def country_of_code(postal_code: str) -> str:
    """The country whose sign stands in front of a postal code, such as ``CH`` of ``CH-8000``; empty if none does."""
    sign = _COUNTRY_SIGN.match(postal_code)
    named = country_code(sign[1]) if sign else ""
    return named if named in places() else ""


def _bare_email(text: str) -> str:
    if "<" not in text and ":" not in text:
        return text
    named = _NAMED_EMAIL.fullmatch(text)
    return named[1] if named else _MAILTO.sub("", text)


def _is_whole(text: str, country: str) -> bool:
    return sum(map(str.isdigit, text)) >= _FEWEST_DIGITS and _is_phone(text, country)


def _is_phone(text: str, country: str) -> bool:
    try:
        parse_phone(text, country)
    except InvalidInput:
        return False
    return True
