"""Customer numbers: the pattern that a chain sets, and which number comes next."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence, Set as AbstractSet
from typing import Final

from attrs import frozen

from loyaltycore.kernel.check_digits import luhn
from loyaltycore.kernel.validation import Faults

MAX_FIXED: Final = 24
"""Longest fixed part, including the year, so that a range's name fits into a key and a number into its field."""

MAX_WIDTH: Final = 12
"""Most digits to which a running number may be padded."""

LARGEST_BLOCK: Final = 500
"""How many numbers are looked up at once, at most."""

_PART: Final = re.compile(r"\{([^{}]*)\}|([^{}]+)")
_RUNNING: Final = re.compile(r"n(?::([1-9]\d?))?", re.ASCII)
_YEARS: Final = ("yyyy", "yy")


def number_key(number: str) -> str:
    """A number without its case: two numbers that differ in nothing else are one.

    Example:
        >>> number_key("K2026-00177") == number_key("k2026-00177")
        True
    """
    return number.lower() if number.isascii() else unicodedata.normalize("NFC", number.casefold())


@frozen
class NumberPattern:
    """What customer numbers look like: ``before`` running number ``after`` check digit.

    Example:
        >>> pattern = NumberPattern.parse("K{yy}-{n:4}{c}")
        >>> pattern.render(2026, 17), pattern.range_id(2026)
        ('K26-00179', 'customers:k26-#')
    """

    before: str
    """Fixed text before the running number, perhaps with ``{yyyy}`` or ``{yy}``."""
    after: str
    width: int
    """The running number is padded with zeros to this many digits."""
    checked: bool
    """Whether a check digit is at the end."""

    @classmethod
    def parse(cls, text: str) -> NumberPattern:
        """Read a pattern: fixed text, at most one of ``{yyyy}`` and ``{yy}``, one ``{n}`` or ``{n:6}``, ``{c}`` at the end.

        Raises:
            InvalidInput: Names every fault, on the field ``number_pattern``.
        """
        with Faults() as faults:
            return _parse(faults, "number_pattern", text)

    def render(self, year: int, running: int) -> str:
        """The number with that running number in that year."""
        body = f"{_with_year(self.before, year)}{running:0{self.width}d}{_with_year(self.after, year)}"
        return body + luhn(_digits(body)) if self.checked else body

    def range_id(self, year: int) -> str:
        """The name of the range of that year's running numbers; each fixed part has a range of its own, case aside."""
        return number_key(f"customers:{_with_year(self.before, year)}#{_with_year(self.after, year)}")

    def running(self, number: str, year: int) -> int | None:
        """The running number inside a number; None if this pattern makes no such number in that year."""
        start, end = _with_year(self.before, year), _with_year(self.after, year)
        body = number[:-1] if self.checked else number
        middle = body[len(start) : len(body) - len(end)]
        if not (middle.isascii() and middle.isdigit()):
            return None
        running = int(middle)
        return running if self.render(year, running) == number else None


def check_pattern(faults: Faults, text: str) -> None:
    """Note what is wrong with the option `customers.number_pattern`."""
    _parse(faults, "customers.number_pattern", text)


def free_numbers(
    pattern: NumberPattern,
    year: int,
    last: int,
    taken: Callable[[Sequence[str]], AbstractSet[str]],
    *,
    block: int = 1,
) -> Iterator[tuple[int, str]]:
    """Go through the running numbers after `last` and skip those already taken.

    Args:
        pattern: What numbers look like.
        year: The year in which they are given.
        last: The running number given last.
        taken: Returns which of some numbers are taken; called once per block, before its first number is given.
        block: How many numbers are asked for first; it doubles from block to block.

    Yields:
        Running number and number, endlessly.
    """
    while True:
        count = min(block, LARGEST_BLOCK)
        numbers = {last + i: pattern.render(year, last + i) for i in range(1, count + 1)}
        used = taken(tuple(numbers.values()))
        yield from ((running, number) for running, number in numbers.items() if number not in used)
        last, block = last + count, count * 2


def _parse(faults: Faults, field: str, text: str) -> NumberPattern:
    parts = [(match[1], match[2]) for match in _PART.finditer(text)]
    places = [place for place, _ in parts if place is not None]
    counters = [place for place in places if _RUNNING.fullmatch(place)]
    if _PART.sub("", text):
        faults.note(field, "bad_pattern", "has a brace without its partner")
    for place in places:
        if place not in {*counters, *_YEARS, "c"}:
            faults.unknown(field, "unknown_placeholder", "placeholder", place, ("n", *_YEARS, "c"))
    if len(counters) != 1:
        faults.note(field, "no_running_number", "must have exactly one {n}, for example {n:6}")
    if sum(place in _YEARS for place in places) > 1:
        faults.note(field, "two_years", "must have no more than one {yyyy} or {yy}")
    checked = "c" in places
    if places.count("c") > 1 or (checked and parts[-1][0] != "c"):
        faults.note(field, "misplaced_check_digit", "may have one {c}, at its end")
    if any(character.isspace() or not character.isprintable() for character in text):
        faults.note(field, "bad_character", "must not hold blanks or characters that cannot be seen")
    return _shape(faults, field, parts, checked=checked)


def _shape(
    faults: Faults, field: str, parts: list[tuple[str | None, str | None]], *, checked: bool
) -> NumberPattern:
    width, sides, side = 1, ["", ""], 0
    for place, fixed in parts:
        counter = _RUNNING.fullmatch(place) if place is not None else None
        if counter:
            width, side = int(counter[1] or 1), 1
        elif place != "c":
            sides[side] += f"{{{place}}}" if place is not None else fixed or ""
    if width > MAX_WIDTH:
        faults.note(field, "too_long", f"must not pad the running number to more than {MAX_WIDTH} digits")
    if len(_with_year("".join(sides), 2000)) > MAX_FIXED:
        faults.note(field, "too_long", f"must not have more than {MAX_FIXED} fixed characters")
    return NumberPattern(sides[0], sides[1], width, checked)


def _with_year(text: str, year: int) -> str:
    return text.replace("{yyyy}", f"{year:04d}").replace("{yy}", f"{year % 100:02d}")


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")
