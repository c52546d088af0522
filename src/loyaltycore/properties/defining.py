"""The properties of the chain: define them, change them, hide and delete them, list them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

from loyaltycore.kernel.criteria import EVERYTHING, Criterion, stored
from loyaltycore.kernel.validation import Faults, check_names
from loyaltycore.properties.rules import defining
from loyaltycore.properties.rules.form import (
    PropertyChanges,
    PropertyFacts,
    ValueFacts,
    read_changes,
    read_new_value,
    read_order,
    read_property,
    read_value_changes,
)
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service
from loyaltycore.work.unit import Unit

_NOT_GIVEN = ("id", "values", "hidden", "system", "used", "version")


class PropertyDefinitions(Service):
    """The properties of the chain."""

    @command("properties.define")
    def define(
        self,
        key: str,
        *,
        name: str,
        values: Sequence[PropertyValue] = (),
        system: bool = False,
        **facts: Unpack[PropertyFacts],
    ) -> PropertyType:
        """Define a property.

        Args:
            key: Technical key: lower-case letters, digits, ``-`` and ``_``; it never changes.
            values: The values to choose from, in this order; more can be added at any time.
            system: Whether a program relies on it: then it cannot be deleted, and its values keep their meaning.
            **facts: See `loyaltycore.properties.rules.form.PropertyFacts`; the category is ``customer`` where none is
                given.

        Raises:
            InvalidInput: Names every fault of every field.
            Refused: ``property.exists``.
        """
        kind = _read_definition(key, name=name, values=values, system=system, facts=facts)
        return self.unit.apply(defining.define_property(kind, self.unit.seek(PropertyType, kind.id)))

    @command("properties.ensure")
    def ensure(
        self,
        key: str,
        *,
        name: str,
        values: Sequence[PropertyValue] = (),
        system: bool = False,
        **facts: Unpack[PropertyFacts],
    ) -> PropertyType:
        """Define a property unless there is one with this key, which stays as it is: for a script that is run again.

        Raises:
            InvalidInput: Names every fault of every field.
        """
        kind = _read_definition(key, name=name, values=values, system=system, facts=facts)
        known = self.unit.seek(PropertyType, kind.id)
        return known or self.unit.apply(defining.define_property(kind, None))

    @command("properties.change")
    def change(self, key: str, **facts: Unpack[PropertyChanges]) -> PropertyType:
        """Change the given fields of a property; None leaves a field as it is, and no assignment is touched.

        Raises:
            NotFound: There is no such property.
            InvalidInput: Names every fault of every field.
            Refused: ``property.fixed``.
        """
        check_names(PropertyType, facts, without=_NOT_GIVEN)
        before = self._for_change(key)
        return self.unit.apply(defining.change_property(before, read_changes(before, facts)))

    @command("properties.add_value")
    def add_value(self, key: str, value: str, **facts: Unpack[ValueFacts]) -> PropertyType:
        """Add a value to a property, after the others.

        Args:
            value: The new value's key.
            **facts: See `loyaltycore.properties.rules.form.ValueFacts`; the label is the key if none is given.

        Raises:
            NotFound: There is no such property.
            InvalidInput: Names every fault of every field.
            Refused: ``property.value_exists``.
        """
        check_names(PropertyValue, facts, without=("key", "hidden", "meaning"))
        before = self._for_change(key)
        return self.unit.apply(defining.add_value(before, read_new_value(value, facts)))

    @command("properties.change_value")
    def change_value(self, key: str, value: str, **facts: Unpack[ValueFacts]) -> PropertyType:
        """Change the given fields of a value; None leaves a field as it is, and no assignment is touched.

        Raises:
            NotFound: There is no such property or value.
            InvalidInput: Names every fault of every field.
            Refused: ``property.value_exists``.
        """
        check_names(PropertyValue, facts, without=("key", "hidden", "meaning"))
        before = self._for_change(key)
        return self.unit.apply(defining.change_value(before, read_value_changes(before.value(value), facts)))

    @command("properties.order_values")
    def order_values(self, key: str, values: Sequence[str]) -> PropertyType:
        """Reorder the values of a property.

        Args:
            values: The keys of all its values, each once.

        Raises:
            NotFound: There is no such property.
            InvalidInput: The keys are not those of the values.
        """
        before = self._for_change(key)
        return self.unit.apply(defining.order_values(before, read_order(before, values)))

    @command("properties.hide")
    def hide(self, key: str, value: str | None = None) -> PropertyType:
        """Stop a property, or one of its values, from being assigned; existing assignments stay.

        Raises:
            NotFound: There is no such property or value.
        """
        return self.unit.apply(defining.set_hidden(self._for_change(key), value, hidden=True))

    @command("properties.show")
    def show(self, key: str, value: str | None = None) -> PropertyType:
        """Allow a hidden property, or one of its values, to be assigned again.

        Raises:
            NotFound: There is no such property or value.
        """
        return self.unit.apply(defining.set_hidden(self._for_change(key), value, hidden=False))

    @command("properties.delete")
    def delete(self, key: str) -> None:
        """Delete a property that was never used.

        Raises:
            NotFound: There is no such property.
            Refused: ``property.in_use`` or ``property.system``.
        """
        self.unit.apply(defining.delete_property(self._for_change(key)))

    @query
    def get(self, key: str) -> PropertyType:
        """Read one property.

        Raises:
            NotFound: There is no such property.
        """
        return self.unit.get(PropertyType, key)

    @query
    def all(
        self, *, category: PropertyCategory | str | None = None, with_hidden: bool = True
    ) -> tuple[PropertyType, ...]:
        """The properties, by name.

        Args:
            category: Only properties of this category; None for all.
            with_hidden: Whether to include hidden ones.

        Raises:
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            wanted = faults.choice("category", category, PropertyCategory)
            hidden_too = faults.flag("with_hidden", with_hidden, default=True)
        where: Criterion = EVERYTHING if wanted is None else stored("category") == wanted
        if not hidden_too:
            where &= stored("hidden") == False  # noqa: E712  == builds a criterion, `not` would not
        return tuple(self.unit.find(PropertyType, where, order_by=("name",)))

    def _for_change(self, key: str) -> PropertyType:
        return self.unit.get(PropertyType, key, for_update=True)


def use_property(unit: Unit, key: str) -> PropertyType:
    """Refer to a property from another record, so that it can no longer be deleted.

    Raises:
        NotFound: There is no such property.
    """
    return unit.apply(defining.mark_used(unit.get(PropertyType, key)))


def _read_definition(
    key: str, *, name: str, values: object, system: bool, facts: PropertyFacts
) -> PropertyType:
    check_names(PropertyType, facts, without=(*_NOT_GIVEN, "name"))
    given: dict[str, Any] = {"category": PropertyCategory.CUSTOMER, "values": values, **facts}
    return read_property(PropertyType(key, name=name, system=system, **given))
