"""The waiting list of a branch."""

from __future__ import annotations

from datetime import date

from loyaltycore.booking.freeing import waiting_for
from loyaltycore.booking.rules.desk import require_here
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.reminders import Reminder
from loyaltycore.booking.rules.waiting import (
    COMMENT_LENGTH,
    CONTACT_LENGTH,
    NAME_LENGTH,
    FreedTime,
    WaitingEntry,
    enter,
    leave,
    note_offer,
    read_period,
    require_somebody,
)
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


class WaitingList(Service):
    """Who waits for an appointment."""

    @command("waiting.add")
    def add(
        self,
        branch_id: str,
        *,
        first: date,
        last: date,
        template: str | None = None,
        resource_id: str | None = None,
        customer_id: str | None = None,
        name: str = "",
        contact: str = "",
        comment: str = "",
    ) -> WaitingEntry:
        """Put a customer on the list, or somebody who is none.

        Args:
            first: The first day that suits.
            last: The last one, included; at most 366 days later.
            template: The kind of appointment; None for any.
            resource_id: At which resource; None for any.
            name: Of somebody who is no customer, with a contact: a number or an address.
            comment: At most 500 characters.

        Raises:
            InvalidInput: Names every fault of every argument.
            NotFound: There is no such branch, template, resource or customer.
            Refused: ``resource.elsewhere``; no time of it would ever suit.
        """
        with Faults() as faults:
            begin, end = read_period(faults, first, last)
            who = faults.text("name", name, limit=NAME_LENGTH)
            where = faults.text("contact", contact, limit=CONTACT_LENGTH)
            remark = faults.text("comment", comment, limit=COMMENT_LENGTH, multiline=True)
            require_somebody(faults, customer_id, who, where)
        branch = self.unit.get(Branch, branch_id)
        at = None if resource_id is None else self.unit.get(Resource, resource_id)
        if at is not None:
            require_here(at, branch)
        entry = WaitingEntry(
            id=self.unit.ids.new(),
            branch_id=branch.id,
            first=begin,
            last=end,
            template_id="" if template is None else self.unit.get(AppointmentTemplate, template).id,
            resource_id=at.id if at else "",
            customer_id=None if customer_id is None else self.unit.get(Customer, customer_id).id,
            name=who,
            contact=where,
            comment=remark,
            added_at=self.unit.now,
            added_by=self.unit.acting.actor,
        )
        return self.unit.apply(enter(entry))

    @query
    def entries(self, branch_id: str, *, limit: int = 50, after: str = "") -> Page[WaitingEntry]:
        """Who waits at a branch, those first who wait longest.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("id",), limit, after)
        here = (stored("branch_id") == self.unit.get(Branch, branch_id).id) & stored("done_at").is_null()
        return find_page(self.unit, WaitingEntry, here, portion)

    @query
    def fitting(self, reminder_id: str) -> tuple[WaitingEntry, ...]:
        """Whom the time would suit that a reminder says is free, those first who wait longest; at most 200.

        Whether it is still free shows when an appointment is made.

        Raises:
            NotFound: There is no such reminder.
        """
        reminder = self.unit.get(Reminder, reminder_id)
        if reminder.starts_at is None or reminder.ends_at is None:
            return ()
        time = FreedTime(reminder.resource_id, reminder.starts_at, reminder.ends_at)
        return waiting_for(self.unit, time, self.unit.get(Branch, reminder.branch_id))

    @command("waiting.offered")
    def offered(self, entry_id: str) -> WaitingEntry:
        """Note that somebody was offered a time; nobody is told by this.

        Raises:
            NotFound: There is no such entry.
            Refused: ``waiting.done``.
        """
        entry = self.unit.get(WaitingEntry, entry_id, for_update=True)
        return self.unit.apply(note_offer(entry, self.unit.now, self.unit.acting.actor))

    @command("waiting.done")
    def done(self, entry_id: str) -> WaitingEntry:
        """Take somebody off the list, with an appointment or without; a second time changes nothing.

        Raises:
            NotFound: There is no such entry.
        """
        entry = self.unit.get(WaitingEntry, entry_id, for_update=True)
        return self.unit.apply(leave(entry, self.unit.now, self.unit.acting.actor))
