"""Removing what has been kept long enough, in portions that hold nobody up."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import takewhile
from typing import Any, Final

from loyaltycore.customers.retaining import Retention
from loyaltycore.kernel.criteria import stored
from loyaltycore.privacy.rules.retention import Forgotten
from loyaltycore.storing.registry import RecordType
from loyaltycore.work.running import run_command, run_query
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

PORTION: Final = 500


def forget(session: Session, retention: Retention) -> Forgotten:
    """Remove the records of one kind that have been kept long enough."""
    removed = 0
    record_type = session.house.registry.of(retention.cls)
    for keys in _portions(session, retention, record_type):
        body = partial(_remove, retention=retention, record_type=record_type, keys=keys)
        removed += run_command(session, "", "", body)
    return Forgotten(retention.name, removed)


def _portions(
    session: Session, retention: Retention, record_type: RecordType[Any]
) -> Iterator[tuple[str, ...]]:
    """The keys of what is over. It is looked for in transactions that only read, which keep nobody from writing."""
    after: tuple[str] | None = None
    while True:
        found = run_query(session, partial(_oldest, retention=retention, after=after))
        over = tuple(takewhile(lambda record: retention.is_over(record, session.house.clock.now()), found))
        if over:
            yield tuple(record_type.key_of(each) for each in over)
        if len(over) < PORTION:
            return
        after = (record_type.key_of(over[-1]),)


def _oldest(unit: Unit, retention: Retention, after: tuple[str] | None) -> list[Any]:
    where = retention.where
    if not retention.in_order:
        where &= stored(retention.since) < retention.before(unit.now)
    return list(unit.find(retention.cls, where, after=after, limit=PORTION))


def _remove(unit: Unit, retention: Retention, record_type: RecordType[Any], keys: tuple[str, ...]) -> int:
    """Remove what is still there, still over, and needed by nothing."""
    there = unit.find(retention.cls, retention.where & stored(record_type.key).one_of(keys))
    over = tuple(each for each in there if retention.is_over(each, unit.now))
    if over and retention.needed is not None:
        needed = retention.needed(unit, over, retention.before(unit.now))
        over = tuple(each for each in over if record_type.key_of(each) not in needed)
    if over and retention.also is not None:
        retention.also(unit, tuple(record_type.key_of(each) for each in over))
    if over:
        unit.remove(*over)
    return len(over)
