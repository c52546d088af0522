"""Upkeep: removing the traces that have served their purpose, in portions that never hold anybody up.

What goes: messages that were delivered or withdrawn, the traces of commands, the ids of vendors' events. A command key
or an event that is repeated after its trace is gone is taken for a new one, so keep them longer than anybody repeats.
What stays for good: customers, cards, orders, activities, and messages that were given up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.commands import Command
from loyaltycore.kernel.criteria import Criteria, stored
from loyaltycore.kernel.inbox import InboxEvent
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.work.running import run_command
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.desk import Desk

PORTION: Final = 500
SHORTEST: Final = timedelta(days=1)
"""Tills and vendors repeat within minutes to hours: younger traces are never removed."""
LONGEST: Final = timedelta(days=36_525)


@frozen
class Pruned:
    """What was removed.

    Attributes:
        messages: Messages of the outbox.

        commands: Traces of commands.

        events: Ids of vendors' events.
    """

    messages: int
    commands: int
    events: int


def prune(desk: Desk, older_than: timedelta) -> Pruned:
    """Remove traces older than a span; see `Loyalty.prune`."""
    if not isinstance(older_than, timedelta) or not SHORTEST <= older_than <= LONGEST:
        raise InvalidInput(
            [Fault("older_than", "out_of_range", "must be a timedelta of a day to a hundred years")]
        )
    before = desk.loyalty.clock.now() - older_than
    ended = stored("finished_at") < before
    return Pruned(
        messages=sum(
            _remove(desk, OutboxMessage, (stored("state") == state) & ended)
            for state in (MessageState.DONE, MessageState.WITHDRAWN)
        ),
        commands=_remove(desk, Command, _older(before), ("at",)),
        events=_remove(desk, InboxEvent, _older(before), ("at",)),
    )


def _older(before: datetime) -> Criteria:
    return stored("at") < before


def _remove(desk: Desk, cls: type[Any], where: Criteria, order_by: tuple[str, ...] = ()) -> int:
    def remove(unit: Unit) -> int:
        portion = list(unit.find(cls, where, order_by=order_by, limit=PORTION))
        unit.remove(*portion)
        return len(portion)

    removed = 0
    while True:
        count = run_command(desk, "", "", remove)
        removed += count
        if count < PORTION:
            return removed
