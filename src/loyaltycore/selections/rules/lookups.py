"""Sources that look their values up by keys: by the lookup keys of a record, or by a field made from another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import frozen
from typing_extensions import override

from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.customers.rules.search import email_key, foldings
from loyaltycore.kernel.criteria import (
    Criterion,
    Or,
    View,
    end_of_prefix,
    has_key,
    key_between,
    key_starts,
)
from loyaltycore.kernel.custom_fields import custom_key
from loyaltycore.selections.rules.sources import Column, Source

_LEAST: Final = "\x01"
"""The least character that every engine stores."""


@frozen
class Key(Source):
    """A lookup, compared as it is stored."""

    lookup: str
    shown: Callable[[Any], Iterable[str]] | None = None
    """What a record holds there as people write it; without it, the keys themselves."""

    def equals(self, value: Any) -> Criterion:
        """The record has that key."""
        return has_key(self.lookup, value)

    def begins(self, value: Any) -> Criterion:
        """The record has a key that begins with a text."""
        return key_starts(self.lookup, value)

    def filled(self) -> Criterion:
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

    def equals(self, value: Any) -> Criterion:
        """The record has that name."""
        return Or(tuple(has_key(self.lookup, key) for key in foldings(value)))

    def begins(self, value: Any) -> Criterion:
        """The record has a name that begins with a text."""
        return Or(tuple(key_starts(self.lookup, key) for key in foldings(value)))


@frozen
class EmailKey(Key):
    """The lookup of e-mail addresses."""

    @override
    def comparable(self, value: Any) -> str:
        """The address without case."""
        return email_key(value)


_NUMBER: Final = Column("number", blank=True)


@frozen
class NumberColumn(Column):
    """The customer number, compared by the field that holds it without case."""

    name: str = "number_key"
    blank: bool = True

    @override
    def comparable(self, value: Any) -> str:
        """The number as that field holds it."""
        return number_key(value)

    @override
    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """The number as it is written."""
        return _NUMBER.held(record, view)


@frozen
class CustomKey(Source):
    """A custom field, found through a lookup whose keys sort as the values do."""

    key: str

    def equals(self, value: Any) -> Criterion:
        """The field is that value."""
        return has_key("custom", custom_key(self.key, value))

    def begins(self, value: Any) -> Criterion:
        """The field begins with a text."""
        return key_starts("custom", custom_key(self.key, value))

    def less(self, value: Any) -> Criterion:
        """The field is less than the value."""
        return key_between("custom", self._start, custom_key(self.key, value))

    def at_most(self, value: Any) -> Criterion:
        """The field is the value or less."""
        return key_between("custom", self._start, _next(custom_key(self.key, value)))

    def more(self, value: Any) -> Criterion:
        """The field is more than the value."""
        return key_between("custom", _next(custom_key(self.key, value)), end_of_prefix(self._start))

    def at_least(self, value: Any) -> Criterion:
        """The field is the value or more."""
        return key_between("custom", custom_key(self.key, value), end_of_prefix(self._start))

    def between(self, first: Any, last: Any) -> Criterion:
        """The field lies between two values, both included."""
        return key_between("custom", custom_key(self.key, first), _next(custom_key(self.key, last)))

    def filled(self) -> Criterion:
        """The customer has a value there."""
        return key_starts("custom", self._start)

    @override
    def held(self, record: Any, view: View) -> tuple[object, ...]:
        """The customer's value."""
        return (record.custom[self.key],) if self.key in record.custom else ()

    @property
    def is_keyed(self) -> bool:
        """Whether each value is looked up by itself."""
        return True

    @property
    def _start(self) -> str:
        return custom_key(self.key, "")


def _next(text: str) -> str:
    """The least text that sorts after this one and can be stored."""
    return text + _LEAST
