"""How seven.io calls with a report: signed as the vendor's own client checks it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from loyaltycore.ports import ReportCall

URL = "https://shop.example/webhooks/sms"
SECRET = "signing-secret"


def hook(
    now: datetime,
    *,
    secret: str = SECRET,
    url: str = URL,
    method: str = "POST",
    event: str = "dlr",
    **data: Any,
) -> ReportCall:
    """A call that the gateway makes now."""
    told = {"data": data, "webhook_event": event, "webhook_timestamp": f"{now:%Y-%m-%d %H:%M:%S}"}
    return signed(json.dumps(told).encode(), now, secret=secret, url=url, method=method)


def signed(
    body: bytes, now: datetime, *, secret: str = SECRET, url: str = URL, method: str = "POST"
) -> ReportCall:
    """Any body, signed."""
    seconds, nonce = str(int(now.timestamp())), "n0nce"
    text = "\n".join([seconds, nonce, method, url, hashlib.md5(body).hexdigest()])  # noqa: S324  the vendor's choice
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers = {
        "X-Timestamp": seconds,
        "X-Nonce": nonce,
        "X-Signature": mac,
        "Content-Type": "application/json",
    }
    return ReportCall(method=method, headers=headers, body=body)
