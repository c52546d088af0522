"""What it means to save a resource or a template: nothing happens if nothing differs."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from attrs import evolve

from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.setup import ResourceFacts, TemplateFacts, read_resource, read_template
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.validation import check_names

T = TypeVar("T", Resource, AppointmentTemplate)

_EMPTY: Any = None
"""What is required and not given: the form names it."""


def save_resource(
    resource_id: str, branch: Branch, facts: ResourceFacts, known: Resource | None
) -> Decision[Resource]:
    """Make a resource, or change it.

    Raises:
        InvalidInput: Names every fault of every field.
        Refused: ``resource.elsewhere``.
    """
    check_names(Resource, facts, without=("id", "branch_id", "version"))
    if known is not None and known.branch_id != branch.id:
        raise Refused(
            "resource.elsewhere",
            f"the resource {known.id!r} belongs to the branch {known.branch_id!r}",
            resource=known.id,
            branch=known.branch_id,
        )
    before = known or Resource(resource_id, _EMPTY, branch.id)
    return _saved("resource", known, read_resource(evolve(before, **cast("dict[str, Any]", facts))))


def save_template(
    template_id: str, facts: TemplateFacts, known: AppointmentTemplate | None
) -> Decision[AppointmentTemplate]:
    """Make a template, or change it.

    Raises:
        InvalidInput: Names every fault of every field.
    """
    check_names(AppointmentTemplate, facts, without=("id", "version"))
    before = known or AppointmentTemplate(template_id, _EMPTY, _EMPTY)
    return _saved(
        "appointment_template", known, read_template(evolve(before, **cast("dict[str, Any]", facts)))
    )


def _saved(noun: str, known: T | None, after: T) -> Decision[T]:
    if known is None:
        return Decision(after, add=(after,), notes=(Note(f"{noun}.created", after=after),))
    if after == known:
        return Decision(known)
    return Decision(after, save=(after,), notes=(Note(f"{noun}.changed", known, after),))
