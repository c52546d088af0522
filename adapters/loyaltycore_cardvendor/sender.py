"""Sends pending webhooks: signed, at least once, again after a growing pause."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import sqlite3
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from loyaltycore_cardvendor.database import Database

LONGEST_PAUSE = 3600.0
_TIMEOUT = 15.0
_BATCH = 50
_DUE = """
SELECT d.number, d.attempts, e.id, e.body FROM deliveries d JOIN events e ON e.number = d.event
WHERE d.done = 0 AND d.next_at <= ? ORDER BY CASE WHEN ? THEN random() ELSE d.number END LIMIT ?
"""


def sign(secret: str, event_id: str, seconds: int, body: bytes) -> str:
    """One signature of Standard Webhooks 1.0.0."""
    encoded = secret.removeprefix("whsec_")
    key = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
    digest = hmac.digest(key, f"{event_id}.{seconds}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


class Sender:
    """Works through the table of deliveries; after a restart it sends again whatever was not marked as done."""

    def __init__(self, database: Database, stop: Event) -> None:
        self.database = database
        self.stop = stop

    def send_due(self) -> int:
        """Send what is due and return how many calls were made."""
        settings = self.database.settings()
        due = self.database.rows(_DUE, time.time(), settings["shuffle_webhooks"], _BATCH)
        for count, delivery in enumerate(due):
            if self.stop.is_set() or not self._deliver(delivery, settings):
                return count
        return len(due)

    def _deliver(self, delivery: sqlite3.Row, settings: dict[str, Any]) -> bool:
        """Make one call; False if the client wants no more of them."""
        status = self._call(delivery, settings)
        if status == HTTPStatus.GONE:
            self.database.change_settings({"webhook_url": ""})
            with self.database.transaction() as tx:
                tx.execute("UPDATE deliveries SET done = 1 WHERE done = 0")
            return False
        done = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        pause = settings["retry_seconds"] * 2 ** delivery["attempts"] * random.uniform(0.8, 1.2)  # noqa: S311  no secret: it spreads the calls
        with self.database.transaction() as tx:
            tx.execute(
                "UPDATE deliveries SET done = ?, attempts = attempts + 1, next_at = ? WHERE number = ?",
                (done, time.time() + min(pause, LONGEST_PAUSE), delivery["number"]),
            )
        return True

    def _call(self, delivery: sqlite3.Row, settings: dict[str, Any]) -> int:
        """Return the status, or 0 for none."""
        if not settings["webhook_url"]:
            return 0
        url = urlsplit(settings["webhook_url"])
        body = json.dumps(json.loads(delivery["body"]), separators=(",", ":")).encode()
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=_TIMEOUT)
        try:
            path = (url.path or "/") + (f"?{url.query}" if url.query else "")
            connection.request("POST", path, body, _headers(delivery["id"], body, settings["secrets"]))
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()


def _headers(event_id: str, body: bytes, secrets: list[str]) -> dict[str, str]:
    now = int(time.time())
    return {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(now),
        "webhook-signature": " ".join(sign(secret, event_id, now, body) for secret in secrets),
    }
