"""What becomes of a message: reports come late, twice and in any order, and the end is the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from attrs import evolve

from loyaltycore.kernel.decisions import Note
from loyaltycore.kernel.fates import (
    MESSAGE_ID_LENGTH,
    MOST_REPORTS,
    RAW_LENGTH,
    RECIPIENT_LENGTH,
    FateState,
    MessageFate,
    Reported,
    most_telling,
)
from loyaltycore.kernel.outbox import VENDOR_ID_LENGTH, OutboxMessage
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import as_text, is_storable

_NO_TIME: Final = datetime.max.replace(tzinfo=UTC)


def can_be_followed(message_id: str, recipient: str = "") -> bool:
    """Whether a record can hold what becomes of a message: an id of a host's may be too long, or odd."""
    return (
        0 < len(message_id) <= MESSAGE_ID_LENGTH
        and len(recipient) <= RECIPIENT_LENGTH
        and is_storable(message_id + recipient)
    )


def new_fate(fate_id: str, message_id: str, now: datetime, *, recipient: str = "") -> MessageFate:
    """The record of a message of which nothing was known before: a report may be faster than its hand-over."""
    return MessageFate(fate_id, message_id, recipient, FateState.UNKNOWN, (), "", None, "", "", now)


def handed_over(fate: MessageFate, message: OutboxMessage, state: FateState, vendor_id: str) -> MessageFate:
    """Note what the hand-over says, and to whom the message belongs.

    Args:
        state: `FateState.SUBMITTED`, or `FateState.UNKNOWN` if nobody knows whether the other side has it.
    """
    known = evolve(
        fate,
        state=most_telling([fate.state, state]),
        customer_id=message.customer_id,
        about_table=message.about_table,
        about_key=message.about_key,
    )
    return with_vendor_id(known, vendor_id)


def with_reports(fate: MessageFate, reports: Iterable[Reported]) -> MessageFate:
    """Add reports; the result depends on which reports there were and on nothing else.

    What no record can hold of a report is left out, such as a time outside the calendar: the word still counts.
    """
    new = {
        Reported(each.state, as_text(each.raw, RAW_LENGTH), Faults().instant("at", each.at))
        for each in reports
    }
    states = [each.state for each in new if each.state is not None]
    kept = sorted({*fate.reports, *new}, key=_place)[:MOST_REPORTS]
    return evolve(fate, state=most_telling([fate.state, *states]), reports=tuple(kept))


def with_vendor_id(fate: MessageFate, vendor_id: str) -> MessageFate:
    """Note the other side's id, unless one is known."""
    known = as_text(vendor_id, VENDOR_ID_LENGTH)
    return fate if fate.vendor_id or not known else evolve(fate, vendor_id=known)


def undelivered(before: MessageFate | None, after: MessageFate) -> tuple[Note, ...]:
    """The line in a customer's record that a message did not arrive, once: the address or the number may be wrong.

    Args:
        before: The record as it was; None if nothing was known.
    """
    if not _failed_one(after) or (before is not None and _failed_one(before)):
        return ()
    said = [each.raw for each in after.reports if each.state is after.state][-1:]
    comment = ": ".join(filter(None, (after.recipient, *said)))
    return (Note("message.not_delivered", about=after, comment=comment),)


def _failed_one(fate: MessageFate) -> bool:
    """Whether a message to a customer is known to have failed."""
    return fate.customer_id is not None and fate.state.is_final and fate.state is not FateState.DELIVERED


def _place(report: Reported) -> tuple[datetime, str, str]:
    return report.at or _NO_TIME, report.state.value if report.state else "", report.raw
