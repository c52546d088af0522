"""How a process ends: its offer is completed, or it is closed without one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.pricing.order import MOST_LINES, Order, read_order
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.process import Process, ProcessState, ProcessStep
from loyaltycore.processes.rules.template import OpenMandatory
from loyaltycore.processes.rules.working import narrowed, require_open


class OfferVerdict(Enum):
    """Whether an offer can be completed."""

    OK = "ok"
    WARNING = "warning"
    """It can, but mandatory steps are open."""

    BLOCKED = "blocked"
    """It cannot, because mandatory steps are open."""


@frozen
class OfferCheck:
    """Whether completing an offer would succeed."""

    verdict: OfferVerdict
    """Whether it can be completed."""
    open_mandatory: tuple[ProcessStep, ...] = ()
    """The mandatory steps that are open, in order."""


def check_offer(process: Process, policy: OpenMandatory) -> OfferCheck:
    """Say whether the offer of a process can be completed, by its template's current policy.

    Raises:
        Refused: ``process.ended``.
    """
    require_open(process)
    waiting = process.open_mandatory
    if not waiting:
        return OfferCheck(OfferVerdict.OK)
    blocked = policy is OpenMandatory.BLOCK
    return OfferCheck(OfferVerdict.BLOCKED if blocked else OfferVerdict.WARNING, waiting)


def complete_offer(process: Process, policy: OpenMandatory, actor: str, now: datetime) -> Decision[Process]:
    """Complete the offer of a process, and with it the process.

    Raises:
        Refused: ``process.ended`` or ``offer.mandatory_steps_open``.
    """
    check = check_offer(process, policy)
    if check.verdict is OfferVerdict.BLOCKED:
        names = tuple(step.name for step in check.open_mandatory)
        raise Refused(
            "offer.mandatory_steps_open",
            f"mandatory steps are open: {', '.join(names)}",
            remedy="do these steps first",
            process=process.id,
            steps=tuple(step.id for step in check.open_mandatory),
            names=names,
        )
    after = evolve(process, state=ProcessState.COMPLETED, ended_at=now, ended_by=actor)
    return _ended(process, after, "process.completed")


def read_offer(
    offer: Order | None, cards: Mapping[str, str] | None, customer_id: str
) -> tuple[Order | None, dict[str, str]]:
    """Read what is bought, and to which cards programs go."""
    clean = None
    with Faults() as faults:
        chosen = faults.members("cards", cards, most=MOST_LINES, what="ids of cards by the ids of lines")
        read = {line: faults.text(f"cards.{line}", card, limit=64) for line, card in chosen.items()}
        if offer is None:
            if chosen:
                faults.note("cards", "no_offer", "needs an offer")
        elif type(offer) is not Order:
            faults.note("offer", "wrong_type", "must be an Order")
        else:
            clean = read_order(faults.at("offer"), offer)
            if clean.customer_id not in {None, customer_id}:
                faults.note("offer.customer_id", "other_customer", "is not the customer of the process")
    return clean, read


def close_process(process: Process, actor: str, now: datetime, reason: str) -> Decision[Process]:
    """End a process without an offer, whatever steps are open.

    Raises:
        Refused: ``process.ended``.
    """
    require_open(process)
    after = evolve(process, state=ProcessState.CLOSED, ended_at=now, ended_by=actor, end_reason=reason)
    return _ended(process, after, "process.closed", reason)


def _ended(process: Process, after: Process, action: str, comment: str = "") -> Decision[Process]:
    note = Note(action, *narrowed(process, after), comment)
    return Decision(after, save=(after,), notes=(note,))
