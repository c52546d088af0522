"""The conformance suite of business calendars.

This is all that an author writes, in a file that pytest collects:

    from contextlib import nullcontext
    from datetime import date

    from loyaltycore.testing import CalendarConformance
    from shop_calendar import ShopCalendar

    class TestShopCalendar(CalendarConformance):
        known = {date(2024, 12, 23): True, date(2024, 12, 24): False}

        def open(self):
            return nullcontext(ShopCalendar("Berlin"))

It needs no conftest and no fixture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import ClassVar, Final

from attrs import frozen
from hypothesis import given, strategies as st

from loyaltycore.kernel import calendar as calendar_port
from loyaltycore.kernel.calendar import BusinessCalendar, next_working_day
from loyaltycore.testing.auditing import CLOCKS, LOOKS, calls_of, io_calls
from loyaltycore.testing.suite import Ability, Conformance, Lacks, examples, fact_for, hook, needs

__all__ = ["CalendarCapabilities", "CalendarConformance", "Lacks"]

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
_HORIZON: Final = 732
_ONE_DAY: Final = timedelta(days=1)


def days(first: date, last: date, step: int = 1) -> Iterator[date]:
    """Every so many days from the first to the last."""
    return (first + timedelta(days=number) for number in range(0, (last - first).days + 1, step))


@frozen(kw_only=True)
class CalendarCapabilities:
    """What is known about a calendar; a gap is a `Lacks` with a reason."""

    known: Ability = True
    """The test knows facts that the calendar must agree with; needs the class attribute `known`."""


class CalendarConformance(Conformance, kit=True):
    """Checks a calendar against `loyaltycore.kernel.calendar.BusinessCalendar`: subclass it, fill `open` and `known`."""

    contract = (calendar_port,)
    capabilities: ClassVar[CalendarCapabilities] = CalendarCapabilities()
    capabilities_type = CalendarCapabilities
    known: ClassVar[Mapping[date, bool]] = fact_for(
        "known",
        "Set it to dates of which you know whether they are worked, such as {date(2024, 12, 24): False}",
    )
    """Dates of which you know whether they are working days: an ordinary one, the free weekdays, and one date for each
    source that the calendar has, such as a line of a file."""

    @hook
    def open(self) -> AbstractContextManager[BusinessCalendar]:
        """Return a context manager that yields a calendar, each time a new one with the same facts."""
        raise NotImplementedError

    def test_every_date_has_an_answer(self) -> None:
        """Two centuries of dates are answered with True or False: "for any date from 1900 to 2100"."""
        with self.open() as calendar:
            for day in [FIRST, LAST, date(2024, 2, 29), *days(FIRST, LAST, 29)]:
                assert type(calendar.is_working_day(day)) is bool, day

    def test_the_same_date_has_the_same_answer(self) -> None:
        """Asking again, in another order, or a calendar of the same facts changes nothing: "the same answer every time"."""
        asked = list(days(date(2023, 12, 1), date(2026, 2, 1)))
        with self.open() as calendar, self.open() as another:
            first = [calendar.is_working_day(day) for day in asked]
            assert [calendar.is_working_day(day) for day in reversed(asked)] == first[::-1]
            assert [another.is_working_day(day) for day in reversed(asked)] == first[::-1]
            assert [calendar.is_working_day(day) for day in asked] == first

    def test_the_order_of_questions_does_not_matter(self) -> None:
        """What was asked before is forgotten: "`is_working_day` is a pure function of the date"."""
        with self.open() as calendar:

            @examples(40)
            @given(st.lists(st.dates(FIRST, LAST), min_size=1, max_size=5))
            def holds(asked: list[date]) -> None:
                with self.open() as fresh:
                    assert [fresh.is_working_day(day) for day in asked] == [
                        calendar.is_working_day(day) for day in asked
                    ]

            holds()

    def test_threads_get_the_same_answers(self) -> None:
        """Threads that ask at the same time get the same answers as one: "`is_working_day` is a pure function of the date"."""
        asked = [
            date(year, month, day) for year in range(2020, 2030) for month in (1, 5, 12) for day in (1, 6, 25)
        ]
        with self.open() as calendar, self.open() as shared:
            expected = [calendar.is_working_day(day) for day in asked]
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda _: [shared.is_working_day(day) for day in asked], range(4)))
        assert answers == [expected] * 4

    def test_there_is_always_a_next_working_day(self) -> None:
        """Within two years of any day there is a working day: "at least one day within any 732"."""
        with self.open() as calendar:
            closed = 0
            for day in days(FIRST, LAST):
                closed = 0 if calendar.is_working_day(day) else closed + 1
                assert closed < _HORIZON, f"nobody works in the {_HORIZON} days up to {day}"

    def test_the_next_working_day_is_the_next_one(self) -> None:
        """However it is found, it is the first day that is worked: "Find the first working day after `day`"."""
        with self.open() as calendar:

            @examples(60)
            @given(st.dates(FIRST, date(2098, 1, 1)))
            def holds(day: date) -> None:
                found = next_working_day(calendar, day)
                assert found > day
                assert type(found) is date
                assert calendar.is_working_day(found)
                between = days(day + _ONE_DAY, found - _ONE_DAY)
                assert [free for free in between if calendar.is_working_day(free)] == []

            holds()

    @needs("known")
    def test_known_dates_are_right(self) -> None:
        """What the author knows about the branch is what the calendar says: "Say whether the branch works on that local date"."""
        assert set(self.known.values()) == {True, False}, (
            "`known` needs a working day and a free one at least"
        )
        with self.open() as calendar:
            wrong = {day: calendar.is_working_day(day) for day in self.known}
        assert wrong == dict(self.known)

    def test_nothing_is_read_or_called(self) -> None:
        """Once a calendar is made, even its first answer opens neither a file nor a connection: "It does no I/O"."""
        asked = list(days(FIRST, LAST, 61))
        with self.open() as calendar:
            with io_calls() as opened:
                first = [calendar.is_working_day(day) for day in asked]
            # What is prepared at the first question may look around; what has been answered before needs nothing.
            with io_calls() as opened_again, calls_of(LOOKS) as looked:
                assert [calendar.is_working_day(day) for day in asked] == first
        assert opened == [], "the answer for a date that nobody had asked for was looked up outside"
        assert (opened_again, looked) == ([], []), "an answer that was given before was looked up again"

    def test_no_clock_is_read(self) -> None:
        """The day on which the question is asked makes no difference: "It does no I/O and does not look at the clock"."""
        with self.open() as calendar, calls_of(CLOCKS) as read:
            for day in days(FIRST, LAST, 61):
                calendar.is_working_day(day)
        assert read == [], "the calendar asked what time it is"
