"""The plug-in that gives each branch its calendar."""

import pickle
import sys
from datetime import date
from importlib.metadata import entry_points

import pytest
from attrs import evolve

from loyaltycore.errors import InvalidInput, MissingExtra
from loyaltycore.kernel.branches import HEAD_OFFICE, Branch
from loyaltycore_holidays import BranchHolidays, HolidayCalendar, branches

AUGSBURG = Branch(
    "augsburg",
    "Augsburg",
    subdivision="BY",
    municipality="Augsburg",
    working_weekdays=(1, 2, 3, 4, 5),
    closed_on=(date(2024, 5, 10),),
    open_on=(date(2024, 12, 8),),
)


def test_a_branch_gets_the_calendar_of_its_facts():
    """Country, state, municipality, weekdays and dates of the branch all reach its calendar."""
    assert BranchHolidays()(AUGSBURG) == HolidayCalendar(
        "DE",
        "BY",
        municipality="Augsburg",
        working_weekdays=(1, 2, 3, 4, 5),
        closed_on=(date(2024, 5, 10),),
        open_on=(date(2024, 12, 8),),
    )


def test_the_head_office_has_a_calendar_too():
    """A session without a branch works on the nationwide holidays of the default country."""
    assert BranchHolidays()(HEAD_OFFICE) == HolidayCalendar("DE")


def test_branches_with_equal_facts_share_one_calendar():
    """Name and address play no part: the calendar is computed once for a place, whoever asks."""
    calendar_of = BranchHolidays(closed_every=[(12, 24)])
    twin = evolve(AUGSBURG, id="other", name="Other")
    assert calendar_of(AUGSBURG) is calendar_of(twin)
    assert calendar_of(AUGSBURG) is BranchHolidays(closed_every=[(12, 24)])(AUGSBURG)
    assert calendar_of(AUGSBURG) is not calendar_of(evolve(AUGSBURG, municipality=""))
    assert calendar_of(AUGSBURG) is not BranchHolidays()(AUGSBURG)


def test_the_shared_calendars_are_bounded():
    """A host with ever changing branches does not grow without end."""
    calendar_of = BranchHolidays()
    for i in range(300):
        calendar_of(evolve(AUGSBURG, closed_on=(date.fromordinal(738_000 + i),)))
    info = branches._calendar.cache_info()
    assert info.currsize <= info.maxsize == 256


def test_the_chain_adds_its_own_days():
    """Days that the whole chain is closed are free in each branch, and a branch's open date wins over them."""
    calendar_of = BranchHolidays(closed_every=((12, 24), (12, 31)), closed_on=[date(2024, 7, 3)])
    shop = calendar_of(AUGSBURG)
    assert not any(map(shop.is_working_day, (date(2024, 12, 24), date(2024, 7, 3), date(2024, 5, 10))))
    assert calendar_of(evolve(AUGSBURG, open_on=(date(2024, 12, 24),))).is_working_day(date(2024, 12, 24))


def test_categories_belong_to_a_country():
    """What closes beside public holidays is said for each country; the others keep their usual kind."""
    calendar_of = BranchHolidays(categories={"AT": ("public", "bank")})
    vienna = evolve(AUGSBURG, country="AT", subdivision="9", municipality="")
    assert calendar_of(vienna).place.categories == ("bank", "public")
    assert calendar_of(AUGSBURG).place.categories == ("public",)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"closed_every": [(2, 30)], "closed_on": ["x"]}, ("closed_every[0]", "closed_on[0]")),
        ({"categories": {"XX": ("public",)}}, ("categories[XX].country",)),
        ({"categories": {"DE": ("bank",)}}, ("categories[DE].categories",)),
    ],
)
def test_wrong_options_show_when_the_program_starts(options, fields):
    """A wrong option is refused when the plug-in is made, with every fault."""
    with pytest.raises(InvalidInput) as caught:
        BranchHolidays(**options)
    assert caught.value.fields == fields


def test_a_branch_in_an_unknown_place_is_refused():
    """The error names the field of the branch, each time it is asked."""
    for _ in range(2):
        with pytest.raises(InvalidInput) as caught:
            BranchHolidays()(evolve(AUGSBURG, subdivision="XX", municipality=""))
        assert caught.value.fields == ("subdivision",)


def test_a_missing_package_shows_when_the_program_starts(monkeypatch):
    """Without `holidays` the plug-in cannot even be made."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MissingExtra):
        BranchHolidays()


def test_the_plug_in_is_a_value():
    """Equal options make equal plug-ins, which hash and pickle."""
    one = BranchHolidays(closed_every=[(12, 24)], categories={"AT": ["public"]})
    twin = pickle.loads(pickle.dumps(one))  # noqa: S301  our own bytes
    assert twin == one == BranchHolidays(closed_every=[(12, 24)], categories={"AT": ("public",)})
    assert hash(twin) == hash(one)
    assert twin(AUGSBURG) is one(AUGSBURG)


def test_it_is_found_by_name():
    """The distribution announces the plug-in under the name `holidays`."""
    (entry,) = entry_points(group="loyaltycore.calendar", name="holidays")
    assert entry.load() is BranchHolidays
