"""Removing what has been kept long enough, in portions that hold nobody up."""

from __future__ import annotations

from itertools import takewhile
from typing import Final

from loyaltycore.privacy.rules.retention import Forgotten, Retention, check_retentions
from loyaltycore.work.capability import Point
from loyaltycore.work.running import run_command
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

PORTION: Final = 500

RETENTIONS: Final[Point[Retention, tuple[Retention, ...]]] = Point("retentions", check_retentions)


def forget(session: Session, retention: Retention) -> Forgotten:
    """Remove the records of one kind that have been kept long enough."""
    removed = 0
    while count := run_command(session, "", "", lambda unit: _portion(unit, retention)):
        removed += count
        if count < PORTION:
            break
    return Forgotten(retention.name, removed)


def _portion(unit: Unit, retention: Retention) -> int:
    # The oldest come first, so nothing that stays is looked at but the first of it.
    oldest = unit.find(retention.cls, retention.where, limit=PORTION)
    over = list(takewhile(lambda record: retention.is_over(record, unit.now), list(oldest)))
    if over:
        unit.remove(*over)
    return len(over)
