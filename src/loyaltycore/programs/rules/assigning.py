"""Assigning programs: what a customer gets, and the few things that stand in the way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from loyaltycore.cards.rules.card import CardState, CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.ledger import Move, Purse, credit
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.wall_clock import end_of_day, start_of_day
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.entering import About, Entered, Scene, enter, narrowed, purse_of
from loyaltycore.programs.rules.kind import Credit, Opened, Opening, ProgramKind
from loyaltycore.programs.rules.program import Program, ProgramRevision
from loyaltycore.programs.rules.terms import MOST_UNITS


@frozen
class Terms:
    """A revision with its kind and the terms as a value."""

    revision: ProgramRevision
    kind: ProgramKind
    terms: Any

    @property
    def zone(self) -> str:
        """Where its days begin and end."""
        return self.revision.content.zone

    def day(self, instant: datetime) -> date:
        """The date of an instant there."""
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def end(self, last_day: date | None) -> datetime | None:
        """When a last day is over."""
        return end_of_day(last_day, self.zone) if last_day else None

    def start(self, first_day: date) -> datetime:
        """When a first day begins."""
        return start_of_day(first_day, self.zone)


@frozen
class Grant:
    """To whom a program is assigned, and with what."""

    customer: Customer
    card: CustomerCard | None = None
    on_card: tuple[ProgramAssignment, ...] = ()
    """What the card carries already."""
    per_card: int = 5
    reference: str = ""
    starts_on: date | None = None
    """None for now."""
    last_day: date | None = None
    """None for what the terms say."""
    opening: dict[str, Any] = field(factory=dict)
    """What `Opening` takes beside the first day."""
    order_ref: str = ""
    line_ref: str = ""
    comment: str = ""


def assign(
    program: Program, terms: Terms, grant: Grant, already: ProgramAssignment | None, scene: Scene
) -> Decision[ProgramAssignment]:
    """Assign a program: one assignment for each quota or module.

    Args:
        already: What the customer has of it, where it can be had once.

    Raises:
        InvalidInput: Something that the kind needs is missing or wrong.
        Refused: ``program.assigned_already``, ``.other_card``, ``.card_ended`` or ``.card_full``.
    """
    if already is not None:
        raise Refused(
            "program.assigned_already",
            "the customer has this program",
            remedy="use what there is",
            assignment=already.id,
        )
    require_card(program, grant)
    first_day = grant.starts_on or terms.day(scene.now)
    with Faults() as faults:
        opened = terms.kind.open(faults, terms.terms, Opening(starts_on=first_day, **grant.opening))
        if grant.last_day is not None and grant.last_day < first_day:
            faults.note("ends_on", "before_start", "lies before the first day")
    bundle = scene.new_id()
    entered = [_opened(each, bundle, terms, grant, scene) for each in opened]
    assignments = tuple(each.assignment for each in entered)
    used = () if program.used else (evolve(program, used=True),)
    card = (grant.card,) if grant.card else ()
    return Decision(
        assignments[0],
        add=(*assignments, *(move for each in entered for move in each.moves)),
        # The card is saved as it is: of two who fill its last place at once one reads again.
        save=(*used, *card),
        notes=tuple(
            Note("program.assigned", after=narrowed(each), comment=grant.comment) for each in assignments
        ),
    )


def load_card(program: Program, grant: Grant) -> Decision[None]:
    """Make room for a program on a card, which is saved as it is: of two who fill its last place one reads again.

    Raises:
        Refused: What `require_card` refuses.
    """
    require_card(program, grant)
    return Decision(None, save=(grant.card,) if grant.card else ())


def require_card(program: Program, grant: Grant) -> None:
    """Make sure that a card can carry one more program.

    Raises:
        Refused: ``program.other_card``, ``.card_ended`` or ``.card_full``.
    """
    card = grant.card
    if card is None:
        return
    if card.customer_id != grant.customer.id:
        raise Refused("program.other_card", "the card belongs to another customer", card=card.id)
    if card.state not in {CardState.ORDERED, CardState.ACTIVE}:
        raise Refused(
            "program.card_ended",
            "the card is out of use",
            remedy="choose another card, or none",
            card=card.id,
            state=card.state.value,
        )
    carried = {each.program for each in grant.on_card}
    if program.id not in carried and len(carried) >= grant.per_card:
        raise Refused(
            "program.card_full",
            f"the card carries {len(carried)} programs already",
            remedy="choose another card or none, or change the option programs.per_card",
            card=card.id,
            programs=tuple(sorted(carried)),
        )


def credits_of(
    purse: Purse, given: Iterable[Credit], terms: Terms, at: datetime, *, month: int | None = None
) -> list[Move]:
    """Plan what a kind gives; the ledger takes no more and no less than it allows."""
    moves: list[Move] = []
    for each in given:
        amount = min(max(each.amount, 0), MOST_UNITS)
        if amount:
            moves.append(
                credit(
                    purse.after(*moves),
                    amount,
                    at,
                    funding=each.funding,
                    starts_at=max(at, terms.start(each.starts_on)) if each.starts_on else None,
                    expires_at=terms.end(each.last_day),
                    month=month,
                )
            )
    return moves


def _opened(opened: Opened, bundle: str, terms: Terms, grant: Grant, scene: Scene) -> Entered:
    ends_at = terms.end(grant.last_day or opened.last_day)
    assignment = ProgramAssignment(
        id=scene.new_id(),
        program=terms.revision.program,
        revision=terms.revision.number,
        item=opened.item,
        bundle=bundle,
        customer_id=grant.customer.id,
        slot=grant.customer.id if terms.kind.single else None,
        card_id=grant.card.id if grant.card else None,
        reference=grant.reference,
        starts_at=terms.start(grant.starts_on) if grant.starts_on else scene.now,
        ends_at=ends_at,
        ended_why="",
        order_ref=grant.order_ref,
        line_ref=grant.line_ref,
        purse=Purse(opened.unit) if opened.unit else None,
        balance=0,
        next_expiry=None,
        comment=grant.comment,
        assigned_at=scene.now,
        assigned_by=scene.actor,
    )
    if not opened.unit:
        return Entered(assignment, ())
    given = [_ending(each, opened, grant) for each in opened.credits]
    moves = credits_of(purse_of(assignment), given, terms, scene.now)
    about = About(order_ref=grant.order_ref, line_ref=grant.line_ref, comment=grant.comment)
    return enter(assignment, moves, about, scene)


def _ending(given: Credit, opened: Opened, grant: Grant) -> Credit:
    """What ends with its assignment ends with it where another last day is given, too."""
    if grant.last_day is None or given.last_day != opened.last_day:
        return given
    return evolve(given, last_day=grant.last_day)
