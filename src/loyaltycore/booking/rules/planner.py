"""What is planned: resources, and templates of the appointments that they take."""

from __future__ import annotations

from enum import Enum
from typing import Final

from attrs import frozen

from loyaltycore.booking.rules.hours import DayException, WeeklyHours

PROVIDERS: Final = ("hearing_acoustician", "optician", "therapist")
"""Providers that have a planner; a shop may have words of its own."""


class ResourceKind(Enum):
    """What is booked."""

    PERSON = "person"
    PLACE = "place"


@frozen
class Resource:
    """A person or a place that has appointments."""

    id: str
    """Technical key, for example ``room-1``."""
    name: str
    branch_id: str
    """Where it is; its hours are times on the wall there."""
    kind: ResourceKind = ResourceKind.PERSON
    provider: str = ""
    """What its provider is: one of `PROVIDERS`, or the shop's own word; empty where all are the same."""
    capacity: int = 1
    """How many appointments may take place at the same moment."""
    week: tuple[WeeklyHours, ...] = ()
    breaks: tuple[WeeklyHours, ...] = ()
    """Within these hours nothing is booked online."""
    exceptions: tuple[DayException, ...] = ()
    open_on_holidays: bool = False
    online: bool = False
    """Whether it can be booked online."""
    hidden: bool = False
    """Whether it takes no new appointments."""
    version: int = 1


@frozen
class AppointmentTemplate:
    """A kind of appointment: how long it takes, and when it may be booked online."""

    id: str
    """Technical key, for example ``hearing-test``."""
    name: str
    """A beginning up to a slash groups templates in a list: ``Hearing/Test``."""
    length: int
    """Minutes; 0 only in `AVAILABILITY`."""
    step: int = 15
    """Minutes from one possible beginning to the next."""
    prepare: int = 0
    """Minutes before it during which the resource is taken, too."""
    clear_up: int = 0
    """Minutes after it during which the resource is taken, too."""
    notice: int = 0
    """Minutes that must be left before it when it is booked online."""
    ahead: int = 60
    """Days from today that can be booked online; 0 is today alone."""
    per_day: int | None = None
    """How many of its kind a resource takes on one day of its branch, or None."""
    online: bool = False
    """Whether customers may choose it."""
    provider: str = ""
    """Who offers it online: resources with this provider; empty for all."""
    hold: int = 10
    """Minutes for which a time is held while somebody fills in the form; 0 for not at all."""
    cancel_until: int = 0
    """Minutes before it until which a customer may cancel by the link in the mail."""
    remind: int = 0
    """Days before it from which its customer is reminded, at the latest on the day before; 0 for never."""
    type: str = ""
    """What its appointments are, in the shop's words; they keep it. Empty for the template's name."""
    status: str = ""
    """What its appointments are at first, in the shop's words, for example ``booked online``."""
    version: int = 1

    @property
    def reach(self) -> int:
        """For how many minutes after its beginning it takes its resource, at most."""
        return (self.length or _LONGEST_STRETCH) + self.clear_up


AVAILABILITY: Final = AppointmentTemplate("", "", length=0)
"""What is booked where no template is released: all the time for which a resource is there, between two breaks."""

_LONGEST_STRETCH: Final = 26 * 60
"""From a time of the clock to the same on the next day, with clocks that go back."""
