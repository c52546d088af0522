"""The reference vendor by itself: its manners over HTTP, its memory, and its way with webhooks."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from loyaltycore.kernel.printing import PrintState
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardprint.wire import order_body
from loyaltycore_cardvendor import RunningVendor, VendorFailed, running_vendor
from tests.bounded import PATIENCE, line_with, running

from .by_hand import JSON, call, cancel, place, raw
from .contract import component, errors
from .sink import webhook_sink
from .values import a_key, an_order

BODY = json.dumps(order_body(an_order())).encode()
KEY = {"Idempotency_Key": "k" * 16}
REFUSED = {
    "no token": ("GET", "/orders?reference=a", None, {"Authorization": ""}, 401, "unauthorized"),
    "a foreign token": (
        "GET",
        "/orders?reference=a",
        None,
        {"Authorization": "Bearer x"},
        401,
        "unauthorized",
    ),
    "an unknown path": ("GET", "/cards", None, {}, 404, "no_such_path"),
    "an unknown order": ("GET", "/orders/ord_1", None, {}, 404, "not_found"),
    "another method": ("DELETE", "/orders", None, {}, 405, "method_not_allowed"),
    "no reference": ("GET", "/orders", None, {}, 400, "invalid_request"),
    "a malformed reference": ("GET", "/orders?reference=a%20b", None, {}, 400, "invalid_request"),
    "a parameter twice": ("GET", "/orders?reference=a&reference=b", None, {}, 400, "invalid_request"),
    "an unknown parameter": ("GET", "/events?since=1", None, {}, 400, "invalid_request"),
    "a limit that is none": ("GET", "/events?limit=0", None, {}, 400, "invalid_request"),
    "a foreign cursor": ("GET", "/events?after=x1", None, {}, 400, "unknown_cursor"),
    "an empty cursor": ("GET", "/events?after=", None, {}, 400, "unknown_cursor"),
    "a packed body": (
        "POST",
        "/orders",
        gzip.compress(BODY),
        JSON | KEY | {"Content-Encoding": "gzip"},
        415,
        "unsupported_media_type",
    ),
    "no key": ("POST", "/orders", BODY, JSON, 400, "invalid_request"),
    "a malformed key": ("POST", "/orders", BODY, JSON | {"Idempotency_Key": "short"}, 400, "invalid_request"),
    "a form": (
        "POST",
        "/orders",
        b"a=b",
        KEY | {"Content-Type": "text/plain"},
        415,
        "unsupported_media_type",
    ),
    "no JSON": ("POST", "/orders", b"{", JSON | KEY, 400, "malformed"),
    "a name twice": ("POST", "/orders", b'{"a":1,"a":1}', JSON | KEY, 400, "malformed"),
    "no number": ("POST", "/orders", b'{"a":NaN}', JSON | KEY, 400, "malformed"),
    "a deep nest": ("POST", "/orders", b"[" * 60_000, JSON | KEY, 400, "malformed"),
    "no UTF-8": ("POST", "/orders", b'{"a":"\xff"}', JSON | KEY, 400, "malformed"),
    "a list": ("POST", "/orders", b"[]", JSON | KEY, 400, "malformed"),
    "too much": ("POST", "/orders", b" " * 70_000, JSON | KEY, 413, "too_large"),
    "an empty order": ("POST", "/orders", b"{}", JSON | KEY, 422, "invalid_request"),
    "a cancellation of nothing": (
        "PUT",
        "/orders/ord_1/cancellation",
        b'{"reference":"a"}',
        JSON,
        404,
        "not_found",
    ),
    "a malformed cancellation": ("PUT", "/orders/o/cancellation", b'{"x":1}', JSON, 422, "invalid_request"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_call_is_refused_with_a_problem(name: str, vendor: RunningVendor) -> None:
    """Every refusal is a problem document of the contract with the status and the code that belong to it."""
    method, path, body, headers, status, code = REFUSED[name]
    found, problem, answered = call(vendor, method, path, body, **headers)
    assert (found, problem["code"], problem["status"]) == (status, code, status)
    assert errors(component("Problem"), problem) == []
    assert answered["Content-Type"] == "application/problem+json"
    assert "Allow" in answered if status == 405 else "Allow" not in answered


HEAD = "POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\n"
MALFORMED = {
    "no length": (HEAD + "\r\n", b"411"),
    "chunks": (HEAD + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
    "a negative length": (HEAD + "Content-Length: -1\r\n\r\n", b"400"),
    "two lengths": (HEAD + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", b"400"),
    "no HTTP": ("nonsense\r\n\r\n", b"400"),
    "an unknown method": ("BREW /v1/orders HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_http_is_refused_with_a_problem(name: str, vendor: RunningVendor) -> None:
    """What a client library would not send is refused as well, with a problem document."""
    request, status = MALFORMED[name]
    answer = raw(vendor, request.replace("TOKEN", vendor.token).encode())
    assert answer.split(b" ")[1] == status
    assert errors(component("Problem"), json.loads(answer.partition(b"\r\n\r\n")[2])) == []


def test_several_calls_share_a_connection(vendor: RunningVendor) -> None:
    """A refusal whose body was read leaves the connection usable."""
    connection = HTTPConnection(urlsplit(vendor.url).netloc, timeout=10)
    headers = {"Authorization": f"Bearer {vendor.token}", "Content-Type": "application/json"}
    sockets = set()
    for _ in range(3):
        connection.request("POST", "/v1/orders", b"{}", headers)
        with connection.getresponse() as response:
            assert response.status == 400
            response.read()
        sockets.add(id(connection.sock))
    connection.close()
    assert len(sockets) == 1


def test_time_alone_moves_the_cards() -> None:
    """With a step, an order goes its whole way by itself, and one card is printed on it."""
    with running_vendor(step_seconds=0.02) as vendor, printer_for(vendor) as printer:
        order = an_order()
        printer.submit(order, a_key(order))
        assert wait_for_state(printer, order.reference, PrintState.DELIVERED)
        states = [event.status.raw_state for event in printer.events_after("").events]
        assert states == ["accepted", "in_production", "produced", "dispatched", "delivered"]
        assert vendor.prints() == [order.reference]


def test_a_stopped_vendor_ends_well_and_a_killed_one_goes_on(tmp_path: Path) -> None:
    """SIGTERM ends with 0; after a kill the orders move on where they stood, with the same settings."""
    with running_vendor(database=tmp_path / "vendor.db", step_seconds=0.3) as vendor:
        with printer_for(vendor) as printer:
            order = an_order()
            printer.submit(order, a_key(order))
            vendor.kill()
            assert printer.submit(order, a_key(order)).receipt.status is not DeliveryStatus.ACCEPTED
            assert printer.submit(order, a_key(order)).receipt.status is DeliveryStatus.NOT_SENT
            vendor.restart()
            vendor.control("settings", step_seconds=0.02)
            assert wait_for_state(printer, order.reference, PrintState.DELIVERED)
        assert vendor.stop() == 0
        vendor.start()
        assert vendor.prints() == [order.reference]


def test_a_vendor_that_cannot_start_says_so(tmp_path: Path) -> None:
    """A database that cannot be opened ends the process, and the helper raises."""
    with pytest.raises(VendorFailed), running_vendor(database=tmp_path / "missing" / "vendor.db"):
        pass


def test_one_command_starts_it(tmp_path: Path) -> None:
    """Without any option it tells its token and its address, takes calls, and leaves nothing behind at its end."""
    command = [sys.executable, "-m", "loyaltycore_cardvendor"]
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with running(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        token, url = (line_with("", process.stdout).split()[-1] for _ in range(2))
        started = RunningVendor(tmp_path / "unused.db", token, secret="")
        started.url = url
        assert started.prints() == []
        assert list(tmp_path.iterdir()) != []
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_a_vendor_ends_with_its_parent(tmp_path: Path) -> None:
    """When the process that started it goes away, the vendor does not stay behind."""
    with running_vendor() as vendor:
        process = vendor._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def test_webhooks_are_repeated_until_they_are_taken(tmp_path: Path) -> None:
    """Refused calls come again with the same id, also after a kill, and then stop."""
    database = tmp_path / "vendor.db"
    with (
        webhook_sink() as sink,
        running_vendor(database=database, webhook_url=sink.url, retry_seconds=0.05) as vendor,
    ):
        sink.answer = lambda number: 503 if number < 3 else 204
        place(vendor)
        vendor.control("advance", state="accepted")
        sink.wait_for(2)
        vendor.kill()
        vendor.restart()
        ids = {headers["webhook-id"] for headers, _ in sink.wait_for(4)}
        assert len(ids) == 1
        wait_until(lambda: vendor.control("webhooks")["owed"] == 0)
        seen = len(sink.calls)
        time.sleep(0.15)
        assert len(sink.calls) == seen


def test_webhooks_stop_when_they_are_unwanted() -> None:
    """410 ends all sending; the events can still be read."""
    with (
        webhook_sink() as sink,
        running_vendor(webhook_url=sink.url) as vendor,
        printer_for(vendor) as printer,
    ):
        sink.answer = lambda _: 410
        place(vendor)
        vendor.control("advance", state="dispatched")
        wait_until(lambda: vendor.control("webhooks")["owed"] == 0)
        assert len(sink.calls) == 1
        assert len(printer.events_after("").events) == 4


def test_webhooks_can_come_twice_and_in_disorder() -> None:
    """Told to, the vendor sends every event twice and in any order: nothing is missing, the ids repeat."""
    with webhook_sink() as sink, running_vendor(webhook_url="http://127.0.0.1:9") as vendor:
        vendor.control("settings", double_webhooks=True, shuffle_webhooks=True, retry_seconds=0.01)
        for _ in range(4):
            place(vendor)
        vendor.control("advance", state="delivered")
        vendor.control("settings", webhook_url=sink.url)
        calls = sink.wait_for(40)
    revisions = [
        (event["reference"], event["revision"]) for event in (json.loads(body)["data"] for _, body in calls)
    ]
    assert len(calls) == 40
    assert len({headers["webhook-id"] for headers, _ in calls}) == 20
    assert revisions != sorted(revisions)


def test_mishaps_happen_as_planned(vendor: RunningVendor) -> None:
    """A planned mishap hits so many calls, before or after acting, and can be called off."""
    with printer_for(vendor, timeouts=(5, 1)) as printer:
        order = an_order()
        vendor.control("mishap", count=2)
        answers = [printer.submit(order, a_key(order)).receipt.status for _ in range(3)]
        assert answers == [DeliveryStatus.NOT_SENT] * 2 + [DeliveryStatus.ACCEPTED]
        for answer in ("cut", "silence"):
            other = an_order()
            vendor.control("mishap", answer=answer, act=True)
            assert printer.submit(other, a_key(other)).receipt.status is DeliveryStatus.UNKNOWN
            wait_until(lambda reference=other.reference: printer.find(reference) is not None)
        vendor.control("mishap", count=5)
        vendor.control("mishap", count=0)
        assert printer.find(order.reference) is not None


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("dance", {}),
        ("advance", {"reference": "never-used"}),
        ("advance", {"speed": "high"}),
        ("mishap", {"answer": "shrug"}),
        ("mishap", {"colour": "red"}),
        ("settings", {"mood": "bad"}),
        ("cancellation", {"reference": "never-used", "granted": True}),
    ],
)
def test_the_helper_says_what_was_refused(
    vendor: RunningVendor, action: str, arguments: dict[str, Any]
) -> None:
    """A wrong action raises instead of doing nothing."""
    with pytest.raises(VendorFailed):
        vendor.control(action, **arguments)


def test_a_cancellation_can_be_told_to_wait_or_to_fail(vendor: RunningVendor) -> None:
    """The policy for cancellations is a setting: decide, ask or refuse."""
    with printer_for(vendor):
        for policy, status in {"ask": 202, "refuse": 409, "decide": 200}.items():
            vendor.control("settings", cancellations=policy)
            assert cancel(vendor, place(vendor)) == status


def test_an_order_cancelled_on_its_way_goes_no_further() -> None:
    """Moved to a state beyond an open request to cancel, the order is cancelled there, and nothing is printed."""
    with running_vendor() as vendor:
        vendor.control("settings", cancellations="ask")
        order = place(vendor)
        cancel(vendor, order)
        (moved,) = vendor.control("advance", reference=order["reference"], state="delivered")["orders"]
        assert (moved["state"], vendor.prints()) == ("cancelled", [])


def test_a_change_can_be_dated(vendor: RunningVendor) -> None:
    """A test may say when something happened, and look at one order alone."""
    place(vendor)
    order, at = place(vendor), "2026-01-15T09:00:00+01:00"
    vendor.control("advance", reference=order["reference"], state="accepted", changed_at=at)
    assert call(vendor, "GET", f"/orders/{order['id']}")[1]["changed_at"] == at
    found = vendor.control("orders", reference=order["reference"])["orders"]
    assert [one["id"] for one in found] == [order["id"]]


def test_production_and_cancellation_race_and_one_of_them_wins() -> None:
    """Whoever is first, a card is printed exactly when its cancellation was not granted."""
    with running_vendor() as vendor, ThreadPoolExecutor(2) as pool:
        orders = [place(vendor) for _ in range(30)]
        barrier = threading.Barrier(2)

        def produce(order: dict[str, Any]) -> None:
            barrier.wait(PATIENCE)
            for _ in range(3):
                vendor.control("advance", reference=order["reference"])

        def withdraw(order: dict[str, Any]) -> int:
            barrier.wait(PATIENCE)
            return cancel(vendor, order)

        for order in orders:
            made = pool.submit(produce, order)
            status = pool.submit(withdraw, order).result()
            made.result()
            printed = vendor.prints().count(order["reference"])
            state = call(vendor, "GET", f"/orders/{order['id']}")[1]["state"]
            assert (printed, state) == ((0, "cancelled") if status == 200 else (1, "produced"))


def printer_for(vendor: RunningVendor, **options: Any) -> Any:
    """A printer that is closed with its block."""
    from contextlib import closing

    return closing(HttpCardPrinter(base_url=vendor.url, token=vendor.token, **options))


def wait_until(condition: Any, seconds: float = 30.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def wait_for_state(printer: HttpCardPrinter, reference: str, state: PrintState) -> bool:
    """Wait until an order is in a state."""

    def arrived() -> bool:
        status = printer.find(reference)
        return status is not None and status.state is state

    wait_until(arrived)
    return True
