"""Erasing a customer: the preview that a person confirms, and what is kept of the fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from hashlib import sha256
from hmac import compare_digest

from attrs import frozen

from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.showing import showing


class Fate(Enum):
    """What becomes of records."""

    REMOVE = "remove"
    SCRUB = "scrub"
    """They stay for the books, without what is personal."""
    KEEP = "keep"
    FORGET = "forget"
    """They stay, and do not mention the customer any more."""


@frozen
class Erased:
    """What becomes of the records of one kind."""

    table: str
    fate: Fate
    count: int


@frozen
class ErasurePreview:
    """What an erasure will do."""

    customer_id: str
    version: int
    """The customer's, for which it holds."""
    records: tuple[Erased, ...]
    blockers: tuple[Blocker, ...]
    """What stands in the way; an erasure is refused by the first."""

    @property
    def confirmation(self) -> str:
        """What `erase` wants to be given: it fits this customer at this version alone."""
        return confirmation_of(self.customer_id, self.version)


@frozen(repr=False)
class Erasure:
    """That a customer was erased; it says nothing about whom."""

    __repr__ = showing("id", "erased_id")

    id: str
    erased_id: str
    """The id that the customer had."""
    at: datetime
    by: str
    """Who erased."""
    records: tuple[Erased, ...]
    version: int = 1


@frozen(repr=False)
class DeletionMark:
    """That a customer counts as deleted in a chain that never erases."""

    __repr__ = showing("id", "customer_id")

    id: str
    """The customer's."""
    customer_id: str
    marked_at: datetime
    marked_by: str
    version: int = 1


def confirmation_of(customer_id: str, version: int) -> str:
    """What confirms the erasure of a customer at a version."""
    return sha256(f"erase {customer_id} at version {version}".encode()).hexdigest()[:16]


def require_confirmed(customer: Customer, confirm: object) -> None:
    """Make sure that somebody has seen what will be erased.

    Raises:
        Refused: ``erase.not_confirmed``.
    """
    given = text_of(confirm) or ""
    if not compare_digest(
        given.encode("utf-8", "replace"), confirmation_of(customer.id, customer.version).encode()
    ):
        raise Refused(
            "erase.not_confirmed",
            "the confirmation does not fit the customer as it is now",
            remedy="look at the preview again, and give its confirmation",
            customer=customer.id,
        )


def require_erasing(*, never: bool) -> None:
    """Make sure that the chain erases customers at all.

    Raises:
        Refused: ``erase.never``.
    """
    if never:
        raise Refused(
            "erase.never",
            "this chain never erases customers",
            remedy="mark the customer as deleted with privacy.mark, or change the option privacy.never_erase",
        )


def require_allowed(blockers: Iterable[Blocker]) -> None:
    """Refuse an erasure by the first thing that stands in its way."""
    for each in blockers:
        raise each.refusal()


def mark_deleted(
    customer: Customer, known: DeletionMark | None, now: datetime, actor: str
) -> Decision[DeletionMark]:
    """Mark a customer as deleted; a second time changes nothing."""
    if known is not None:
        return Decision(known)
    mark = DeletionMark(customer.id, customer.id, now, actor)
    return Decision(mark, add=(mark,), notes=(Note("customer.marked_deleted", about=mark),))


def unmark(known: Iterable[DeletionMark]) -> Decision[None]:
    """Take the marks of a customer away; if there is none, nothing happens."""
    marks = tuple(known)
    notes = tuple(Note("customer.unmarked", about=each) for each in marks)
    return Decision(None, remove=marks, notes=notes)
