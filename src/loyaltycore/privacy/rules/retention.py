"""How long history is kept, by kind of record; the periods of the library are fixed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.criteria import EVERYTHING, Criterion, stored
from loyaltycore.kernel.given import shown

YEAR: Final = timedelta(days=365.25)
CHANGE_LOG: Final = 3
"""Years for which changes of settings, branches and whatever is no customer's are kept."""
HISTORY: Final = 10
"""Years for which the history of customers is kept."""


@frozen
class Retention:
    """How long records of one kind are kept."""

    name: str
    """What people call them."""
    cls: type[Any]
    """Their class; the keys of its records are in the order in which they were made."""
    since: str
    """The field that says since when."""
    years: int
    where: Criterion = EVERYTHING
    """Which of them; an index answers it."""

    def is_over(self, record: Any, now: datetime) -> bool:
        """Whether a record has been kept long enough."""
        return bool(getattr(record, self.since) < now - self.years * YEAR)


@frozen
class Forgotten:
    """How many records of one kind were removed."""

    name: str
    count: int


def check_retentions(added: tuple[Retention, ...]) -> tuple[Retention, ...]:
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


OF_CUSTOMERS: Final = ~stored("customer_id").is_null()
OF_NOBODY: Final = stored("customer_id").is_null()
