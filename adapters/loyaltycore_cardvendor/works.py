"""The print works: takes orders, makes cards, reports what happened. Every method is one or more transactions."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any, Final

from loyaltycore_cardvendor.checks import Checker, is_reference
from loyaltycore_cardvendor.database import Database
from loyaltycore_cardvendor.problems import Problem

PATH = ("received", "accepted", "in_production", "produced", "dispatched", "delivered")
"""The states of a card when nothing goes wrong."""

CANCELLABLE = frozenset({"received", "accepted", "on_hold"})
MADE = frozenset({"produced", "dispatched", "delivered", "returned"})
NEVER_MADE = frozenset({"cancelled", "rejected", "failed"})
_BATCH = 100


class Works:
    """The print works on top of one database."""

    def __init__(self, database: Database, checker: Checker) -> None:
        self.database = database
        self.checker = checker

    def place(self, body: dict[str, Any], key: str) -> tuple[bool, dict[str, Any]]:
        """Take an order, or recognise one; return whether it is new, and the order."""
        content = digest(body)
        with self.database.transaction() as tx:
            known = tx.execute("SELECT * FROM keys WHERE key = ?", (key,)).fetchone()
            if known:
                return False, _replay(tx, known, content)
            _require_new(tx, body.get("reference"))
            # Only now: what is known is answered even where the agreement has become stricter since.
            self.checker.order(body)
            return True, self._accept(tx, body, content, key)

    def find(self, reference: str) -> list[dict[str, Any]]:
        """Look up by the client's reference."""
        if not is_reference(reference):
            raise Problem(400, "invalid_request", "reference is missing or malformed")
        return [
            render(row) for row in self.database.rows("SELECT * FROM orders WHERE reference = ?", reference)
        ]

    def get(self, order_id: str) -> dict[str, Any]:
        """Read by the vendor's id."""
        for row in self.database.rows("SELECT * FROM orders WHERE id = ?", order_id):
            return render(row)
        raise Problem(404, "not_found", "no such order")

    def cancel(self, order_id: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Cancel now (200), note the request (202), or say that it is too late."""
        self.checker.cancellation(body)
        policy = self.database.settings()["cancellations"]
        with self.database.transaction() as tx:
            order = _row(tx, "id", order_id)
            if order["reference"] != body["reference"]:
                raise Problem(404, "not_found", "the order has another reference")
            if order["cancellation"] == "granted":
                return 200, render(order)
            if order["cancellation"] == "requested":
                return 202, render(order)
            reason = {"cancellation_reason": body.get("reason", "")}
            if policy == "refuse" or order["cancellation"] == "refused" or not _is_open(order):
                raise Problem(409, "too_late", f"the order is {order['state']}", order=render(order))
            if policy == "ask" or order["state"] not in CANCELLABLE:
                return 202, self._change(tx, order, cancellation="requested", event="", **reason)
            return 200, self._change(tx, order, state="cancelled", cancellation="granted", **reason)

    def events(self, after: str | None, limit: int) -> dict[str, Any]:
        """A page of events; the cursor is the number of the last one, behind the name of this database."""
        start = 0 if after is None else self._place(after)
        found = self.database.rows(
            "SELECT * FROM events WHERE number > ? ORDER BY number LIMIT ?", start, limit + 1
        )
        page = found[:limit]
        cursor = page[-1]["number"] if page else start
        return {
            "events": [json.loads(row["body"]) for row in page],
            "cursor": f"{self.database.name}.{cursor}",
            "more": len(found) > limit,
        }

    def _place(self, cursor: str) -> int:
        """The number in a cursor; one of another vendor, or from the future of a backup, would hide events."""
        name, _, number = cursor.partition(".")
        last = self.database.rows("SELECT COALESCE(MAX(number), 0) AS last FROM events")[0]["last"]
        if name != self.database.name or not re.fullmatch("[0-9]{1,15}", number) or int(number) > last:
            raise Problem(400, "unknown_cursor", "after is no cursor of ours")
        return int(number)

    def work(self) -> int:
        """Move on every order that is due and return how many moved."""
        with self.database.transaction() as tx:
            due = tx.execute(
                "SELECT * FROM orders WHERE due_at <= ? ORDER BY due_at LIMIT ?", (time.time(), _BATCH)
            ).fetchall()
            for order in due:
                self._step(tx, order)
        return len(due)

    def advance(self, reference: str, state: str = "", **facts: str) -> dict[str, Any]:
        """Move one order: one step, along the path to `state`, or straight to a `state` that is not ahead."""
        with self.database.transaction() as tx:
            order = _row(tx, "reference", reference)
            if not state:
                return self._step(tx, order)
            if order["state"] in NEVER_MADE:
                raise Problem(409, "too_late", f"the order is {order['state']} and stays it")
            while _is_ahead(order["state"], state) and _next(order["state"]) != state:
                self._step(tx, order)
                order = _row(tx, "reference", reference)
            if order["state"] in NEVER_MADE:  # a request to cancel was granted on the way
                return render(order)
            return self._change(tx, order, state=state, **facts)

    def decide(self, reference: str, *, granted: bool) -> dict[str, Any]:
        """Answer a request to cancel."""
        with self.database.transaction() as tx:
            order = _row(tx, "reference", reference)
            if order["cancellation"] != "requested":
                raise Problem(409, "invalid_request", "no wish to cancel is open")
            return self._decide(tx, order, granted=granted)

    def _accept(self, tx: sqlite3.Connection, body: dict[str, Any], content: str, key: str) -> dict[str, Any]:
        reference, now = body["reference"], instant()
        order_id = f"ord_{secrets.token_hex(10)}"
        tx.execute(
            "INSERT INTO orders (id, reference, body, content_digest, state, revision, created_at, changed_at, due_at)"
            " VALUES (?, ?, ?, ?, 'received', 1, ?, ?, ?)",
            (order_id, reference, json.dumps(body), content, now, now, _due(tx, "received")),
        )
        tx.execute("INSERT INTO keys VALUES (?, ?, ?)", (key, content, order_id))
        return render(_row(tx, "id", order_id))

    def _step(self, tx: sqlite3.Connection, order: sqlite3.Row) -> dict[str, Any]:
        """Move on by one state; an open request to cancel is decided first, and production wins from its start."""
        if order["cancellation"] == "requested":
            decided = self._decide(tx, order, granted=order["state"] in CANCELLABLE)
            if decided["state"] == "cancelled":
                return decided
            order = _row(tx, "id", order["id"])
        following = _next(order["state"])
        return self._change(tx, order, state=following) if following else render(order)

    def _decide(self, tx: sqlite3.Connection, order: sqlite3.Row, *, granted: bool) -> dict[str, Any]:
        if granted:
            return self._change(tx, order, state="cancelled", cancellation="granted")
        return self._change(tx, order, cancellation="refused", event="card.cancellation_refused")

    def _change(
        self, tx: sqlite3.Connection, order: sqlite3.Row, event: str = "card.state_changed", **changes: Any
    ) -> dict[str, Any]:
        """Make one revision, with its card and its event."""
        changes = {"changed_at": instant()} | changes | {"revision": order["revision"] + 1}
        if "state" in changes:
            changes["due_at"] = _due(tx, changes["state"])
            _print(tx, order, changes["state"])
        names = ", ".join(f"{name} = :{name}" for name in changes)
        tx.execute(f"UPDATE orders SET {names} WHERE id = :id", changes | {"id": order["id"]})  # noqa: S608  the names are keywords of this module, and facts that `Control` knows
        changed = render(_row(tx, "id", order["id"]))
        if event:
            _tell(tx, event, changed)
        return changed


def digest(body: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON (RFC 8785: sorted, without blanks)."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def instant() -> str:
    """Now, in RFC 3339."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def render(order: sqlite3.Row) -> dict[str, Any]:
    """An order as the contract shows it."""
    names = (
        "id",
        "reference",
        "content_digest",
        "state",
        "revision",
        "created_at",
        "changed_at",
        "cancellation",
    )
    found = {name: order[name] for name in names}
    if order["reason_code"]:
        detail = {"detail": order["reason_detail"]} if order["reason_detail"] else {}
        found["reason"] = {"code": order["reason_code"]} | detail
    if order["tracking_number"]:
        found["tracking"] = {"carrier": order["carrier"] or "Post", "number": order["tracking_number"]}
    return found


def _require_new(tx: sqlite3.Connection, reference: object) -> None:
    if not isinstance(reference, str) or not is_reference(reference):
        return  # what is wrong with it is named with everything else
    if tx.execute("SELECT 1 FROM orders WHERE reference = ?", (reference,)).fetchone():
        raise Problem(409, "reference_in_use", f"there is an order with the reference {reference}")


def _replay(tx: sqlite3.Connection, known: sqlite3.Row, content: str) -> dict[str, Any]:
    if known["content_digest"] != content:
        raise Problem(409, "idempotency_key_reused", "the key belongs to an order with other content")
    return render(_row(tx, "id", known["order_id"]))


_BY: Final = {
    "id": "SELECT * FROM orders WHERE id = ?",
    "reference": "SELECT * FROM orders WHERE reference = ?",
}


def _row(tx: sqlite3.Connection, name: str, value: str) -> sqlite3.Row:
    found: sqlite3.Row | None = tx.execute(_BY[name], (value,)).fetchone()
    if found is None:
        raise Problem(404, "not_found", "no such order")
    return found


def _is_open(order: sqlite3.Row) -> bool:
    """Whether something can still be prevented."""
    return order["state"] in CANCELLABLE or order["state"] == "in_production"


def _next(state: str) -> str:
    place = PATH.index(state) + 1 if state in PATH else len(PATH)
    return PATH[place] if place < len(PATH) else ""


def _is_ahead(state: str, target: str) -> bool:
    return state in PATH and target in PATH and PATH.index(target) > PATH.index(state)


def _due(tx: sqlite3.Connection, state: str) -> float | None:
    """When the order moves on by itself, if at all."""
    row = tx.execute("SELECT value FROM settings WHERE name = 'step_seconds'").fetchone()
    step = float(row["value"]) if row else 0.0
    return time.time() + step if step and _next(state) else None


def _print(tx: sqlite3.Connection, order: sqlite3.Row, state: str) -> None:
    """Print a card if the change passes the moment of production."""
    if state in MADE and order["state"] not in MADE:
        tx.execute(
            "INSERT INTO prints (order_id, reference, printed_at) VALUES (?, ?, ?)",
            (order["id"], order["reference"], instant()),
        )


def _tell(tx: sqlite3.Connection, kind: str, order: dict[str, Any]) -> None:
    """Record the event, and the calls to make for it."""
    event = {
        "id": f"evt_{secrets.token_hex(12)}",
        "type": kind,
        "timestamp": order["changed_at"],
        "data": order,
    }
    number = tx.execute(
        "INSERT INTO events (id, body) VALUES (?, ?)", (event["id"], json.dumps(event))
    ).lastrowid
    stored = {row["name"]: json.loads(row["value"]) for row in tx.execute("SELECT * FROM settings")}
    if stored.get("webhook_url"):
        calls = 2 if stored.get("double_webhooks") else 1
        tx.executemany(
            "INSERT INTO deliveries (event, next_at) VALUES (?, ?)", [(number, time.time())] * calls
        )
