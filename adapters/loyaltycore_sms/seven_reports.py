"""The reports of seven.io, which signs its calls.

Signed is, in lines: the second of the call, a word that is used once, the method, the address that was called, and the
MD5 of the body; by HMAC-SHA256, in hexadecimal. That is how the vendor's own client checks them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final
from zoneinfo import ZoneInfo

from loyaltycore.errors import WebhookRejected
from loyaltycore.kernel.fates import FateState, SmsReport
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import require_aware
from loyaltycore.kernel.words import as_text
from loyaltycore.ports.messaging import ReportCall
from loyaltycore_http.strict_json import NotStrict, parse_object

STATES: Final[Mapping[str, FateState]] = {
    "DELIVERED": FateState.DELIVERED,
    "NOTDELIVERED": FateState.UNDELIVERABLE,
    "BUFFERED": FateState.QUEUED,
    "TRANSMITTED": FateState.SENT,
    "ACCEPTED": FateState.SENT,
    "EXPIRED": FateState.EXPIRED,
    "REJECTED": FateState.REJECTED,
    "FAILED": FateState.UNDELIVERABLE,
}

MOST_BYTES: Final = 65_536

_MOST_HEADERS: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_NONCE: Final = re.compile(r"[!-~]{1,200}")
_SIGNATURE: Final = re.compile(r"[0-9A-Fa-f]{64}")
_LOCAL: Final = ZoneInfo("Europe/Berlin")
"""How a time without an offset is read: as the clocks at its seat show it. No state depends on it."""


def read(
    call: ReportCall, now: datetime, url: str, secrets: Iterable[str], tolerance: float
) -> tuple[SmsReport, ...]:
    """Prove and read a report; calls about anything else are none.

    Raises:
        WebhookRejected: Nothing is proved.
    """
    _prove(call, require_aware(now), url, secrets, tolerance)
    try:
        document = parse_object(call.body)
    except NotStrict as error:
        raise WebhookRejected("malformed", f"signed, but no event: {error}") from error
    data = document.get("data")
    if document.get("webhook_event") != "dlr":
        return ()
    if not isinstance(data, dict) or not isinstance(data.get("status"), str):
        raise WebhookRejected("malformed", "signed, but no report")
    return (_report(data),)


def _report(data: dict[str, Any]) -> SmsReport:
    vendor_id, own = str(data.get("msg_id") or ""), str(data.get("foreign_id") or "")
    if not vendor_id and not own:
        raise WebhookRejected("malformed", "signed, but about no text")
    word = data["status"]
    return SmsReport(
        STATES.get(word.upper()),
        as_text(word, 200),
        message_id=as_text(own, 200),
        vendor_id=as_text(vendor_id, 200),
        at=_instant(data.get("timestamp")),
    )


def _instant(value: object) -> datetime | None:
    """When it happened, as the gateway says: it must not depend on when the report comes."""
    text = str(value)
    try:
        if _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(text), UTC)
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=found.tzinfo or _LOCAL).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _prove(call: ReportCall, now: datetime, url: str, secrets: Iterable[str], tolerance: float) -> None:
    """The signature is judged before the age: ``stale`` says that the call is genuine but old, or a clock is wrong."""
    if not isinstance(call.body, bytes):
        raise WebhookRejected("malformed", "the body is no bytes")
    if len(call.body) > MOST_BYTES:
        raise WebhookRejected("too_large", f"the body is longer than {MOST_BYTES} bytes")
    headers = _headers(call.headers)
    seconds = _header(headers, "x-timestamp", _SECONDS)
    nonce = _header(headers, "x-nonce", _NONCE)
    given = _header(headers, "x-signature", _SIGNATURE).lower()
    body = hashlib.md5(call.body, usedforsecurity=False).hexdigest()  # the gateway's choice; a MAC is over it
    signed = "\n".join((str(int(seconds)), nonce, (text_of(call.method) or "").upper(), url, body)).encode()
    matches = False
    for secret in secrets:
        expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        matches |= hmac.compare_digest(expected, given)
    if not matches:
        raise WebhookRejected("bad_signature", "no signature matches")
    # In whole microseconds, because a float of today's seconds is not exact enough for a limit that is included.
    if abs((now - _EPOCH) // _MICROSECOND - int(seconds) * 10**6) > tolerance * 10**6:
        raise WebhookRejected("stale", f"sent at {seconds}, more than {tolerance:g} seconds away from now")


def _headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    try:
        found = [(text_of(name), text_of(value)) for name, value in islice(headers.items(), _MOST_HEADERS)]
    except Exception as error:
        raise WebhookRejected("malformed", "the headers cannot be read") from error
    return [(name.lower(), value or "") for name, value in found if name is not None]


def _header(headers: list[tuple[str, str]], name: str, pattern: re.Pattern[str]) -> str:
    values = [value for key, value in headers if key == name]
    if len(values) != 1 or not pattern.fullmatch(values[0]):
        raise WebhookRejected("malformed", f"{name} is missing, malformed, or there twice")
    return values[0]
