"""Reading what a caller says about a branch: every field checked, every fault collected."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import COUNTRY_LENGTH, Address, parse_email, parse_phone, read_address
from loyaltycore.kernel.validation import Faults

DAYS_OF_WEEK = 7


class BranchFacts(TypedDict, total=False):
    """What may be said about a branch besides its key and name; see `Branch`."""

    time_zone: str
    country: str
    subdivision: str
    municipality: str
    working_weekdays: Collection[int]
    closed_on: Collection[date]
    open_on: Collection[date]
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


def read_branch(branch: Branch) -> Branch:
    """Check every field of a branch and return it in normal form.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        country = faults.text("country", branch.country, limit=COUNTRY_LENGTH, required=True).upper()
        if country and not (len(country) == COUNTRY_LENGTH and country.isascii() and country.isalpha()):
            faults.note("country", "bad_country", "must be two letters of ISO 3166-1")
        return Branch(
            id=faults.key("id", branch.id),
            name=faults.text("name", branch.name, limit=100, required=True),
            time_zone=_time_zone(faults, branch.time_zone),
            country=country,
            subdivision=faults.text("subdivision", branch.subdivision, limit=20),
            municipality=faults.text("municipality", branch.municipality, limit=60),
            working_weekdays=_weekdays(faults, branch.working_weekdays),
            closed_on=_days(faults, "closed_on", branch.closed_on),
            open_on=_days(faults, "open_on", branch.open_on),
            address=_address(faults, branch.address),
            email=_parsed(faults, "email", branch.email, country),
            phone=_parsed(faults, "phone", branch.phone, country),
            version=branch.version,
        )


def _time_zone(faults: Faults, value: object) -> str:
    text = faults.text("time_zone", value, limit=60, required=True)
    try:
        ZoneInfo(text or "UTC")
    except (ValueError, OSError, LookupError):
        faults.note("time_zone", "unknown_time_zone", "is no IANA time zone")
    return text


def _weekdays(faults: Faults, value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple | list | set | frozenset) or not value:
        faults.note("working_weekdays", "required", "must list at least one weekday, Monday being 0")
        return ()
    return tuple(
        sorted({faults.integer("working_weekdays", day, least=0, most=DAYS_OF_WEEK - 1) for day in value})
    )


def _days(faults: Faults, field: str, value: object) -> tuple[date, ...]:
    if not isinstance(value, tuple | list | set | frozenset):
        faults.note(field, "wrong_type", "must be a list of dates")
        return ()
    days = (faults.day(f"{field}[{i}]", day) for i, day in enumerate(value))
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
