"""Telling the staff that a time got free for which somebody waits."""

from __future__ import annotations

from typing import Final, TypeVar

from attrs import evolve

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.waiting import FreedTime, WaitingEntry, announce, freed_by, suits
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision
from loyaltycore.work.unit import Unit

R = TypeVar("R")

MOST: Final = 200
"""Entries of one day that are looked at, those first that wait longest."""


def with_news(
    unit: Unit, decision: Decision[R], before: Appointment, after: Appointment | None
) -> Decision[R]:
    """The decision about an appointment, with a reminder if it gives up a time for which somebody waits."""
    time = freed_by(before, after)
    if time is None or time.starts_at <= unit.now:
        return decision
    branch = unit.get(Branch, before.branch_id)
    count = len(waiting_for(unit, time, branch))
    if not count:
        return decision
    told = announce(unit.ids.new(), before, time, count, branch, unit.now)
    return evolve(decision, add=(*decision.add, told))


def waiting_for(unit: Unit, time: FreedTime, branch: Branch) -> tuple[WaitingEntry, ...]:
    """Whom a time would suit, those first who wait longest."""
    day = branch.local_date(time.starts_at)
    open_here = (stored("branch_id") == branch.id) & stored("done_at").is_null()
    that_day = (stored("first") <= day) & (stored("last") >= day)
    entries = tuple(unit.find(WaitingEntry, open_here & that_day, order_by=("id",), limit=MOST))
    if not entries:
        return ()
    resource = unit.get(Resource, time.resource_id)
    wanted = tuple({each.template_id for each in entries} - {""})
    found = unit.find(AppointmentTemplate, stored("id").one_of(wanted)) if wanted else ()
    templates = {each.id: each for each in found}
    return tuple(
        each
        for each in entries
        if suits(each, time, resource, templates.get(each.template_id), branch.time_zone)
    )
