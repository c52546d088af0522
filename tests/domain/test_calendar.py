"""Working days: the calendar by weekday, the search for the next one, and the calendar that remembers."""

import copy
import pickle
from datetime import date, datetime, timedelta

import pytest
from attrs import field, frozen
from hypothesis import given, strategies as st

from loyaltycore.errors import InvalidInput, Refused
from loyaltycore.kernel import calendar as module
from loyaltycore.kernel.calendar import (
    MONDAY_TO_FRIDAY,
    TabulatedCalendar,
    WeekdayCalendar,
    first_working_day,
    next_working_day,
)

SATURDAY = date(2024, 7, 6)
MONDAY = date(2024, 7, 8)

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
calendars = st.builds(
    WeekdayCalendar,
    working_weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    closed_on=st.frozensets(st.dates(date(2024, 1, 1), date(2024, 3, 31)), max_size=60),
    open_on=st.frozensets(st.dates(date(2024, 1, 1), date(2024, 3, 31)), max_size=10),
)
near_days = st.dates(date(2023, 12, 1), date(2024, 4, 30))


@frozen
class Remembering(TabulatedCalendar):
    """Works like another calendar, and remembers."""

    inner: WeekdayCalendar = field(factory=WeekdayCalendar)

    def is_working_day(self, day: date) -> bool:
        return self.inner.is_working_day(day)


@given(days)
def test_by_default_monday_to_friday_are_worked(day):
    """Without exceptions a day is worked exactly when its ISO weekday is 1 to 5."""
    assert WeekdayCalendar().is_working_day(day) == (day.isoweekday() <= 5)
    assert frozenset({0, 1, 2, 3, 4}) == MONDAY_TO_FRIDAY


@given(calendars, near_days)
def test_open_wins_over_closed_and_closed_over_the_weekday(calendar, day):
    """The three facts rank: an extra open date, then an extra closed date, then the weekday."""
    works = calendar.is_working_day(day)
    if day in calendar.open_on:
        assert works
    elif day in calendar.closed_on:
        assert not works
    else:
        assert works == (day.weekday() in calendar.working_weekdays)


@given(calendars, near_days)
def test_the_first_working_day_is_found_and_none_before_it(calendar, earliest):
    """The day found is worked, is not before the start, and no working day lies between."""
    found = first_working_day(calendar, earliest)
    assert found >= earliest
    assert calendar.is_working_day(found)
    between = (earliest + timedelta(days=i) for i in range((found - earliest).days))
    assert not any(calendar.is_working_day(day) for day in between)


@given(calendars, near_days)
def test_the_next_working_day_is_the_first_from_tomorrow(calendar, day):
    """Next means strictly after: the first working day counted from the following date."""
    found = next_working_day(calendar, day)
    assert found > day
    assert found == first_working_day(calendar, day + timedelta(days=1))


@given(calendars, near_days)
def test_a_calendar_that_remembers_gives_the_same_answers(calendar, day):
    """The look-up changes the speed alone: asked once or again, the answer is the one of the plain search."""
    remembering = Remembering(calendar)
    expected = next_working_day(calendar, day)
    assert [next_working_day(remembering, day) for _ in range(2)] == [expected, expected]
    assert first_working_day(remembering, day) == first_working_day(calendar, day)


def test_what_is_remembered_stays_bounded(monkeypatch):
    """A calendar that is asked for ever more dates forgets the old ones, and still answers right."""
    monkeypatch.setattr(module, "_REMEMBERED", 10)
    calendar = Remembering()
    for i in range(100):
        day = MONDAY + timedelta(days=i)
        assert next_working_day(calendar, day) == next_working_day(WeekdayCalendar(), day)
        assert len(calendar.steps) <= 10


def test_a_date_is_worked_out_once():
    """The second question for a date is answered without asking the calendar, and others do not drive it out."""
    asked = []

    class Counting(TabulatedCalendar):
        def is_working_day(self, day: date) -> bool:
            asked.append(day)
            return True

    calendar = Counting()
    for day in (SATURDAY, MONDAY, SATURDAY, MONDAY):
        next_working_day(calendar, day)
    assert asked == [SATURDAY + timedelta(days=1), MONDAY + timedelta(days=1)]


def test_what_is_remembered_is_no_part_of_the_value():
    """Equality, hash and text of a calendar do not change because somebody asked it something."""
    used, fresh = Remembering(), Remembering()
    next_working_day(used, SATURDAY)
    assert used == fresh
    assert hash(used) == hash(fresh)
    assert repr(used) == repr(fresh)


@pytest.mark.parametrize("travel", [copy.deepcopy, lambda calendar: pickle.loads(pickle.dumps(calendar))])  # noqa: S301  our own bytes
def test_a_used_calendar_travels(travel):
    """A calendar that has answered already can be copied and pickled, and goes on answering."""
    calendar = Remembering()
    next_working_day(calendar, SATURDAY)
    twin = travel(calendar)
    assert twin == calendar
    assert next_working_day(twin, SATURDAY) == MONDAY


def test_a_base_class_does_not_answer_by_itself():
    """Whoever derives from the base class and forgets the rule is told so at the first question."""
    with pytest.raises(NotImplementedError):
        next_working_day(TabulatedCalendar(), SATURDAY)


@pytest.mark.parametrize(
    "calendar", [WeekdayCalendar(frozenset()), Remembering(WeekdayCalendar(frozenset()))]
)
def test_a_calendar_that_never_works_is_refused(calendar):
    """Without any working day the search ends in a refusal that carries its code and where it began."""
    with pytest.raises(Refused) as caught:
        next_working_day(calendar, SATURDAY)
    assert caught.value.code == "calendar.no_working_day"
    assert caught.value.facts == {"earliest": SATURDAY + timedelta(days=1)}


def test_the_search_looks_two_years_ahead():
    """One working day within 732 days is enough, and one day later is too late."""
    only = SATURDAY + timedelta(days=731)
    calendar = WeekdayCalendar(frozenset(), open_on=frozenset({only}))
    assert first_working_day(calendar, SATURDAY) == only
    with pytest.raises(Refused):
        first_working_day(calendar, SATURDAY - timedelta(days=1))


@pytest.mark.parametrize("calendar", [WeekdayCalendar(), Remembering()])
@pytest.mark.parametrize("search", [first_working_day, next_working_day])
def test_a_datetime_is_no_date(search, calendar):
    """A datetime is refused: it equals no date, so a holiday would be taken for a working day."""
    with pytest.raises(InvalidInput) as caught:
        search(calendar, datetime(2024, 12, 24, 9, 0))  # noqa: DTZ001  it is refused whatever its zone
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [("earliest", "wrong_type")]
