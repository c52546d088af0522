"""The look at an appointment before a message about it leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import field, frozen

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.outbox.handler import Handler, Outcome, Verdict
from loyaltycore.work.unit import Unit

Reader = Callable[[Callable[[Unit], bool]], bool]
"""Runs a body in a transaction that only reads."""


Stands = Callable[[Appointment, str, str, datetime], bool]
"""Whether a message is still right: by the appointment, the message's key, the time zone of the branch, and the moment."""


@frozen
class AppointmentHandler:
    """Messages about appointments: each is withdrawn if its appointment does not stand as it says."""

    kind: str
    """See `kind_of`."""
    inner: Handler
    """Hands mails over, or texts."""
    stands: Stands
    read: Reader = field(repr=False)

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand one message over, if it is still right."""
        if not self.read(lambda unit: self._is_right(unit, message)):
            return Outcome(Verdict.WITHDRAWN, code="outdated")
        return self.inner.deliver(message)

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Follow it like any mail or text."""
        self.inner.settle(unit, message, outcome)

    def _is_right(self, unit: Unit, message: OutboxMessage) -> bool:
        appointment = unit.seek(Appointment, message.about_key)
        if appointment is None:
            return False
        zone = unit.get(Branch, appointment.branch_id).time_zone
        return self.stands(appointment, message.key, zone, unit.now)


@frozen
class FewMessages(AppointmentHandler):
    """Messages of which a worker may hold only few at a time."""

    at_once: int = field(kw_only=True)
