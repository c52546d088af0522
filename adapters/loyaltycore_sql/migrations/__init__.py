"""The revisions of the library's own tables, run by Alembic.

A published revision spells out all that it makes and derives: it imports nothing that may change.
"""

from __future__ import annotations

from typing import Final

REVISIONS: Final = ("0001", "0002")
"""All revisions, oldest first: known without Alembic, which few starts need and which loads slowly."""

TABLES: Final = (
    *(
        "activities",
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
        "inbox",
        "information_requests",
        "number_ranges",
        "outbox",
    ),
    *("process_templates", "processes", "property_types", "selections", "settings"),
)
"""The tables that the revisions make, without prefix; all others are the host application's."""
