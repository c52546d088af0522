"""Properties: define them, give their values to customers, read what customers have and had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from attrs import frozen

from loyaltycore.domain.criteria import EVERYTHING, Criteria, field
from loyaltycore.domain.customers.customer import Customer
from loyaltycore.domain.processes.process import Process
from loyaltycore.domain.properties import defining
from loyaltycore.domain.properties.assignment import (
    CustomerProperty,
    StepReference,
    assign_value,
    read_assigning,
    read_comment,
    require_customers_own,
    slot_of,
    unassign_value,
)
from loyaltycore.domain.properties.form import (
    PropertyChanges,
    PropertyFacts,
    ValueFacts,
    read_changes,
    read_new_value,
    read_order,
    read_property,
    read_value_changes,
)
from loyaltycore.domain.properties.property_type import PropertyCategory, PropertyType, PropertyValue
from loyaltycore.domain.properties.showing import ShownProperty, show_properties
from loyaltycore.domain.validation import Faults, check_names
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.services.paging import Page, find_page, read_portion
from loyaltycore.services.running import command, query
from loyaltycore.services.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.services.desk import Desk

_NOT_GIVEN = ("id", "values", "hidden", "system", "used", "version")


@frozen
class Properties:
    """The properties of the chain, and what its customers have of them.

    Attributes:
        desk: The session that asks.
    """

    desk: Desk

    @command("properties.define")
    def define(
        self,
        unit: Unit,
        /,
        key: str,
        *,
        name: str,
        values: Sequence[PropertyValue] = (),
        system: bool = False,
        **facts: Unpack[PropertyFacts],
    ) -> PropertyType:
        """Define a property.

        Args:
            unit: Supplied.

            key: Technical key: lower-case letters, digits, ``-`` and ``_``; it never changes.

            name: What people call it.

            values: What can be chosen, in this order; further ones can be added at any time.

            system: Whether a program relies on it: then it is never deleted, and its values keep their meaning.

            **facts: See `loyaltycore.domain.properties.form.PropertyFacts`; the category is ``customer`` where none is
                given.

        Raises:
            InvalidInput: Every fault of every field.

            Refused: ``property.exists``.
        """
        check_names(PropertyType, facts, without=(*_NOT_GIVEN, "name"))
        given: dict[str, Any] = {"category": PropertyCategory.CUSTOMER, "values": values, **facts}
        kind = read_property(PropertyType(key, name=name, system=system, **given))
        return unit.apply(defining.define_property(kind, unit.seek(PropertyType, kind.id)))

    @command("properties.change")
    def change(self, unit: Unit, /, key: str, **facts: Unpack[PropertyChanges]) -> PropertyType:
        """Change the given fields of a property; None leaves a field as it is, and no assignment is touched.

        Raises:
            NotFound: There is no such property.

            InvalidInput: Every fault of every field.

            Refused: ``property.fixed``.
        """
        check_names(PropertyType, facts, without=_NOT_GIVEN)
        before = self._for_change(unit, key)
        return unit.apply(defining.change_property(before, read_changes(before, facts)))

    @command("properties.add_value")
    def add_value(self, unit: Unit, /, key: str, value: str, **facts: Unpack[ValueFacts]) -> PropertyType:
        """Give a property one more value, behind the others.

        Args:
            unit: Supplied.

            key: The property.

            value: The new value's key.

            **facts: See `loyaltycore.domain.properties.form.ValueFacts`; the label is the key where none is given.

        Raises:
            NotFound: There is no such property.

            InvalidInput: Every fault of every field.

            Refused: ``property.value_exists``.
        """
        check_names(PropertyValue, facts, without=("key", "hidden", "meaning"))
        before = self._for_change(unit, key)
        return unit.apply(defining.add_value(before, read_new_value(value, facts)))

    @command("properties.change_value")
    def change_value(self, unit: Unit, /, key: str, value: str, **facts: Unpack[ValueFacts]) -> PropertyType:
        """Change the given fields of a value; None leaves a field as it is, and no assignment is touched.

        Raises:
            NotFound: There is no such property or value.

            InvalidInput: Every fault of every field.

            Refused: ``property.value_exists``.
        """
        check_names(PropertyValue, facts, without=("key", "hidden", "meaning"))
        before = self._for_change(unit, key)
        return unit.apply(defining.change_value(before, read_value_changes(before.value(value), facts)))

    @command("properties.order_values")
    def order_values(self, unit: Unit, key: str, values: Sequence[str]) -> PropertyType:
        """Put the values of a property into another order.

        Args:
            unit: Supplied.

            key: The property.

            values: The keys of all its values, each once.

        Raises:
            NotFound: There is no such property.

            InvalidInput: The keys are not those of the values.
        """
        before = self._for_change(unit, key)
        return unit.apply(defining.order_values(before, read_order(before, values)))

    @command("properties.hide")
    def hide(self, unit: Unit, key: str, value: str | None = None) -> PropertyType:
        """Keep a property, or one of its values, from being assigned from now on; where it is, it stays.

        Raises:
            NotFound: There is no such property or value.
        """
        return unit.apply(defining.set_hidden(self._for_change(unit, key), value, hidden=True))

    @command("properties.show")
    def show(self, unit: Unit, key: str, value: str | None = None) -> PropertyType:
        """Let a hidden property, or one of its values, be assigned again.

        Raises:
            NotFound: There is no such property or value.
        """
        return unit.apply(defining.set_hidden(self._for_change(unit, key), value, hidden=False))

    @command("properties.delete")
    def delete(self, unit: Unit, key: str) -> None:
        """Delete a property that was never used.

        Raises:
            NotFound: There is no such property.

            Refused: ``property.in_use`` or ``property.system``.
        """
        unit.apply(defining.delete_property(self._for_change(unit, key)))

    @query
    def get(self, unit: Unit, key: str) -> PropertyType:
        """Read one property.

        Raises:
            NotFound: There is no such property.
        """
        return unit.get(PropertyType, key)

    @query
    def all(
        self, unit: Unit, *, category: PropertyCategory | str | None = None, with_hidden: bool = True
    ) -> tuple[PropertyType, ...]:
        """The properties, by name.

        Args:
            unit: Supplied.

            category: Those of one category; None for all.

            with_hidden: Whether hidden ones are among them.

        Raises:
            InvalidInput: Every fault of every argument.
        """
        faults = Faults()
        wanted = faults.choice("category", category, PropertyCategory)
        hidden_too = faults.flag("with_hidden", with_hidden, default=True)
        faults.raise_if_any()
        where: Criteria = EVERYTHING if wanted is None else field("category") == wanted
        if not hidden_too:
            where &= field("hidden") == False  # noqa: E712  builds an expression
        return tuple(unit.find(PropertyType, where, order_by=("name",)))

    @command("properties.assign")
    def assign(
        self,
        unit: Unit,
        customer_id: str,
        key: str,
        value: str,
        *,
        comment: str = "",
        by_step: StepReference | None = None,
    ) -> CustomerProperty:
        """Give a customer a value; where a property has a single value, the one before ends.

        Args:
            unit: Supplied.

            customer_id: The customer.

            key: The property.

            value: The value's key.

            comment: A remark.

            by_step: The step of a process of this customer that does it; None for by hand.

        Returns:
            The assignment; the one that is there already where the customer has that value.

        Raises:
            NotFound: There is no such customer, process, step, property or value.

            InvalidInput: Every fault of the arguments, or the process is another customer's.

            Refused: ``property.wrong_category``, ``property.hidden`` or ``property.value_hidden``.
        """
        by = read_assigning(unit.ids.new(), unit.acting.actor, unit.now, comment, by_step)
        customer = unit.get(Customer, customer_id)
        if by.step is not None:
            _require_step(unit, by.step, customer.id)
        kind = unit.get(PropertyType, key)
        return unit.apply(assign_value(kind, value, customer.id, _held(unit, customer, kind, value), by))

    @command("properties.unassign")
    def unassign(
        self, unit: Unit, customer_id: str, key: str, value: str | None = None, *, comment: str = ""
    ) -> CustomerProperty:
        """Take a value from a customer; it stays in the history.

        Args:
            unit: Supplied.

            customer_id: The customer.

            key: The property.

            value: The value's key; it need not be named where the property has a single value.

            comment: A remark, for the activities.

        Raises:
            NotFound: There is no such customer, property or value.

            InvalidInput: Every fault of the arguments.

            Refused: ``property.wrong_category`` or ``property.not_assigned``.
        """
        customer = unit.get(Customer, customer_id)
        kind = unit.get(PropertyType, key)
        faults = Faults()
        remark = read_comment(faults, comment)
        if value is None and kind.multi_valued:
            faults.note("value", "required", "must be named where there may be several")
        faults.raise_if_any()
        require_customers_own(kind)
        wanted = None if value is None else kind.value(value).key
        held = _held(unit, customer, kind, wanted)
        if held is not None and wanted not in {None, held.value}:
            held = None
        return unit.apply(unassign_value(held, unit.acting.actor, unit.now, remark))

    @query
    def of_customer(self, unit: Unit, customer_id: str) -> tuple[CustomerProperty, ...]:
        """What a customer has now, in the order in which it was assigned.

        Raises:
            NotFound: There is no such customer.
        """
        return self._current(unit, unit.get(Customer, customer_id))

    @query
    def shown(self, unit: Unit, customer_id: str) -> tuple[ShownProperty, ...]:
        """What a customer has now, with names and colours, as a screen shows it.

        Raises:
            NotFound: There is no such customer.
        """
        held = self._current(unit, unit.get(Customer, customer_id))
        keys = sorted({each.property for each in held})
        kinds = unit.find(PropertyType, field("id").one_of(keys)) if keys else ()
        return show_properties(held, {kind.id: kind for kind in kinds})

    @query
    def history_of(
        self, unit: Unit, customer_id: str, *, key: str | None = None, limit: int = 50, after: str = ""
    ) -> Page[CustomerProperty]:
        """What a customer has and ever had, newest first.

        Args:
            unit: Supplied.

            customer_id: The customer.

            key: One property; None for all.

            limit: Length of a page, 1 to 500.

            after: The `next` of the page before.

        Raises:
            NotFound: There is no such customer or property.

            InvalidInput: Every fault of every argument.
        """
        faults = Faults()
        portion = read_portion(faults, ("-id",), limit, after)
        faults.raise_if_any()
        where = field("customer_id") == unit.get(Customer, customer_id).id
        if key is not None:
            where &= field("property") == unit.get(PropertyType, key).id
        return find_page(unit, CustomerProperty, where, portion)

    def _for_change(self, unit: Unit, key: str) -> PropertyType:
        return unit.get(PropertyType, key, for_update=True)

    def _current(self, unit: Unit, customer: Customer) -> tuple[CustomerProperty, ...]:
        where = (field("customer_id") == customer.id) & ~field("slot").is_null()
        return tuple(unit.find(CustomerProperty, where, order_by=("id",)))


def use_property(unit: Unit, key: str) -> PropertyType:
    """Refer to a property from another record, so that it can no longer be deleted.

    Raises:
        NotFound: There is no such property.
    """
    return unit.apply(defining.mark_used(unit.get(PropertyType, key)))


def _require_step(unit: Unit, step: StepReference, customer_id: str) -> None:
    """Make sure that the step of a process is there, and that the process is the customer's."""
    process = unit.get(Process, step.process_id)
    process.step(step.step_id)
    if process.customer_id != customer_id:
        raise InvalidInput(
            [Fault("by_step.process_id", "other_customer", "is a process of another customer")]
        )


def _held(unit: Unit, customer: Customer, kind: PropertyType, value: str | None) -> CustomerProperty | None:
    """What holds the slot of a value now; what is no value of a property with several holds none."""
    if kind.multi_valued and all(each.key != value for each in kind.values):
        return None
    where = (
        (field("customer_id") == customer.id)
        & (field("property") == kind.id)
        & (field("slot") == slot_of(kind, value or ""))
    )
    return unit.first(CustomerProperty, where)
