"""Reading what a caller says about a branch: every field checked, every fault collected."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any, Final, TypedDict

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Address, parse_email, read_address
from loyaltycore.kernel.phones import parse_phone
from loyaltycore.kernel.places import read_country, read_time_zone
from loyaltycore.kernel.validation import Faults

DAYS_OF_WEEK = 7
MOST_DAYS = 1000
"""How many extra dates a branch may have: thirty years of them."""

PLACE_LENGTH: Final = 60
"""Of the name of a subdivision or a municipality."""


class BranchFacts(TypedDict, total=False):
    """What may be said about a branch besides its key and name; see `Branch`. Dates may be text like ``2026-12-24``."""

    time_zone: str
    country: str
    subdivision: str
    municipality: str
    working_weekdays: Collection[int]
    closed_on: Collection[date | str]
    open_on: Collection[date | str]
    address: Address | None
    email: str
    phone: str


class BranchChanges(BranchFacts, total=False):
    """What may be changed about a branch."""

    name: str


def branch_of(branch_id: str, name: str, facts: BranchFacts) -> Branch:
    """A branch as a caller describes it, not checked yet."""
    given: dict[str, Any] = {**facts}
    return Branch(id=branch_id, name=name, **given)


PlaceCheck = Callable[[str, str, str], object]
"""Raises `InvalidInput` if it does not know a place: a country, a subdivision and a municipality."""

_PLACE: Final = frozenset({"country", "subdivision", "municipality"})


def read_branch(branch: Branch, check_place: PlaceCheck | None = None) -> Branch:
    """Check every field of a branch and return it in normal form.

    Args:
        check_place: What knows places; None if the place has been checked before.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        read = _read(faults, branch)
        if check_place is not None and _PLACE.isdisjoint(fault.field for fault in faults.found):
            _check(faults, place_of(read), check_place)
    return read


def place_of(branch: Branch) -> tuple[str, str, str]:
    """Where a branch is: country, subdivision and municipality."""
    return branch.country, branch.subdivision, branch.municipality


def _read(faults: Faults, branch: Branch) -> Branch:
    country = read_country(faults, "country", branch.country, required=True)
    return Branch(
        id=faults.key("id", branch.id),
        name=faults.text("name", branch.name, limit=100, required=True),
        time_zone=read_time_zone(faults, "time_zone", branch.time_zone),
        country=country,
        subdivision=faults.text("subdivision", branch.subdivision, limit=PLACE_LENGTH),
        municipality=faults.text("municipality", branch.municipality, limit=PLACE_LENGTH),
        working_weekdays=_weekdays(faults, branch.working_weekdays),
        closed_on=_days(faults, "closed_on", branch.closed_on),
        open_on=_days(faults, "open_on", branch.open_on),
        address=_address(faults, branch.address),
        email=_parsed(faults, "email", branch.email, country),
        phone=_parsed(faults, "phone", branch.phone, country),
        version=branch.version,
    )


def _check(faults: Faults, place: tuple[str, str, str], check_place: PlaceCheck) -> None:
    try:
        check_place(*place)
    except InvalidInput as error:
        for fault in error.faults:
            faults.note(fault.field, fault.code, fault.message)


def _weekdays(faults: Faults, value: object) -> tuple[int, ...]:
    what = "a list of weekdays, Monday being 0"
    days = faults.items("working_weekdays", value, most=MOST_DAYS, what=what, required=True, unordered=True)
    return tuple(
        sorted({faults.integer("working_weekdays", day, least=0, most=DAYS_OF_WEEK - 1) for day in days})
    )


def _days(faults: Faults, field: str, value: object) -> tuple[date, ...]:
    given = faults.items(field, value, most=MOST_DAYS, what="a list of dates", unordered=True, none=False)
    days = (faults.day(f"{field}[{i}]", day) for i, day in enumerate(given))
    return tuple(sorted({day for day in days if day is not None}))


def _address(faults: Faults, value: object) -> Address | None:
    return None if value is None else read_address(faults, "address", value)


def _parsed(faults: Faults, field: str, value: object, country: str) -> str:
    text = faults.text(field, value, limit=254)
    if not text:
        return ""
    if field == "email":
        return faults.parsed(field, lambda: parse_email(text), "")
    return faults.parsed(field, lambda: parse_phone(text, country), "")
