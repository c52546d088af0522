"""The calendar with public holidays: against the `holidays` package itself, and in the facts that it adds."""

import copy
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, strategies as st

from loyaltycore.cards.rules.dispatch import DispatchCycle, expected_dispatch
from loyaltycore.errors import InvalidInput, MissingExtra, Refused
from loyaltycore.kernel.calendar import WeekdayCalendar, first_working_day, next_working_day
from loyaltycore_holidays import MOSTLY_CATHOLIC, HolidayCalendar

DECADE = [date(2020, 1, 1) + timedelta(days=i) for i in range((date(2030, 1, 1) - date(2020, 1, 1)).days)]
MONDAY_TO_SATURDAY = range(6)
BERLIN = HolidayCalendar("DE", "BE")

days = st.dates(date(2020, 1, 1), date(2029, 12, 31))
dates = st.frozensets(st.dates(date(2024, 1, 1), date(2024, 12, 31)), max_size=20)
year_days = st.tuples(st.integers(1, 12), st.integers(1, 28))


def reference(country, subdivision=None, categories=None):
    """The package's own calendar, over the decade and its neighbours."""
    return holidays.country_holidays(
        country, subdiv=subdivision, years=range(2019, 2032), categories=categories
    )


@pytest.mark.parametrize(
    ("country", "subdivision"),
    [
        ("DE", "BY"),
        ("DE", "BE"),
        ("DE", "SN"),
        ("DE", None),
        ("AT", "9"),
        ("CH", "ZH"),
        ("FR", None),
        ("GB", "SCT"),
        ("US", "CA"),
        ("HU", None),
    ],
)
def test_it_agrees_with_the_package_for_a_decade(country, subdivision):
    """Every day from 2020 to 2029 is worked exactly when `holidays` says so, and so is each next working day."""
    ours, theirs = HolidayCalendar(country, subdivision), reference(country, subdivision)
    assert [day for day in DECADE if ours.is_working_day(day) != theirs.is_working_day(day)] == []
    wrong = [day for day in DECADE if next_working_day(ours, day) != theirs.get_nth_working_day(day, 1)]
    assert wrong == []


@pytest.mark.parametrize(("asked", "first"), [(2025, 2024), (2024, 2025)])
def test_the_order_of_questions_does_not_matter(asked, first):
    """A year gives the same days whether its neighbour was asked for before or not."""
    calendar = HolidayCalendar("US")
    calendar.is_working_day(date(first, 7, 1))
    assert calendar.working_days(asked) == HolidayCalendar("US").working_days(asked)
    assert [day for day in calendar.working_days(asked) if not calendar.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("cycle", "ordered_on", "expected"),
    [
        (DispatchCycle.DAILY, date(2024, 12, 20), date(2024, 12, 23)),
        (DispatchCycle.DAILY, date(2024, 12, 24), date(2024, 12, 27)),
        (DispatchCycle.WEEKLY, date(2024, 12, 18), date(2024, 12, 23)),
        (DispatchCycle.WEEKLY, date(2024, 12, 26), date(2024, 12, 30)),
        (DispatchCycle.MONTHLY, date(2024, 12, 2), date(2025, 1, 2)),
    ],
)
def test_the_examples_of_the_dispatch_rule(cycle, ordered_on, expected):
    """Around Christmas 2024 a card leaves on the days that the rule names, with the holidays of Germany."""
    assert expected_dispatch(ordered_on, cycle, HolidayCalendar("DE")) == expected


@pytest.mark.parametrize(
    ("subdivision", "municipality", "day"),
    [
        ("BY", "catholic", date(2024, 8, 15)),
        ("BY", "Augsburg", date(2024, 8, 8)),
        ("BY", "Augsburg", date(2024, 8, 15)),
        ("SN", "catholic", date(2024, 5, 30)),
        ("TH", "catholic", date(2024, 5, 30)),
    ],
)
def test_a_holiday_of_the_municipality_closes_it_alone(subdivision, municipality, day):
    """The day is free where the municipality is named, and worked in the rest of the state."""
    assert not HolidayCalendar("DE", subdivision, municipality=municipality).is_working_day(day)
    assert HolidayCalendar("DE", subdivision).is_working_day(day)


@pytest.mark.parametrize(
    ("subdivision", "municipality", "name", "categories"),
    [
        ("BY", "Augsburg", "Augsburg", None),
        ("BY", "catholic", "BY", ("public", "catholic")),
        ("SN", "catholic", "SN", ("public", "catholic")),
        ("TH", "catholic", "TH", ("public", "catholic")),
    ],
)
def test_a_municipality_agrees_with_the_package(subdivision, municipality, name, categories):
    """The option gives exactly the days that `holidays` gives under its own name for the place."""
    ours, theirs = (
        HolidayCalendar("DE", subdivision, municipality=municipality),
        reference("DE", name, categories),
    )
    assert [day for day in DECADE if ours.is_working_day(day) != theirs.is_working_day(day)] == []


