"""How complete all customers' data are: counted in one pass, in memory that stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from attrs import frozen

from loyaltycore.completeness.rules.assess import assess
from loyaltycore.completeness.rules.fields import DATA_GROUPS, WatchedField
from loyaltycore.completeness.rules.watching import Watching
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import NotFound
from loyaltycore.kernel.naming import meant

_NEVER_ASKED: Final[Mapping[str, date]] = {}


@frozen
class Coverage:
    """How many customers have a field, or can be reached in some way."""

    key: str
    """The field or the data group."""
    label: str
    customers: int
    """How many customers can have it: a company has no date of birth."""
    filled: int

    @property
    def missing(self) -> int:
        """How many do not."""
        return self.customers - self.filled

    @property
    def share(self) -> float:
        """The share of those who do, from 0 to 1; 1 if there are no customers."""
        return self.filled / self.customers if self.customers else 1.0


@frozen
class CompletenessReport:
    """How complete the data of all customers are."""

    customers: int
    """How many customers there are."""
    fields: tuple[Coverage, ...]
    """Each field that can be watched, in the order of a form."""
    groups: tuple[Coverage, ...]
    """Each data group of marketing: full postal address, e-mail, landline, mobile."""
    watched: tuple[str, ...]
    """The keys of the fields that the session's options watch."""
    with_gaps: int
    """How many customers lack a watched field."""
    score: float
    """The mean of the customers' scores, from 0 to 1; 1 if there are no customers."""

    def coverage(self, key: str) -> Coverage:
        """The coverage of one field.

        Raises:
            NotFound: There is no such field.
        """
        return _named("field", key, self.fields)

    def reach(self, key: str) -> Coverage:
        """The coverage of one data group.

        Raises:
            NotFound: There is no such group.
        """
        return _named("data group", key, self.groups)


class Census:
    """Counts customers; pass each of them once, in any portions."""

    def __init__(self, fields: Iterable[WatchedField], watching: Watching, today: date) -> None:
        self._fields = tuple(fields)
        # Taken out once: a million customers go through the loop.
        self._tests = tuple((field.only, field.is_filled) for field in self._fields)
        self._watching = watching
        self._today = today
        self._customers = 0
        self._applies = [0] * len(self._fields)
        self._filled = [0] * len(self._fields)
        self._reached = [0] * len(DATA_GROUPS)
        self._with_gaps = 0
        self._score = 0.0

    def count(self, customers: Iterable[Customer]) -> None:
        """Count a portion."""
        for customer in customers:
            self._customers += 1
            self._count_fields(customer)
            self._count_score(customer)

    def report(self) -> CompletenessReport:
        """What has been counted so far."""
        return CompletenessReport(
            customers=self._customers,
            fields=tuple(self._coverages()),
            groups=tuple(
                Coverage(group.key, group.label, self._customers, reached)
                for group, reached in zip(DATA_GROUPS, self._reached, strict=True)
            ),
            watched=tuple(watch.field.key for watch in self._watching.watches),
            with_gaps=self._with_gaps,
            score=self._score / self._customers if self._customers else 1.0,
        )

    def _count_fields(self, customer: Customer) -> None:
        kind, applies, filled = customer.kind, self._applies, self._filled
        for i, (only, is_filled) in enumerate(self._tests):
            if only is None or only is kind:
                applies[i] += 1
                if is_filled(customer):
                    filled[i] += 1
        for i, group in enumerate(DATA_GROUPS):
            if group.is_complete(customer):
                self._reached[i] += 1

    def _count_score(self, customer: Customer) -> None:
        completeness = assess(customer, self._watching, _NEVER_ASKED, self._today)
        self._with_gaps += bool(completeness.gaps)
        self._score += completeness.score

    def _coverages(self) -> Iterator[Coverage]:
        for field, applies, filled in zip(self._fields, self._applies, self._filled, strict=True):
            yield Coverage(field.key, field.label, applies, filled)


def _named(kind: str, key: str, covered: tuple[Coverage, ...]) -> Coverage:
    for each in covered:
        if each.key == key:
            return each
    raise NotFound(kind, key, meant(key, (each.key for each in covered)))
