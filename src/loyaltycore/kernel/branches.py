"""Branches: where people work, in which time zone, on which days."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from attrs import frozen

from loyaltycore.kernel.calendar import MONDAY_TO_FRIDAY
from loyaltycore.kernel.contact import Address


@frozen
class Branch:
    """One branch of the chain."""

    id: str
    """Technical key, for example ``berlin``."""
    name: str
    time_zone: str = "Europe/Berlin"
    """IANA name; local dates of the branch are dates there."""
    country: str = "DE"
    """ISO 3166-1 alpha-2: holidays, and the country of phone numbers without ``+``."""
    subdivision: str = ""
    """State or province for its holidays, by code of ISO 3166-2 with or without the country, or by name, for example
    ``BE``, ``DE-BE`` or ``Berlin``; empty for the holidays of the whole country."""
    municipality: str = ""
    """If the municipality's holidays differ from the state's, a word that the calendar adapter knows, for example
    ``Augsburg``, or ``catholic`` in Bavaria, Saxony and Thuringia; empty otherwise."""
    working_weekdays: tuple[int, ...] = tuple(sorted(MONDAY_TO_FRIDAY))
    """Monday is 0."""
    closed_on: tuple[date, ...] = ()
    """Extra closed dates."""
    open_on: tuple[date, ...] = ()
    """Extra working dates; they win over everything else."""
    address: Address | None = None
    """Where collective shipments go."""
    email: str = ""
    phone: str = ""
    """E.164, or empty."""
    version: int = 1

    def local_date(self, instant: datetime) -> date:
        """The calendar date of an instant at this branch."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()


HEAD_OFFICE = Branch(id="", name="")
"""Where a session without a branch works; only the chain's settings apply."""
