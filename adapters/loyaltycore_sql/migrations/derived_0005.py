"""What revision 0005 derives from a card order of an earlier version: a copy of the rules of that time, which never changes.

Earlier versions kept what followed from the vendor's reports, and not the reports. They are put together again as far as
they decided something.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CARRIED: Final = {"dispatched": "dispatched_at", "delivered": "delivered_at"}


def dealings(order: Mapping[str, Any]) -> str:
    """The JSON of an order's dealings, from its columns as they are stored."""
    wish = "none" if order["cancelled_at"] is None else order["cancellation"]
    reports = sorted(_reports(order), key=lambda report: (report["revision"], report["at"]))
    data = {"reports": reports, "wish": wish}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _reports(order: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    said, count = order["production"], order["vendor_revision"]
    why = {"reason_code": order["reason_code"], "reason": order["reason"]}
    if count:
        at = order[_CARRIED.get(said, "ordered_at")] or order["ordered_at"]
        vendors = {"vendor_id": order["vendor_id"], "tracking": order["tracking"]}
        yield _report(count, said, order["vendor_word"], at, **vendors, **why)
        told = {None, at} if said in _CARRIED else {None}
        for state, column in _CARRIED.items():
            if order[column] not in told:
                yield _report(max(1, count - 1), state, state, order[column])
    elif any(why.values()) or order["state"] == "rejected":
        yield _report(0, "rejected", "", order["ordered_at"], **why)


def _report(revision: int, state: str | None, word: str, at: int, **words: str) -> dict[str, Any]:
    blank = {"vendor_id": "", "reason_code": "", "reason": "", "tracking": "", "cancellation_refused": False}
    instant = (_EPOCH + timedelta(microseconds=at)).isoformat()
    return {**blank, "revision": revision, "state": state, "word": word, "at": instant, **words}
