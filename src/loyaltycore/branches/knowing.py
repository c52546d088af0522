"""Who knows which states and provinces there are, if the calendar of the branches does not say."""

from __future__ import annotations

from functools import cache

from loyaltycore.errors import InvalidInput, LoyaltyError
from loyaltycore.ports.places import SupportsPlaces


def check_place(country: str, subdivision: str, municipality: str) -> None:  # noqa: ARG001  a word of the calendar
    """Refuse a subdivision that no calendar of an installed adapter will know.

    Without such an adapter nobody knows any, and nothing depends on it.

    Raises:
        InvalidInput: ``unknown_subdivision``.
    """
    places = _installed() if subdivision else None
    if places is None:
        return
    try:
        places.check_place(country, subdivision, "")
    except InvalidInput as error:
        # A country without holidays is a country all the same.
        if faults := [fault for fault in error.faults if fault.field == "subdivision"]:
            raise InvalidInput(faults) from None


@cache
def _installed() -> SupportsPlaces | None:
    """The first adapter for calendars, by name, that knows places and needs no options."""
    from loyaltycore import plugins  # noqa: PLC0415  few programs open branches

    for name in plugins.installed(plugins.CALENDAR):
        try:
            adapter = plugins.load(plugins.CALENDAR, name)()
        except (LoyaltyError, TypeError):
            continue
        if isinstance(adapter, SupportsPlaces):
            return adapter
    return None
