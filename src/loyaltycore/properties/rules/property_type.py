"""Properties and their values: what a shop wants to know about its customers."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from loyaltycore.errors import NotFound
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.naming import meant


class PropertyCategory(Enum):
    """What a property describes; it cannot be assigned to anything else."""

    CUSTOMER = "customer"
    PROCESS = "process"
    APPOINTMENT = "appointment"
    ARTICLE = "article"
    EMPLOYEE = "employee"
    BRANCH = "branch"


@frozen
class PropertyValue:
    """One value of a property. Its place among the values is its order."""

    key: str
    """Technical key, unique in its property; it never changes, and assignments hold nothing else."""
    label: str = ""
    """What people call it; the key if none is given. No two values of a property have the same."""
    abbreviation: str = ""
    """A few letters that stand for it on a screen, or empty."""
    colour: str = ""
    """Of the abbreviation, as ``#rrggbb``, or empty."""
    hidden: bool = False
    """Whether it can no longer be chosen."""
    meaning: str = ""
    """The first label of a system property's value, which stays when it is renamed; else empty."""


@frozen
class PropertyType:
    """A property, with its values."""

    id: str
    """Technical key, for example ``origin``; it never changes."""
    category: PropertyCategory
    name: str
    description: str = ""
    """What it is for, or empty."""
    values: tuple[PropertyValue, ...] = ()
    """What can be chosen, in this order; none is ever taken away."""
    multi_valued: bool = False
    """Whether one customer may have several values."""
    hidden: bool = False
    """Whether it can no longer be assigned."""
    system: bool = False
    """Whether a program relies on it."""
    used: bool = False
    """Whether anything ever referred to it; never reset."""
    version: int = 1

    def value(self, key: str) -> PropertyValue:
        """The value with a key.

        Raises:
            NotFound: There is none.
        """
        wanted = text_of(key)
        for value in self.values:
            if value.key == wanted:
                return value
        raise NotFound("property value", key, meant(key, (value.key for value in self.values)))
