"""Laws of completeness, for any customer under any settings."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.completeness.rules.assess import Completeness, FieldState, ask_again_on, assess
from loyaltycore.completeness.rules.fields import CUSTOM as OWN_FIELD
from loyaltycore.completeness.rules.options import MOST_MONTHS
from loyaltycore.completeness.rules.prompt import CompletionPrompt, asked_for, last_asked
from loyaltycore.completeness.rules.watching import Watching
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.contact import ConsentState
from loyaltycore.kernel.settings import Severity
from tests.domain.completeness.forms import (
    FIELDS,
    Filling,
    asked,
    customers,
    fillings,
    watch,
    watchings,
)
from tests.domain.customers.forms import TODAY

_DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


def missing(completeness: Completeness) -> set[str]:
    """The fields that have a gap."""
    return {gap.field for gap in completeness.gaps}


def looks_empty(customer: Customer, key: str) -> bool:
    """What a person would say of the field, without the rules."""
    if key.startswith(OWN_FIELD):
        return key.removeprefix(OWN_FIELD) not in customer.custom
    value = customer.postal_address if key == "postal_address" else getattr(customer, key)
    return value in {None, "", ConsentState.OPEN} if not isinstance(value, tuple) else not value


@given(filling=fillings(), watched=watchings(), prompts=asked())
def test_filling_a_field_never_adds_a_gap(
    filling: Filling, watched: Watching, prompts: dict[str, date]
) -> None:
    """F64: with more filled in there are no more gaps than before, each one as it was, and no lower score."""
    before = assess(filling.before, watched, prompts, TODAY)
    after = assess(filling.after, watched, prompts, TODAY)
    assert set(after.gaps) <= set(before.gaps)
    assert after.score >= before.score
    assert after.watched == before.watched


@given(who=customers(), watched=watchings(), prompts=asked())
def test_a_gap_is_a_watched_field_that_is_empty(
    who: Customer, watched: Watching, prompts: dict[str, date]
) -> None:
    """F61: every watched field that looks empty has a red gap, and no other has one."""
    found = assess(who, watched, prompts, TODAY)
    assert missing(found) == {key for key in found.watched if looks_empty(who, key)}
    assert {gap.colour for gap in found.gaps} <= {"red"}
    for key in FIELDS:
        empty = looks_empty(who, key)
        state = FieldState.MISSING if empty else FieldState.PRESENT
        assert found.state_of(key) is (state if key in found.watched else FieldState.UNWATCHED)
    assert (*found.filled,) == tuple(key for key in found.watched if key not in missing(found))
    assert found.is_complete is (found.score == 1)


@given(who=customers(), watched=watchings(), prompts=asked())
def test_assessing_is_the_same_each_time(who: Customer, watched: Watching, prompts: dict[str, date]) -> None:
    """Asking how complete a customer is says the same again, and what was asked is untouched."""
    before = dict(prompts)
    assert assess(who, watched, prompts, TODAY) == assess(who, watched, prompts, TODAY)
    assert prompts == before


@given(who=customers(), prompts=asked())
def test_nothing_is_missing_where_nothing_is_watched(who: Customer, prompts: dict[str, date]) -> None:
    """F60: with all options off there is no gap, whatever the customer lacks."""
    found = assess(who, watch(), prompts, TODAY)
    assert (found.watched, found.gaps, found.score) == ((), (), 1.0)


@given(who=customers(), few=watchings(), more=watchings())
def test_switching_more_on_takes_no_gap_away(who: Customer, few: Watching, more: Watching) -> None:
    """A field that is watched by one set of options is watched by it whatever else is on."""
    both = evolve(
        few, watches=tuple({each.field.key: each for each in (*more.watches, *few.watches)}.values())
    )
    alone, together = (missing(assess(who, each, {}, TODAY)) for each in (few, both))
    assert alone <= together


@given(who=customers(), watched=watchings(), prompts=asked(), days=st.integers(0, 400))
def test_asking_changes_what_is_due_and_nothing_else(
    who: Customer, watched: Watching, prompts: dict[str, date], days: int
) -> None:
    """Remembering a question leaves the gaps, is not undone by doing it twice, and quiets reminders until their day."""
    before = assess(who, watched, prompts, TODAY)
    asking = [gap.field for gap in before.due]
    once = asked_for(CompletionPrompt("c", "c", prompts), asking, TODAY)
    assert asked_for(once, asking, TODAY) == once
    later = TODAY + timedelta(days=days)
    after = assess(who, watched, last_asked([once]), later)
    assert missing(after) == missing(before)
    for gap in after.gaps:
        assert gap.last_asked_on == (TODAY if gap.field in asking else prompts.get(gap.field))
        always = gap.severity is Severity.REQUIRE or watched.ask_again_months == 0
        assert gap.is_due is (always or gap.ask_again_on is None or gap.ask_again_on <= later)


@given(day=_DAYS, months=st.integers(0, MOST_MONTHS))
def test_a_month_later_is_the_same_day_or_the_last_one(day: date, months: int) -> None:
    """The day on which to ask again, counted by hand: month ends are cut, never carried over."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    expected = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    assert ask_again_on(day, months) == expected


@given(first=_DAYS, second=_DAYS, months=st.integers(0, MOST_MONTHS))
def test_what_was_asked_later_is_asked_again_later(first: date, second: date, months: int) -> None:
    """The order of the questions is the order of their repetition."""
    early, late = sorted((first, second))
    assert ask_again_on(early, months) <= ask_again_on(late, months)
