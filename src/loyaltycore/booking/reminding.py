"""The job that reminds customers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Final

from loyaltycore.booking.notifying import Notifying
from loyaltycore.booking.rules.appointment import OPEN, Appointment
from loyaltycore.booking.rules.notices import PURPOSE_OF, Notice, NoticeAbout
from loyaltycore.booking.rules.planner import AppointmentTemplate
from loyaltycore.booking.rules.reminding import is_due, remind, way_to_remind
from loyaltycore.booking.rules.wall_time import local_date, local_day, moment
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.criteria import MOST_VALUES, stored
from loyaltycore.templates.wording import wording_of
from loyaltycore.work.running import run_command

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
