"""The expected day of dispatch: the examples of the rule, and its laws over any calendar."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from loyaltycore.cards.rules.dispatch import DispatchCycle, expected_dispatch
from loyaltycore.errors import InvalidInput, Refused
from loyaltycore.kernel.calendar import WeekdayCalendar

DAILY, WEEKLY, MONTHLY = DispatchCycle.DAILY, DispatchCycle.WEEKLY, DispatchCycle.MONTHLY
CHRISTMAS = WeekdayCalendar(closed_on=frozenset({date(2024, 12, 25), date(2024, 12, 26), date(2025, 1, 1)}))

days = st.dates(date(2020, 1, 1), date(2029, 12, 31))
cycles = st.sampled_from(DispatchCycle)
calendars = st.builds(
    WeekdayCalendar,
    working_weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    closed_on=st.frozensets(st.dates(date(2020, 1, 1), date(2030, 12, 31)), max_size=40),
    open_on=st.frozensets(days, max_size=5),
)


def days_between(start: date, end: date) -> list[date]:
    """All days from `start` up to, not including, `end`."""
    return [start + timedelta(days=i) for i in range((end - start).days)]


def earliest(ordered_on: date, cycle: DispatchCycle) -> date:
    """The first day that the cycle allows, found by walking and asking the ISO calendar."""
    day = ordered_on + timedelta(days=1)
    if cycle is WEEKLY:
        while day.isocalendar()[:2] == ordered_on.isocalendar()[:2]:
            day += timedelta(days=1)
    if cycle is MONTHLY:
        while day.month == ordered_on.month:
            day += timedelta(days=1)
    return day


@pytest.mark.parametrize(
    ("cycle", "ordered_on", "expected"),
    [
        (DAILY, date(2024, 12, 20), date(2024, 12, 23)),
        (DAILY, date(2024, 12, 24), date(2024, 12, 27)),
        (WEEKLY, date(2024, 12, 18), date(2024, 12, 23)),
        (WEEKLY, date(2024, 12, 26), date(2024, 12, 30)),
        (WEEKLY, date(2024, 12, 22), date(2024, 12, 23)),
        (WEEKLY, date(2024, 12, 23), date(2024, 12, 30)),
        (MONTHLY, date(2024, 12, 1), date(2025, 1, 2)),
        (MONTHLY, date(2024, 12, 31), date(2025, 1, 2)),
        (MONTHLY, date(2024, 1, 31), date(2024, 2, 1)),
    ],
)
def test_examples_of_the_rule(cycle, ordered_on, expected):
    """The dates that the rule of thumb gives around Christmas, at a week's ends and at a month's ends."""
    assert expected_dispatch(ordered_on, cycle, CHRISTMAS) == expected


@given(st.dates(date(2024, 12, 1), date(2024, 12, 31)))
def test_monthly_is_the_same_all_month(ordered_on):
    """An order on any day of December 2024 leaves on 2 January 2025 when the cycle is monthly."""
    assert expected_dispatch(ordered_on, MONTHLY, CHRISTMAS) == date(2025, 1, 2)


def test_a_closed_week_moves_the_estimate_on():
    """Where the whole following week is closed, the card leaves on the first working day after it."""
    holidays = frozenset(date(2024, 7, day) for day in range(8, 13))
    assert expected_dispatch(date(2024, 7, 3), WEEKLY, WeekdayCalendar(closed_on=holidays)) == date(
        2024, 7, 15
    )


def test_a_closed_month_moves_the_estimate_on():
    """Where the whole following month is closed, the card leaves on the first working day after it."""
    august = frozenset(date(2024, 8, day) for day in range(1, 32))
    assert expected_dispatch(date(2024, 7, 3), MONTHLY, WeekdayCalendar(closed_on=august)) == date(2024, 9, 2)


@given(days, cycles, calendars)
def test_it_is_a_working_day_after_the_order(ordered_on, cycle, calendar):
    """Whatever the cycle and the calendar, the day is worked and lies after the order."""
    found = expected_dispatch(ordered_on, cycle, calendar)
    assert calendar.is_working_day(found)
    assert found > ordered_on


@given(days, cycles, calendars)
def test_no_allowed_working_day_is_passed_over(ordered_on, cycle, calendar):
    """It is the first working day that the cycle allows: not before the earliest one, and none in between."""
    found = expected_dispatch(ordered_on, cycle, calendar)
    first = earliest(ordered_on, cycle)
    assert found >= first
    assert not any(calendar.is_working_day(day) for day in days_between(first, found))


@given(days, days, cycles, calendars)
def test_a_later_order_never_leaves_earlier(one, other, cycle, calendar):
    """The estimate is monotone in the day of the order."""
    before, after = sorted((one, other))
    assert expected_dispatch(before, cycle, calendar) <= expected_dispatch(after, cycle, calendar)


@given(days, st.integers(0, 6), calendars)
def test_weekly_is_constant_within_an_iso_week(ordered_on, weekday, calendar):
    """All orders of one week, Monday to Sunday, leave together."""
    same_week = ordered_on + timedelta(days=weekday - ordered_on.weekday())
    assert expected_dispatch(ordered_on, WEEKLY, calendar) == expected_dispatch(same_week, WEEKLY, calendar)


@given(days, st.integers(1, 28), calendars)
def test_monthly_is_constant_within_a_month(ordered_on, day_of_month, calendar):
    """All orders of one month leave together."""
    same_month = ordered_on.replace(day=day_of_month)
    assert expected_dispatch(ordered_on, MONTHLY, calendar) == expected_dispatch(
        same_month, MONTHLY, calendar
    )


@given(days, calendars)
def test_daily_is_never_later_than_the_other_cycles(ordered_on, calendar):
    """Daily comes first; weekly and monthly have no order between them (a month may end before the week does)."""
    daily = expected_dispatch(ordered_on, DAILY, calendar)
    assert daily <= expected_dispatch(ordered_on, WEEKLY, calendar)
    assert daily <= expected_dispatch(ordered_on, MONTHLY, calendar)


def test_weekly_may_be_later_than_monthly():
    """On Monday 30 September the month ends tomorrow and the week does not."""
    ordered_on, calendar = date(2024, 9, 30), WeekdayCalendar()
    assert expected_dispatch(ordered_on, MONTHLY, calendar) < expected_dispatch(ordered_on, WEEKLY, calendar)


@pytest.mark.parametrize(
    ("ordered_on", "cycle", "fields"),
    [
        (datetime(2024, 12, 20, 9, 0), DAILY, ("ordered_on",)),  # noqa: DTZ001  it is refused whatever its zone
        ("20.12.2024", DAILY, ("ordered_on",)),
        (None, DAILY, ("ordered_on",)),
        (date(1066, 10, 14), DAILY, ("ordered_on",)),
        (date(2024, 12, 20), "daily", ("cycle",)),
        (date(2024, 12, 20), None, ("cycle",)),
        (None, 7, ("ordered_on", "cycle")),
    ],
)
def test_bad_input_names_every_fault(ordered_on, cycle, fields):
    """A datetime, a text, nothing at all or a cycle that is none: all faults come in one error."""
    with pytest.raises(InvalidInput) as caught:
        expected_dispatch(ordered_on, cycle, WeekdayCalendar())
    assert caught.value.fields == fields


@pytest.mark.parametrize("cycle", DispatchCycle)
def test_a_calendar_that_never_works_is_refused(cycle):
    """A calendar without any working day gives a refusal with its code, not an endless search."""
    with pytest.raises(Refused) as caught:
        expected_dispatch(date(2024, 12, 20), cycle, WeekdayCalendar(working_weekdays=frozenset()))
    assert caught.value.code == "calendar.no_working_day"


def test_bad_input_says_what_is_wrong():
    """A day that is missing and a cycle that is none have codes of their own."""
    with pytest.raises(InvalidInput) as caught:
        expected_dispatch(None, "daily", WeekdayCalendar())
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("ordered_on", "required"),
        ("cycle", "wrong_type"),
    ]
