"""Reading what a decision about programs needs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from loyaltycore.kernel.criteria import has_key, stored
from loyaltycore.kernel.ledger import Purse, as_of
from loyaltycore.programs.kinds import PROGRAM_KINDS
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import Scene
from loyaltycore.programs.rules.program import Program, ProgramRevision, revision_key
from loyaltycore.storing.codec import from_json
from loyaltycore.work.house import House
from loyaltycore.work.unit import Unit


def scene_of(unit: Unit) -> Scene:
    """Who enters something, where and when."""
    acting = unit.acting
    return Scene(acting.now, acting.actor, acting.branch_id, unit.ids.new)


def terms_of(house: House, unit: Unit, program: str, revision: int) -> Terms:
    """The terms of a revision, with their kind."""
    found = unit.get(ProgramRevision, revision_key(program, revision))
    kind = house.added(PROGRAM_KINDS).get(found.content.kind)
    terms: Any = from_json(found.content.terms, kind.terms)
    return Terms(found, kind, terms)


def rows_of(unit: Unit, row: ProgramAssignment, *, single: bool) -> tuple[ProgramAssignment, ...]:
    """An assignment and, where the customer has the program once, what a merge has left beside it."""
    if not single:
        return (row,)
    same = (stored("customer_id") == row.customer_id) & (stored("program") == row.program)
    return (row, *(each for each in unit.find(ProgramAssignment, same) if each.id != row.id))


def on_card(unit: Unit, card_id: str) -> tuple[ProgramAssignment, ...]:
    """What a card carries, and has carried."""
    return tuple(unit.find(ProgramAssignment, stored("card_id") == card_id, order_by=("id",)))


def carried_by(unit: Unit, card_id: str, now: datetime) -> tuple[ProgramAssignment, ...]:
    """What a card carries that has not ended."""
    return tuple(each for each in on_card(unit, card_id) if each.ends_at is None or each.ends_at > now)


def sold_by(unit: Unit, article: str) -> tuple[Program, ...]:
    """The programs that an article sells."""
    return tuple(unit.find(Program, has_key("sold_by", article), order_by=("id",)))


def history(unit: Unit, holder_id: str) -> list[ProgramMove]:
    """All moves of a holder, in order."""
    return list(unit.find(ProgramMove, stored("holder_id") == holder_id, order_by=("seq",)))


def purse_at(unit: Unit, row: ProgramAssignment, at: datetime, known: datetime | None) -> Purse:
    """The purse as of a moment: replayed for the past, as it is for what is to come."""
    if row.purse is None or (at >= unit.now and known is None):
        return row.purse or Purse("")
    return as_of(row.purse.unit, history(unit, row.id), at, known)
