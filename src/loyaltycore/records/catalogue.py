"""All record types of the library itself."""

from __future__ import annotations

from typing import Any

from loyaltycore.records.cards import CARD_ORDER_SERVICES, CARD_ORDERS, CARDS, INFORMATION_REQUESTS
from loyaltycore.records.completeness import COMPLETION_PROMPTS
from loyaltycore.records.customers import CUSTOMERS, NUMBER_RANGES
from loyaltycore.records.journal import ACTIVITIES, COMMANDS, CURSORS, INBOX, OUTBOX
from loyaltycore.records.organisation import BRANCHES, SETTINGS
from loyaltycore.records.processes import PROCESS_TEMPLATES, PROCESSES
from loyaltycore.records.properties import CUSTOMER_PROPERTIES, PROPERTY_TYPES
from loyaltycore.records.registry import RecordType
from loyaltycore.records.selections import SELECTIONS


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
