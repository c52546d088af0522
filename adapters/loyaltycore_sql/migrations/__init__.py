"""The revisions of the library's own tables, run by Alembic.

A published revision spells out all that it makes and derives: it imports nothing that may change.
"""

from __future__ import annotations

from typing import Final

REVISIONS: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
)
"""All revisions, oldest first: known without Alembic, which few starts need and which loads slowly."""

TABLES: Final = (
    *(
        "activities",
        "aliases",
        "appointment_links",
        "appointment_notices",
        "appointment_templates",
        "appointments",
        "branches",
        "card_order_services",
        "card_orders",
        "cards",
        "commands",
        "completion_prompts",
    ),
    *(
        "cursors",
        "customer_properties",
        "customers",
        "day_sheets",
        "deletion_marks",
        "erasures",
        "inbox",
        "information_requests",
        "issuers",
        "merge_changes",
        "merge_moves",
        "merges",
        "message_fates",
        "message_template_versions",
        "message_templates",
        "not_duplicates",
        "number_ranges",
        "outbox",
    ),
    *(
        "presences",
        "process_templates",
        "processes",
        "program_assignments",
        "program_moves",
        "program_periods",
        "program_revisions",
        "programs",
        "property_types",
        "rate_windows",
        "reminders",
        "reservations",
        "resources",
        "selections",
        "settings",
        "settlements",
        "tallies",
        "voucher_batches",
        "vouchers",
        "waiting_entries",
    ),
)
"""The tables that the revisions make, without prefix; all others are the host application's."""
