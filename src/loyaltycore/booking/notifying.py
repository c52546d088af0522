"""What the staff tell customers about their appointments, and deleting one."""

from __future__ import annotations

from loyaltycore.booking.freeing import with_news
from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.booking import Fresh, shown_name, with_mail
from loyaltycore.booking.rules.messages import BOOKED
from loyaltycore.booking.rules.notices import (
    COMMENT_LENGTH,
    PURPOSE_OF,
    Notice,
    NoticeAbout,
    NoticeOffer,
    Telling,
    again,
    as_cancelled,
    delete,
    offer,
    read_way,
    require_customer,
    require_news,
    require_way,
    tell,
)
from loyaltycore.booking.rules.options import CANCEL_LINK, TOKEN
from loyaltycore.booking.rules.planner import AppointmentTemplate
from loyaltycore.booking.rules.reminders import Reminder, ReminderKind
from loyaltycore.booking.rules.suspicion import trust
from loyaltycore.booking.sheets import read_sheets
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.templates.rules.wording import Wording
from loyaltycore.templates.wording import wording_of
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


class Notifying(Service):
    """Telling customers about their appointments."""

    @query
    def notice_offer(self, appointment_id: str, *, deleting: bool = False) -> NoticeOffer:
        """What the customer should be told after a confirmation, a move or a cancellation, and by which ways.

        Args:
            deleting: Whether it is about to be deleted: what `delete` can tell then.

        Raises:
            NotFound: There is no such appointment.
            InvalidInput: `deleting` is not true or false.
        """
        with Faults() as faults:
            ends = faults.flag("deleting", deleting)
        appointment = self.unit.get(Appointment, appointment_id)
        if ends:
            appointment = as_cancelled(appointment, self.unit.now, self.unit.acting.actor)
        return offer(appointment, self._customer(appointment), self._notices(appointment))

    @command("appointments.notify")
    def notify(
        self,
        appointment_id: str,
        *,
        by: Channel | str,
        about: NoticeAbout | str | None = None,
        comment: str = "",
    ) -> Notice:
        """Tell the customer that an appointment is confirmed, was moved, or is cancelled; twice by the same way, once.

        A text or a mail goes into the outbox, worded by the template that the settings choose, with a new link to cancel
        if the option ``booking.cancel_link`` is set. A call has been made already: the activities say of each one who
        called, when, and what was said.

        Args:
            by: ``sms``, ``email`` or ``phone``.
            about: ``confirmed``, ``moved`` or ``cancelled``, if it is so; ``reminder`` reminds the customer of an
                appointment that is still to come; None tells what `notice_offer` suggests.
            comment: What was said on the phone, at most 500 characters.

        Raises:
            NotFound: There is no such appointment.
            InvalidInput: Names every fault of every argument.
            Refused: ``appointment.no_customer``, ``appointment.not_reachable`` or ``appointment.nothing_to_tell``.
        """
        with Faults() as faults:
            way = read_way(faults, "by", by)
            wanted = faults.choice("about", about, NoticeAbout)
            remark = faults.text("comment", comment, limit=COMMENT_LENGTH, multiline=True)
        assert way is not None  # noqa: S101  otherwise a fault was noted
        appointment = self.unit.get(Appointment, appointment_id, for_update=True)
        return self._told(appointment, way, remark, wanted)

    @command("appointments.trust")
    def trust(self, appointment_id: str) -> Appointment:
        """Say that a suspicious request is meant: the mail with the link to cancel leaves, as if nothing had been suspicious.

        To turn one down, cancel it. A second time changes nothing.

        Raises:
            NotFound: There is no such appointment.
            Refused: ``appointment.over``.
        """
        appointment = self.unit.get(Appointment, appointment_id, for_update=True)
        trusted = trust(appointment)
        if not trusted.save:
            return self.unit.apply(trusted)
        branch = self.unit.get(Branch, appointment.branch_id)
        template = self.unit.seek(AppointmentTemplate, appointment.template_id)
        fresh = Fresh(appointment.id, "", self.unit.ids.new(), self.unit.tokens.token())
        kind = shown_name(template) if template else appointment.type
        link = self.session.options[CANCEL_LINK].replace(TOKEN, fresh.token)
        wording = wording_of(self.session, self.unit, BOOKED)
        return self.unit.apply(with_mail(trusted, branch, kind, fresh, link, wording))

    @command("appointments.delete")
    def delete(self, appointment_id: str, *, reason: str = "", notify: Channel | str | None = None) -> None:
        """Delete an appointment, which leaves a line in the activities; to keep it, cancel it instead.

        Ask `notice_offer` with ``deleting=True`` before: afterwards nobody can be told about it any more.

        Args:
            reason: At most 500 characters.
            notify: By which way the customer is told that it does not take place: ``sms``, ``email`` or ``phone`` for
                a call that has been made; None for none.

        Raises:
            NotFound: There is no such appointment.
            InvalidInput: Names every fault of every argument.
            Refused: ``appointment.no_customer``, ``appointment.not_reachable`` or ``appointment.nothing_to_tell``, if
                the customer is to be told.
        """
        with Faults() as faults:
            why = faults.text("reason", reason, limit=COMMENT_LENGTH)
            way = None if notify is None else read_way(faults, "notify", notify)
        appointment = self.unit.get(Appointment, appointment_id, for_update=True)
        if way is not None:
            self._told(as_cancelled(appointment, self.unit.now, self.unit.acting.actor), way, "")
        sheets = read_sheets(self.unit, [appointment.resource_id], appointment.taken)
        about = (stored("branch_id") == appointment.branch_id) & stored("done_at").is_null()
        # A time that it has given up before stays free.
        own = (stored("about") == appointment.id) & (stored("kind") != ReminderKind.FREED)
        reminders = tuple(self.unit.find(Reminder, about & own))
        deleted = delete(appointment, sheets[appointment.resource_id], reminders, self.unit.now, why)
        self.unit.apply(with_news(self.unit, deleted, appointment, None))

    @query
    def notices(self, appointment_id: str) -> tuple[Notice, ...]:
        """What a customer was told about an appointment, first to last.

        Raises:
            NotFound: There is no such appointment.
        """
        return self._notices(self.unit.get(Appointment, appointment_id))

    def _told(
        self, appointment: Appointment, way: Channel, comment: str, wanted: NoticeAbout | None = None
    ) -> Notice:
        customer = require_customer(appointment, self._customer(appointment))
        told = tuple(each for each in self._notices(appointment) if each.customer_id == customer.id)
        about = require_news(appointment, wanted, told, self.unit.now)
        for notice in told:
            if notice.says(customer, about, way, appointment):
                return self.unit.apply(again(notice, comment))
        require_way(customer, way)
        branch = self.unit.get(Branch, appointment.branch_id)
        wording = wording_of(self.session, self.unit, PURPOSE_OF[about])
        return self.unit.apply(
            tell(self._telling(appointment, customer, about, way, branch, wording, comment))
        )

    def _telling(
        self,
        appointment: Appointment,
        customer: Customer,
        about: NoticeAbout,
        way: Channel,
        branch: Branch,
        wording: Wording,
        comment: str = "",
    ) -> Telling:
        """What a notice needs, with a new link to cancel where there may be one."""
        page = self.session.options[CANCEL_LINK]
        has_link = appointment.is_open and way is not Channel.PHONE and page != TOKEN
        token = self.unit.tokens.token() if has_link else ""
        return Telling(
            appointment,
            customer,
            about,
            way,
            branch,
            wording,
            self.unit.ids.new(),
            self.unit.now,
            self.unit.acting.actor,
            comment,
            token,
            page.replace(TOKEN, token) if has_link else "",
        )

    def _customer(self, appointment: Appointment) -> Customer | None:
        return self.unit.seek(Customer, appointment.customer_id) if appointment.customer_id else None

    def _notices(self, appointment: Appointment) -> tuple[Notice, ...]:
        where = stored("appointment_id") == appointment.id
        return tuple(self.unit.find(Notice, where, order_by=("id",)))
