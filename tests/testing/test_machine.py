"""The state machine agrees with every storage of ours, over the library's own record types."""

from __future__ import annotations

from functools import partial

from loyaltycore.memory import MemoryStorage
from loyaltycore.records.catalogue import core_record_types
from loyaltycore.records.registry import Registry
from loyaltycore.testing.machine import storage_machine
from tests.testing.databases import emptied

CORE = Registry(core_record_types())

TestMemory = storage_machine(lambda: __import__("contextlib").nullcontext(MemoryStorage()))
TestSqlite = storage_machine(partial(emptied, "sqlite", CORE))
TestPostgresql = storage_machine(partial(emptied, "postgresql", CORE))
TestMariadb = storage_machine(partial(emptied, "mariadb", CORE))
