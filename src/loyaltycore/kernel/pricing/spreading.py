"""Splitting whole numbers without losing one."""

from __future__ import annotations

from collections.abc import Sequence


def spread(whole: int, weights: Sequence[int], room: Sequence[int]) -> list[int]:
    """Split by largest remainder, no part greater than its room; what does not fit goes to the others.

    Args:
        whole: From zero on.
        weights: From zero on, one for each part.
        room: The greatest value of each part.

    Returns:
        Parts that add up to the whole, or to all the room that parts with a weight have.

    Example:
        >>> spread(100, [1, 1, 1], [100, 100, 100]), spread(10, [9, 1], [5, 9])
        ([34, 33, 33], [5, 5])
    """
    parts = [0] * len(weights)
    left = whole
    while left > 0:
        open_places = [i for i, weight in enumerate(weights) if weight and parts[i] < room[i]]
        total = sum(weights[i] for i in open_places)
        if not total:
            break
        left -= _fill(parts, open_places, weights, room, left, total)
    return parts


def _fill(
    parts: list[int], places: list[int], weights: Sequence[int], room: Sequence[int], whole: int, total: int
) -> int:
    """Give each place its share, as far as there is room, and say how much that was."""
    given = 0
    remainders = []
    for i in places:
        share, rest = divmod(whole * weights[i], total)
        taken = min(share, room[i] - parts[i])
        parts[i] += taken
        given += taken
        remainders.append((-rest, i))
    odd = whole - sum(whole * weights[i] // total for i in places)
    for _, i in sorted(remainders)[:odd]:
        if parts[i] < room[i]:
            parts[i] += 1
            given += 1
    return given


def rounded(numerator: int, denominator: int, *, down: bool) -> int:
    """Divide what is not negative: down, or to the nearest whole number and a half up."""
    return numerator // denominator if down else (2 * numerator + denominator) // (2 * denominator)
