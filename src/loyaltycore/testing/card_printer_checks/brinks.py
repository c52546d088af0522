"""Orders on both sides of what a printer finds right: the longest texts and every letter that it lets pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from loyaltycore.errors import Fault
from loyaltycore.kernel.printing import PrintOrder
from loyaltycore.testing.card_printer_checks.parts import Change, places_for_words, places_of

Validate: TypeAlias = Callable[[PrintOrder], Sequence[Fault]]

_LONGEST: Final = 1024
_AT_ONCE: Final = 8
"""Letters in one text, in the hope that there is room for them."""

_REFUSED: Final = 10
"""Letters that are tried although they are refused, for each place."""

LETTERS: Final = tuple(
    character
    for block in (
        range(0x20, 0x180),
        (0x218, 0x301, 0x3A9, 0x416, 0x1E9E, 0x20AC, 0x2116, 0x2122, 0x4E2D, 0xFB01, 0xFEFF, 0x1F600),
        range(0x2010, 0x2028),
    )
    for character in map(chr, block)
)
"""The letters of Europe, and some others."""


def at_the_brink(validate: Validate, order: PrintOrder, letter: str) -> Iterator[PrintOrder]:
    """For each place, the longest text that is right, and one letter more."""
    for start, change in places_of(order, letter):
        for filling in "1x":
            yield from _brink(validate, start, change, filling)


def _brink(validate: Validate, order: PrintOrder, change: Change, filling: str) -> Iterator[PrintOrder]:
    """The two orders between which the answer changes, found by halving."""
    right, wrong = 1, _LONGEST
    if validate(change(order, filling)):
        return
    while wrong - right > 1:
        middle = (right + wrong) // 2
        right, wrong = (right, middle) if validate(change(order, filling * middle)) else (middle, wrong)
    yield change(order, filling * right)
    yield change(order, filling * wrong)


def letter_by_letter(validate: Validate, order: PrintOrder, letter: str) -> Iterator[PrintOrder]:
    """For each place with words, all letters that are right there, some at once, and some that are not."""
    for start, change in places_for_words(order, letter):
        if not validate(start):
            yield from _letters(validate, start, change)


def _letters(validate: Validate, order: PrintOrder, place: Change) -> Iterator[PrintOrder]:
    right = [letter for letter in LETTERS if not validate(place(order, f"A{letter}A"))]
    for first in range(0, len(right), _AT_ONCE):
        yield place(order, f"A{''.join(right[first : first + _AT_ONCE])}A")
    refused = [letter for letter in LETTERS if letter not in set(right)]
    step = max(1, len(refused) // _REFUSED)
    yield from (place(order, f"A{letter}A") for letter in refused[::step])
