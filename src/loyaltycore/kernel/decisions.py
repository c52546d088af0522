"""Decisions: what a rule answers with.

A rule never does anything. It returns a `Decision`: records to add, change or remove, messages for the outbox, and
notes for the activities. One function of the services applies any decision to a transaction.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from attrs import field, frozen

R = TypeVar("R")


@frozen
class Subject:
    """The record that a note or a message is about.

    Attributes:
        table: The record type's table, for example ``customers``.

        key: The record's key.

        customer_id: The customer whose record shows it, or None.
    """

    table: str
    key: str
    customer_id: str | None = None


@frozen
class Note:
    """One line for the activities.

    Attributes:
        action: Stable dotted word, for example ``card.ordered``.

        about: What was acted on.

        before: The record before the change; None for a creation.

        after: The record after the change; None for a removal.

        comment: A reason or remark by the person who acted.
    """

    action: str
    about: Subject
    before: Any | None = None
    after: Any | None = None
    comment: str = ""


@frozen
class Dispatch:
    """A message for the outbox.

    Attributes:
        kind: Names the handler that delivers it, for example ``email.send``.

        payload: A frozen attrs value; its class is fixed by the kind.

        key: Idempotency key, unique among all messages: the vendor sees it too.

        about: The record that the message belongs to.
    """

    kind: str
    payload: Any
    key: str
    about: Subject


@frozen
class Decision(Generic[R]):
    """What is to happen, all or nothing.

    Attributes:
        result: What the caller of the service gets.

        add: New records.

        save: Changed records, carrying the version at which they were read.

        remove: Records to remove, carrying the version at which they were read.

        dispatch: Messages for the outbox.

        notes: Lines for the activities.
    """

    result: R
    add: tuple[Any, ...] = field(default=(), kw_only=True)
    save: tuple[Any, ...] = field(default=(), kw_only=True)
    remove: tuple[Any, ...] = field(default=(), kw_only=True)
    dispatch: tuple[Dispatch, ...] = field(default=(), kw_only=True)
    notes: tuple[Note, ...] = field(default=(), kw_only=True)
