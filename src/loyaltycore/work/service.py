"""What a service is: the verbs of one capability, for one session."""

from __future__ import annotations

from copy import copy
from datetime import date
from typing import Self

from attrs import field, frozen

from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit


@frozen(slots=False)
class Service:
    """Base of all services; its verbs are methods made by `command` and `query`.

    A verb runs on a copy of the service bound to the open unit of work, which it reaches as `self.unit`.
    """

    session: Session
    _unit: Unit | None = field(default=None, repr=False, eq=False, kw_only=True)

    @property
    def unit(self) -> Unit:
        """The unit of work in which the verb runs.

        Raises:
            RuntimeError: No verb is running: the caller is neither a `command` nor a `query`, or was kept longer than
                its verb.
        """
        if self._unit is None or self._unit.progress.ended:
            raise RuntimeError("a service has a unit of work only inside its verbs")
        return self._unit

    def bound(self, unit: Unit) -> Self:
        """The same service at work in a unit; `command` and `query` do this."""
        twin = copy(self)
        object.__setattr__(twin, "_unit", unit)
        return twin

    @property
    def today(self) -> date:
        """The local date of the session's branch at the instant of the unit."""
        return self.session.today(self.unit)
