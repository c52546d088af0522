"""Setting planners up: resources and templates."""

from __future__ import annotations

from typing import Unpack

from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.saving import save_resource, save_template
from loyaltycore.booking.rules.setup import ResourceFacts, TemplateFacts
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import stored
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
