"""Changing what a customer has: its dates, its card, its end; and undoing moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.ledger import Beyond, Move, MoveKind, expire, renew, restore, reverse, void
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About, Scene, enter, narrowed, purse_of
from loyaltycore.programs.rules.using import followed, written


@frozen
class Edited:
    """What is changed; None leaves it as it is."""

    starts_on: date | None = None
    ends_on: date | None = None
    card_id: str | None = None
    """Empty for no card."""
    reference: str | None = None
    comment: str | None = None


@frozen
class Undone:
    """What is undone."""

    move: ProgramMove
    earlier: tuple[Move, ...]
    """All moves whose `reverses` names it."""
    amount: int | None
    """How much of it; None for all that is left."""
    beyond: Beyond


def change(
    before: ProgramAssignment, terms: Terms, edited: Edited, reason: str, scene: Scene
) -> Decision[ProgramAssignment]:
    """Change dates, card, supply or comment by hand; what is left ends with its assignment."""
    changes: dict[str, Any] = {}
    if edited.starts_on is not None:
        changes["starts_at"] = terms.start(edited.starts_on)
    if edited.ends_on is not None:
        changes |= {"ends_at": terms.end(edited.ends_on), "ended_why": ""}
    if edited.card_id is not None:
        changes["card_id"] = edited.card_id or None
    changes |= {
        name: value for name in ("reference", "comment") if (value := getattr(edited, name)) is not None
    }
    after = evolve(before, **changes)
    with Faults() as faults:
        if after.ends_at is not None and after.ends_at <= after.starts_at:
            faults.note("ends_on", "before_start", "lies before the first day")
    if after == before:
        return Decision(before)
    moves = _moved_ends(before, after, scene)
    entered = enter(after, moves, About(comment=reason), scene) if moves else None
    saved = entered.assignment if entered else after
    return Decision(
        saved,
        add=entered.moves if entered else (),
        save=(saved,),
        notes=(Note("program.edited", narrowed(before), narrowed(saved), reason),),
    )


def end(
    rows: Sequence[ProgramAssignment], reason: str, scene: Scene, *, emptied: bool = False
) -> Decision[None]:
    """End assignments now; those that have ended stay as they are.

    Args:
        emptied: Whether what is unspent is made void, because the sale was cancelled.
    """
    open_ = [row for row in rows if row.ends_at is None or row.ends_at > scene.now]
    lines: list[ProgramMove] = []
    ended, notes = [], []
    for before in open_:
        # What begins later never begins.
        starts_at = min(before.starts_at, scene.now)
        after = evolve(before, starts_at=starts_at, ends_at=scene.now, ended_why=reason)
        move = void(purse_of(before), scene.now) if emptied else None
        if move:
            entered = enter(after, [move], About(order_ref=before.order_ref, comment=reason), scene)
            after = entered.assignment
            lines += entered.moves
        ended.append(after)
        notes.append(Note("program.ended", narrowed(before), narrowed(after), reason))
    return Decision(None, add=tuple(lines), save=tuple(ended), notes=tuple(notes))


def undo(
    row: ProgramAssignment, terms: Terms, undone: Undone, about: About, scene: Scene
) -> Decision[ProgramMove]:
    """Restore what was used, or take back what was given.

    Raises:
        Refused: ``program.nothing_to_undo``, or ``purse.insufficient``.
    """
    purse, move = purse_of(row), undone.move
    wanted = abs(move.amount) if undone.amount is None else undone.amount
    plan: Move | None = None
    if move.kind is MoveKind.DEBIT:
        idle = terms.kind.renewed(terms.terms, terms.day(scene.now))
        grace = terms.end(idle)
        plan = restore(purse, move, undone.earlier, wanted, scene.now, grace_until=grace)
    elif move.kind in {MoveKind.CREDIT, MoveKind.ADJUST} and move.amount > 0:
        plan = reverse(purse, move, undone.earlier, wanted, scene.now, beyond=undone.beyond)
    if plan is None:
        raise Refused(
            "program.nothing_to_undo",
            "nothing of it is left to be undone",
            move=move.id,
            kind=move.kind.value,
        )
    entered = enter(row, followed(row, plan, terms, scene.now), about, scene)
    return written("program.undone", [row], [entered], about.comment)


def book_expired(row: ProgramAssignment, scene: Scene) -> Decision[int]:
    """Book what has expired; how many lots that were."""
    entered = enter(row, expire(purse_of(row), scene.now), About(), scene)
    return Decision(len(entered.moves), add=entered.moves, save=(entered.assignment,))


def _moved_ends(before: ProgramAssignment, after: ProgramAssignment, scene: Scene) -> tuple[Move, ...]:
    """Lots that end with their assignment end with it afterwards, too."""
    if before.purse is None or before.ends_at == after.ends_at:
        return ()
    bound = [lot for lot in before.purse.lots if lot.expires_at == before.ends_at]
    move = renew(before.purse, scene.now, after.ends_at) if bound else None
    return (move,) if move else ()
