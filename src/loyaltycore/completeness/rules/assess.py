"""How complete one customer's data are: a pure function of customer, settings and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final

from attrs import frozen
from dateutil.relativedelta import relativedelta

from loyaltycore.completeness.rules.watching import Watch, Watching
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.settings import Severity

RED: Final = "red"


class FieldState(Enum):
    """What a form says about a field."""

    UNWATCHED = "unwatched"
    """No option watches it."""

    PRESENT = "present"
    """It is watched and filled."""

    MISSING = "missing"
    """It is watched and empty: marked red."""


@frozen
class Gap:
    """A watched field that is empty."""

    field: str
    label: str
    group: str
    """The heading under which a form shows it."""
    watched_by: tuple[str, ...]
    """The keys of the options that watch it."""
    severity: Severity
    """Whether it is asked for or required."""
    last_asked_on: date | None
    """The day on which it was last asked for, or None."""
    ask_again_on: date | None
    """The day from which it is asked for again; None if it never was."""
    is_due: bool
    """Whether to ask for it now; a required field is always due."""
    colour: str = RED
    """How a form marks it."""


@frozen
class Completeness:
    """How complete the data of one customer are."""

    watched: tuple[str, ...]
    """The keys of the fields that are watched, in the order of a form."""
    gaps: tuple[Gap, ...]
    """The watched fields that are empty, in the same order."""

    @property
    def filled(self) -> tuple[str, ...]:
        """The keys of the watched fields that are filled, in the order of a form."""
        missing = {gap.field for gap in self.gaps}
        return tuple(key for key in self.watched if key not in missing)

    @property
    def score(self) -> float:
        """The share of the watched fields that are filled, from 0 to 1; 1 if nothing is watched."""
        many = len(self.watched)
        return (many - len(self.gaps)) / many if many else 1.0

    @property
    def is_complete(self) -> bool:
        """Whether there is no gap."""
        return not self.gaps

    @property
    def due(self) -> tuple[Gap, ...]:
        """The gaps to ask for now."""
        return tuple(gap for gap in self.gaps if gap.is_due)

    @property
    def required(self) -> tuple[Gap, ...]:
        """The gaps that an option requires to be filled."""
        return tuple(gap for gap in self.gaps if gap.severity is Severity.REQUIRE)

    def state_of(self, field: str) -> FieldState:
        """How a form shows a field."""
        if field not in self.watched:
            return FieldState.UNWATCHED
        return FieldState.MISSING if any(gap.field == field for gap in self.gaps) else FieldState.PRESENT


@frozen
class CompletionRequest:
    """What to ask of a customer now."""

    customer_id: str
    gaps: tuple[Gap, ...]
    """The fields to ask for, in the order of a form."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The keys of the fields to ask for."""
        return tuple(gap.field for gap in self.gaps)


@frozen
class CustomerGaps:
    """A customer who lacks something."""

    customer: Customer
    completeness: Completeness
    """What is watched and what is missing."""


def assess(customer: Customer, watching: Watching, asked: Mapping[str, date], today: date) -> Completeness:
    """Say how complete the data of a customer are.

    Args:
        customer: The customer, or the draft of one.
        asked: The day on which each field was last asked for; fields that never were are left out.
    """
    # By loops and without properties: the report over all customers runs through here a million times.
    watched, gaps = [], []
    for watch in watching.watches:
        field = watch.field
        if field.only is not None and customer.kind is not field.only:
            continue
        watched.append(field.key)
        if not field.is_filled(customer):
            gaps.append(_gap(watch, watching.ask_again_months, asked.get(field.key), today))
    return Completeness(tuple(watched), tuple(gaps))


def request_of(customer: Customer, completeness: Completeness) -> CompletionRequest | None:
    """What to ask of a customer now, or None."""
    due = completeness.due
    return CompletionRequest(customer.id, due) if due else None


def request_as_of(
    customer_id: str, watching: Watching, asked: Mapping[str, date | None], day: date
) -> CompletionRequest | None:
    """What was to be asked of a customer on a given day, or None.

    Args:
        watching: A field that is no longer watched cannot be asked for.
        asked: The fields, with the day on which each had been asked for before; None if it never was.
    """
    months = watching.ask_again_months
    gaps = tuple(
        _gap(watch, months, asked[watch.field.key], day)
        for watch in watching.watches
        if watch.field.key in asked
    )
    return CompletionRequest(customer_id, gaps) if gaps else None


def ask_again_on(asked: date, months: int) -> date:
    """The day from which to ask again.

    A month later is the same day of the next month, or its last day if there is no such day.

    Args:
        asked: The day on which it was asked.
        months: 0 for the same day.
    """
    return asked + relativedelta(months=months)


def require_address(customer: Customer) -> None:
    """Make sure that a process may be started for a customer who must have an address.

    Raises:
        Refused: ``process.address_required``.
    """
    if not customer.has_post:
        raise Refused(
            "process.address_required",
            f"{customer.display_name} has no complete postal address",
            remedy="complete the postal address, or give it with the answers",
            customer=customer.id,
            field="postal_address",
        )


def _gap(watch: Watch, months: int, asked: date | None, today: date) -> Gap:
    again = None if asked is None else ask_again_on(asked, months)
    due = watch.severity is Severity.REQUIRE or again is None or months == 0 or again <= today
    field = watch.field
    return Gap(field.key, field.label, field.group, watch.watched_by, watch.severity, asked, again, due)
