"""Properties and their values: what a shop wants to know about its customers."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from loyaltycore.errors import NotFound


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
    """One value of a property. Its place among the values is its order.

    Attributes:
        key: Technical key, unique in its property; it never changes, and assignments hold nothing else.

        label: What people call it; the key where nothing is given. No two values of a property have the same.

        abbreviation: A few letters that stand for it on a screen, or empty.

        colour: Of the abbreviation, as ``#rrggbb``, or empty.

        hidden: Whether it can no longer be chosen.

        meaning: The first label of a system property's value, which stays when it is renamed; else empty.
    """

    key: str
    label: str = ""
    abbreviation: str = ""
    colour: str = ""
    hidden: bool = False
    meaning: str = ""


@frozen
class PropertyType:
    """A property, with its values.

    Attributes:
        id: Technical key, for example ``origin``; it never changes.

        category: What it describes.

        name: What people call it.

        description: What it is for, or empty.

        values: What can be chosen, in this order; none is ever taken away.

        multi_valued: Whether one customer may have several values.

        hidden: Whether it can no longer be assigned.

        system: Whether a program relies on it.

        used: Whether anything referred to it ever; it is never taken back.
    """

    id: str
    category: PropertyCategory
    name: str
    description: str = ""
    values: tuple[PropertyValue, ...] = ()
    multi_valued: bool = False
    hidden: bool = False
    system: bool = False
    used: bool = False
    version: int = 1

    def value(self, key: str) -> PropertyValue:
        """The value of a key.

        Raises:
            NotFound: There is none.
        """
        for value in self.values:
            if value.key == key:
                return value
        raise NotFound("property value", key)
