"""The conformance suite of business calendars.

This is all that an author writes, in a file that pytest collects:

    from contextlib import nullcontext
    from datetime import date

    from loyaltycore.testing import CalendarConformance
    from shop_calendar import ShopCalendar

    class TestShopCalendar(CalendarConformance):
        known = {date(2024, 12, 22): False, date(2024, 12, 23): True, date(2024, 12, 24): False}
        other_known = {date(2024, 12, 24): True}

        def open(self):
            return nullcontext(ShopCalendar("Berlin"))

        def open_other(self):
            return nullcontext(ShopCalendar("Vienna"))

It needs no conftest and no fixture.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, timedelta
from functools import partial
from typing import ClassVar, Final

from attrs import frozen
from hypothesis import given, strategies as st

from loyaltycore.kernel import calendar as calendar_port
from loyaltycore.kernel.calendar import BusinessCalendar, next_working_day
from loyaltycore.testing.auditing import CLOCKS, LOOKS, calls_of, in_zone, io_calls
from loyaltycore.testing.calendar_sides import Answers, missing_sides
from loyaltycore.testing.suite import Ability, Conformance, Lacks, examples, fact_for, hook, hook_for, needs
from loyaltycore.testing.threads import in_threads

__all__ = ["CalendarCapabilities", "CalendarConformance", "Lacks"]

FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
_HORIZON: Final = 732
_ROUNDS: Final = 2
_ONE_DAY: Final = timedelta(days=1)


def days(first: date, last: date, step: int = 1) -> Iterator[date]:
    """Every so many days from the first to the last."""
    return (first + timedelta(days=number) for number in range(0, (last - first).days + 1, step))


@frozen(kw_only=True)
class CalendarCapabilities:
    """What is known about a calendar; a gap is a `Lacks` with a reason."""

    known: Ability = True
    """The test knows facts that the calendar must agree with; needs the class attribute `known`."""
    other: Ability = True
    """The test can have a calendar with other facts beside it; needs `open_other` and the class attribute
    `other_known`."""


class CalendarConformance(Conformance, kit=True):
    """Checks a calendar against `loyaltycore.kernel.calendar.BusinessCalendar`: subclass it, fill the hooks and facts."""

    contract = (calendar_port,)
    capabilities: ClassVar[CalendarCapabilities] = CalendarCapabilities()
    capabilities_type = CalendarCapabilities
    known: ClassVar[Mapping[date, bool]] = fact_for(
        "known",
        "Set it to dates of which you know whether they are worked, such as {date(2024, 12, 24): False}",
    )
    """Dates of which you know whether they are working days: an ordinary one, the free weekdays, and for each rule or
    source that the calendar has, such as a line of a file, a date on each side of it."""
    other_known: ClassVar[Mapping[date, bool]] = fact_for(
        "other",
        "Set it to dates of which you know whether they are worked by what `open_other` yields",
    )
    """Dates of which you know whether the other calendar works; one of them is in `known` with the opposite answer."""

    @hook
    def open(self) -> AbstractContextManager[BusinessCalendar]:
        """Return a context manager that yields a calendar, each time a new one with the same facts."""
        raise NotImplementedError

    @hook_for("other")
    def open_other(self) -> AbstractContextManager[BusinessCalendar]:
        """Return a context manager that yields a calendar of the same kind with other facts: of another branch, say."""
        raise NotImplementedError

    def test_every_date_has_an_answer(self) -> None:
        """Each date of two centuries is answered with True or False: "for any date from 1900 to 2100"."""
        with self.open() as calendar:
            for day in days(FIRST, LAST):
                answer = calendar.is_working_day(day)
                assert type(answer) is bool, f"the answer for {day} is {answer!r}"

    def test_the_same_date_has_the_same_answer(self) -> None:
        """Asking again, backwards, or a calendar of the same facts changes nothing: "the same answer every time"."""
        asked = list(days(FIRST, LAST))
        with self.open() as calendar, self.open() as another:
            first = [calendar.is_working_day(day) for day in asked]
            for made, again in ((another, asked[::-1]), (calendar, asked[::-1]), (calendar, asked)):
                answers = {day: made.is_working_day(day) for day in again}
                changed = [
                    f"{day}: {works}, then {answers[day]}"
                    for day, works in zip(asked, first, strict=True)
                    if works is not answers[day]
                ]
                assert changed == [], f"the answer changes for {len(changed)} dates: {changed[:3]}"

    def test_the_order_of_questions_does_not_matter(self) -> None:
        """What was asked before is forgotten: "not what was asked before"."""
        with self.open() as calendar:
            said = Answers(_ask(calendar, list(days(FIRST, LAST))))

        @examples(40)
        @given(st.lists(_telling_days(said), min_size=1, max_size=12))
        def holds(asked: list[date]) -> None:
            with self.open() as fresh:
                for number, day in enumerate(asked):
                    assert fresh.is_working_day(day) is said.said[day], (
                        f"after {[str(before) for before in asked[:number]]} the answer for {day} is another one"
                    )

        holds()

    def test_threads_get_the_same_answers(self) -> None:
        """Threads that ask at the same time, each in its own order, get the answers of one: "not the thread that asks"."""
        asked = [
            day for year in (1900, 1999, 2024, 2100) for day in days(date(year, 1, 1), date(year, 12, 31))
        ]
        with self.open() as calendar:
            expected = {day: calendar.is_working_day(day) for day in asked}
        orders = [asked[start:] + asked[:start] for start in range(0, 40, 10)]
        for _ in range(_ROUNDS):
            with self.open() as shared:
                answers = in_threads(partial(_ask, shared), orders)
            wrong = {day for found in answers for day in found if found[day] is not expected[day]}
            assert wrong == set(), f"threads get other answers for {len(wrong)} dates, such as {min(wrong)}"

    @needs("other")
    def test_two_calendars_share_nothing(self) -> None:
        """Each of two calendars knows its own facts, whichever is made or asked first: "another calendar of the same process"."""
        known = self.known if self.capabilities.known else {}
        differing = [day for day, works in self.other_known.items() if known.get(day, works) is not works]
        assert differing or not known, (
            "`other_known` needs a date that is in `known` with the opposite answer"
        )
        asked = sorted({*known, *self.other_known})
        with self.open() as calendar, self.open_other() as other, self.open() as later:
            for day in asked:
                for made in (calendar, other, later):
                    made.is_working_day(day)
            for made, facts in ((calendar, known), (other, self.other_known), (later, known)):
                _check_known(made, facts)
        with self.open_other() as other, self.open() as calendar:
            for made, facts in ((other, self.other_known), (calendar, known)):
                _check_known(made, facts)

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
            said = Answers(_ask(calendar, list(days(FIRST, LAST))))

            @examples(60)
            @given(_telling_days(said).filter(lambda day: day <= date(2098, 1, 1)))
            def holds(day: date) -> None:
                found = next_working_day(calendar, day)
                assert type(found) is date, f"the next working day is {found!r}"
                assert found > day, f"the next working day after {day} is {found}"
                assert calendar.is_working_day(found), f"the next working day after {day} is free: {found}"
                between = days(day + _ONE_DAY, found - _ONE_DAY)
                passed = [str(worked) for worked in between if calendar.is_working_day(worked)]
                assert passed == [], (
                    f"the next working day after {day} is {found}, and {passed} come before it"
                )

            holds()

    @needs("known")
    def test_known_dates_are_right(self) -> None:
        """What the author knows about the branch is what the calendar says: "Say whether the branch works on that local date"."""
        assert set(self.known.values()) == {True, False}, (
            "`known` needs a working day and a free one at least"
        )
        with self.open() as calendar:
            _check_known(calendar, self.known)

    @needs("known")
    def test_known_dates_stand_on_both_sides_of_each_rule(self) -> None:
        """For all that the calendar does, in far years too, a known date confirms it: "Which days a branch works on"."""
        with self.open() as calendar:
            said = Answers(_ask(calendar, list(days(FIRST, LAST))))
        missing = list(missing_sides(said, self.known))
        assert missing == [], (
            f"add a date to `known` that confirms or denies what the calendar does: {missing}"
        )

    def test_nothing_is_read_or_called(self) -> None:
        """Once a calendar is made, even its first answer opens neither a file nor a connection: "It does no I/O"."""
        asked = list(days(FIRST, LAST, 61))
        with self.open() as calendar:
            with io_calls() as opened:
                first = [calendar.is_working_day(day) for day in asked]
            # What is prepared at the first question may look around; what has been answered before needs nothing.
            with io_calls() as opened_again, calls_of(LOOKS) as looked:
                assert [calendar.is_working_day(day) for day in asked] == first, (
                    "asked once more, the calendar answers otherwise"
                )
        assert opened == [], "the answer for a date that nobody had asked for was looked up outside"
        assert (opened_again, looked) == ([], []), "an answer that was given before was looked up again"

    def test_the_time_zone_of_the_machine_does_not_matter(self) -> None:
        """Far east and far west of Greenwich the answers are the same: "not the time zone of the machine"."""
        asked = list(days(date(1960, 1, 1), date(2050, 1, 1), 3))
        answers = {}
        for zone in ("UTC0", "EAST-14", "WEST12"):
            with in_zone(zone), self.open() as calendar:
                answers[zone] = [calendar.is_working_day(day) for day in asked]
        assert len({tuple(found) for found in answers.values()}) == 1, (
            "the answers depend on the time zone of the machine"
        )

    def test_no_clock_is_read(self) -> None:
        """The day on which the question is asked makes no difference: "It does no I/O and does not look at the clock"."""
        with self.open() as calendar, calls_of(CLOCKS) as read:
            for day in days(FIRST, LAST, 61):
                calendar.is_working_day(day)
        assert read == [], "the calendar asked what time it is"


def _check_known(calendar: BusinessCalendar, known: Mapping[date, bool]) -> None:
    wrong = {str(day): works for day, works in known.items() if calendar.is_working_day(day) is not works}
    assert wrong == {}, f"the calendar says the opposite of what is known: {wrong}"


def _telling_days(said: Answers) -> st.SearchStrategy[date]:
    """Dates that tell calendars apart: those that the weekday does not decide, those beside them, and any other."""
    any_day = st.dates(FIRST, LAST)
    exceptions = said.exceptions()
    if not exceptions:
        return any_day
    beside = st.tuples(st.sampled_from(exceptions), st.sampled_from([-366, -365, -1, 0, 0, 0, 1, 365, 366]))
    near = beside.map(lambda found: found[0] + timedelta(days=found[1]))
    return near.filter(lambda day: FIRST <= day <= LAST) | any_day


def _ask(calendar: BusinessCalendar, asked: list[date]) -> dict[date, bool]:
    return {day: calendar.is_working_day(day) for day in asked}
