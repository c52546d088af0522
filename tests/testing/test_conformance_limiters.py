"""Our rate limiters keep the contract of the port: in memory, and in each storage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import ClassVar

from loyaltycore import Loyalty
from loyaltycore.memory import FixedClock, MemoryLimiter, MemoryStorage
from loyaltycore.ports import RateLimiter
from loyaltycore.testing import Lacks, LimiterCapabilities, LimiterConformance
from loyaltycore.work.limiting import StorageLimiter
from loyaltycore_sql import SqlStorage
from tests.engines import fresh_database


class TestMemoryLimiter(LimiterConformance):
    capabilities = LimiterCapabilities(shared=Lacks("each process counts for itself"))

    def open(self, clock: FixedClock) -> AbstractContextManager[RateLimiter]:
        return nullcontext(MemoryLimiter(clock))


class TestStorageLimiter(LimiterConformance):
    capabilities = LimiterCapabilities(shared=Lacks("the storage in memory has one process"))

    def open(self, clock: FixedClock) -> AbstractContextManager[RateLimiter]:
        return nullcontext(StorageLimiter(Loyalty(MemoryStorage(), clock=clock)))


class Sql:
    """The hooks, for any engine."""

    engine: ClassVar[str]

    @contextmanager
    def open(self, clock: FixedClock) -> Iterator[RateLimiter]:
        with fresh_database(self.engine) as url, Loyalty(SqlStorage(url), clock=clock) as loyalty:
            self.url = url
            yield StorageLimiter(loyalty)

    @contextmanager
    def reopen(self, limiter: StorageLimiter, clock: FixedClock) -> Iterator[RateLimiter]:
        with Loyalty(SqlStorage(self.url), clock=clock) as loyalty:
            yield StorageLimiter(loyalty)


class TestSqlite(Sql, LimiterConformance):
    engine = "sqlite"


class TestPostgresql(Sql, LimiterConformance):
    engine = "postgresql"


class TestMariadb(Sql, LimiterConformance):
    engine = "mariadb"
