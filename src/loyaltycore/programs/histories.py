"""Streaming the holders of a program with their histories: memory stays flat, and no purse is read twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from loyaltycore.kernel.criteria import stored
from loyaltycore.programs.holders import HOLDERS, Holders
from loyaltycore.programs.rules.assignment import ProgramMove
from loyaltycore.programs.rules.closing import Held
from loyaltycore.work.running import run_query
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

PORTION: Final = 200

History = tuple[Held, Sequence[ProgramMove]]
"""What holds a purse, and all of its moves, in order."""


def each_history(session: Session, program: str, since: datetime | None = None) -> Iterator[History]:
    """All holders of a program, each read once, in a short transaction with others and with its own history.

    Args:
        since: Histories that have not changed since then are left out, and come empty; None for all of them.
    """
    for holders in session.house.added(HOLDERS):
        after: tuple[str] | None = None
        while True:
            portion = run_query(
                session, partial(_portion, holders=holders, program=program, after=after, since=since)
            )
            yield from portion
            if len(portion) < PORTION:
                break
            after = (portion[-1][0].id,)


def _portion(
    unit: Unit, holders: Holders, program: str, after: tuple[str] | None, since: datetime | None
) -> list[History]:
    held = holders(unit, program, after, PORTION)
    moves = _moves(unit, [each.id for each in held], since)
    return [(each, moves.get(each.id, ())) for each in held]


def _moves(unit: Unit, ids: Sequence[str], since: datetime | None) -> dict[str, list[ProgramMove]]:
    if since is not None:
        ids = _changed(unit, ids, since)
    found: dict[str, list[ProgramMove]] = defaultdict(list)
    if ids:
        theirs = stored("holder_id").one_of(ids)
        for move in unit.find(ProgramMove, theirs, order_by=("holder_id", "seq")):
            found[move.holder_id].append(move)
    return found


def _changed(unit: Unit, ids: Sequence[str], since: datetime) -> list[str]:
    """Those holders that have changed since a moment."""
    if not ids or unit.now < since:
        return []
    mine = stored("holder_id").one_of(ids)
    return sorted({move.holder_id for move in unit.find(ProgramMove, mine & (stored("at") >= since))})
