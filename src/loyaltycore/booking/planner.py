"""The planner of a branch: the only object that a page for customers needs, and nothing leads from it to anything else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Unpack
from zoneinfo import ZoneInfo

from attrs import frozen

from loyaltycore.booking.online import OnlineBooking
from loyaltycore.booking.rules.appointment import Appointment, AppointmentState
from loyaltycore.booking.rules.links import hash_of
from loyaltycore.booking.rules.offering import OfferedDay
from loyaltycore.booking.rules.request import BookingRequest, FurtherFacts
from loyaltycore.booking.rules.suspicion import NOTHING_SEEN, Filling, read_filling
from loyaltycore.booking.visiting import Visiting
from loyaltycore.kernel.showing import showing
from loyaltycore.kernel.validation import Faults, check_names
from loyaltycore.work.session import Session


@frozen
class OfferedTemplate:
    """A kind of appointment that may be chosen."""

    id: str
    name: str
    minutes: int


@frozen(repr=False)
class HeldTime:
    """A time that is held for whoever fills in the form."""

    __repr__ = showing("starts_at", "until")

    token: str
    """For `Planner.book`; keep it in the form."""
    starts_at: datetime
    """In the time zone of the branch."""
    until: datetime
    """From then on others may book it. In the time zone of the branch."""


@frozen
class OwnAppointment:
    """What a customer sees of an appointment: no name, no number, nothing about anybody."""

    starts_at: datetime
    """In the time zone of the branch."""
    ends_at: datetime
    state: AppointmentState
    type: str


class Planner:
    """What customers may do at one branch, without an account.

    It works with the settings as they were when it was made, as a session does. Show pages with `templates`, `grid` and `show`, which change nothing; act with `book` and `cancel` when a form is
    sent.
    """

    def __init__(self, session: Session, visiting: Visiting) -> None:
        self._session = session
        self._visiting = visiting
        self._zone = ZoneInfo(session.branch.time_zone)

    @property
    def time_zone(self) -> str:
        """Of the branch, for example ``Europe/Berlin``: in it are the times that are answered, and the labels of the grid."""
        return self._zone.key

    def templates(self) -> tuple[OfferedTemplate, ...]:
        """The kinds of appointment that may be chosen; with one or none there is nothing to choose.

        If none is released, an appointment takes all the time for which a resource is there, from the opening to the next
        break or to the end.
        """
        return tuple(
            OfferedTemplate(each.id, each.name, each.length)
            for each in OnlineBooking(self._session).templates()
        )

    def grid(self, first: date, days: int = 7, *, template: str | None = None) -> tuple[OfferedDay, ...]:
        """The beginnings of some days: a time for each that is free, an ``x`` for each that is not.

        Args:
            first: The first day at the branch.
            days: 1 to 92.
            template: Which kind of appointment; not needed if there is one, or none.

        Raises:
            InvalidInput: Names every fault.
            NotFound: There is no such kind.
            Refused: ``booking.template_required``.
        """
        return OnlineBooking(self._session).grid(template, first, days)

    def hold(
        self, starts_at: datetime, *, template: str | None = None, resource: str | None = None
    ) -> HeldTime | None:
        """Hold a beginning that the grid shows as free, while its customer fills in the form.

        Until then it is an ``x`` for everybody else, the staff included. A time that is held and not booked is free again
        by itself.

        Args:
            starts_at: Aware, as in `Slot.starts_at`.
            template: Which kind of appointment; not needed if there is one, or none.
            resource: Which resource; None for any that is free.

        Returns:
            None if nothing is held for this kind of appointment; the form works all the same.

        Raises:
            InvalidInput: The beginning is none.
            NotFound: There is no such kind or resource.
            Refused: ``booking.slot_taken``, with the next free beginnings; ``booking.template_required``;
                ``booking.too_many``.
        """
        self._visiting.holds()
        token = self._session.house.tokens.token()
        key = hash_of(token)
        sheet = OnlineBooking(self._session).hold(template, starts_at, resource, key)
        for hold in sheet.holds if sheet else ():
            if hold.key == key and hold.lapses_at is not None:
                until = hold.lapses_at.astimezone(self._zone)
                return HeldTime(token, starts_at.astimezone(self._zone), until)
        return None

    def release(self, starts_at: datetime, held: str) -> None:
        """Give a held time back, because its customer has left the form: at once it is free for everybody.

        A time that is booked by now, or held by somebody else, stays as it is, and nothing is said about it.

        Args:
            starts_at: `HeldTime.starts_at`, aware.
            held: `HeldTime.token`.

        Raises:
            InvalidInput: The beginning is none.
            Refused: ``booking.too_many``.
        """
        self._visiting.follows_link()
        OnlineBooking(self._session).release(starts_at, hash_of(held))

    def book(
        self,
        starts_at: datetime,
        filling: Filling = NOTHING_SEEN,
        /,
        *,
        first_name: str = "",
        last_name: str = "",
        email: str = "",
        phone: str = "",
        template: str | None = None,
        resource: str | None = None,
        held: str = "",
        key: str = "",
        **further: Unpack[FurtherFacts],
    ) -> OwnAppointment:
        """Book a beginning that the grid shows as free.

        The staff find a reminder, and the customer gets a mail with a link by which the appointment can
        be cancelled. No customer is created, found or changed. Of a request that is suspicious, the mail waits until the
        staff trust it; the answer is the same.

        Args:
            starts_at: Aware, as in `Slot.starts_at`.
            filling: How the form was filled in, by which programs give themselves away.
            first_name: Required, as are last name, e-mail and phone: what a form leaves out is named like what is wrong.
            template: Which kind of appointment; not needed if there is one, or none.
            resource: Which resource; None for any that is free.
            held: `HeldTime.token`, if the time was held; without one, or with one that is over, the time may be gone.
            key: 1 to 64 characters that the page made when it showed the form: sent twice, it books once.
            **further: See `FurtherFacts`: salutation, street, postal code, city, date of birth, remark.

        Raises:
            InvalidInput: Names every fault of every field.
            NotFound: There is no such kind or resource.
            Refused: ``booking.slot_taken``, with the next free beginnings; ``booking.template_required``;
                ``booking.too_many``.
        """
        check_names(BookingRequest, further)
        self._visiting.sends_a_form()
        request = BookingRequest(first_name, last_name, email, phone, **further)
        with Faults() as faults:
            seen = read_filling(faults, filling)
        session = self._session.keyed(key) if key else self._session
        online = OnlineBooking(session, self._visiting, seen)
        return self._own(online.book(template, starts_at, request, resource, held))

    def show(self, token: str) -> OwnAppointment:
        """The appointment of a link, for the page that asks whether to cancel it.

        Raises:
            Refused: ``booking.bad_link``; it is wrong, or the link in a later mail has replaced it: both look the same.
                ``booking.too_many``.
        """
        self._visiting.follows_link()
        return self._own(OnlineBooking(self._session).show(token))

    def cancel(self, token: str) -> OwnAppointment:
        """Cancel the appointment of a link; a second time changes nothing.

        Raises:
            Refused: ``booking.bad_link``, ``booking.too_late``, ``appointment.over`` or ``booking.too_many``.
        """
        self._visiting.follows_link()
        return self._own(OnlineBooking(self._session).cancel(token))

    def _own(self, appointment: Appointment) -> OwnAppointment:
        return OwnAppointment(
            appointment.starts_at.astimezone(self._zone),
            appointment.ends_at.astimezone(self._zone),
            appointment.state,
            appointment.type,
        )
