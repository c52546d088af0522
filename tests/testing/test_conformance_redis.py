"""An engine that waits for nobody, and says at the end who was faster, keeps the contract of the storage port, too."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache

import pytest

from loyaltycore.testing.storage import Lacks, StorageCapabilities, StorageConformance, Trouble
from tests.adapters.sql.wire import Wire
from tests.bounded import PATIENCE
from tests.listening import free_ports, nobody_listens
from tests.testing.sql_troubles import on_the_way

redis = pytest.importorskip("redis")

from tests.testing.redis_storage import RedisStorage  # noqa: E402  it needs the driver

pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="there is no redis-server")


@cache
def server() -> int:
    """The port of a server that ends with this process."""
    (port,), program = free_ports(1), shutil.which("redis-server")
    assert program
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    atexit.register(process.kill)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            redis.Redis(port=port).ping()
        except redis.ConnectionError:
            time.sleep(0.02)
        else:
            return port
    pytest.fail("the server does not answer")


class TestRedisStorage(StorageConformance):
    capabilities = StorageCapabilities()

    @contextmanager
    def open(self) -> Iterator[RedisStorage]:
        redis.Redis(port=server()).flushall()
        with Wire("127.0.0.1", server()) as wire:
            self.wire = wire
            yield RedisStorage(wire.port)

    @contextmanager
    def reopen(self, storage: RedisStorage) -> Iterator[RedisStorage]:
        yield RedisStorage(server())

    @contextmanager
    def open_unreachable(self) -> Iterator[RedisStorage]:
        with nobody_listens() as port:
            yield RedisStorage(port)

    def peek(self, storage: RedisStorage, table: str) -> int:
        return int(redis.Redis(port=server()).hlen(table))

    def trouble(self, storage: RedisStorage, trouble: Trouble) -> AbstractContextManager[object] | Lacks:
        if trouble is Trouble.BUSY:
            return Lacks("nobody waits for anybody here: a lock is never taken")
        if trouble is Trouble.FAIL:
            return full()
        return on_the_way(self.wire, trouble, word=b"EVAL")


@contextmanager
def full() -> Iterator[None]:
    """Leave the server no room."""
    client = redis.Redis(port=server())
    client.config_set("maxmemory", 1)
    try:
        yield
    finally:
        client.config_set("maxmemory", 0)
