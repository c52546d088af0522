"""What a calendar may offer beside calendars: it knows the places that have holidays of their own."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class SupportsPlaces(Protocol):
    """Whatever gives the calendars of branches knows which places there are, and by which names.

    Without it, a branch's subdivision is judged by ISO 3166-2.
    """

    def check_place(self, country: str, subdivision: str, municipality: str) -> None:
        """Refuse a place that has no calendar, before a branch is opened there.

        Args:
            country: ISO 3166-1 alpha-2.
            subdivision: State or province by code or name; may be empty.
            municipality: May be empty.

        Raises:
            InvalidInput: Faults of the fields ``country``, ``subdivision`` and ``municipality``.
        """
        ...
