"""What customers have: a value of a property, assigned by hand or by a step of a process."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.combining import Combining
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.process import Process
from loyaltycore.properties.rules.defining import mark_used
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue

COMMENT_LENGTH = 500


class AssignedHow(Enum):
    """How a value came to a customer."""

    MANUAL = "manual"
    STEP = "step"
    """Through a step of a process."""


@frozen
class StepReference:
    """The step of a process that assigns a value."""

    process_id: str
    step_id: str


@frozen(repr=False)
class CustomerProperty:
    """One value that a customer has, or had."""

    __repr__ = showing("id", "customer_id", "property")

    id: str
    customer_id: str
    property: str
    value: str
    slot: str | None
    """While it is current, what no other assignment of that customer and property may hold: empty if the property has a
    single value, else the value's key. None once it has ended."""
    assigned_at: datetime
    assigned_by: str
    how: AssignedHow = AssignedHow.MANUAL
    """By hand or by a step."""
    process_id: str = ""
    """The process of the step, or empty."""
    step_id: str = ""
    """The step, or empty."""
    comment: str = ""
    """A remark by the person who assigned it."""
    ended_at: datetime | None = None
    """Until when; None while it is current."""
    ended_by: str = ""
    version: int = 1


@frozen
class Assigning:
    """Who assigns, when and why."""

    id: str
    actor: str
    now: datetime
    comment: str = ""
    step: StepReference | None = None
    """The step that does it; None if done by hand."""


def read_assigning(new_id: str, actor: str, now: datetime, comment: object, step: object) -> Assigning:
    """Check what a caller says about an assignment.

    Raises:
        InvalidInput: Names every fault.
    """
    with Faults() as faults:
        return Assigning(new_id, actor, now, read_comment(faults, comment), _step(faults, step))


def read_comment(faults: Faults, comment: object) -> str:
    """Read a remark."""
    return faults.text("comment", comment, limit=COMMENT_LENGTH, multiline=True)


def require_customers_own(kind: PropertyType) -> None:
    """Make sure that a property describes customers.

    Raises:
        Refused: ``property.wrong_category``.
    """
    if kind.category is not PropertyCategory.CUSTOMER:
        raise Refused(
            "property.wrong_category",
            f"the property describes another thing than a customer: {kind.category.value}",
            remedy="choose a property of the category customer",
            property=kind.id,
            category=kind.category.value,
        )


def slot_of(kind: PropertyType, value: str) -> str:
    """The slot that a current assignment of a value holds."""
    return value if kind.multi_valued else ""


def assign_value(
    kind: PropertyType, value_key: str, customer_id: str, held: CustomerProperty | None, by: Assigning
) -> Decision[CustomerProperty]:
    """Give a customer a value; if the customer has it already, nothing changes.

    Args:
        held: What holds the value's slot now.

    Raises:
        NotFound: The property has no such value.
        Refused: ``property.wrong_category``, ``property.hidden`` or ``property.value_hidden``.
    """
    require_customers_own(kind)
    value = kind.value(value_key)
    if held is not None and held.value == value.key:
        return Decision(held)
    _require_visible(kind, value)
    assigned = _assigned(kind, value, customer_id, by)
    note = Note("property.assigned", after=assigned, comment=by.comment)
    marked = mark_used(kind)
    if held is None:
        return Decision(assigned, add=(assigned,), save=marked.save, notes=(*marked.notes, note))
    old = _ended(held, by.actor, by.now)
    replaced = Note("property.replaced", held, old)
    notes = (*marked.notes, replaced, note)
    return Decision(assigned, add=(assigned,), save=(*marked.save, old), notes=notes)


def unassign_value(
    held: CustomerProperty | None, actor: str, now: datetime, comment: str
) -> Decision[CustomerProperty]:
    """Take a value from a customer; it stays in the history.

    Raises:
        Refused: ``property.not_assigned``.
    """
    if held is None:
        raise Refused("property.not_assigned", "the customer does not have this value")
    after = _ended(held, actor, now)
    note = Note("property.unassigned", held, after, comment)
    return Decision(after, save=(after,), notes=(note,))


def combine_values(
    mine: CustomerProperty, theirs: CustomerProperty, by: Combining
) -> tuple[CustomerProperty, CustomerProperty]:
    """Of two merged customers the survivor's value stands; the other one stays in the history."""
    return mine, _ended(theirs, by.actor, by.now)


def _assigned(kind: PropertyType, value: PropertyValue, customer_id: str, by: Assigning) -> CustomerProperty:
    assigned = CustomerProperty(
        id=by.id,
        customer_id=customer_id,
        property=kind.id,
        value=value.key,
        slot=slot_of(kind, value.key),
        assigned_at=by.now,
        assigned_by=by.actor,
        comment=by.comment,
    )
    if by.step is None:
        return assigned
    return evolve(assigned, how=AssignedHow.STEP, process_id=by.step.process_id, step_id=by.step.step_id)


def _ended(held: CustomerProperty, actor: str, now: datetime) -> CustomerProperty:
    return evolve(held, slot=None, ended_at=now, ended_by=actor)


def _require_visible(kind: PropertyType, value: PropertyValue) -> None:
    if kind.hidden:
        raise Refused(
            "property.hidden",
            "the property is hidden and can no longer be assigned",
            remedy="show it again",
            property=kind.id,
        )
    if value.hidden:
        raise Refused(
            "property.value_hidden",
            "the value is hidden and can no longer be assigned",
            remedy="choose another value, or show it again",
            property=kind.id,
            value=value.key,
        )


def _step(faults: Faults, step: object) -> StepReference | None:
    if step is None:
        return None
    if not isinstance(step, StepReference):
        faults.note("by_step", "wrong_type", "must be a StepReference")
        return None
    at = faults.at("by_step")
    return StepReference(
        at.text("process_id", step.process_id, limit=64, required=True),
        at.text("step_id", step.step_id, limit=64, required=True),
    )


def require_own_step(step: StepReference, process: Process, customer_id: str) -> None:
    """Make sure that the step exists, and that its process is the customer's.

    Raises:
        NotFound: The process has no such step.
        InvalidInput: The process is another customer's.
    """
    process.step(step.step_id)
    with Faults() as faults:
        if process.customer_id != customer_id:
            faults.note("by_step.process_id", "other_customer", "is a process of another customer")
