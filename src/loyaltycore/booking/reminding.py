"""The job that reminds customers, and the look at the appointment before a reminder leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Final

from attrs import field, frozen

from loyaltycore.booking.notifying import Notifying
from loyaltycore.booking.rules.appointment import OPEN, Appointment
from loyaltycore.booking.rules.notices import PURPOSE_OF, Notice, NoticeAbout
from loyaltycore.booking.rules.planner import AppointmentTemplate
from loyaltycore.booking.rules.reminding import is_due, kind_of, remind, still_stands, way_to_remind
from loyaltycore.booking.rules.wall_time import local_date, local_day, moment
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.criteria import MOST_VALUES, stored
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore.outbox.handler import Handler, Outcome, Verdict
from loyaltycore.templates.wording import wording_of
from loyaltycore.work.running import run_command
from loyaltycore.work.unit import Unit

PORTION: Final = 100
"""Customers reminded in one unit of work."""


class Reminding(Notifying):
    """Reminding customers."""

    def remind(self) -> int:
        """Remind customers of the session's branch of the appointments of the next days, each once, as the templates say.

        A reminder goes by a text or a mail, whichever the customer prefers and can be reached by, and looks at the
        appointment again before it leaves: of what was cancelled or moved, and on the day itself, nobody is reminded. Call
        it every hour or so until it answers 0, and deliver after it. It needs no key.

        Returns:
            How many were reminded, at most 100.
        """
        return run_command(self.session, "", "", lambda unit: self.bound(unit)._remind())  # noqa: SLF001  its own

    def _remind(self) -> int:
        branch, about = self.session.branch, NoticeAbout.REMINDER
        wording = wording_of(self.session, self.unit, PURPOSE_OF[about])
        due = tuple(islice(self._due(branch), PORTION))
        for appointment, customer, way in due:
            self.unit.apply(remind(self._telling(appointment, customer, about, way, branch, wording)))
        return len(due)

    def _due(self, branch: Branch) -> Iterator[tuple[Appointment, Customer, Channel]]:
        """Those of whom nobody was reminded, and how: by the customer's way."""
        now = self.unit.now
        templates = {each.id: each for each in self.unit.find(AppointmentTemplate, stored("remind") > 0)}
        days = max((each.remind for each in templates.values()), default=0)
        if not days:
            return
        last = local_day(branch.time_zone, local_date(branch.time_zone, now) + timedelta(days=days))
        where = (
            (stored("branch_id") == branch.id)
            & (stored("starts_at") > now)
            & (stored("starts_at") < moment(last.ends))
            & stored("state").one_of(tuple(OPEN))
            & ~stored("customer_id").is_null()
        )
        due = [
            each
            for each in self.unit.find(Appointment, where, order_by=("starts_at", "id"))
            if each.template_id in templates
            and is_due(each, templates[each.template_id], branch.time_zone, now)
        ]
        for start in range(0, len(due), MOST_VALUES):
            portion = due[start : start + MOST_VALUES]
            told = {
                (each.appointment_id, each.customer_id, each.sequence)
                for each in self.unit.find(
                    Notice, stored("appointment_id").one_of(tuple(each.id for each in portion))
                )
                if each.about is NoticeAbout.REMINDER
            }
            ids = tuple({each.customer_id or "" for each in portion})
            people = {each.id: each for each in self.unit.find(Customer, stored("id").one_of(ids))}
            for each in portion:
                customer = people.get(each.customer_id or "")
                way = way_to_remind(customer) if customer else None
                if customer and way and (each.id, each.customer_id, each.sequence) not in told:
                    yield each, customer, way


Reader = Callable[[Callable[[Unit], bool]], bool]
"""Runs a body in a transaction that only reads."""


@frozen
class ReminderHandler:
    """Reminders by one way: each is withdrawn if its appointment does not stand as it says."""

    inner: Handler
    """Hands mails over, or texts."""
    way: Channel
    read: Reader = field(repr=False)

    @property
    def kind(self) -> str:
        """``appointment.remind_by_email`` or ``appointment.remind_by_sms``."""
        return kind_of(self.way)

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand one reminder over, if it is still right."""
        if not self.read(lambda unit: self._stands(unit, message)):
            return Outcome(Verdict.WITHDRAWN, code="outdated")
        return self.inner.deliver(message)

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Follow it like any mail or text."""
        self.inner.settle(unit, message, outcome)

    def _stands(self, unit: Unit, message: OutboxMessage) -> bool:
        appointment = unit.seek(Appointment, message.about_key)
        if appointment is None:
            return False
        zone = unit.get(Branch, appointment.branch_id).time_zone
        return still_stands(appointment, message.key, self.way, zone, unit.now)


@frozen
class FewReminders(ReminderHandler):
    """Reminders of which a worker may hold only few at a time."""

    at_once: int = field(kw_only=True)
