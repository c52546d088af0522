"""Splitting whole numbers: nothing is lost, and no part is beyond its room."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, strategies as st

from loyaltycore.kernel.pricing.spreading import rounded, spread

parts = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=8)


@given(st.integers(0, 400), parts)
def test_parts_add_up(whole: int, given_parts: list[tuple[int, int]]) -> None:
    """To the whole, or to all the room there is."""
    weights, room = [weight for weight, _ in given_parts], [most for _, most in given_parts]
    found = spread(whole, weights, room)
    assert sum(found) == min(whole, sum(most for weight, most in given_parts if weight))
    assert all(0 <= part <= most for part, most in zip(found, room, strict=True))


@given(st.integers(0, 400), st.lists(st.integers(1, 50), min_size=1, max_size=8))
def test_each_part_is_within_one_of_its_share(whole: int, weights: list[int]) -> None:
    """As long as there is room."""
    for part, weight in zip(spread(whole, weights, [whole] * len(weights)), weights, strict=True):
        assert abs(part - Fraction(whole * weight, sum(weights))) < 1


@given(st.integers(0, 10**6), st.integers(1, 1000))
def test_a_half_is_rounded_up(numerator: int, denominator: int) -> None:
    """And down is down."""
    exact = Fraction(numerator, denominator)
    assert -Fraction(1, 2) < rounded(numerator, denominator, down=False) - exact <= Fraction(1, 2)
    assert rounded(numerator, denominator, down=True) == numerator // denominator
