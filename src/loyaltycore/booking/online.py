"""The verbs behind the planner that customers see; `Planner` shows no more of them than customers need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from attrs import frozen

from loyaltycore.booking.adding import SUSPICIONS
from loyaltycore.booking.freeing import with_news
from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.booking import (
    Booking,
    Fresh,
    book,
    cancel_by_link,
    day_of,
    hold,
    read_start,
    release,
    require_free,
    slot_taken,
    times_that_matter,
    whole_day,
)
from loyaltycore.booking.rules.grid import Asking, Reason
from loyaltycore.booking.rules.links import AppointmentLink, bad_link, hash_of, require_valid
from loyaltycore.booking.rules.messages import BOOKED
from loyaltycore.booking.rules.offering import OfferedDay, merged, offer, read_days, require_offered
from loyaltycore.booking.rules.options import CANCEL_LINK, TOKEN
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.request import BookingRequest, read_request
from loyaltycore.booking.rules.sheets import DaySheet, Sheets
from loyaltycore.booking.rules.suspicion import NOTHING_SEEN, Filling, Submission, suspicion_of
from loyaltycore.booking.rules.wall_time import local_day, moment
from loyaltycore.booking.sheets import read_sheets, widened
from loyaltycore.booking.visiting import Visiting
from loyaltycore.errors import NotFound
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.storing.registry import KEY_LENGTH
from loyaltycore.templates.wording import wording_of
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


@frozen(slots=False)
class OnlineBooking(Service):
    """What customers do at one branch, without an account."""

    visiting: Visiting | None = None
    filling: Filling = NOTHING_SEEN
    """How the form was filled in: it says nothing about what is booked, and so nothing about whether it is the same."""

    @query
    def templates(self) -> tuple[AppointmentTemplate, ...]:
        """The kinds of appointment that may be chosen, by name."""
        return self._templates()

    @query
    def grid(self, template_id: str | None, first: date, days: int) -> tuple[OfferedDay, ...]:
        """The beginnings of some days, free or not; see `Planner.grid`."""
        with Faults() as faults:
            begin, count = read_days(faults, first, days)
        template = require_offered(self._templates(), template_id)
        askings = self._askings(template)
        if not askings:
            return offer((), begin, count)
        zone = self.session.branch.time_zone
        last = begin + timedelta(days=count - 1)
        stretch = moment(local_day(zone, begin).begins), moment(local_day(zone, last).ends)
        wide = widened(stretch, template.prepare, template.reach)
        sheets = read_sheets(self.unit, [each.resource.id for each in askings], wide)
        return offer([(each, sheets[each.resource.id].holds) for each in askings], begin, count)

    @command("appointments.book")
    def book(
        self,
        template_id: str | None,
        starts_at: datetime,
        request: BookingRequest,
        resource_id: str | None,
        held: str = "",
    ) -> Appointment:
        """Book; see `Planner.book`."""
        with Faults() as faults:
            begin = read_start(faults, starts_at)
            clean = read_request(faults, request, self.session.branch.country)
        assert begin is not None  # noqa: S101  otherwise a fault was noted
        asking, sheets = self._free(template_id, begin, resource_id, hash_of(held) if text_of(held) else "")
        if self.visiting is not None:
            self.visiting.gets_a_mail(clean.email)
        token = self.unit.tokens.token()
        fresh = Fresh(self.unit.ids.new(), self.unit.ids.new(), self.unit.ids.new(), token)
        submission = Submission(clean, self.filling, self.session.options)
        rules = self.session.house.added(SUSPICIONS)
        suspicion = suspicion_of(submission, rules)
        booking = Booking(asking, begin, clean, self.session.branch, suspicion)
        link = self.session.options[CANCEL_LINK].replace(TOKEN, token)
        wording = wording_of(self.session, self.unit, BOOKED)
        return self.unit.apply(book(booking, sheets, fresh, link, wording))

    @command("appointments.hold")
    def hold(
        self, template_id: str | None, starts_at: datetime, resource_id: str | None, key: str
    ) -> DaySheet | None:
        """Hold a beginning under a key, and answer a sheet on which it stands; see `Planner.hold`."""
        with Faults() as faults:
            begin = read_start(faults, starts_at)
            own = faults.text("key", key, limit=KEY_LENGTH, required=True)
        assert begin is not None  # noqa: S101  otherwise a fault was noted
        return self.unit.apply(hold(*self._free(template_id, begin, resource_id), begin, own))

    @command("appointments.release")
    def release(self, starts_at: datetime, key: str) -> None:
        """Give back what is held under a key; see `Planner.release`."""
        with Faults() as faults:
            begin = read_start(faults, starts_at)
        assert begin is not None  # noqa: S101  otherwise a fault was noted
        branch = stored("branch_id") == self.session.branch.id
        ids = [each.id for each in self.unit.find(Resource, branch, order_by=("id",))]
        around = read_sheets(self.unit, ids, (begin, begin + timedelta(seconds=1)))
        for sheets in around.values():
            if held := sheets.held_by(key):
                all_of_it = read_sheets(self.unit, [sheets.resource_id], (held.starts_at, held.ends_at))
                self.unit.apply(release(all_of_it[sheets.resource_id], key, self.unit.now))

    @query
    def show(self, token: str) -> Appointment:
        """The appointment of a link; see `Planner.show`."""
        return self._linked(token)[1]

    @command("appointments.cancel_by_link")
    def cancel(self, token: str) -> Appointment:
        """Cancel by a link; see `Planner.cancel`."""
        link, appointment = self._linked(token)
        sheets = read_sheets(self.unit, [appointment.resource_id], appointment.taken)
        cancelled = cancel_by_link(
            appointment,
            link,
            self.unit.seek(AppointmentTemplate, appointment.template_id),
            sheets[appointment.resource_id],
            self.unit.ids.new(),
            self.session.branch,
            self.unit.now,
        )
        return self.unit.apply(with_news(self.unit, cancelled, appointment, cancelled.result))

    def _free(
        self, template_id: str | None, begin: datetime, resource_id: str | None, held: str = ""
    ) -> tuple[Asking, Sheets]:
        """The resource that takes a beginning: the one that is held for it, or the first that is free."""
        askings = self._askings(require_offered(self._templates(), template_id), resource_id, held)
        if not askings and resource_id is not None:
            raise NotFound("resource", resource_id)
        if not askings:
            raise slot_taken(Reason.CLOSED)
        sheets = read_sheets(
            self.unit, [each.resource.id for each in askings], times_that_matter(askings[0], begin)
        )
        days = [day_of(each, sheets[each.resource.id].holds, begin) for each in askings]
        start = int(begin.timestamp())
        free = [each for each, day in zip(askings, days, strict=True) if day.reason_at(start) is None]
        if not free:
            wide = read_sheets(self.unit, [*sheets], whole_day(askings[0], begin))
            require_free(
                merged([day_of(each, wide[each.resource.id].holds, begin) for each in askings]), begin
            )
            raise AssertionError("unreachable")
        chosen = next((each for each in free if sheets[each.resource.id].has(held)), free[0])
        return chosen, sheets[chosen.resource.id]

    def _linked(self, token: str) -> tuple[AppointmentLink, Appointment]:
        link = self.unit.seek(AppointmentLink, hash_of(token))
        appointment = self.unit.seek(Appointment, link.appointment_id) if link else None
        found = require_valid(link, appointment)
        if link is None or found.branch_id != self.session.branch.id:
            raise bad_link()
        return link, found

    def _templates(self) -> tuple[AppointmentTemplate, ...]:
        return tuple(self.unit.find(AppointmentTemplate, stored("online") == True, order_by=("name", "id")))  # noqa: E712  == builds a criterion, `is` would not

    def _askings(
        self, template: AppointmentTemplate, resource_id: str | None = None, held: str = ""
    ) -> Sequence[Asking]:
        """One for each resource of the branch that can be booked online, and is of the template's provider."""
        branch, calendar = self.session.branch, self.session.calendar
        where: Any = (
            (stored("branch_id") == branch.id) & (stored("online") == True) & (stored("hidden") == False)  # noqa: E712  == builds a criterion, `is` would not
        )
        worked = set(branch.working_weekdays)
        return [
            Asking(
                resource,
                template,
                branch.time_zone,
                lambda day: day.weekday() in worked and not calendar.is_working_day(day),
                self.unit.now,
                held,
            )
            for resource in self.unit.find(Resource, where, order_by=("id",))
            if resource_id is None or resource.id == text_of(resource_id)
            if not template.provider or resource.provider == template.provider
        ]