@given(days, dates, dates, st.frozensets(year_days, max_size=5), st.frozensets(st.integers(0, 6)))
def test_facts_rank_open_then_closed_then_weekday(day, closed, opened, yearly, weekdays):
    """An open date wins; then closed dates, yearly closed days and holidays; then the weekday decides."""
    calendar = HolidayCalendar(
        "DE", "BE", closed_on=closed, open_on=opened, closed_every=yearly, working_weekdays=weekdays
    )
    free = day in closed or (day.month, day.day) in yearly or day in reference("DE", "BE")
    assert calendar.is_working_day(day) == (day in opened or (day.weekday() in weekdays and not free))


def test_a_shop_that_works_on_saturday():
    """With Monday to Saturday a Saturday is worked, and a holiday that falls on one is not."""
    shop = HolidayCalendar("DE", "BE", working_weekdays=MONDAY_TO_SATURDAY)
    assert shop.is_working_day(date(2024, 7, 6))
    assert not shop.is_working_day(date(2025, 3, 8))


def test_days_that_are_closed_every_year():
    """Christmas Eve and New Year's Eve, which are no public holidays, are free in every year, and leap day can be."""
    shop = HolidayCalendar("DE", "BE", closed_every=((12, 24), (12, 31), (2, 29)))
    assert BERLIN.is_working_day(date(2024, 12, 24))
    for year in (2024, 2027, 2036):
        assert not shop.is_working_day(date(year, 12, 24))
        assert not shop.is_working_day(date(year, 12, 31))
    assert next_working_day(shop, date(2024, 2, 28)) == date(2024, 3, 1)


def test_a_sunday_opening():
    """A Sunday on which shops may open is worked when it is named, and so is a holiday."""
    shop = HolidayCalendar("DE", "BE", open_on=[date(2024, 12, 8), date(2024, 10, 3)])
    assert next_working_day(shop, date(2024, 12, 6)) == date(2024, 12, 8)
    assert shop.is_working_day(date(2024, 10, 3))


def test_a_swapped_saturday_is_worked():
    """Where a country moves a working day to a Saturday, as Hungary does for bridge days, that Saturday counts."""
    theirs = reference("HU")
    swapped = sorted(day for day in theirs.weekend_workdays if day in DECADE)
    assert swapped
    assert all(HolidayCalendar("HU").is_working_day(day) for day in swapped)


def test_other_categories_close_other_days():
    """A bank in Austria that keeps bank holidays is closed on Christmas Eve, a shop is not."""
    day = date(2024, 12, 24)
    assert HolidayCalendar("AT").is_working_day(day)
    assert not HolidayCalendar("AT", categories=("public", "bank")).is_working_day(day)


@pytest.mark.parametrize("year", [1900, 1950, 2101, 2199])
def test_years_without_holidays_go_by_the_weekday(year):
    """Before and after the years that the package covers there are no holidays, and no error."""
    weekdays = WeekdayCalendar()
    in_year = [date(year, 1, 1) + timedelta(days=i) for i in range(365)]
    assert all(BERLIN.is_working_day(day) == weekdays.is_working_day(day) for day in in_year)


@pytest.mark.parametrize("name", ["BY", "by", "DE-BY", "de-by", "Bayern", " BAYERN "])
def test_a_state_may_be_written_in_several_ways(name):
    """Code, ISO 3166-2 code and name mean the same state, and give equal calendars."""
    assert HolidayCalendar("de", name) == HolidayCalendar("DE", "BY")


def test_a_municipality_says_where_it_lies():
    """Augsburg lies in Bavaria, whether the state is given or not."""
    assert HolidayCalendar("DE", municipality="augsburg") == HolidayCalendar(
        "DE", "BY", municipality="Augsburg"
    )


@pytest.mark.parametrize(
    ("arguments", "field", "code", "listed"),
    [
        ({"country": "XX"}, "country", "unknown_country", "AT, AU"),
        ({"country": "D"}, "country", "unknown_country", "DE"),
        ({"country": ""}, "country", "required", ""),
        ({"country": None}, "country", "required", ""),
        ({"country": 49}, "country", "wrong_type", ""),
        ({"country": "DE", "subdivision": "ZZ"}, "subdivision", "unknown_subdivision", "BB, BE, BW, BY"),
        ({"country": "DE", "subdivision": "AT-9"}, "subdivision", "unknown_subdivision", "TH"),
        ({"country": "DE", "subdivision": "Augsburg"}, "subdivision", "unknown_subdivision", "BY"),
        ({"country": "HU", "subdivision": "BU"}, "subdivision", "unknown_subdivision", "none"),
        (
            {"country": "DE", "subdivision": "BY", "municipality": "München"},
            "municipality",
            "unknown_municipality",
            "Augsburg, catholic",
        ),
        (
            {"country": "DE", "subdivision": "BE", "municipality": "catholic"},
            "municipality",
            "unknown_municipality",
            "none",
        ),
        (
            {"country": "DE", "subdivision": "BE", "municipality": "Augsburg"},
            "municipality",
            "unknown_municipality",
            "none",
        ),
        ({"country": "DE", "categories": ("bank",)}, "categories", "unknown_category", "catholic, public"),
        ({"country": "DE", "categories": [3]}, "categories", "unknown_category", "public"),
        ({"country": "DE", "working_weekdays": [7]}, "working_weekdays[0]", "out_of_range", ""),
        ({"country": "DE", "working_weekdays": 5}, "working_weekdays", "wrong_type", ""),
        ({"country": "DE", "closed_on": ["24.12.2024"]}, "closed_on[0]", "bad_date", ""),
        ({"country": "DE", "open_on": "2024-12-24"}, "open_on", "wrong_type", ""),
        ({"country": "DE", "closed_every": [(2, 30)]}, "closed_every[0]", "bad_day", ""),
        ({"country": "DE", "closed_every": [12]}, "closed_every[0]", "bad_day", ""),
    ],
)
def test_an_unknown_fact_is_named_and_what_exists_is_listed(arguments, field, code, listed):
    """A wrong fact gives one fault at its field; where there is a list to choose from, the message has it."""
    with pytest.raises(InvalidInput) as caught:
        HolidayCalendar(**arguments)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [(field, code)]
    assert listed in caught.value.faults[0].message


