"""What it means to define a property and to change it."""

from __future__ import annotations

from attrs import evolve

from loyaltycore.errors import Fault, InvalidInput, Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.properties.rules.form import MOST_VALUES, same_label
from loyaltycore.properties.rules.property_type import PropertyType, PropertyValue


def define_property(kind: PropertyType, taken: PropertyType | None) -> Decision[PropertyType]:
    """Enter a new property.

    Args:
        kind: What `read_property` returned.
        taken: The property that has this key already.

    Raises:
        Refused: ``property.exists``.
    """
    if taken is not None:
        raise Refused(
            "property.exists",
            f"there is a property {kind.id!r} already",
            remedy="choose another key, or change the property",
            property=kind.id,
        )
    return Decision(kind, add=(kind,), notes=(Note("property.defined", after=kind),))


def change_property(before: PropertyType, after: PropertyType) -> Decision[PropertyType]:
    """Save a changed property; nothing happens if nothing differs.

    Raises:
        Refused: ``property.fixed``: category and cardinality of a property in use, or of a system property.
    """
    fixed = (before.category, before.multi_valued) == (after.category, after.multi_valued)
    if not fixed and (before.used or before.system):
        raise Refused(
            "property.fixed",
            "category and number of values of this property can no longer change",
            remedy="define another property",
            property=before.id,
            used=before.used,
            system=before.system,
        )
    return _keep(before, after, "property.changed")


def add_value(kind: PropertyType, value: PropertyValue) -> Decision[PropertyType]:
    """Add a value to a property, after the others.

    Raises:
        Refused: ``property.value_exists``.
        InvalidInput: The property is full.
    """
    _require_free(kind, value, besides="")
    if len(kind.values) >= MOST_VALUES:
        raise InvalidInput([Fault("values", "too_many", f"must not be more than {MOST_VALUES}")])
    added = evolve(value, meaning=value.label) if kind.system else value
    return _keep(kind, evolve(kind, values=(*kind.values, added)), "property.value_added")


def change_value(kind: PropertyType, value: PropertyValue) -> Decision[PropertyType]:
    """Replace the value that has the same key.

    Raises:
        Refused: ``property.value_exists``: another value has its label.
    """
    _require_free(kind, value, besides=value.key)
    return _keep(kind, _with(kind, value), "property.value_changed")


def order_values(kind: PropertyType, values: tuple[PropertyValue, ...]) -> Decision[PropertyType]:
    """Reorder the values."""
    return _keep(kind, evolve(kind, values=values), "property.values_ordered")


def set_hidden(kind: PropertyType, value_key: str | None, *, hidden: bool) -> Decision[PropertyType]:
    """Hide a property or one of its values, or show it again.

    Raises:
        NotFound: There is no such value.
    """
    action = "property.hidden" if hidden else "property.shown"
    if value_key is None:
        return _keep(kind, evolve(kind, hidden=hidden), action)
    return _keep(kind, _with(kind, evolve(kind.value(value_key), hidden=hidden)), action)


def delete_property(kind: PropertyType) -> Decision[None]:
    """Delete a property that nothing ever referred to.

    Raises:
        Refused: ``property.in_use`` or ``property.system``.
    """
    if kind.system:
        raise Refused(
            "property.system", "a program relies on this property", remedy="hide it", property=kind.id
        )
    if kind.used:
        raise Refused("property.in_use", "this property is or was in use", remedy="hide it", property=kind.id)
    return Decision(None, remove=(kind,), notes=(Note("property.deleted", before=kind),))


def mark_used(kind: PropertyType) -> Decision[PropertyType]:
    """Mark a property so that it can no longer be deleted; nothing happens if it is marked already."""
    return _keep(kind, evolve(kind, used=True), "property.used")


def _require_free(kind: PropertyType, wanted: PropertyValue, *, besides: str) -> None:
    for value in kind.values:
        if value.key != besides and (value.key == wanted.key or same_label(value.label, wanted.label)):
            raise Refused(
                "property.value_exists",
                f"the property has a value {value.key!r} ({value.label}) already",
                remedy="choose another key and label, or show the value if it is hidden",
                property=kind.id,
                value=value.key,
            )


def _with(kind: PropertyType, changed: PropertyValue) -> PropertyType:
    values = tuple(changed if value.key == changed.key else value for value in kind.values)
    return evolve(kind, values=values)


def _keep(before: PropertyType, after: PropertyType, action: str) -> Decision[PropertyType]:
    if after == before:
        return Decision(before)
    return Decision(after, save=(after,), notes=(Note(action, before, after),))
