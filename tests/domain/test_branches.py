"""Reading what is said about a branch: normal form, and the field and code of every fault."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.branches.rules.form import branch_of, read_branch
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.branches import HEAD_OFFICE, Branch
from loyaltycore.kernel.contact import Address

BERLIN = Branch("berlin", "Optik Berlin")
SHOP = Address("Ladenweg 1", "10115", "Berlin", "DE")


def faults_of(**facts: Any) -> list[tuple[str, str]]:
    """Field and code of every fault of a branch with those facts."""
    with pytest.raises(InvalidInput) as caught:
        read_branch(evolve(BERLIN, **facts))
    return [(fault.field, fault.code) for fault in caught.value.faults]


def test_a_branch_is_read_in_normal_form() -> None:
    """Blanks around go, codes are capital, days are sorted and stand once, a phone number gets its country."""
    given = branch_of(
        "bregenz",
        " Optik Bregenz ",
        {
            "time_zone": " Europe/Vienna ",
            "country": "at",
            "subdivision": " 8 ",
            "municipality": " Bregenz ",
            "working_weekdays": {5, 0, 1},
            "closed_on": [date(2026, 12, 24), date(2026, 5, 1), date(2026, 5, 1)],
            "open_on": [date(2026, 12, 8)],
            "address": SHOP,
            "email": " Laden@example.org ",
            "phone": "05574 12345",
        },
    )
    assert read_branch(given) == Branch(
        "bregenz",
        "Optik Bregenz",
        time_zone="Europe/Vienna",
        country="AT",
        subdivision="8",
        municipality="Bregenz",
        working_weekdays=(0, 1, 5),
        closed_on=(date(2026, 5, 1), date(2026, 12, 24)),
        open_on=(date(2026, 12, 8),),
        address=SHOP,
        email="Laden@example.org",
        phone="+43557412345",
    )


def test_a_branch_of_which_nothing_is_said_works_in_germany() -> None:
    """Monday to Friday, without an address; and reading it changes nothing, its version neither."""
    assert (BERLIN.time_zone, BERLIN.country) == ("Europe/Berlin", "DE")
    assert (BERLIN.working_weekdays, BERLIN.closed_on, BERLIN.open_on) == ((0, 1, 2, 3, 4), (), ())
    assert (BERLIN.subdivision, BERLIN.municipality, BERLIN.address) == ("", "", None)
    assert (BERLIN.email, BERLIN.phone, BERLIN.version) == ("", "", 1)
    assert read_branch(evolve(BERLIN, version=7)) == evolve(BERLIN, version=7)


def test_the_head_office_has_no_name() -> None:
    """Neither a key nor a name: no branch can be taken for it."""
    assert (HEAD_OFFICE.id, HEAD_OFFICE.name) == ("", "")


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"id": "Berlin!"}, [("id", "bad_key")]),
        ({"name": ""}, [("name", "required")]),
        ({"name": "x" * 101}, [("name", "too_long")]),
        ({"time_zone": ""}, [("time_zone", "required")]),
        ({"time_zone": "Europe/Atlantis"}, [("time_zone", "unknown_time_zone")]),
        ({"time_zone": "../etc/passwd"}, [("time_zone", "unknown_time_zone")]),
        ({"time_zone": "x" * 61}, [("time_zone", "too_long")]),
        ({"country": ""}, [("country", "required")]),
        ({"country": "D"}, [("country", "bad_country")]),
        ({"country": "D1"}, [("country", "bad_country")]),
        ({"country": "ÄÖ"}, [("country", "bad_country")]),
        *(({"country": code}, [("country", "bad_country")]) for code in ("XX", "ZZ", "UK", "EU", "DD")),
        ({"country": "DEU"}, [("country", "too_long")]),
        ({"subdivision": "x" * 61}, [("subdivision", "too_long")]),
        ({"municipality": "x" * 61}, [("municipality", "too_long")]),
        ({"working_weekdays": ()}, [("working_weekdays", "required")]),
        ({"working_weekdays": "01"}, [("working_weekdays", "wrong_type")]),
        ({"working_weekdays": (7,)}, [("working_weekdays", "out_of_range")]),
        ({"working_weekdays": (-1,)}, [("working_weekdays", "out_of_range")]),
        ({"closed_on": "2026-01-01"}, [("closed_on", "wrong_type")]),
        ({"closed_on": [date(2026, 1, 1), "x"]}, [("closed_on[1]", "bad_date")]),
        ({"open_on": None}, [("open_on", "wrong_type")]),
        ({"open_on": [1]}, [("open_on[0]", "wrong_type")]),
        ({"address": "Berlin"}, [("address", "wrong_type")]),
        ({"address": Address(city="x" * 200)}, [("address.city", "too_long")]),
        ({"address": Address(country="XX")}, [("address.country", "bad_country")]),
        ({"email": "nobody"}, [("email", "bad_email")]),
        ({"email": "x" * 255}, [("email", "too_long")]),
        ({"phone": "12"}, [("phone", "bad_phone")]),
        ({"name": "", "email": "nobody"}, [("name", "required"), ("email", "bad_email")]),
    ],
)
def test_every_fault_of_a_branch_stands_at_its_field(
    facts: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    """Wrong types, lengths and words, all at once."""
    assert faults_of(**facts) == found


def test_the_longest_texts_and_the_whole_week_are_taken() -> None:
    """100 characters of a name, 60 of the places, and seven working days."""
    given = evolve(
        BERLIN,
        name="x" * 100,
        subdivision="x" * 60,
        municipality="x" * 60,
        working_weekdays=tuple(range(7)),
    )
    assert read_branch(given) == given


def test_a_day_is_that_of_the_branchs_clock() -> None:
    """One instant is two dates in two zones."""
    instant = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)
    assert BERLIN.local_date(instant) == date(2026, 1, 16)
    assert evolve(BERLIN, time_zone="America/New_York").local_date(instant) == date(2026, 1, 15)
