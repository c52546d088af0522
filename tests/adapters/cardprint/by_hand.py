"""Calls of the contract made by hand, without the adapter."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from loyaltycore_cardprint.wire import order_body
from loyaltycore_cardvendor import RunningVendor

from .proxy import read_message
from .values import a_key, an_order

JSON = {"Content-Type": "application/json"}


def call(
    vendor: RunningVendor, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Make a call by hand."""
    connection = HTTPConnection(urlsplit(vendor.url).netloc, timeout=10)
    given = {"Authorization": f"Bearer {vendor.token}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(
            method, f"/v1{path}", body, {name: value for name, value in given.items() if value}
        )
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}"), dict(response.headers.items())
    finally:
        connection.close()


def raw(vendor: RunningVendor, request: bytes) -> bytes:
    """Send bytes and read what comes back."""
    parts = urlsplit(vendor.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(request)
        return read_message(connection)


def place(vendor: RunningVendor) -> dict[str, Any]:
    """Place an order by hand."""
    order = an_order()
    status, answer, _ = call(
        vendor,
        "POST",
        "/orders",
        json.dumps(order_body(order)).encode(),
        **JSON,
        Idempotency_Key=a_key(order),
    )
    assert status == 201
    return answer


def cancel(vendor: RunningVendor, order: dict[str, Any]) -> int:
    """Ask by hand that an order be not carried out, and return the status."""
    body = json.dumps({"reference": order["reference"]}).encode()
    return call(vendor, "PUT", f"/orders/{order['id']}/cancellation", body, **JSON)[0]
