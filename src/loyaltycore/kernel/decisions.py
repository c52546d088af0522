"""Decisions: what a rule returns.

A rule never does anything. It returns a `Decision`: records to add, change or remove, messages for the outbox, and
notes for the activities. `Unit.apply` carries any decision out.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from attrs import field, frozen

from loyaltycore.kernel.showing import showing

R = TypeVar("R")


@frozen
class Note:
    """One line for the activities: what happened to a record, whose declaration says table, key and customer."""

    action: str
    """Stable dotted word, for example ``card.ordered``."""
    before: Any | None = None
    """The record before the change; None for a creation."""
    after: Any | None = None
    """The record after the change; None for a removal."""
    comment: str = ""
    """A reason or remark by the person who acted."""
    about: Any | None = field(default=None, kw_only=True)
    """The record, if its fields are not to be shown: then neither `before` nor `after` is given."""

    @property
    def subject(self) -> Any:
        """The record that it is about.

        Raises:
            TypeError: None is given.
        """
        for each in (self.about, self.after, self.before):
            if each is not None:
                return each
        raise TypeError(f"the note {self.action!r} names no record: give `before`, `after` or `about`")


@frozen(repr=False)
class Dispatch:
    """A message for the outbox."""

    __repr__ = showing("kind", "about")

    kind: str
    """Names the handler that delivers it, for example ``email.send``."""
    payload: Any
    """A frozen attrs value; its class is fixed by the kind."""
    key: str
    """Idempotency key, unique among all messages; the vendor sees it too."""
    about: Any
    """The record that the message belongs to."""


@frozen
class Decision(Generic[R]):
    """What is to happen, all or nothing."""

    result: R
    """What the caller of the service gets."""
    add: tuple[Any, ...] = field(default=(), kw_only=True)
    save: tuple[Any, ...] = field(default=(), kw_only=True)
    """Changed records, carrying the version at which they were read."""
    remove: tuple[Any, ...] = field(default=(), kw_only=True)
    """Records to remove, carrying the version at which they were read."""
    dispatch: tuple[Dispatch, ...] = field(default=(), kw_only=True)
    notes: tuple[Note, ...] = field(default=(), kw_only=True)
