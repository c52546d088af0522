"""The way for tests and demonstrations to control the vendor: ``POST /_control/<action>``, on loopback only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loyaltycore_cardvendor.database import Database
from loyaltycore_cardvendor.mishaps import Mishaps
from loyaltycore_cardvendor.problems import Problem
from loyaltycore_cardvendor.works import NEVER_MADE, Works


class Control:
    """One method per action; its keywords are the members of the body."""

    def __init__(self, works: Works, database: Database, mishaps: Mishaps) -> None:
        self.works = works
        self.database = database
        self.mishaps = mishaps
        self._actions: dict[str, Callable[..., dict[str, Any]]] = {
            "advance": self._advance,
            "cancellation": self._cancellation,
            "mishap": self._mishap,
            "settings": self._settings,
            "prints": self._prints,
            "orders": self._orders,
            "webhooks": self._webhooks,
        }

    def run(self, action: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Carry out one action."""
        if action not in self._actions:
            raise Problem(404, "no_such_path", f"actions: {', '.join(sorted(self._actions))}")
        try:
            return self._actions[action](**arguments)
        except (TypeError, ValueError) as error:
            raise Problem(422, "invalid_request", str(error)) from error

    def _advance(self, reference: str = "", state: str = "", **facts: str) -> dict[str, Any]:
        """Move one order or, without a reference, all of them; facts: reason_code, tracking_number, changed_at, ..."""
        known = {"reason_code", "reason_detail", "carrier", "tracking_number", "changed_at"}
        if unknown := facts.keys() - known:
            raise ValueError(f"no such facts: {', '.join(sorted(unknown))}")
        rows = self.database.rows("SELECT reference, state FROM orders ORDER BY rowid")
        movable = [row["reference"] for row in rows if row["state"] not in NEVER_MADE]
        chosen = [reference] if reference else movable
        return {"orders": [self.works.advance(name, state, **facts) for name in chosen]}

    def _cancellation(self, reference: str, *, granted: bool) -> dict[str, Any]:
        """Answer an open request to cancel."""
        return self.works.decide(reference, granted=granted)

    def _mishap(self, count: int = 1, **facts: Any) -> dict[str, Any]:
        """Make the next calls fail; a count of 0 ends this."""
        if count:
            self.mishaps.plan(count, **facts)
        else:
            self.mishaps.forget()
        return {}

    def _settings(self, **changes: Any) -> dict[str, Any]:
        """Change settings and return all except the secrets. A new address gets all pending calls at once."""
        self.database.change_settings(changes)
        if "webhook_url" in changes:
            with self.database.transaction() as tx:
                tx.execute("UPDATE deliveries SET next_at = 0, attempts = 0 WHERE done = 0")
        return {name: value for name, value in self.database.settings().items() if name != "secrets"}

    def _prints(self) -> dict[str, Any]:
        """Every card that was really made, in order."""
        rows = self.database.rows("SELECT reference, order_id, printed_at FROM prints ORDER BY number")
        return {"prints": [dict(row) for row in rows]}

    def _orders(self, reference: str = "") -> dict[str, Any]:
        """One order with its content or, without a reference, all of them."""
        query = "SELECT reference, id, state, revision, body FROM orders WHERE ? IN ('', reference) ORDER BY rowid"
        return {"orders": [dict(row) for row in self.database.rows(query, reference)]}

    def _webhooks(self) -> dict[str, Any]:
        """How many calls are pending, and how many attempts were made so far."""
        row = self.database.rows(
            "SELECT COALESCE(SUM(done = 0), 0) AS owed, COALESCE(SUM(attempts), 0) AS attempts FROM deliveries"
        )[0]
        return dict(row)
