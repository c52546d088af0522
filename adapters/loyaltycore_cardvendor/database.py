"""The vendor's only memory. Whatever must survive a kill is here, written before it is answered."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    cancellation TEXT NOT NULL DEFAULT 'none',
    cancellation_reason TEXT NOT NULL DEFAULT '',
    reason_code TEXT NOT NULL DEFAULT '',
    reason_detail TEXT NOT NULL DEFAULT '',
    carrier TEXT NOT NULL DEFAULT '',
    tracking_number TEXT NOT NULL DEFAULT '',
    due_at REAL
);
CREATE INDEX IF NOT EXISTS orders_due ON orders (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS keys (
    key TEXT PRIMARY KEY,
    content_digest TEXT NOT NULL,
    order_id TEXT NOT NULL REFERENCES orders (id)
);
-- One row for every card that really came out of the machine. Not unique on purpose: a card printed twice must show.
CREATE TABLE IF NOT EXISTS prints (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL REFERENCES orders (id),
    reference TEXT NOT NULL,
    printed_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event INTEGER NOT NULL REFERENCES events (number),
    next_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (next_at) WHERE done = 0;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS names (number INTEGER PRIMARY KEY CHECK (number = 1), name TEXT NOT NULL);
"""

_DEFAULTS: dict[str, Any] = {
    "webhook_url": "",
    "secrets": [],
    "step_seconds": 0.0,
    "retry_seconds": 5.0,
    "cancellations": "decide",
    "double_webhooks": False,
    "shuffle_webhooks": False,
}


class Database:
    """One SQLite file with one connection and one lock, which decides every race."""

    def __init__(self, path: str) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "busy_timeout = 10000",
        ):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_SCHEMA)
        self._connection.execute("INSERT OR IGNORE INTO names VALUES (1, ?)", (secrets.token_hex(6),))
        self.name: str = self._connection.execute("SELECT name FROM names").fetchone()["name"]
        """Tells this database from every other one, so that a cursor is used where it was given."""

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything or nothing, on disk when the block is left."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Read."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def settings(self) -> dict[str, Any]:
        """The settings made, over the defaults."""
        stored = {row["name"]: json.loads(row["value"]) for row in self.rows("SELECT * FROM settings")}
        return _DEFAULTS | stored

    def change_settings(self, changes: dict[str, Any]) -> None:
        """Remember; an unknown name is an error.

        Raises:
            ValueError: There is no such setting.
        """
        if unknown := changes.keys() - _DEFAULTS.keys():
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        with self.transaction() as tx:
            pairs = [(name, json.dumps(value)) for name, value in changes.items()]
            tx.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", pairs)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
