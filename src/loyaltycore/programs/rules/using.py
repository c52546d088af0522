"""Using what a customer has: by hand, by presenting a card, by spending money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.ledger import (
    MANY_LOTS,
    Funding,
    Move,
    Purse,
    adjust,
    available_of,
    compact,
    credit,
    debit,
    renew,
    shares,
)
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.assigning import Terms, credits_of
from loyaltycore.programs.rules.assignment import AssignmentState, ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About, Entered, Scene, enter, narrowed, purse_of
from loyaltycore.programs.rules.kind import Award, Use
from loyaltycore.programs.rules.points import PointsTerms
from loyaltycore.programs.rules.tiers import Standing, standing_of

RETURN_WINDOW: Final = timedelta(days=365)
"""For how long a credit may be taken back by name, at least."""


def require_running(assignment: ProgramAssignment, terms: Terms, scene: Scene, hold_id: str = "") -> None:
    """Make sure that a program has begun, has not ended, and may be used here.

    Args:
        hold_id: A reservation: what is set aside under it outlives the last day, unless somebody has ended it.

    Raises:
        Refused: ``program.not_started``, ``.ended`` or ``.wrong_branch``.
    """
    if scene.now < assignment.starts_at:
        raise Refused(
            "program.not_started",
            "the program has not begun",
            remedy="change its first day, or wait",
            starts_at=assignment.starts_at,
        )
    is_over = assignment.ends_at is not None and assignment.ends_at <= scene.now
    if is_over and (assignment.ended_why or not purse_of(assignment).hold(hold_id, scene.now)):
        expired = purse_of(assignment).expired(scene.now)
        raise Refused(
            "program.ended",
            "the program has ended",
            remedy="change its last day" + (", and give again by hand what has expired" if expired else ""),
            ends_at=assignment.ends_at,
            why=assignment.ended_why,
            expired=expired,
        )
    branches = terms.revision.content.branches
    if branches and scene.branch_id not in branches:
        raise Refused(
            "program.wrong_branch",
            "the program is for other branches",
            remedy="use it there",
            branches=branches,
        )


def require_usable(
    assignment: ProgramAssignment, terms: Terms, use: Use, reference: str, scene: Scene
) -> int:
    """Make sure that something can be used, and say how many units it takes.

    Raises:
        Refused: What `require_running` refuses, ``program.wrong_reference`` or ``.not_covered``.
    """
    require_running(assignment, terms, scene)
    if assignment.reference and reference != assignment.reference:
        raise Refused(
            "program.wrong_reference",
            "the program is for another supply",
            remedy="give the reference of the supply",
            reference=assignment.reference,
        )
    takes = terms.kind.takes(terms.terms, assignment.item, use)
    units = _units(takes, purse_of(assignment).unit)
    if units is None or units < 1:
        raise Refused(
            "program.not_covered",
            "the program is not for that",
            program=assignment.program,
            article=use.article,
        )
    return units


def use(
    rows: Sequence[ProgramAssignment], terms: Terms, units: int, about: About, scene: Scene
) -> Decision[ProgramMove]:
    """Use so many units of what a customer has of one program.

    Args:
        rows: The assignment that was named first; others of the customer, where a merge has left several.

    Raises:
        Refused: ``program.exhausted`` or ``.expired``.
    """
    purses = [purse_of(row) for row in rows]
    require_left(purses, units, scene.now)
    parts = shares(purses, units, scene.now)
    drawn = [(row, part) for row, part in zip(rows, parts, strict=True) if part]
    entered: list[Entered] = []
    for row, part in drawn:
        move = debit(purse_of(row), part, scene.now)
        told = evolve(about, fact=None) if entered else about
        entered.append(enter(row, followed(row, move, terms, scene.now), told, scene))
    return written("program.used", [row for row, _ in drawn], entered)


def require_left(purses: Sequence[Purse], units: int, now: datetime) -> None:
    """Make sure that so many units are left.

    Raises:
        Refused: ``program.expired`` if there were enough of them before some expired, otherwise ``.exhausted``.
    """
    available = available_of(purses, now)
    if units <= available:
        return
    expired = sum(purse.expired(now) for purse in purses)
    if units <= available + expired:
        raise Refused(
            "program.expired",
            f"{units:,} are asked for, {available:,} are left, and {expired:,} have expired",
            remedy="ask for less, or give again by hand what has expired",
            asked=units,
            available=available,
            expired=expired,
        )
    raise Refused(
        "program.exhausted",
        f"{units:,} are asked for, and {available:,} are left",
        asked=units,
        available=available,
    )


def earn(
    row: ProgramAssignment, terms: Terms, spent: Money, about: About, scene: Scene
) -> Decision[ProgramMove | None]:
    """Give what is earned by spending money; None if it is nothing.

    Raises:
        Refused: What `require_running` refuses.
    """
    require_running(row, terms, scene)
    today = terms.day(scene.now)
    standing = standing_in(row, terms, scene.now)
    level = standing.level if standing else ""
    earned = terms.kind.earned(terms.terms, Award(spent, today, level))
    moves = credits_of(
        purse_of(row), [earned] if earned else [], terms, scene.now, month=today.year * 100 + today.month
    )
    if not moves:
        return Decision(None)
    entered = enter(row, followed(row, moves[0], terms, scene.now), about, scene)
    decision = written("program.earned", [row], [entered])
    return Decision(decision.result, add=decision.add, save=decision.save, notes=decision.notes)


def adjust_by(
    row: ProgramAssignment, terms: Terms, amount: int, about: About, scene: Scene
) -> Decision[ProgramMove]:
    """Give something, or take something away, by hand.

    Raises:
        Refused: ``program.not_counted`` or ``purse.insufficient``.
    """
    require_counted(row)
    purse = purse_of(row)
    if amount < 0:
        move = adjust(purse, -amount, scene.now)
    else:
        last = terms.kind.expiry(terms.terms, terms.day(scene.now))
        ends = terms.end(last) or row.ends_at
        move = credit(purse, amount, scene.now, funding=Funding.GRANTED, expires_at=ends, by_hand=True)
    entered = enter(row, followed(row, move, terms, scene.now), about, scene)
    return written("program.adjusted", [row], [entered], about.comment)


def usable_of(rows: Sequence[ProgramAssignment], program: str, now: datetime) -> ProgramAssignment:
    """What a customer uses of a program: of several assignments the one that ends first.

    Raises:
        Refused: ``program.not_assigned``.
    """
    usable = [row for row in rows if row.program == program and row.state(now) is AssignmentState.ACTIVE]
    if not usable:
        raise Refused(
            "program.not_assigned",
            "the customer has nothing of this program that can be used",
            remedy="assign it",
            program=shown(program),
        )
    return min(usable, key=lambda row: (row.ends_at is None, row.ends_at or now, row.id))


def about_use(about: About, use: Use, units: int, fact: str | None) -> About:
    """What the history says of a use."""
    return evolve(about, article=use.article, quantity=units, fact=fact)


def about_fact(about: About, fact: str) -> About:
    """What the history says of something that happened outside once."""
    return evolve(about, fact=fact)


def about_undoing(move: ProgramMove, reason: str) -> About:
    """What the history says of something undone."""
    return About(move.article, move.quantity, move.order_ref, move.line_ref, move.rule, comment=reason)


def why_not(row: ProgramAssignment, terms: Terms, use: Use, scene: Scene) -> str:
    """The code of the rule that keeps a card's action from running."""
    try:
        units = require_usable(row, terms, use, "", scene)
        require_left([purse_of(row)], units, scene.now)
    except Refused as refused:
        return refused.code
    return ""


