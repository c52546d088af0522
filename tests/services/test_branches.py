"""Branches: opened once, checked as a whole, listed in order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from loyaltycore import Address, InvalidInput, NotFound, Refused, plugins
from loyaltycore.branches import Branch, knowing
from loyaltycore.errors import MissingExtra
from loyaltycore.kernel.calendar import WeekdayCalendar
from loyaltycore.work.house import weekdays_of
from loyaltycore_holidays import BranchHolidays
from tests.house import House, build_house, dump


def test_a_branch_is_opened_and_changed(house: House) -> None:
    """Its facts are kept in normal form, and each change is recorded."""
    munich = house.desk.branches.create(
        "munich",
        name="Optik München",
        subdivision="BY",
        phone="089 2180",
        email="M@Example.org",
        working_weekdays=(5, 0),
    )
    assert (munich.phone, munich.email, munich.working_weekdays) == ("+49892180", "M@example.org", (0, 5))
    house.desk.branches.change(
        "munich", closed_on=(date(2026, 10, 1),), address=Address("Weg 2", "80331", "München", "de")
    )
    changed = house.desk.branches.get("munich")
    assert (changed.version, changed.address.country if changed.address else "") == (2, "DE")
    assert [branch.id for branch in house.desk.branches.all()] == ["berlin", "munich"]
    assert [a.action for a in house.desk.activities.of_record("branches", "munich")] == [
        "branch.created",
        "branch.changed",
    ]


def test_changing_nothing_records_nothing(house: House) -> None:
    """The same facts again are no change."""
    before = dump(house.loyalty)
    house.desk.branches.change("berlin", name="Optik Berlin")
    assert dump(house.loyalty) == before


def test_a_key_is_used_once(house: House) -> None:
    """A second branch with the same key is refused."""
    with pytest.raises(Refused) as refusal:
        house.desk.branches.create("berlin", name="Zwei")
    assert refusal.value.code == "branch.exists"
    with pytest.raises(NotFound):
        house.desk.branches.change("mars", name="Mars")


def test_a_script_that_is_run_again_ensures(house: House) -> None:
    """A branch that is missing is opened; one that is there stays as it is, and nothing is recorded."""
    bonn = house.desk.branches.ensure("bonn", name="Optik Bonn", subdivision="NW")
    house.desk.branches.change("bonn", name="Optik am Rhein")
    before = dump(house.loyalty)
    again = house.desk.branches.ensure("bonn", name="Optik Bonn", subdivision="NW")
    assert (bonn.name, again.name, dump(house.loyalty)) == ("Optik Bonn", "Optik am Rhein", before)
    with pytest.raises(InvalidInput):
        house.desk.branches.ensure("bonn", name="")


def test_every_fault_is_named_at_once(house: House) -> None:
    """All fields wrong: one error with all of them, nothing stored."""
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        house.desk.branches.create(
            "No Key!",
            name="",
            time_zone="Mars/Olympus",
            country="GER",
            subdivision="x" * 61,
            municipality=7,
            working_weekdays=(7,),
            closed_on=("New Year", datetime(2026, 1, 1)),  # noqa: DTZ001  wrong on purpose
            open_on=5,
            address="Ladenweg 1",
            email="nobody",
            phone="0",
        )
    assert set(fault.value.fields) == {
        "id", "name", "time_zone", "country", "subdivision", "municipality", "working_weekdays", "closed_on[0]",
        "closed_on[1]", "open_on", "address", "email", "phone",
    }  # fmt: skip
    assert dump(house.loyalty) == before


def test_unknown_facts_are_refused(house: House) -> None:
    """A misspelt field is a fault, not a silence."""
    with pytest.raises(InvalidInput) as fault:
        house.desk.branches.change("berlin", nmae="x", version=3)
    assert fault.value.fields == ("nmae", "version")


def test_a_session_keeps_the_branch_as_it_was(house: House) -> None:
    """A moved branch reaches sessions opened afterwards."""
    house.desk.branches.change("berlin", name="Optik Mitte")
    assert house.desk.branch.name == "Optik Berlin"
    assert house.loyalty.session("anna", "berlin").branch.name == "Optik Mitte"


CALENDARS = {
    "no calendar": weekdays_of,
    "a calendar that knows places": BranchHolidays(),
    "a calendar of the host's own": lambda _: WeekdayCalendar(),
}
PLACES = (
    *({"country": code} for code in ("XX", "UK", "EU", "")),
    *({"subdivision": word} for word in ("ZZ", "AT-9", "Bavaria", "München")),
    {"country": "AT", "subdivision": "BY"},
    {"country": "HU", "subdivision": "ZZ"},
)


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("calendar", ["no calendar", "a calendar that knows places"])
def test_a_branch_is_somewhere(calendar: str, place: dict[str, Any]) -> None:
    """A place that nobody knows is refused when a branch is opened and when it moves, and nothing is stored."""
    house = build_house(calendar=CALENDARS[calendar])
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as caught:
        house.desk.branches.create("munich", name="", **place)
    assert {"name"} < set(caught.value.fields) <= {"name", *place}
    with pytest.raises(InvalidInput):
        house.desk.branches.change("berlin", **place)
    assert dump(house.loyalty) == before


@pytest.mark.parametrize("subdivision", ["MV", "DE-MV", "Mecklenburg-Vorpommern", "mecklenburg-vorpommern"])
@pytest.mark.parametrize("calendar", CALENDARS)
def test_a_state_is_given_by_code_or_by_name(subdivision: str, calendar: str) -> None:
    """As the documentation says, whatever the calendar."""
    house = build_house(calendar=CALENDARS[calendar])
    branch = house.desk.branches.create("schwerin", name="Schwerin", subdivision=subdivision)
    assert branch.subdivision == subdivision
    works = house.loyalty.session("anna", "schwerin").calendar.is_working_day(date(2028, 10, 31))
    assert works is (calendar != "a calendar that knows places"), "Reformation Day, a Tuesday"


def test_a_calendar_of_the_hosts_own_may_call_places_as_it_likes() -> None:
    """Nobody else looks at them; a country must still exist."""
    branches = build_house(calendar=CALENDARS["a calendar of the host's own"]).desk.branches
    assert (
        branches.create("north", name="North", subdivision="north", municipality="x").subdivision == "north"
    )
    with pytest.raises(InvalidInput):
        branches.create("nowhere", name="Nowhere", country="XX")


def test_the_municipality_is_a_word_of_the_calendar() -> None:
    """One that knows places refuses unknown ones; without a calendar it is only kept."""
    knowing = build_house(calendar=BranchHolidays()).desk.branches
    kept = knowing.create("augsburg", name="A", subdivision="BY", municipality="Augsburg")
    assert kept.municipality == "Augsburg"
    with pytest.raises(InvalidInput):
        knowing.create("bonn", name="B", subdivision="NW", municipality="Bonn")
    branches = build_house(calendar=weekdays_of).desk.branches
    assert branches.create("bonn", name="B", subdivision="NW", municipality="Bonn").municipality == "Bonn"


def test_an_old_place_holds_up_no_other_change() -> None:
    """A branch from before places were checked keeps its own until it moves."""
    house = build_house(calendar=weekdays_of)
    with house.loyalty.storage.transaction() as tx:
        tx.add(Branch("old", "Old", subdivision="ZZ"))
    assert house.desk.branches.change("old", name="New").name == "New"
    assert house.desk.branches.change("old", subdivision="BE").subdivision == "BE"
    with pytest.raises(InvalidInput):
        house.desk.branches.change("old", subdivision="ZZ")


@pytest.mark.parametrize("fault", [MissingExtra("holidays", "holidays"), TypeError("options are needed")])
def test_without_an_adapter_that_knows_places_none_is_refused(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing depends on the state then; an adapter that cannot be made is none."""

    def load(*_: object) -> Any:
        raise fault

    monkeypatch.setattr(plugins, "load", load)
    knowing._installed.cache_clear()
    try:
        branch = build_house(calendar=weekdays_of).desk.branches.create("x", name="X", subdivision="ZZ")
    finally:
        knowing._installed.cache_clear()
    assert branch.subdivision == "ZZ"
