"""A shelf: one property and what one customer has of it, moved by the rules alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import define, evolve, field
from hypothesis import strategies as st

from loyaltycore.errors import InvalidInput, NotFound, Refused
from loyaltycore.kernel.decisions import Decision
from loyaltycore.properties.rules.assignment import (
    Assigning,
    CustomerProperty,
    StepReference,
    assign_value,
    slot_of,
    unassign_value,
)
from loyaltycore.properties.rules.defining import (
    add_value,
    change_property,
    change_value,
    delete_property,
    order_values,
    set_hidden,
)
from loyaltycore.properties.rules.form import read_changes, read_new_value, read_order, read_value_changes
from loyaltycore.properties.rules.property_type import PropertyCategory, PropertyType, PropertyValue

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
KEYS = ("a", "b", "c", "d")
"""Three values that are there at first, and one that may come."""

BY = st.sampled_from([None, StepReference("v", "s")])


def kind_of(**facts: Any) -> PropertyType:
    """A property with three values."""
    values = tuple(PropertyValue(key, key.upper()) for key in "abc")
    return PropertyType(
        **{
            "id": "group",
            "category": PropertyCategory.CUSTOMER,
            "name": "Group",
            **facts,
            "values": facts.get("values", values),
        }
    )


@define
class Shelf:
    """Keeps what decisions say, as a storage does."""

    kind: PropertyType | None = field(factory=kind_of)
    """The property; None once it is deleted."""
    rows: dict[str, CustomerProperty] = field(factory=dict)
    """The assignments by id, in the order in which they came."""
    decision: Decision[Any] = field(factory=lambda: Decision(None))

    @property
    def current(self) -> list[CustomerProperty]:
        """What the customer has."""
        return [row for row in self.rows.values() if row.slot is not None]

    def held(self, value: str | None) -> CustomerProperty | None:
        """What holds the slot of a value."""
        assert self.kind
        slot = slot_of(self.kind, value or "")
        return next((row for row in self.rows.values() if row.slot == slot), None)

    def act(self, verb: str, *args: Any) -> None:
        """Ask a rule and keep what it says; a refusal, too, is an answer."""
        try:
            self.decision = getattr(self, f"_{verb}")(*args)
        except (Refused, NotFound, InvalidInput):
            self.decision = Decision(None)
        self._keep(self.decision)

    def _keep(self, decision: Decision[Any]) -> None:
        for record in (*decision.save, *decision.add):
            kept = evolve(record, version=record.version + (record in decision.save))
            if isinstance(kept, PropertyType):
                self.kind = kept
            else:
                self.rows[kept.id] = kept
        if decision.remove:
            self.kind = None

    def _assign(self, value: str, step: StepReference | None = None) -> Decision[CustomerProperty]:
        number = len(self.rows)
        by = Assigning(f"p{number}", "anna", NOON + timedelta(hours=number), step=step)
        assert self.kind
        return assign_value(self.kind, value, "c1", self.held(value), by)

    def _unassign(self, value: str) -> Decision[CustomerProperty]:
        return unassign_value(self.held(value), "anna", NOON + timedelta(days=9), "")

    def _hide(self, value: str | None) -> Decision[PropertyType]:
        assert self.kind
        return set_hidden(self.kind, value, hidden=True)

    def _show(self, value: str | None) -> Decision[PropertyType]:
        assert self.kind
        return set_hidden(self.kind, value, hidden=False)

    def _rename(self, value: str, label: str) -> Decision[PropertyType]:
        assert self.kind
        return change_value(self.kind, read_value_changes(self.kind.value(value), {"label": label}))

    def _add(self, value: str) -> Decision[PropertyType]:
        assert self.kind
        return add_value(self.kind, read_new_value(value, {}))

    def _turn(self) -> Decision[PropertyType]:
        assert self.kind
        keys = [value.key for value in reversed(self.kind.values)]
        return order_values(self.kind, read_order(self.kind, keys))

    def _change(self, changes: dict[str, Any]) -> Decision[PropertyType]:
        assert self.kind
        return change_property(self.kind, read_changes(self.kind, changes))

    def _delete(self) -> Decision[None]:
        assert self.kind
        return delete_property(self.kind)


_values = st.sampled_from(KEYS)
_definitions = st.one_of(
    st.tuples(st.sampled_from(["hide", "show"]), st.none() | _values),
    st.tuples(st.just("rename"), _values, st.sampled_from(["A", "X", "y", "Z"])),
    st.tuples(st.just("add"), _values),
    st.tuples(st.just("turn")),
    st.tuples(
        st.just("change"),
        st.sampled_from(
            [{"name": "Other"}, {"multi_valued": True}, {"multi_valued": False}, {"category": "process"}]
        ),
    ),
)
_assignments = st.one_of(st.tuples(st.just("assign"), _values, BY), st.tuples(st.just("unassign"), _values))
_steps = st.one_of(_assignments, _assignments, _assignments, _definitions)


def steps() -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Anything that may be done to a property and to a customer, in any order."""
    # Short ones come often by themselves; what needs several things to happen needs long ones as well.
    return st.lists(_steps, max_size=5) | st.lists(_steps, min_size=6, max_size=25)


def definitions() -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Anything that may be done to a property alone."""
    return st.lists(_definitions, max_size=12)


def shelves() -> st.SearchStrategy[Shelf]:
    """A shelf on which things were done already."""

    def run(kind: PropertyType, history: list[tuple[Any, ...]]) -> Shelf:
        shelf = Shelf(kind)
        for step in history:
            shelf.act(*step)
        return shelf

    kinds = st.sampled_from([kind_of(), kind_of(multi_valued=True)])
    return st.builds(run, kinds, steps())
