"""Online booking: planners for customers, appointments for the staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.booking.adding import SUSPICIONS as SUSPICIONS
    from loyaltycore.booking.planner import (
        HeldTime as HeldTime,
        OfferedTemplate as OfferedTemplate,
        OwnAppointment as OwnAppointment,
        Planner as Planner,
    )
    from loyaltycore.booking.rules.appointment import (
        Appointment as Appointment,
        AppointmentState as AppointmentState,
    )
    from loyaltycore.booking.rules.grid import Reason as Reason, Slot as Slot
    from loyaltycore.booking.rules.hours import (
        DayException as DayException,
        Hours as Hours,
        WeeklyHours as WeeklyHours,
        hours_on as hours_on,
    )
    from loyaltycore.booking.rules.notices import (
        Notice as Notice,
        NoticeAbout as NoticeAbout,
        NoticeOffer as NoticeOffer,
    )
    from loyaltycore.booking.rules.offering import OfferedDay as OfferedDay
    from loyaltycore.booking.rules.planner import (
        AppointmentTemplate as AppointmentTemplate,
        Resource as Resource,
        ResourceKind as ResourceKind,
    )
    from loyaltycore.booking.rules.reminders import Reminder as Reminder, ReminderKind as ReminderKind
    from loyaltycore.booking.rules.request import BookingRequest as BookingRequest
    from loyaltycore.booking.rules.suspicion import Filling as Filling, Submission as Submission
    from loyaltycore.booking.rules.waiting import WaitingEntry as WaitingEntry
    from loyaltycore.booking.service import Appointments as Appointments
    from loyaltycore.booking.setup import PlannerSetup as PlannerSetup
    from loyaltycore.booking.waiting import WaitingList as WaitingList
    from loyaltycore.kernel.occupancy import BusyTime as BusyTime
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "..kernel.occupancy": "BusyTime",
            ".planner": "HeldTime OfferedTemplate OwnAppointment Planner",
            ".rules.appointment": "Appointment AppointmentState",
            ".rules.grid": "Reason Slot",
            ".rules.hours": "DayException Hours WeeklyHours hours_on",
            ".rules.reminders": "Reminder ReminderKind",
            ".rules.notices": "Notice NoticeAbout NoticeOffer",
            ".rules.offering": "OfferedDay",
            ".rules.planner": "AppointmentTemplate Resource ResourceKind",
            ".rules.request": "BookingRequest",
            ".rules.suspicion": "Filling Submission",
            ".adding": "SUSPICIONS",
            ".service": "Appointments",
            ".rules.waiting": "WaitingEntry",
            ".setup": "PlannerSetup",
            ".waiting": "WaitingList",
        },
    )
