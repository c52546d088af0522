"""Defining programs: drafts, revisions that never change, and what is hidden or removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.given import shown, text_of
from loyaltycore.kernel.places import read_time_zone
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.kind import ProgramKind
from loyaltycore.programs.rules.periods import LONGEST_MONTHS
from loyaltycore.programs.rules.program import (
    Program,
    ProgramDraft,
    ProgramRevision,
    ProgramState,
    SoldBy,
    revision_key,
)
from loyaltycore.programs.rules.terms import MOST_PARTS, WORD_LENGTH, check_deep


@frozen
class Wanted:
    """What somebody wants a program to say, still unchecked."""

    terms: Any
    sold_by: object
    on_card: object
    branches: object
    zone: object


def read_terms(faults: Faults, kind: ProgramKind | None, terms: Any) -> None:
    """Check terms by their kind."""
    if kind is None:
        faults.note("terms", "wrong_type", "must be the terms of a kind of program")
    elif check_deep(faults.at("terms"), terms):
        kind.check(faults.at("terms"), terms)


def read_draft(faults: Faults, kind: ProgramKind, wanted: Wanted) -> ProgramDraft:
    """Check all but the terms, which are written down by whoever stores them."""
    zone = read_time_zone(faults, "zone", wanted.zone)
    action = faults.text("on_card", wanted.on_card, limit=WORD_LENGTH)
    if action and action not in kind.card_actions:
        faults.unknown("on_card", "unknown_choice", "action", action, kind.card_actions)
    branches = faults.items("branches", wanted.branches, most=1000)
    return ProgramDraft(
        kind=kind.key,
        terms="",
        sold_by=_read_sellers(faults, wanted.sold_by),
        on_card=action,
        branches=tuple(faults.key(f"branches.{at}", each) for at, each in enumerate(branches)),
        zone=zone,
    )


def define(before: Program | None, key: str, name: str, draft: ProgramDraft | None) -> Decision[Program]:
    """Keep a draft, of a new program or of the next revision of one; nothing happens if nothing differs."""
    if before is None:
        program = Program(key, name, ProgramState.DRAFT, 0, draft)
        return Decision(program, add=(program,), notes=(Note("program.defined", after=program),))
    after = evolve(before, name=name, draft=draft)
    if after == before:
        return Decision(before)
    return Decision(after, save=(after,), notes=(Note("program.changed", before, after),))


def publish(
    program: Program, in_force: ProgramRevision | None, now: datetime, actor: str
) -> Decision[Program]:
    """Put a program into force: its draft as the next revision or, if it has none, what was in force."""
    draft = program.draft
    if draft is None or (in_force is not None and in_force.content == draft):
        after = evolve(program, state=ProgramState.ACTIVE, draft=None)
        if after == program:
            return Decision(program)
        return Decision(after, save=(after,), notes=(Note("program.published", program, after),))
    number = program.revision + 1
    revision = ProgramRevision(revision_key(program.id, number), program.id, number, draft, now, actor)
    after = evolve(program, state=ProgramState.ACTIVE, revision=number, draft=None, sold_by=draft.sold_by)
    return Decision(after, add=(revision,), save=(after,), notes=(Note("program.published", program, after),))


def hide(program: Program, reason: str) -> Decision[Program]:
    """Assign a program to nobody any more.

    Raises:
        Refused: ``program.not_published``; nobody can have it yet.
    """
    if program.state is ProgramState.DRAFT:
        raise not_published(program)
    if program.state is ProgramState.HIDDEN:
        return Decision(program)
    after = evolve(program, state=ProgramState.HIDDEN)
    return Decision(after, save=(after,), notes=(Note("program.hidden", program, after, reason),))


def remove(program: Program, revisions: Iterable[ProgramRevision]) -> Decision[None]:
    """Remove a program that nobody ever had.

    Raises:
        Refused: ``program.used``.
    """
    if program.used:
        raise Refused(
            "program.used",
            "customers have or had this program",
            remedy="hide it",
            program=program.id,
        )
    return Decision(None, remove=(program, *revisions), notes=(Note("program.removed", before=program),))


def require_in_force(program: Program | None, key: object) -> Program:
    """Make sure that a program can be assigned.

    Raises:
        Refused: ``program.undefined`` or ``program.not_published``.
    """
    if program is None:
        raise Refused(
            "program.undefined",
            f"there is no program {shown(key)}",
            remedy="define and publish it",
            program=(text_of(key) or "")[:WORD_LENGTH],
        )
    if program.state is not ProgramState.ACTIVE:
        raise not_published(program)
    return program


def not_published(program: Program) -> Refused:
    """The refusal of a program that is not in force."""
    return Refused(
        "program.not_published",
        f"the program is {_SAYS[program.state]}",
        remedy="publish it",
        program=program.id,
        state=program.state.value,
    )


_SAYS: Final = {
    ProgramState.DRAFT: "a draft",
    ProgramState.HIDDEN: "hidden: nobody gets it any more",
    ProgramState.ACTIVE: "in force",
}


def _read_sellers(faults: Faults, given: object) -> tuple[SoldBy, ...]:
    found: Sequence[Any] = faults.items("sold_by", given, most=MOST_PARTS)
    return tuple(_read_seller(faults, f"sold_by.{place}", each) for place, each in enumerate(found))


def _read_seller(faults: Faults, name: str, given: Any) -> SoldBy:
    if not isinstance(given, SoldBy):
        return SoldBy(faults.text(name, given, limit=WORD_LENGTH, required=True))
    at = faults.at(name)
    article = at.text("article", given.article, limit=WORD_LENGTH, required=True)
    item = at.text("item", given.item, limit=WORD_LENGTH)
    if given.months is not None:
        at.integer("months", given.months, least=1, most=LONGEST_MONTHS)
    return SoldBy(article, item, given.months)
