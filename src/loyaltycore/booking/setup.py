"""Setting planners up: resources, their busy times, and templates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Unpack

from loyaltycore.booking.rules.blocking import block, read_span, read_times
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.saving import save_resource, save_template
from loyaltycore.booking.rules.setup import ResourceFacts, TemplateFacts
from loyaltycore.booking.sheets import read_sheets
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.occupancy import BusyTime
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


class PlannerSetup(Service):
    """The resources and the templates of planners."""

    @command("planner.save_resource")
    def save_resource(self, resource_id: str, *, branch_id: str, **facts: Unpack[ResourceFacts]) -> Resource:
        """Make a resource, or change the given fields of the one with this key.

        Args:
            resource_id: Technical key: lower-case letters, digits, ``-`` and ``_``.
            branch_id: Where it is; a resource never moves to another branch.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: Names every fault of every field.
            Refused: ``resource.elsewhere``; a resource with this key belongs to another branch.
        """
        branch = self.unit.get(Branch, branch_id)
        known = self.unit.seek(Resource, _key(resource_id), for_update=True)
        return self.unit.apply(save_resource(resource_id, branch, facts, known))

    @command("planner.block")
    def block(
        self,
        resource_id: str,
        times: Collection[BusyTime],
        *,
        since: datetime,
        until: datetime,
        source: str = "calendar",
    ) -> Resource:
        """Keep a resource free of appointments while it is busy elsewhere, as another calendar says.

        Whatever the same source said of this stretch before is replaced. Appointments that the resource has already
        stay: somebody has to look at them.

        Args:
            times: At most 10,000, in any order; what lies outside the stretch is left out.
            since: Aware; where the stretch begins.
            until: Aware, at most 400 days later.
            source: Technical key that tells several calendars of one resource apart.

        Raises:
            NotFound: There is no such resource.
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            span = read_span(faults, since, until)
            busy = read_times(faults, times)
            key = faults.key("source", source)
        assert span is not None  # noqa: S101  otherwise a fault was noted
        resource = self.unit.get(Resource, resource_id)
        sheets = read_sheets(self.unit, [resource.id], (span.starts_at, span.ends_at))[resource.id]
        return self.unit.apply(block(resource, sheets, busy, span, key))

    @command("planner.save_template")
    def save_template(self, template_id: str, **facts: Unpack[TemplateFacts]) -> AppointmentTemplate:
        """Make a template, or change the given fields of the one with this key.

        Raises:
            InvalidInput: Names every fault of every field; ``contradiction`` where two of them rule each other out.
        """
        known = self.unit.seek(AppointmentTemplate, _key(template_id), for_update=True)
        return self.unit.apply(save_template(template_id, facts, known))

    @query
    def resources(self, branch_id: str) -> tuple[Resource, ...]:
        """The resources of a branch by key, those included that take no new appointments."""
        where = stored("branch_id") == self.unit.get(Branch, branch_id).id
        return tuple(self.unit.find(Resource, where, order_by=("id",)))

    @query
    def templates(self) -> tuple[AppointmentTemplate, ...]:
        """All templates by name."""
        return tuple(self.unit.find(AppointmentTemplate, order_by=("name", "id")))


def _key(given: str) -> str:
    """A key as it will be stored; what is wrong with it is noted where the record is read."""
    return Faults().key("id", given)
