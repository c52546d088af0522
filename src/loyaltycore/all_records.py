"""All record types of the library itself."""

from __future__ import annotations

from typing import Any

from loyaltycore.branches.records import BRANCHES
from loyaltycore.cards.records import CARD_ORDER_SERVICES, CARD_ORDERS, CARDS, INFORMATION_REQUESTS
from loyaltycore.completeness.records import COMPLETION_PROMPTS
from loyaltycore.customers.records import CUSTOMERS, NUMBER_RANGES
from loyaltycore.processes.records import PROCESS_TEMPLATES, PROCESSES
from loyaltycore.properties.records import CUSTOMER_PROPERTIES, PROPERTY_TYPES
from loyaltycore.selections.records import SELECTIONS
from loyaltycore.settings.records import SETTINGS
from loyaltycore.storing.registry import RecordType
from loyaltycore.work.records import ACTIVITIES, COMMANDS, CURSORS, INBOX, OUTBOX


def core_record_types() -> tuple[RecordType[Any], ...]:
    """The record types that every `Loyalty` has."""
    return (
        BRANCHES,
        SETTINGS,
        CUSTOMERS,
        NUMBER_RANGES,
        COMPLETION_PROMPTS,
        CARD_ORDER_SERVICES,
        CARD_ORDERS,
        CARDS,
        INFORMATION_REQUESTS,
        PROPERTY_TYPES,
        CUSTOMER_PROPERTIES,
        SELECTIONS,
        PROCESS_TEMPLATES,
        PROCESSES,
        ACTIVITIES,
        COMMANDS,
        OUTBOX,
        INBOX,
        CURSORS,
    )
