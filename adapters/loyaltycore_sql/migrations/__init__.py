"""The revisions of the library's own tables, run by Alembic.

A published revision names all that it makes and derives: it imports nothing that goes on changing.
"""

from __future__ import annotations

from typing import Final

REVISIONS: Final = ("0001", "0002")
"""All revisions, the oldest first: known without Alembic, which few starts need and which takes long to load."""

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
"""The tables that the revisions make, without prefix; all others belong to the host application."""
