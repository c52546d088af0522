"""The library's own capabilities, lower ones first: each sees those before it and none after it."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.activities.capability import CAPABILITY as ACTIVITIES
from loyaltycore.booking.capability import CAPABILITY as BOOKING
from loyaltycore.branches.capability import CAPABILITY as BRANCHES
from loyaltycore.cards.capability import CAPABILITY as CARDS
from loyaltycore.completeness.capability import CAPABILITY as COMPLETENESS
from loyaltycore.customers.capability import CAPABILITY as CUSTOMERS
from loyaltycore.kernel.settings import Option
from loyaltycore.merging.capability import CAPABILITY as MERGING
from loyaltycore.outbox.capability import CAPABILITY as OUTBOX
from loyaltycore.privacy.capability import CAPABILITY as PRIVACY
from loyaltycore.processes.capability import CAPABILITY as PROCESSES
from loyaltycore.programs.capability import CAPABILITY as PROGRAMS
from loyaltycore.properties.capability import CAPABILITY as PROPERTIES
from loyaltycore.sales.capability import CAPABILITY as SALES
from loyaltycore.selections.capability import CAPABILITY as SELECTIONS
from loyaltycore.settings.capability import CAPABILITY as SETTINGS
from loyaltycore.storing.registry import RecordType
from loyaltycore.templates.capability import CAPABILITY as TEMPLATES
from loyaltycore.vouchers.capability import CAPABILITY as VOUCHERS
from loyaltycore.work.capability import Capability
from loyaltycore.work.records import JOURNAL

CAPABILITIES: Final[tuple[Capability, ...]] = (
    OUTBOX,
    ACTIVITIES,
    BRANCHES,
    SETTINGS,
    CUSTOMERS,
    COMPLETENESS,
    PROCESSES,
    SELECTIONS,
    PROPERTIES,
    TEMPLATES,
    CARDS,
    PROGRAMS,
    VOUCHERS,
    SALES,
    BOOKING,
    MERGING,
    PRIVACY,
)


def core_record_types() -> tuple[RecordType[Any], ...]:
    """The record types that every `Loyalty` has."""
    return (*JOURNAL, *(each for capability in CAPABILITIES for each in capability.records))


def core_options() -> tuple[Option[Any], ...]:
    """The options that every `Loyalty` has."""
    return tuple(each for capability in CAPABILITIES for each in capability.options)
