"""Appointments: what the staff do with them, and the reminders that tell them what customers did."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, Unpack

from attrs import evolve

from loyaltycore.booking.freeing import with_news
from loyaltycore.booking.online import OnlineBooking
from loyaltycore.booking.reminding import Reminding
from loyaltycore.booking.rules.appointment import Appointment, AppointmentState
from loyaltycore.booking.rules.booking import cancel, read_start, shown_name
from loyaltycore.booking.rules.desk import (
    Place,
    assign,
    confirm,
    make,
    miss,
    move,
    prefill,
    require_unassigned,
)
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.reminders import Reminder, finish_reminder
from loyaltycore.booking.rules.setup import MOST_MINUTES
from loyaltycore.booking.rules.wall_time import local_day, moment
from loyaltycore.booking.setup import PlannerSetup
from loyaltycore.booking.sheets import Stretch, read_sheets, widened
from loyaltycore.booking.waiting import WaitingList
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.finding import read_filters
from loyaltycore.customers.rules.form import CustomerFields
from loyaltycore.customers.service import Customers
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import Or, stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query

COMMENT_LENGTH: Final = 2000
REASON_LENGTH: Final = 500
_FEW: Final = 10


class Appointments(Reminding):
    """The appointments of the chain."""

    @property
    def setup(self) -> PlannerSetup:
        """Set up resources and templates."""
        return PlannerSetup(self.session)

    @property
    def waiting(self) -> WaitingList:
        """The waiting list."""
        return WaitingList(self.session)

    @property
    def online(self) -> OnlineBooking:
        """The verbs behind `Loyalty.planner`, for the session's branch."""
        return OnlineBooking(self.session)

    @command("appointments.make")
    def make(
        self,
        resource_id: str,
        starts_at: datetime,
        *,
        template: str | None = None,
        minutes: int | None = None,
        customer_id: str | None = None,
        comment: str = "",
    ) -> Appointment:
        """Make an appointment at any time at which the resource is free, its hours or not.

        Args:
            starts_at: Aware.
            template: A kind of appointment; it gives length, type and status.
            minutes: How long it takes; None for the template's length.
            comment: At most 2,000 characters.

        Raises:
            InvalidInput: Names every fault of every argument.
            NotFound: There is no such resource, template or customer.
            Refused: ``resource.hidden`` or ``appointment.clash``.
        """
        kind = None if template is None else self.unit.get(AppointmentTemplate, template)
        with Faults() as faults:
            begin = read_start(faults, starts_at)
            length = faults.integer(
                "minutes",
                kind.length if kind and minutes is None else minutes,
                least=1,
                most=MOST_MINUTES,
                required=True,
            )
            remark = faults.text("comment", comment, limit=COMMENT_LENGTH, multiline=True)
        resource = self.unit.get(Resource, resource_id)
        assert begin is not None  # noqa: S101  otherwise a fault was noted
        appointment = Appointment(
            id=self.unit.ids.new(),
            branch_id=resource.branch_id,
            resource_id=resource.id,
            template_id=kind.id if kind else "",
            starts_at=begin,
            ends_at=begin + timedelta(minutes=length),
            prepare=kind.prepare if kind else 0,
            clear_up=kind.clear_up if kind else 0,
            state=AppointmentState.CONFIRMED,
            type=(kind.type or shown_name(kind)) if kind else "",
            status=kind.status if kind else "",
            comment=remark,
            customer_id=None if customer_id is None else self.unit.get(Customer, customer_id).id,
            booked_at=self.unit.now,
            booked_by=self.unit.acting.actor,
        )
        place = self._place(resource.branch_id, resource, kind, appointment.taken)
        return self.unit.apply(make(appointment, place, self.unit.now))

    @command("appointments.move")
    def move(
        self, appointment_id: str, starts_at: datetime, *, resource_id: str | None = None
    ) -> Appointment:
        """Move an appointment in one step: it keeps its old time if the new one is taken.

        `notice_offer` suggests how to tell the customer, as after `confirm` and `cancel`.

        Args:
            starts_at: Aware; its length stays.
            resource_id: Another resource of the same branch; None for its own.

        Raises:
            InvalidInput: Names every fault of every argument.
            NotFound: There is no such appointment or resource.
            Refused: ``appointment.over``, ``resource.hidden``, ``resource.elsewhere`` or ``appointment.clash``.
        """
        before = self.unit.get(Appointment, appointment_id, for_update=True)
        with Faults() as faults:
            begin = read_start(faults, starts_at)
        assert begin is not None  # noqa: S101  otherwise a fault was noted
        resource = self.unit.get(Resource, before.resource_id if resource_id is None else resource_id)
        kind = self.unit.seek(AppointmentTemplate, before.template_id)
        new = begin, begin + (before.ends_at - before.starts_at)
        place = self._place(
            before.branch_id, resource, kind, before.taken, widened(new, before.prepare, before.clear_up)
        )
        left = None
        if resource.id != before.resource_id:
            left = read_sheets(self.unit, [before.resource_id], before.taken)[before.resource_id]
        moved = move(before, begin, place, left, self.unit.now)
        return self.unit.apply(with_news(self.unit, moved, before, moved.result))

    @command("appointments.confirm")
    def confirm(self, appointment_id: str) -> Appointment:
        """Say that somebody has looked at a request; a second time changes nothing.

        Raises:
            NotFound: There is no such appointment.
            Refused: ``appointment.over``.
        """
        return self.unit.apply(confirm(self.unit.get(Appointment, appointment_id, for_update=True)))

    @command("appointments.assign")
    def assign(self, appointment_id: str, customer_id: str) -> Appointment:
        """Say whose appointment it is; nothing changes about the customer.

        Raises:
            NotFound: There is no such appointment or customer.
        """
        before = self.unit.get(Appointment, appointment_id, for_update=True)
        return self.unit.apply(assign(before, self.unit.get(Customer, customer_id)))

    @query
    def prefilled(self, appointment_id: str) -> CustomerFields:
        """What a request says about its customer, as fields: for the search, or for the form of a new customer.

        Raises:
            NotFound: There is no such appointment.
        """
        appointment = self.unit.get(Appointment, appointment_id)
        return prefill(appointment, self.unit.get(Branch, appointment.branch_id))

    @command("appointments.create_customer")
    def create_customer(self, appointment_id: str, **fields: Unpack[CustomerFields]) -> Customer:
        """Enter a new customer with what the request says, and assign the appointment.

        Args:
            **fields: See `CustomerFields`; they go before what the request says.

        Raises:
            NotFound: There is no such appointment.
            InvalidInput: Names every fault of every field.
            Refused: ``appointment.assigned``; it has a customer.
        """
        before = self.unit.get(Appointment, appointment_id, for_update=True)
        require_unassigned(before)
        known = prefill(before, self.unit.get(Branch, before.branch_id))
        said: CustomerFields = {**known, **fields}
        customer = Customers(evolve(self.session, command_key="")).create(**said)
        self.unit.apply(assign(before, customer))
        return customer

    @command("appointments.cancel")
    def cancel(self, appointment_id: str, *, reason: str = "") -> Appointment:
        """Cancel an appointment: it stays as cancelled, and its time is free again.

        Args:
            reason: At most 500 characters.

        Raises:
            NotFound: There is no such appointment.
            InvalidInput: The reason is too long, or no text.
            Refused: ``appointment.over``.
        """
        before = self.unit.get(Appointment, appointment_id, for_update=True)
        with Faults() as faults:
            why = faults.text("reason", reason, limit=REASON_LENGTH)
        sheets = read_sheets(self.unit, [before.resource_id], before.taken)[before.resource_id]
        cancelled = cancel(before, sheets, self.unit.now, self.unit.acting.actor, why)
        return self.unit.apply(with_news(self.unit, cancelled, before, cancelled.result))

    @command("appointments.miss")
    def miss(self, appointment_id: str) -> Appointment:
        """Note that nobody came.

        Raises:
            NotFound: There is no such appointment.
            Refused: ``appointment.over`` or ``appointment.not_begun``.
        """
        before = self.unit.get(Appointment, appointment_id, for_update=True)
        return self.unit.apply(miss(before, self.unit.now, self.unit.acting.actor))

    @query
    def get(self, appointment_id: str) -> Appointment:
        """Read one appointment.

        Raises:
            NotFound: There is no such appointment.
        """
        return self.unit.get(Appointment, appointment_id)

    @query
    def on(self, branch_id: str, day: date) -> tuple[Appointment, ...]:
        """The appointments that begin on one day of a branch, cancelled ones included, in the order of their beginning.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: The day is no date.
        """
        branch = self.unit.get(Branch, branch_id)
        with Faults() as faults:
            wanted = faults.day("day", day)
            if wanted is None and not faults.found:
                faults.note("day", "required", "must be given")
        assert wanted is not None  # noqa: S101  otherwise a fault was noted
        local = local_day(branch.time_zone, wanted)
        begins = stored("starts_at")
        where = (
            (stored("branch_id") == branch.id)
            & (begins >= moment(local.begins))
            & (begins < moment(local.ends))
        )
        return tuple(self.unit.find(Appointment, where, order_by=("starts_at", "id")))

    @query
    def of_customer(self, customer_id: str, *, limit: int = 50, after: str = "") -> Page[Appointment]:
        """The appointments of a customer, last booked first.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.

        Raises:
            NotFound: There is no such customer.
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("-id",), limit, after)
        where = stored("customer_id") == self.unit.get(Customer, customer_id).id
        return find_page(self.unit, Appointment, where, portion)

    @query
    def suggestions(self, appointment_id: str) -> tuple[Customer, ...]:
        """Customers who may have asked for an appointment, by e-mail, phone or name; none is ever chosen by itself.

        Raises:
            NotFound: There is no such appointment.
        """
        request = self.unit.get(Appointment, appointment_id).request
        if request is None:
            return ()
        said = ({"email": request.email}, {"phone": request.phone}, {"name": request.name})
        with Faults() as faults:
            any_of = Or(tuple(read_filters(faults, each, self.session.branch.country) for each in said))
        return tuple(self.unit.find(Customer, any_of, limit=_FEW))

    @query
    def reminders(self, branch_id: str, *, limit: int = 50, after: str = "") -> Page[Reminder]:
        """What nobody has dealt with yet, latest first.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("-id",), limit, after)
        where = (stored("branch_id") == self.unit.get(Branch, branch_id).id) & stored("done_at").is_null()
        return find_page(self.unit, Reminder, where, portion)

    @command("appointments.reminder_done")
    def reminder_done(self, reminder_id: str) -> Reminder:
        """Note that a reminder has been dealt with; a second time changes nothing.

        Raises:
            NotFound: There is no such reminder.
        """
        reminder = self.unit.get(Reminder, reminder_id, for_update=True)
        return self.unit.apply(finish_reminder(reminder, self.unit.now, self.unit.acting.actor))

    def _place(
        self, branch_id: str, resource: Resource, kind: AppointmentTemplate | None, *stretches: Stretch
    ) -> Place:
        branch = self.unit.get(Branch, branch_id)
        return Place(resource, branch, kind, read_sheets(self.unit, [resource.id], *stretches)[resource.id])
