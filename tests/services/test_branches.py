"""Branches: opened once, checked as a whole, listed in order."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from loyaltycore import Address, InvalidInput, NotFound, Refused
from tests.house import House, dump


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


def test_every_fault_is_named_at_once(house: House) -> None:
    """All fields wrong: one error with all of them, nothing stored."""
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as fault:
        house.desk.branches.create(
            "No Key!",
            name="",
            time_zone="Mars/Olympus",
            country="GER",
            subdivision="x" * 21,
            municipality=7,
            working_weekdays=(7,),
            closed_on=("2026-01-01", datetime(2026, 1, 1)),  # noqa: DTZ001  wrong on purpose
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
