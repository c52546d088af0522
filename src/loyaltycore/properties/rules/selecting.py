"""Properties as fields that customers are selected by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from loyaltycore.kernel.criteria import And, Criterion, IsNull, View, exists, stored
from loyaltycore.properties.rules.property_type import PropertyType
from loyaltycore.selections.rules.catalogue import Choice, SelectableField, ValueType, operators_of
from loyaltycore.selections.rules.sources import Presence, Source

PROPERTY: Final = "property."
"""What the keys of properties begin with."""

PROPERTIES: Final = "customer_properties"
"""The table of what customers have of properties."""


@frozen
class PropertySource(Source):
    """What a customer has of a property now."""

    key: str
    multi_valued: bool = False
    """Whether there may be several values."""
    labels: Mapping[str, str] = field(factory=dict, hash=False)
    """What people call the values, by key."""

    def equals(self, value: Any) -> Criterion:
        """The customer has that value."""
        # The slot of a current value follows from it: so one range of the index has exactly the customers.
        slot = stored("slot") == (value if self.multi_valued else "")
        return self._held((stored("value") == value) & slot)

    def one_of(self, values: Sequence[Any]) -> Criterion:
        """The customer has one of the values."""
        return self._held(stored("value").one_of(values) & ~IsNull("slot"))

    def filled(self) -> Criterion:
        """The customer has a value."""
        return self._held(~IsNull("slot"))

    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """The labels of the customer's values."""
        found: Iterable[Any] = view.related(PROPERTIES, "customer_id", view.key(record))
        mine = (each for each in found if each.property == self.key and each.slot is not None)
        return tuple(self.labels.get(each.value, each.value) for each in mine)

    @property
    def other_records(self) -> tuple[str, str]:
        """What customers have of properties."""
        return PROPERTIES, "customer_id"

    def _held(self, where: Criterion) -> Criterion:
        return exists(PROPERTIES, "customer_id", And((stored("property") == self.key, where)))


def property_field(kind: PropertyType) -> SelectableField:
    """What customers have of a property now."""
    labels = {value.key: value.label for value in kind.values}
    return SelectableField(
        f"{PROPERTY}{kind.id}",
        kind.name,
        "Properties",
        ValueType.CHOICE,
        operators_of(ValueType.CHOICE),
        PropertySource(kind.id, kind.multi_valued, labels),
        tuple(Choice(key, label) for key, label in labels.items()),
    )


def better_known(field: SelectableField, properties: tuple[Choice, ...]) -> SelectableField:
    """A field of an assignment, with what only the properties know."""
    if field.key == "property":
        operators = operators_of(ValueType.CHOICE, may_be_empty=False)
        return evolve(field, type=ValueType.CHOICE, operators=operators, choices=properties)
    if field.key == "slot":
        operators = operators_of(ValueType.FLAG, may_be_empty=False)
        return SelectableField("current", "current", field.group, ValueType.FLAG, operators, Presence("slot"))
    return field
