"""Record types of planners and appointments."""

from __future__ import annotations

from loyaltycore.booking.rules.appointment import Appointment
from loyaltycore.booking.rules.links import AppointmentLink
from loyaltycore.booking.rules.notices import COMMENT_LENGTH, Notice, combine_notices
from loyaltycore.booking.rules.planner import AppointmentTemplate, Resource
from loyaltycore.booking.rules.reminders import Reminder
from loyaltycore.booking.rules.setup import NAME_LENGTH
from loyaltycore.booking.rules.sheets import DaySheet
from loyaltycore.booking.rules.suspicion import LENGTH as SUSPICION_LENGTH
from loyaltycore.booking.rules.waiting import CONTACT_LENGTH, NAME_LENGTH as WAITING_NAME_LENGTH, WaitingEntry
from loyaltycore.storing.registry import KEY_LENGTH, CustomerLink, OnErase, OnExport, OnMerge, RecordType

RESOURCES = RecordType(
    cls=Resource,
    table="resources",
    indexes=(("branch_id", "id"),),
    lengths={"name": NAME_LENGTH, "branch_id": 40, "provider": 40},
)

APPOINTMENT_TEMPLATES = RecordType(
    cls=AppointmentTemplate,
    table="appointment_templates",
    indexes=(("name", "id"),),
    lengths={"name": NAME_LENGTH, "provider": 40, "type": NAME_LENGTH, "status": NAME_LENGTH},
)

DAY_SHEETS = RecordType(
    cls=DaySheet,
    table="day_sheets",
    indexes=(("resource_id", "day"),),
    lengths={"resource_id": 40},
)

APPOINTMENTS = RecordType(
    cls=Appointment,
    table="appointments",
    indexes=(
        ("branch_id", "starts_at", "id"),
        ("resource_id", "starts_at", "id"),
        ("customer_id", "starts_at", "id"),
    ),
    lengths={
        "branch_id": 40,
        "resource_id": 40,
        "template_id": 40,
        "type": NAME_LENGTH,
        "status": NAME_LENGTH,
        "comment": 0,
        "customer_id": KEY_LENGTH,
        "suspicion": SUSPICION_LENGTH,
        "booked_by": 100,
        "ended_by": 100,
        "end_reason": 500,
    },
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("comment", "request", "end_reason"),
    ),
)

APPOINTMENT_LINKS = RecordType(
    cls=AppointmentLink,
    table="appointment_links",
    lengths={"appointment_id": KEY_LENGTH, "purpose": 20},
    secret=("id",),
)

REMINDERS = RecordType(
    cls=Reminder,
    table="reminders",
    indexes=(("branch_id", "done_at", "id"),),
    lengths={"branch_id": 40, "about": KEY_LENGTH, "says": 300, "done_by": 100, "resource_id": 40},
)

WAITING_ENTRIES = RecordType(
    cls=WaitingEntry,
    table="waiting_entries",
    noun="waiting entry",
    indexes=(("branch_id", "done_at", "id"), ("customer_id", "id")),
    lengths={
        "branch_id": 40,
        "template_id": 40,
        "resource_id": 40,
        "customer_id": KEY_LENGTH,
        "name": WAITING_NAME_LENGTH,
        "contact": CONTACT_LENGTH,
        "comment": COMMENT_LENGTH,
        "added_by": 100,
        "offered_by": 100,
        "done_by": 100,
    },
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.REMOVE,
    ),
)

APPOINTMENT_NOTICES = RecordType(
    cls=Notice,
    table="appointment_notices",
    # Of two who tell the same at the same moment, one finds that it has been told.
    unique=(("appointment_id", "customer_id", "sequence", "about", "way"),),
    indexes=(("customer_id", "id"),),
    lengths={
        "appointment_id": KEY_LENGTH,
        "customer_id": KEY_LENGTH,
        "told_by": 100,
        "template": KEY_LENGTH,
        "comment": COMMENT_LENGTH,
    },
    customer=CustomerLink(
        field="customer_id",
        merge=OnMerge.MOVE,
        export=OnExport.INCLUDE,
        erase=OnErase.SCRUB,
        scrub=("comment",),
        combine=combine_notices,
    ),
)
