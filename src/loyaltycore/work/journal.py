"""What accompanies every change: activities, the traces of commands, and how far vendors' news has been taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from attrs import frozen

from loyaltycore.kernel.showing import showing

NAME_LENGTH: Final = 60
"""Longest name of a command, in characters."""


@frozen(repr=False)
class FieldChange:
    """One field of one record."""

    __repr__ = showing("field")

    field: str
    before: Any
    """Plain data, as the codec writes it; None where there was nothing."""
    after: Any


@frozen(repr=False)
class Activity:
    """One line of the change feed: who changed what, when and where, and each field before and after."""

    __repr__ = showing("id", "action", "subject_table", "subject_id")

    id: str
    """Sorts in the order of events."""
    at: datetime
    actor: str
    branch_id: str
    """Where; empty for the chain."""
    action: str
    """Stable dotted word, for example ``card.ordered``."""
    subject_table: str
    subject_id: str
    customer_id: str | None
    """The customer whose record shows it."""
    changes: tuple[FieldChange, ...]
    comment: str
    """A remark by the person who acted."""
    command: str
    """The key of the command that made the change."""
    place: int = 0
    """Its place in the feed, from 1; 0 until somebody has read the feed that far."""
    version: int = 1


@frozen(repr=False)
class RateWindow:
    """The tries of somebody that a rate limit still counts."""

    __repr__ = showing("lapses_at")

    id: str
    """A hash of what is limited and who tries."""
    tries: tuple[int, ...]
    """In microseconds since 1970."""
    lapses_at: datetime
    """From then on it counts for nothing."""
    version: int = 1


@frozen(repr=False)
class CommandTrace:
    """The trace by which a repeated or half-answered command is recognised.

    A command that writes leaves a trace in the same transaction. If the connection breaks at the commit, looking for
    the trace shows what happened; a caller who sends the same key again gets the first result, not a second effect.
    """

    __repr__ = showing("name", "result_table", "result_key")

    id: str
    """The command's key: the caller's, or a fresh one."""
    name: str
    """For example ``cards.order``."""
    actor: str
    digest: str
    """SHA-256 of its arguments, to notice a key that is used for two different commands."""
    result_table: str
    """Where its result is kept; empty for none."""
    result_key: str
    at: datetime
    version: int = 1


@frozen
class InboxEvent:
    """An event of a vendor that was taken in, in the same transaction as its effect."""

    id: str
    source: str
    """The vendor."""
    event_id: str
    """The vendor's id of the event; unique together with the source."""
    at: datetime
    version: int = 1


@frozen
class Cursor:
    """How far a vendor's list of events has been read."""

    id: str
    """Names the list."""
    position: str
    """Where to go on; empty at the beginning."""
    version: int = 1


@frozen(repr=False)
class Alias:
    """Who answers for a customer who is no more."""

    __repr__ = showing("id", "customer_id")

    id: str
    """The id that the customer had."""
    customer_id: str | None
    """The customer into whom that one was merged; None for one who was erased."""
    number_key: str
    """The customer number that only this still answers to, without case; empty for none."""
    external_number: str
    """The number in another system that only this still answers to; empty for none."""
    at: datetime
    version: int = 1


@frozen
class Presence:
    """That something was written about a customer: whoever merges or erases that one saves it, too.

    It is used on storages whose transactions cannot hold a record in another way.
    """

    id: str
    """The customer's."""
    version: int = 1
