"""The table of all fields of a customer, read from the class.

Form, completeness, selections and import are made from it, so that a new field costs its line in `Customer`, its keyword
for type checkers in `CustomerFields`, and a migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from attrs import Attribute, field, fields, frozen

from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.customers.rules.declaring import Content


@frozen
class CustomerField:
    """One field of a customer."""

    key: str
    """The name of the attribute, and of the column."""

    label: str
    """What people call it."""

    group: str
    """The heading under which a form shows it."""

    content: Content
    """What it holds, which decides how it is read, when it is empty and how it is compared."""

    default: Any = field(eq=False)
    """What it holds at first; None if it may hold nothing."""

    length: int = 0
    """The greatest length of a text, in characters; 0 if it is not a text."""

    only: CustomerKind | None = None
    """The kind of customer that has the field; None for both."""

    choices: type[Enum] | None = None
    """The enumeration whose member it holds."""

    given: bool = True
    """Whether a form gives it; otherwise it is derived from other fields or set by the library."""

    headers: tuple[str, ...] | None = None
    """Further names for the column of a table, besides `key` and `label`; None if an import has no such column."""


def _fields() -> Mapping[str, CustomerField]:
    declared: tuple[Attribute[Any], ...] = fields(Customer)
    return {
        each.name: CustomerField(each.name, default=each.default, **each.metadata)
        for each in declared
        if each.metadata
    }


CUSTOMER_FIELDS: Final = _fields()
"""Every field by key, in form order; id and version, which only the storage needs, are not among them."""
