"""A storage on a Redis server, as somebody else would write one: it never waits, and finds out at the end who was faster.

It serves the tests alone: it reads everything at the beginning of each unit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from loyaltycore.errors import CommitUnknown, StorageBusy, StorageError, StorageFull, StorageUnreachable
from loyaltycore.memory.storage import MemoryTransaction, Rows
from loyaltycore.ports.forking import PerProcess
from loyaltycore.storing.registry import Registry

_REVISION: Final = "revision"
_COMMIT: Final = """
if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 0 end
for place = 2, #ARGV, 3 do
  if ARGV[place + 2] == '' then redis.call('HDEL', ARGV[place], ARGV[place + 1])
  else redis.call('HSET', ARGV[place], ARGV[place + 1], ARGV[place + 2]) end
end
redis.call('INCR', KEYS[1])
return 1
"""
"""Writes table by table and key by key, if nobody has written since the unit began."""


class RedisStorage:
    """Keeps records as JSON, a hash for each table."""

    def __init__(self, port: int) -> None:
        self.port = port
        """Of the server, or of the wire to it."""
        self._clients = PerProcess(self._client)
        self._registry = Registry(())

    def bind(self, registry: Registry) -> None:
        """Learn the record types."""
        self._read(Registry(()))
        self._registry = registry

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[MemoryTransaction]:
        """Open a unit of work on everything that is there now."""
        revision, rows = self._read(self._registry)
        tx = MemoryTransaction(rows, self._registry, read_only=read_only)
        with tx.block():
            yield tx
        if (after := tx.committed()) != rows:
            self._commit(revision, rows, after)

    def _client(self) -> redis.Redis:
        # By itself it would send a commit again whose answer was lost.
        return redis.Redis(port=self.port, socket_timeout=10, retry=Retry(NoBackoff(), 0))

    def _read(self, registry: Registry) -> tuple[str, Rows]:
        tables = [record_type.table for record_type in registry]
        pipeline = self._clients.get().pipeline(transaction=True).get(_REVISION)
        for table in tables:
            pipeline.hgetall(table)
        try:
            try:
                revision, *hashes = pipeline.execute(raise_on_error=True)
            except redis.ConnectionError:
                # A connection of the pool may have died: nothing was lost with it.
                self._clients.get().connection_pool.disconnect()
                return self._read_again(tables)
        except redis.ConnectionError as error:
            raise StorageUnreachable(str(error)) from error
        except redis.RedisError as error:
            raise StorageError(str(error)) from error
        return _decoded(tables, revision, hashes)

    def _read_again(self, tables: list[str]) -> tuple[str, Rows]:
        pipeline = self._clients.get().pipeline(transaction=True).get(_REVISION)
        for table in tables:
            pipeline.hgetall(table)
        revision, *hashes = pipeline.execute()
        return _decoded(tables, revision, hashes)

    def _commit(self, revision: str, before: Rows, after: Rows) -> None:
        changes = [part for table in after for change in _changes(table, before, after) for part in change]
        try:
            done = self._clients.get().eval(_COMMIT, 1, _REVISION, revision, *changes)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            raise CommitUnknown(str(error)) from error
        except redis.exceptions.OutOfMemoryError as error:
            raise StorageFull(str(error)) from error
        except redis.RedisError as error:
            raise StorageError(str(error)) from error
        if not done:
            raise StorageBusy("somebody else was faster")


def _decoded(tables: list[str], revision: bytes | None, hashes: list[dict[bytes, bytes]]) -> tuple[str, Rows]:
    rows = {
        table: {key.decode(): json.loads(row) for key, row in found.items()}
        for table, found in zip(tables, hashes, strict=True)
    }
    return (revision or b"0").decode(), rows


def _changes(table: str, before: Rows, after: Rows) -> Iterator[tuple[str, str, str]]:
    old: dict[str, Any] = before.get(table, {})
    new: dict[str, Any] = after[table]
    for key in {**old, **new}:
        if old.get(key) != new.get(key):
            yield table, key, json.dumps(new[key]) if key in new else ""
