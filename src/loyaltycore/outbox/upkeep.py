"""Upkeep: removing traces that have served their purpose, in portions that hold nobody up.

It removes delivered and withdrawn messages and what became of them, the traces of commands, the ids of vendors' events, and
tries that rate limits do not count any more. A command key or an
event that is repeated after its trace is gone counts as new, so keep traces longer than anybody repeats. Customers,
cards, orders, activities and messages that were given up stay for good.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.criteria import Criterion, stored
from loyaltycore.kernel.fates import MessageFate
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.work.journal import CommandTrace, InboxEvent, RateWindow
from loyaltycore.work.running import run_command
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

PORTION: Final = 500
SHORTEST: Final = timedelta(days=1)
"""Tills and vendors repeat within minutes to hours: younger traces are never removed."""
LONGEST: Final = timedelta(days=36_525)


@frozen
class Pruned:
    """What was removed."""

    messages: int
    commands: int
    """Traces of commands."""
    events: int
    """Ids of vendors' events."""
    fates: int
    """What became of messages that were handed over."""
    windows: int
    """Tries that no rate limit counts any more."""


def prune(session: Session, older_than: timedelta) -> Pruned:
    """Remove traces older than a span; see `Loyalty.prune`."""
    if not isinstance(older_than, timedelta) or not SHORTEST <= older_than <= LONGEST:
        raise InvalidInput(
            [Fault("older_than", "out_of_range", "must be a timedelta of a day to a hundred years")]
        )
    before = session.house.clock.now() - older_than
    ended = stored("finished_at") < before
    return Pruned(
        messages=sum(
            _remove(session, OutboxMessage, (stored("state") == state) & ended)
            for state in (MessageState.DONE, MessageState.WITHDRAWN)
        ),
        commands=_remove(session, CommandTrace, _older(before), ("at",)),
        events=_remove(session, InboxEvent, _older(before), ("at",)),
        fates=_remove(session, MessageFate, stored("known_at") < before, ("known_at",)),
        windows=_remove(session, RateWindow, stored("lapses_at") < session.house.clock.now(), ("lapses_at",)),
    )


def _older(before: datetime) -> Criterion:
    return stored("at") < before


def _remove(session: Session, cls: type[Any], where: Criterion, order_by: tuple[str, ...] = ()) -> int:
    def remove(unit: Unit) -> int:
        portion = list(unit.find(cls, where, order_by=order_by, limit=PORTION))
        unit.remove(*portion)
        return len(portion)

    removed = 0
    while True:
        count = run_command(session, "", "", remove)
        removed += count
        if count < PORTION:
            return removed
