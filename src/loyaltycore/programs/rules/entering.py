"""Entering moves: the assignment with its purse, and the lines of history."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import attrs
from attrs import evolve, frozen

from loyaltycore.kernel.ledger import Move, Purse
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove

TABLE = "program_assignments"


@frozen
class Scene:
    """Who enters something, where and when."""

    now: datetime
    actor: str
    branch_id: str
    new_id: Callable[[], str]


@frozen
class About:
    """What a move is about."""

    article: str = ""
    quantity: int = 0
    order_ref: str = ""
    line_ref: str = ""
    rule: str = ""
    fact: str | None = None
    comment: str = ""


@frozen
class Entered:
    """An assignment with more of a history."""

    assignment: ProgramAssignment
    moves: tuple[ProgramMove, ...]


def purse_of(assignment: ProgramAssignment) -> Purse:
    """The purse of an assignment that has one."""
    return assignment.purse or Purse("")


@frozen
class Holder:
    """The record that embeds a purse."""

    table: str
    id: str
    customer_id: str | None


def entered_in(
    holder: Holder, purse: Purse, planned: Iterable[Move | None], about: About, scene: Scene
) -> tuple[Purse, tuple[ProgramMove, ...]]:
    """Apply planned moves to a purse; the first of them carries the fact."""
    lines: list[ProgramMove] = []
    for move in planned:
        if move is not None:
            purse = purse.after(move)
            told = evolve(about, fact=None) if lines else about
            lines.append(_line(holder, move, purse, told, scene))
    return purse, tuple(lines)


def enter(
    assignment: ProgramAssignment, planned: Iterable[Move | None], about: About, scene: Scene
) -> Entered:
    """Apply planned moves to an assignment."""
    holder = Holder(TABLE, assignment.id, assignment.customer_id)
    purse, lines = entered_in(holder, purse_of(assignment), planned, about, scene)
    after = evolve(
        assignment,
        purse=purse,
        balance=purse.balance(scene.now),
        next_expiry=purse.next_expiry(scene.now),
    )
    return Entered(after, lines)


def fact_of(*parts: str) -> str:
    """The digest of what happened outside."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:40]


def narrowed(assignment: ProgramAssignment) -> ProgramAssignment:
    """An assignment for the activities, which show how much there is and not each lot."""
    return evolve(assignment, purse=None, next_expiry=None)


def _line(holder: Holder, move: Move, after: Purse, about: About, scene: Scene) -> ProgramMove:
    planned: dict[str, Any] = attrs.asdict(move, recurse=False)
    return ProgramMove(
        **planned,
        **attrs.asdict(about, recurse=False),
        id=scene.new_id(),
        holder_table=holder.table,
        holder_id=holder.id,
        customer_id=holder.customer_id,
        balance=after.balance(scene.now),
        actor=scene.actor,
        branch_id=scene.branch_id,
    )
