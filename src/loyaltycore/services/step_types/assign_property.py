"""The step that gives the customer a value of a property: a preset one, or one that is chosen in the process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from attrs import frozen

from loyaltycore.domain.processes.template import StepValues
from loyaltycore.domain.properties.assignment import StepReference
from loyaltycore.domain.properties.property_type import PropertyCategory, PropertyType, PropertyValue
from loyaltycore.domain.validation import Faults
from loyaltycore.services.properties import use_property
from loyaltycore.services.step_types.step_type import StepType, StepWork, refuse_others
from loyaltycore.services.unit import Unit


@frozen
class AssignDraft:
    """What the dialog shows.

    Attributes:
        property: The property.

        values: What can be chosen.

        value: The key of the value that will be assigned if nothing is said, or empty while a choice is needed.
    """

    property: PropertyType
    values: tuple[PropertyValue, ...]
    value: str


class AssignProperty(StepType):
    """Settings: ``property``, and ``value`` where it is preset. Given: ``value`` where it is not, ``comment``."""

    key: ClassVar[str] = "assign_property"
    label: ClassVar[str] = "Assign customer property"

    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:
        """Read which property, and which value if it is preset; both must exist."""
        refuse_others(faults, given, ("property", "value"))
        before = len(faults.found)
        key = faults.key("property", given.get("property"))
        value = faults.text("value", given.get("value"), limit=40)
        kind = unit.seek(PropertyType, key) if len(faults.found) == before else None
        if kind is not None and kind.category is not PropertyCategory.CUSTOMER:
            faults.note("property", "wrong_category", "describes something else than a customer")
        elif kind is not None:
            _check_value(faults, kind, value)
        elif len(faults.found) == before:
            faults.note("property", "unknown_property", "is not the key of a property")
        return {"property": key, "value": value} if value else {"property": key}

    def refer(self, unit: Unit, settings: StepValues) -> None:
        """Keep the property from being deleted."""
        use_property(unit, str(settings["property"]))

    def draft(self, work: StepWork) -> AssignDraft:
        """The values to choose from."""
        kind = work.unit.get(PropertyType, str(work.settings["property"]))
        preset = str(work.settings.get("value", ""))
        values = tuple(each for each in kind.values if each.key == preset or not (preset or each.hidden))
        return AssignDraft(kind, values, preset)

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Assign the value, under the name of the step."""
        faults = Faults()
        refuse_others(faults, given, ("value", "comment"))
        preset = str(work.settings.get("value", ""))
        value = faults.text("value", given.get("value") or preset, limit=40, required=True)
        if preset and value != preset:
            faults.note("value", "preset", f"is preset to {preset!r}")
        faults.raise_if_any()
        key = str(work.settings["property"])
        assigned = work.desk.properties.assign(
            work.customer.id,
            key,
            value,
            comment=given.get("comment", ""),
            by_step=StepReference(work.process.id, work.step.id),
        )
        return {"property": key, "value": assigned.value, "assignment": assigned.id}


def _check_value(faults: Faults, kind: PropertyType, value: str) -> None:
    if value and value not in {each.key for each in kind.values}:
        faults.note("value", "unknown_value", "is not a value of the property")
