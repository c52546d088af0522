"""What a hook after the commit is told."""

from __future__ import annotations

from attrs import frozen

from loyaltycore.work.journal import Activity


@frozen
class Committed:
    """What one unit of work has kept: a verb alone, or a block with all its verbs."""

    commands: tuple[str, ...]
    """The names of the commands that wrote something, such as ``cards.order``, in the order in which they ended."""
    activities: tuple[Activity, ...]
    """The lines of the change feed, in order."""
