"""How long records are kept, by kind: where capabilities say it. The periods of the library are fixed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.criteria import EVERYTHING, Criterion
from loyaltycore.kernel.given import shown
from loyaltycore.work.capability import Point
from loyaltycore.work.unit import Unit

YEAR: Final = timedelta(days=365.25)
CHANGE_LOG: Final = 3
"""Years for which changes of settings, branches and whatever is no customer's are kept."""
HISTORY: Final = 10
"""Years for which the history of customers is kept."""
FORMER_TEXTS: Final = 1
"""Years for which a text is kept after another one has taken its place."""

Needed = Callable[[Unit, tuple[Any, ...], datetime], Collection[str]]
"""Given old records and the moment before which all is old: the keys of those that something needs yet."""

Forgets = Callable[[Unit, tuple[str, ...]], object]
"""Removes what belongs to records with these keys alone, before they go."""


@frozen
class Retention:
    """How long records of one kind are kept."""

    name: str
    """What people call them."""
    cls: type[Any]
    """Their class; the keys of its records are in the order in which they were made."""
    since: str
    """The field that says since when; what has None there is not over yet, and stays."""
    years: int
    where: Criterion = EVERYTHING
    """Which of them; an index answers it."""
    in_order: bool = True
    """Whether that is when a record was made: then the oldest come first, and what is behind them is not looked at."""
    needed: Needed | None = None
    also: Forgets | None = None

    def before(self, now: datetime) -> datetime:
        """The moment before which all is old."""
        return now - self.years * YEAR

    def is_over(self, record: Any, now: datetime) -> bool:
        """Whether a record has been kept long enough."""
        since = getattr(record, self.since)
        return since is not None and bool(since < self.before(now))


def _check(added: tuple[Retention, ...]) -> tuple[Retention, ...]:
    """Refuse what is no retention, and periods that cannot be meant.

    Raises:
        RegistrationError: One of them cannot work.
    """
    for each in added:
        if not isinstance(each, Retention):
            raise RegistrationError(f"{shown(each)} is no Retention")
        if type(each.years) is not int or each.years < 1:
            raise RegistrationError(f"retention of {each.name}: {shown(each.years)} is no number of years")
    return added


RETENTIONS: Final[Point[Retention, tuple[Retention, ...]]] = Point("retentions", _check)
