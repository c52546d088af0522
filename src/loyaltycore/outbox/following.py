"""Keeping what becomes of messages: noted when they are handed over, and whenever the other side reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.fates import FateState, MailReport, MessageFate, Reported, SmsReport
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.outbox.news import Intake
from loyaltycore.outbox.rules.fates import (
    can_be_followed,
    handed_over,
    new_fate,
    undelivered,
    with_reports,
    with_vendor_id,
)
from loyaltycore.ports.logs import Log, about, word
from loyaltycore.work.running import run_command
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

_log: Final = Log("outbox")

_WITH_THE_OPERATOR: Final = frozenset({FateState.QUEUED, FateState.SENT, FateState.DELIVERED})


def note_hand_over(
    unit: Unit,
    message: OutboxMessage,
    message_id: str,
    state: FateState,
    *,
    recipient: str = "",
    vendor_id: str = "",
) -> None:
    """Note that the other side has taken a message, or may have; what was reported before stays."""
    if not can_be_followed(message_id, recipient):
        return
    known = _known(unit, message_id, recipient)
    before = known or new_fate(unit.ids.new(), message_id, unit.now, recipient=recipient)
    _keep(unit, known, handed_over(before, message, state, vendor_id))


def is_on_its_way(unit: Unit, message_id: str) -> bool:
    """Whether a report has said that the operator has a text, so that it must not leave again."""
    known = _known(unit, message_id, "") if can_be_followed(message_id) else None
    return known is not None and known.state in _WITH_THE_OPERATOR


def take_reports(
    unit: Unit,
    message_id: str,
    reports: Iterable[Reported],
    *,
    recipient: str | None = None,
    vendor_id: str = "",
) -> bool | None:
    """Take in what was reported of a message.

    What is reported of a mail is kept where its hand-over was noted, and nowhere else: servers quote addresses, of
    whomever they like, and what belongs to no customer is erased with nobody.

    Args:
        message_id: Of a message that is known to be ours; empty if the other side names it by its own id alone.
        recipient: Whom a mail was for, as a server says; None for a text.

    Returns:
        Whether it was news; None if no message of ours is known by these ids.
    """
    if message_id and not can_be_followed(message_id, recipient or ""):
        return None
    known = _meant(unit, message_id, recipient) if message_id else _by_vendor_id(unit, vendor_id)
    before = known
    if before is None and message_id and recipient is None:
        before = new_fate(unit.ids.new(), message_id, unit.now)
    if before is None:
        return None
    return _keep(unit, known, with_vendor_id(with_reports(before, reports), vendor_id))


def take_in(
    session: Session, report: MailReport | SmsReport, *, recipient: str | None = None, vendor_id: str = ""
) -> Intake:
    """Take in one report, in a unit of work of its own; see `take_reports`.

    Returns:
        How it counts. A report that cannot be kept is logged: it must not hold up those that come with it.
    """
    said = Reported(report.state, report.raw, report.at)
    try:
        is_news = run_command(
            session,
            "",
            "",
            lambda unit: take_reports(
                unit, report.message_id, [said], recipient=recipient, vendor_id=vendor_id
            ),
        )
    except InvalidInput as error:
        _log.error("news not taken in", event_id=word(report.message_id), **about(error))
        return Intake(unknown=1)
    if is_news is None:
        return Intake(unknown=1)
    return Intake(taken=1) if is_news else Intake(repeated=1)


def _known(unit: Unit, message_id: str, recipient: str) -> MessageFate | None:
    same = (stored("message_id") == message_id) & (stored("recipient") == recipient)
    return unit.first(MessageFate, same)


def _meant(unit: Unit, message_id: str, recipient: str | None) -> MessageFate | None:
    """Whom a report is about: servers write an address in their own way, and name those to whom a mail was passed on."""
    if recipient is None:
        return _known(unit, message_id, "")
    all_of_it = list(unit.find(MessageFate, stored("message_id") == message_id, order_by=("recipient",)))
    named = [fate for fate in all_of_it if fate.recipient.casefold() == recipient.casefold()]
    found = named or (all_of_it if len(all_of_it) == 1 else [])
    return found[0] if found else None


def _by_vendor_id(unit: Unit, vendor_id: str) -> MessageFate | None:
    if not vendor_id:
        return None
    return unit.first(MessageFate, stored("vendor_id") == vendor_id, order_by=("id",))


def _keep(unit: Unit, known: MessageFate | None, after: MessageFate) -> bool:
    if after == known:
        return False
    add, save = ((after,), ()) if known is None else ((), (after,))
    unit.apply(Decision(None, add=add, save=save, notes=undelivered(known, after)))
    return True