def test_all_faults_come_at_once():
    """Several wrong facts are reported in one error."""
    with pytest.raises(InvalidInput) as caught:
        HolidayCalendar("DE", "ZZ", closed_every=[(13, 1)], working_weekdays=[9])
    assert caught.value.fields == ("subdivision", "working_weekdays[0]", "closed_every[0]")


def test_a_calendar_that_never_works_is_refused():
    """Without any working weekday the search for one ends in the refusal of the domain."""
    with pytest.raises(Refused) as caught:
        next_working_day(HolidayCalendar("DE", working_weekdays=()), date(2024, 1, 1))
    assert caught.value.code == "calendar.no_working_day"


def test_equality_is_by_facts():
    """Order and repetition of the facts do not matter, a different fact does, and being asked changes nothing."""
    day, other = date(2024, 5, 10), date(2024, 5, 11)
    one = HolidayCalendar("DE", "BY", closed_on=[day, other])
    two = HolidayCalendar("DE", "Bayern", closed_on=(other, day, day))
    one.is_working_day(day)
    next_working_day(one, day)
    assert one == two
    assert hash(one) == hash(two)
    assert one != HolidayCalendar("DE", "BY", closed_on=[day])
    assert one != HolidayCalendar("DE", "BY", closed_on=[day, other], municipality=MOSTLY_CATHOLIC)


@pytest.mark.parametrize(
    "travel",
    [copy.copy, copy.deepcopy, lambda calendar: pickle.loads(pickle.dumps(calendar))],  # noqa: S301  our own bytes
)
def test_a_calendar_travels_as_a_value(travel):
    """A copy or a pickle is equal, gives the same answers, and carries nothing of what was computed."""
    calendar = HolidayCalendar("DE", "SN", municipality="catholic", closed_every=((12, 24),))
    used = next_working_day(calendar, date(2024, 5, 29))
    twin = travel(calendar)
    assert twin == calendar
    assert hash(twin) == hash(calendar)
    assert not twin._years
    assert next_working_day(twin, date(2024, 5, 29)) == used == date(2024, 5, 31)
    assert len(pickle.dumps(calendar)) < 1000


def test_a_calendar_is_frozen():
    """No fact of a calendar can be changed afterwards."""
    with pytest.raises(AttributeError):
        BERLIN.closed_on = frozenset()


def test_threads_may_share_a_calendar():
    """Eight threads that ask a fresh calendar for the same and for other years get the answers of one thread."""
    expected = [HolidayCalendar("DE", "BY").is_working_day(day) for day in DECADE]
    shared = HolidayCalendar("DE", "BY")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: [shared.is_working_day(day) for day in DECADE], range(8)))
    assert answers == [expected] * 8


def test_a_year_is_computed_once(monkeypatch):
    """However often a year is asked for, its working days are computed a single time."""
    asked = []
    compute = HolidayCalendar.working_days
    monkeypatch.setattr(
        HolidayCalendar, "working_days", lambda self, year: asked.append(year) or compute(self, year)
    )
    calendar = HolidayCalendar("DE")
    for _ in range(3):
        for day in DECADE:
            calendar.is_working_day(day)
    assert asked == list(range(2020, 2030))


@given(days)
def test_the_look_up_and_the_walk_agree(day):
    """The remembered next working day is the one that a plain walk finds."""
    assert next_working_day(BERLIN, day) == first_working_day(BERLIN, day + timedelta(days=1))


def test_importing_the_package_does_not_import_holidays():
    """A host that imports the adapter pays for `holidays` only with the first calendar."""
    code = "import sys, loyaltycore_holidays; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_a_missing_package_says_how_to_install_it(monkeypatch):
    """Without `holidays` the error names the extra that brings it."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MissingExtra) as caught:
        HolidayCalendar("DE")
    assert caught.value.extra == "holidays"
    assert 'pip install "loyaltycore[holidays]"' in str(caught.value)
