"""An adapter in memory for every port: for tests, and the model that other adapters are compared with."""

from __future__ import annotations

from loyaltycore.memory.ambient import CountedIds, FixedClock, SeededTokens
from loyaltycore.memory.card_printer import MemoryCardPrinter
from loyaltycore.memory.limiting import MemoryLimiter
from loyaltycore.memory.messaging import MemoryMailer, MemorySmsGateway
from loyaltycore.memory.storage import MemoryStorage

__all__ = [
    "CountedIds",
    "FixedClock",
    "MemoryCardPrinter",
    "MemoryLimiter",
    "MemoryMailer",
    "MemorySmsGateway",
    "MemoryStorage",
    "SeededTokens",
]
