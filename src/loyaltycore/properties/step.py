"""The step that gives the customer a value of a property: a preset one, or one chosen in the process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import frozen

from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.template import StepValues
from loyaltycore.processes.steps.step_type import StepType, StepWork, read_preset, refuse_others
from loyaltycore.properties.defining import use_property
from loyaltycore.properties.rules.assignment import CustomerProperty, StepReference
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue
from loyaltycore.properties.service import Properties
from loyaltycore.work.unit import Unit


@frozen
class AssignDraft:
    """What the dialog shows."""

    property: PropertyType
    values: tuple[PropertyValue, ...]
    value: str
    """The key of the value that is assigned by default; empty if a choice is needed."""


class AssignProperty(StepType):
    """Settings: ``property``, and ``value`` to preset it. Given: ``value`` if it is not preset, ``comment``."""

    key: ClassVar[str] = "assign_property"
    label: ClassVar[str] = "Assign customer property"

    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:
        """Read which property, and which value if it is preset; both must be assignable."""
        refuse_others(faults, given, ("property", "value"))
        before = len(faults.found)
        key = faults.key("property", given.get("property"))
        value = faults.text("value", given.get("value"), limit=40)
        kind = unit.seek(PropertyType, key) if len(faults.found) == before else None
        if kind is not None and kind.category is not PropertyCategory.CUSTOMER:
            faults.note("property", "wrong_category", "describes something else than a customer")
        elif kind is not None:
            _check_assignable(faults, kind, value)
        elif len(faults.found) == before:
            faults.note("property", "unknown_property", "is not the key of a property")
        return {"property": key, "value": value} if value else {"property": key}

    def refer(self, unit: Unit, settings: StepValues) -> None:
        """Keep the property from being deleted."""
        use_property(unit, str(settings["property"]))

    def draft(self, work: StepWork) -> AssignDraft:
        """The values to choose from: none if the preset one has been hidden since."""
        kind = work.unit.get(PropertyType, str(work.settings["property"]))
        preset = str(work.settings.get("value", ""))
        there = () if kind.hidden else tuple(each for each in kind.values if not each.hidden)
        values = tuple(each for each in there if not preset or each.key == preset)
        return AssignDraft(kind, values, preset if values else "")

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Assign the value in the name of the step; a value that the step gave before is withdrawn."""
        with Faults() as faults:
            refuse_others(faults, given, ("value", "comment"))
            preset = str(work.settings.get("value", ""))
            value = read_preset(faults, "value", given.get("value"), preset)
            if not value and not faults.found:
                faults.note("value", "required", "must not be empty")
        key = str(work.settings["property"])
        assigned = Properties(work.session).assign(
            work.customer.id,
            key,
            value,
            comment=given.get("comment", ""),
            by_step=StepReference(work.process.id, work.step.id),
        )
        _take_back(work, assigned)
        return {"property": key, "value": assigned.value, "assignment": assigned.id}


def _take_back(work: StepWork, assigned: CustomerProperty) -> None:
    """End what the step assigned when it was done before, if a customer may have several values of the property."""
    earlier = work.unit.seek(CustomerProperty, str(work.step.result.get("assignment", "")))
    if earlier is None or earlier.id == assigned.id or earlier.slot is None:
        return
    if (earlier.process_id, earlier.step_id) == (work.process.id, work.step.id):
        Properties(work.session).unassign(earlier.customer_id, earlier.property, earlier.value)


def _check_assignable(faults: Faults, kind: PropertyType, value: str) -> None:
    values = {each.key: each for each in kind.values}
    if kind.hidden:
        faults.note("property", "hidden", "is hidden and can no longer be assigned")
    elif value and value not in values:
        faults.unknown("value", "unknown_value", "value", value, values)
    elif value and values[value].hidden:
        faults.note("value", "hidden", "is hidden and can no longer be assigned")
    elif all(each.hidden for each in kind.values):
        faults.note("property", "no_value", "has no value that can be assigned")
