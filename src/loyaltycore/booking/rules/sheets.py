"""The sheets on which a resource's appointments are entered: one for each day in UTC that they touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from attrs import evolve, frozen

from loyaltycore.kernel.occupancy import Hold, Sheet, sheet_key, with_hold, without_hold


@frozen
class DaySheet(Sheet):
    """The appointments of one resource that touch one day."""


@frozen
class Sheets:
    """The sheets of one resource that matter to a decision, read in one transaction."""

    resource_id: str
    days: tuple[date, ...]
    stored: tuple[DaySheet, ...]
    """Those of these days that exist."""

    @property
    def holds(self) -> Iterator[Hold]:
        """Everything on them; what lies on several comes several times."""
        return (hold for sheet in self.stored for hold in sheet.holds)

    def entered(self, hold: Hold, now: datetime) -> Written:
        """All of them with a hold, which replaces what its holder had before."""
        return self._written(with_hold(self._all(), hold, now))

    def has(self, key: str) -> bool:
        """Whether a holder has something on them."""
        return any(hold.key == key for hold in self.holds)

    def held_by(self, key: str) -> Hold | None:
        """What a holder has on them for some time only."""
        return next((each for each in self.holds if each.key == key and each.lapses_at is not None), None)

    def without(self, key: str) -> Sheets:
        """The same sheets as if a holder had nothing on them."""
        return evolve(
            self,
            stored=tuple(
                evolve(sheet, holds=tuple(hold for hold in sheet.holds if hold.key != key))
                for sheet in self.stored
            ),
        )

    def cleared(self, key: str, now: datetime) -> Written:
        """All of them without a holder."""
        return self._written(without_hold(self.stored, key, now))

    def _all(self) -> Iterator[DaySheet]:
        found = {sheet.day: sheet for sheet in self.stored}
        for day in self.days:
            yield found.get(day) or DaySheet(sheet_key(self.resource_id, day), self.resource_id, day)

    def _written(self, sheets: Iterable[DaySheet]) -> Written:
        known = {sheet.id for sheet in self.stored}
        both: tuple[list[DaySheet], list[DaySheet]] = ([], [])
        for sheet in sheets:
            both[sheet.id in known].append(sheet)
        return Written(*map(tuple, both))


@frozen
class Written:
    """Sheets to be stored, all of those that were read: whoever decided by them must be the only one who did."""

    add: tuple[DaySheet, ...]
    save: tuple[DaySheet, ...]
