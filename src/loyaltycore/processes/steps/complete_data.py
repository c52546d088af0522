"""The step that completes the customer's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from attrs import frozen
from typing_extensions import override

from loyaltycore.completeness.rules.fields import WatchedField, watchable
from loyaltycore.completeness.service import complete, completeness_of, remember
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.custom_fields import CustomFields
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.template import StepValues
from loyaltycore.processes.steps.step_type import StepType, StepWork, refuse_others
from loyaltycore.work.unit import Unit

MOST_FIELDS: Final = 200
"""How many fields a step may ask for."""

_LONGEST: Final = 100
"""Characters of a key."""

_FIELDS: Final = "the keys of fields, as a list or with blanks between them"


@frozen
class DataDraft:
    """What the dialog shows."""

    asked: tuple[str, ...]
    """The keys of the fields that the step asks for."""
    missing: tuple[str, ...]
    """The keys of those that are empty."""


class CompleteData(StepType):
    """Settings: ``fields``, the keys of the fields that the step needs, separated by blanks.

    Without them it asks for what the options watch and accepts any answer. Given: fields of the customer, as in
    `DataCompleteness.answer`.
    """

    key: ClassVar[str] = "complete_data"
    label: ClassVar[str] = "Complete customer data"

    def __init__(self, custom_fields: CustomFields) -> None:
        """Add the fields of the host application to those that can be asked for."""
        self._custom_fields = custom_fields

    @override
    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> StepValues:
        """Read the fields, given as one text or as a list; each must be one that can be watched."""
        refuse_others(faults, given, ("fields",))
        fields = tuple(dict.fromkeys(_names(faults, given.get("fields"))))
        known = watchable(self._custom_fields)
        for key in fields:
            if key and key not in known:
                faults.unknown("fields", "unknown_field", "field", key, known)
        return {"fields": " ".join(fields)} if fields else {}

    def draft(self, work: StepWork) -> DataDraft:
        """Which fields are asked for, and which are empty."""
        return _draft(work, work.customer)

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> StepValues:
        """Complete the customer; afterwards the fields that the step needs must be filled."""
        before = _draft(work, work.customer)
        after = complete(work.session, work.unit, work.customer, given)
        missing = _draft(work, after).missing
        if work.settings:
            with Faults() as faults:
                for key in missing:
                    faults.note(key, "required", "must not be empty")
        remember(work.session, work.unit, after, before.missing)
        return {"completed": " ".join(key for key in before.missing if key not in missing)}


def _names(faults: Faults, value: object) -> list[str]:
    text = text_of(value)
    names = faults.items("fields", value if text is None else text.split(), most=MOST_FIELDS, what=_FIELDS)
    return [faults.text("fields", name, limit=_LONGEST, required=True) for name in names]


def _draft(work: StepWork, customer: Customer) -> DataDraft:
    named = str(work.settings.get("fields", "")).split()
    if not named:
        completeness = completeness_of(work.session, work.unit, customer)
        return DataDraft(completeness.watched, tuple(gap.field for gap in completeness.gaps))
    fields = watchable(work.session.house.custom_fields)
    asked = tuple(key for key in named if _applies(fields.get(key), customer))
    return DataDraft(asked, tuple(key for key in asked if not fields[key].is_filled(customer)))


def _applies(field: WatchedField | None, customer: Customer) -> bool:
    """Whether the field exists: the host application may have dropped it, or this kind of customer may not have it."""
    return field is not None and field.applies_to(customer)
