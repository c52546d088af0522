"""Tiers: who earns more never stands lower, and what was spent does not matter."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.programs import Standing, StepDown, Tier, Tiers
from loyaltycore.programs.rules.tiers import standing_of

LEVELS = (Tier("bronze", 10), Tier("silver", 100), Tier("gold", 500))
NAMES = ["", *(each.name for each in LEVELS)]
TODAY = date(2026, 11, 30)

months = st.builds(lambda year, month: year * 100 + month, st.integers(2023, 2026), st.integers(1, 11))
earnings = st.dictionaries(months, st.integers(0, 600), max_size=12)
policies = st.builds(
    Tiers,
    st.just(LEVELS),
    window=st.integers(1, 24),
    keep=st.integers(0, 24),
    step_down=st.sampled_from(StepDown),
)


def place(tiers: Tiers, earned: dict[int, int]) -> int:
    """Where somebody stands, as a number."""
    return NAMES.index(standing_of(tiers, earned.items(), TODAY).level)


@settings(max_examples=100)
@given(policies, earnings, months, st.integers(0, 600))
def test_who_earns_more_never_stands_lower(
    tiers: Tiers, earned: dict[int, int], month: int, more: int
) -> None:
    """Law 28: in whichever month it was."""
    richer = {**earned, month: earned.get(month, 0) + more}
    assert place(tiers, richer) >= place(tiers, earned)


@settings(max_examples=60)
@given(policies, earnings)
def test_what_is_missing_leads_to_the_next_level(tiers: Tiers, earned: dict[int, int]) -> None:
    """Earned this month, it is enough; one less is not."""
    standing = standing_of(tiers, earned.items(), TODAY)
    if not standing.next_level:
        return
    now = {**earned, 202611: earned.get(202611, 0) + standing.missing}
    less = {**earned, 202611: earned.get(202611, 0) + standing.missing - 1}
    assert place(tiers, now) >= NAMES.index(standing.next_level)
    assert place(tiers, less) < NAMES.index(standing.next_level)


@pytest.mark.parametrize(
    ("on", "keep", "step_down", "level"),
    [
        (date(2026, 12, 31), 0, StepDown.REEVALUATE, "gold"),
        (date(2027, 1, 1), 0, StepDown.REEVALUATE, ""),
        (date(2027, 6, 30), 6, StepDown.REEVALUATE, "gold"),
        (date(2027, 7, 1), 6, StepDown.REEVALUATE, ""),
        (date(2027, 1, 1), 0, StepDown.ONE_STEP, "silver"),
        (date(2028, 1, 1), 0, StepDown.ONE_STEP, "bronze"),
        (date(2029, 1, 1), 0, StepDown.ONE_STEP, ""),
    ],
)
def test_a_level_is_kept_and_lost_by_policy(on: date, keep: int, step_down: StepDown, level: str) -> None:
    """Gold was reached in January 2026, within twelve months."""
    tiers = Tiers(LEVELS, window=12, keep=keep, step_down=step_down)
    assert standing_of(tiers, [(202601, 500)], on).level == level


def test_the_answer_says_what_is_missing() -> None:
    """To the next level, from what was earned within the window."""
    tiers = Tiers(LEVELS)
    assert standing_of(tiers, [(202610, 30), (202501, 999)], TODAY) == Standing("bronze", 30, "silver", 70)
    assert standing_of(tiers, [(202611, 600)], TODAY) == Standing("gold", 600)
