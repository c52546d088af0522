"""The feed of all activities: places are given after the commit, one after another.

Ids are made before the commit, so in their order an activity may appear before one that was read already. That no
reader misses it, the activities of finished transactions get numbers when somebody asks for them, under one versioned
record. Writers do not wait for that, and no clock matters.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve, frozen

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.blocks import refuse_inside_block
from loyaltycore.work.journal import Activity, Cursor
from loyaltycore.work.paging import read_cursor, read_limit, write_cursor
from loyaltycore.work.running import run_command, run_query
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

_HEAD: Final = "activities.feed"
_MARK: Final = "feed"


@frozen
class Feed:
    """A page of the feed."""

    items: tuple[Activity, ...]
    """In order; empty if there is nothing new."""
    cursor: str
    """Where to go on: keep it, and pass it to get what comes after this page."""


def read_feed(session: Session, cursor: str, limit: int) -> Feed:
    """Read a page; see `Activities.since`."""
    refuse_inside_block(session.house, "reading the feed")
    with Faults() as faults:
        count = faults.parsed("limit", lambda: read_limit(limit), 1)
        position = faults.parsed("cursor", lambda: read_cursor(cursor, (str, int)), None) or (_MARK, 0)
        if position[0] != _MARK:
            faults.note("cursor", "bad_cursor", "is not the cursor of this list")
    last: int = position[1]
    found, more = run_query(session, lambda unit: _look(unit, last, count), "Activities.since")
    if more:
        found = run_command(session, "", "", lambda unit: _read_on(unit, last, count))
    return Feed(found, write_cursor((_MARK, found[-1].place)) if found else cursor)


def _look(unit: Unit, last: int, count: int) -> tuple[tuple[Activity, ...], bool]:
    """What has its place already, and whether others wait for theirs that belong on this page."""
    found = _placed(unit, last, count)
    return found, len(found) < count and unit.first(Activity, stored("place") == 0) is not None


def _read_on(unit: Unit, last: int, count: int) -> tuple[Activity, ...]:
    """Give places, as many as the page lacks, and read the page."""
    head = unit.seek(Cursor, _HEAD, for_update=True)
    found = _placed(unit, last, count)
    given = int(head.position) if head else 0
    waiting = unit.find(Activity, stored("place") == 0, limit=count - len(found))
    fresh = [evolve(each, place=given + number) for number, each in enumerate(waiting, 1)]
    if fresh:
        end = Cursor(_HEAD, str(given + len(fresh)))
        unit.save(*fresh)
        unit.add(end) if head is None else unit.save(evolve(head, position=end.position))
    return (*found, *(evolve(each, version=each.version + 1) for each in fresh))


def _placed(unit: Unit, last: int, count: int) -> tuple[Activity, ...]:
    return tuple(unit.find(Activity, stored("place") > last, order_by=("place",), limit=count))
