"""Sources that look their values up: by the lookup keys of a record, or in what a customer has of properties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.customers.rules.search import email_key, foldings
from loyaltycore.kernel.criteria import (
    And,
    Criteria,
    IsNull,
    Or,
    View,
    end_of_prefix,
    exists,
    has_key,
    key_between,
    key_starts,
    stored,
)
from loyaltycore.kernel.custom_fields import custom_key
from loyaltycore.selections.rules.sources import Source

_LEAST: Final = "\x01"
"""The least character that every engine stores."""

PROPERTIES: Final = "customer_properties"
"""The table of what customers have of properties."""


@frozen
class Key(Source):
    """A lookup, compared as it is kept.

    Attributes:
        lookup: The lookup.

        shown: What a record holds there as people write it; without it, the keys themselves.
    """

    lookup: str
    shown: Callable[[Any], Iterable[str]] | None = None

    def equals(self, value: Any) -> Criteria:
        """The record has that key."""
        return has_key(self.lookup, value)

    def begins(self, value: Any) -> Criteria:
        """The record has a key that begins so."""
        return key_starts(self.lookup, value)

    def filled(self) -> Criteria:
        """The record has a key."""
        return key_between(self.lookup, _LEAST)

    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """What the keys were made of."""
        if self.shown is not None:
            return tuple(text for text in self.shown(record) if text)
        return tuple(view.keys(record).get(self.lookup, ()))

    @property
    def is_keyed(self) -> bool:
        """Whether each value is looked up by itself."""
        return True


@frozen
class FoldedKey(Key):
    """A lookup whose keys are folded names: case and accents do not matter."""

    def equals(self, value: Any) -> Criteria:
        """The record has that name."""
        return Or(tuple(has_key(self.lookup, key) for key in foldings(value)))

    def begins(self, value: Any) -> Criteria:
        """The record has a name that begins so."""
        return Or(tuple(key_starts(self.lookup, key) for key in foldings(value)))


@frozen
class EmailKey(Key):
    """The lookup of e-mail addresses."""

    def equals(self, value: Any) -> Criteria:
        """The customer has that address, in upper or lower case."""
        return has_key(self.lookup, email_key(value))


@frozen
class CustomKey(Source):
    """A custom field, found through a lookup whose keys sort as the values do.

    Attributes:
        key: The field's key.
    """

    key: str

    def equals(self, value: Any) -> Criteria:
        """The field is that value."""
        return has_key("custom", custom_key(self.key, value))

    def begins(self, value: Any) -> Criteria:
        """The field begins with a text."""
        return key_starts("custom", custom_key(self.key, value))

    def less(self, value: Any) -> Criteria:
        """The field is less than the value."""
        return key_between("custom", self._start, custom_key(self.key, value))

    def at_most(self, value: Any) -> Criteria:
        """The field is the value or less."""
        return key_between("custom", self._start, _next(custom_key(self.key, value)))

    def more(self, value: Any) -> Criteria:
        """The field is more than the value."""
        return key_between("custom", _next(custom_key(self.key, value)), end_of_prefix(self._start))

    def at_least(self, value: Any) -> Criteria:
        """The field is the value or more."""
        return key_between("custom", custom_key(self.key, value), end_of_prefix(self._start))

    def between(self, first: Any, last: Any) -> Criteria:
        """The field lies between two values, both included."""
        return key_between("custom", custom_key(self.key, first), _next(custom_key(self.key, last)))

    def filled(self) -> Criteria:
        """The customer has a value there."""
        return key_starts("custom", self._start)

    def held(self, record: Any, view: View) -> tuple[object, ...]:  # noqa: ARG002  all of a family take the same
        """The customer's value."""
        return (record.custom[self.key],) if self.key in record.custom else ()

    @property
    def is_keyed(self) -> bool:
        """Whether each value is looked up by itself."""
        return True

    @property
    def _start(self) -> str:
        return custom_key(self.key, "")


@frozen
class PropertySource(Source):
    """What a customer has of a property now.

    Attributes:
        key: The property.

        multi_valued: Whether there may be several values.

        labels: What people call the values, by key.
    """

    key: str
    multi_valued: bool = False
    labels: Mapping[str, str] = field(factory=dict, hash=False)

    def equals(self, value: Any) -> Criteria:
        """The customer has that value."""
        # The slot of a current value follows from it: so one range of the index has exactly the customers.
        slot = stored("slot") == (value if self.multi_valued else "")
        return self._held((stored("value") == value) & slot)

    def one_of(self, values: Sequence[Any]) -> Criteria:
        """The customer has one of the values."""
        return self._held(stored("value").one_of(values) & ~IsNull("slot"))

    def filled(self) -> Criteria:
        """The customer has a value."""
        return self._held(~IsNull("slot"))

    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """The labels of the customer's values."""
        found: Iterable[Any] = view.related(PROPERTIES, "customer_id", view.key(record))
        mine = (each for each in found if each.property == self.key and each.slot is not None)
        return tuple(self.labels.get(each.value, each.value) for each in mine)

    @property
    def other_records(self) -> tuple[str, str]:
        """What customers have of properties are records of their own."""
        return PROPERTIES, "customer_id"

    def _held(self, where: Criteria) -> Criteria:
        return exists(PROPERTIES, "customer_id", And((stored("property") == self.key, where)))


def _next(text: str) -> str:
    """The least text that sorts behind this one and can be stored."""
    return text + _LEAST
