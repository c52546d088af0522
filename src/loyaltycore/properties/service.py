"""Properties: give their values to customers, and read what customers have and had."""

from __future__ import annotations

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.process import Process
from loyaltycore.properties.defining import PropertyDefinitions
from loyaltycore.properties.rules.assignment import (
    CustomerProperty,
    StepReference,
    assign_value,
    read_assigning,
    read_comment,
    require_customers_own,
    require_own_step,
    slot_of,
    unassign_value,
)
from loyaltycore.properties.rules.property_type import PropertyType
from loyaltycore.properties.rules.showing import ShownProperty, show_properties
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query
from loyaltycore.work.unit import Unit

_NOT_GIVEN = ("id", "values", "hidden", "system", "used", "version")


class Properties(PropertyDefinitions):
    """The properties of the chain, and what its customers have of them."""

    @command("properties.assign")
    def assign(
        self,
        customer_id: str,
        key: str,
        value: str,
        *,
        comment: str = "",
        by_step: StepReference | None = None,
    ) -> CustomerProperty:
        """Give a customer a value; if the property has a single value, the previous one ends.

        Args:
            value: The value's key.
            by_step: The step of one of the customer's processes that does it; None if done by hand.

        Returns:
            The assignment; if the customer has that value already, the existing one.

        Raises:
            NotFound: There is no such customer, process, step, property or value.
            InvalidInput: Names every fault of the arguments, or the process is another customer's.
            Refused: ``property.wrong_category``, ``property.hidden`` or ``property.value_hidden``.
        """
        by = read_assigning(self.unit.ids.new(), self.unit.acting.actor, self.unit.now, comment, by_step)
        customer = self.unit.get(Customer, customer_id)
        if by.step is not None:
            require_own_step(by.step, self.unit.get(Process, by.step.process_id), customer.id)
        kind = self.unit.get(PropertyType, key)
        return self.unit.apply(
            assign_value(kind, value, customer.id, _held(self.unit, customer, kind, value), by)
        )

    @command("properties.unassign")
    def unassign(
        self, customer_id: str, key: str, value: str | None = None, *, comment: str = ""
    ) -> CustomerProperty:
        """Take a value from a customer; it stays in the history.

        Args:
            value: The value's key; not needed if the property has a single value.
            comment: For the activities.

        Raises:
            NotFound: There is no such customer, property or value.
            InvalidInput: Names every fault of the arguments.
            Refused: ``property.wrong_category`` or ``property.not_assigned``.
        """
        customer = self.unit.get(Customer, customer_id)
        kind = self.unit.get(PropertyType, key)
        with Faults() as faults:
            remark = read_comment(faults, comment)
            if value is None and kind.multi_valued:
                faults.note("value", "required", "must be named where there may be several")
        require_customers_own(kind)
        wanted = None if value is None else kind.value(value).key
        held = _held(self.unit, customer, kind, wanted)
        if held is not None and wanted not in {None, held.value}:
            held = None
        return self.unit.apply(unassign_value(held, self.unit.acting.actor, self.unit.now, remark))

    @query
    def of_customer(self, customer_id: str) -> tuple[CustomerProperty, ...]:
        """What a customer has now, in the order in which it was assigned.

        Raises:
            NotFound: There is no such customer.
        """
        return self._current(self.unit.get(Customer, customer_id))

    @query
    def shown(self, customer_id: str) -> tuple[ShownProperty, ...]:
        """What a customer has now, with names and colours, as a screen shows it.

        Raises:
            NotFound: There is no such customer.
        """
        held = self._current(self.unit.get(Customer, customer_id))
        keys = sorted({each.property for each in held})
        kinds = self.unit.find(PropertyType, stored("id").one_of(keys)) if keys else ()
        return show_properties(held, {kind.id: kind for kind in kinds})

    @query
    def history_of(
        self, customer_id: str, *, key: str | None = None, limit: int = 50, after: str = ""
    ) -> Page[CustomerProperty]:
        """What a customer has and ever had, newest first.

        Args:
            key: One property; None for all.
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.

        Raises:
            NotFound: There is no such customer or property.
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("-id",), limit, after)
        where = stored("customer_id") == self.unit.get(Customer, customer_id).id
        if key is not None:
            where &= stored("property") == self.unit.get(PropertyType, key).id
        return find_page(self.unit, CustomerProperty, where, portion)

    def _current(self, customer: Customer) -> tuple[CustomerProperty, ...]:
        where = (stored("customer_id") == customer.id) & ~stored("slot").is_null()
        return tuple(self.unit.find(CustomerProperty, where, order_by=("id",)))


def _held(unit: Unit, customer: Customer, kind: PropertyType, value: str | None) -> CustomerProperty | None:
    """What holds the slot of a value now; with several values, only a value of the property can hold one."""
    if kind.multi_valued and all(each.key != text_of(value) for each in kind.values):
        return None
    where = (
        (stored("customer_id") == customer.id)
        & (stored("property") == kind.id)
        & (stored("slot") == slot_of(kind, text_of(value) or ""))
    )
    return unit.first(CustomerProperty, where)