def read_moment(faults: Faults, name: str, given: object, terms: Terms) -> datetime | None:
    """Read a moment, or a day, which means its last instant."""
    if given is None or issubclass(type(given), datetime):
        return faults.instant(name, given)
    day = faults.day(name, given)
    end = terms.end(day)
    return end - timedelta(microseconds=1) if end else None


def require_counted(row: ProgramAssignment) -> None:
    """Make sure that something is counted.

    Raises:
        Refused: ``program.not_counted``.
    """
    if row.purse is None:
        raise Refused("program.not_counted", "the program counts nothing", program=row.program, item=row.item)


def standing_in(row: ProgramAssignment, terms: Terms, now: datetime) -> Standing | None:
    """The tier of whoever has it; None if there are no tiers."""
    if row.purse is None or not isinstance(terms.terms, PointsTerms) or terms.terms.tiers is None:
        return None
    return standing_of(terms.terms.tiers, row.purse.months, terms.day(now))


def followed(row: ProgramAssignment, move: Move, terms: Terms, now: datetime) -> list[Move]:
    """A move, with what follows from it: other last moments after an activity, and lots put together."""
    moves, day = [move], terms.kind.renewed(terms.terms, terms.day(now))
    renewed = renew(purse_of(row).after(move), now, terms.end(day)) if day else None
    moves += [renewed] if renewed else []
    if len(purse_of(row).lots) + len(moves) <= MANY_LOTS:
        return moves  # each of them opens one lot at most
    compacted = compact(purse_of(row).after(*moves), now, now - RETURN_WINDOW)
    return [*moves, compacted] if compacted else moves


def written(
    action: str, before: Sequence[ProgramAssignment], entered: Sequence[Entered], comment: str = ""
) -> Decision[ProgramMove]:
    """What is stored of moves: the first one is the answer."""
    lines = tuple(line for each in entered for line in each.moves)
    after = tuple(each.assignment for each in entered)
    return Decision(
        lines[0],
        add=lines,
        save=after,
        notes=tuple(
            Note(action, narrowed(old), narrowed(new), comment)
            for old, new in zip(before, after, strict=True)
        ),
    )


def _units(takes: int | Money | None, unit: str) -> int | None:
    if isinstance(takes, Money):
        return takes.amount if takes.currency == unit else None
    return takes
