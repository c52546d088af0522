"""What the adapter says after each kind of fault, and whether that is true: real sockets, a real vendor."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3.util.connection

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.card_printing import CancelOutcome, PrintCancellation
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor

from . import proxy as faults
from .conftest import Printer
from .proxy import Behaviour, Proxy, http, instead, proxy
from .values import a_key, an_order

ACCEPTED, REJECTED = DeliveryStatus.ACCEPTED, DeliveryStatus.REJECTED
NOT_SENT, UNKNOWN = DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN
IMPATIENT = {
    "black hole": {"timeouts": (5, 0.4)},
    "silence after the request": {"timeouts": (5, 0.4)},
    "silence": {"timeouts": (5, 0.4)},
    "answer that drips": {"deadline": 0.8},
    "answer that drips without a length": {"deadline": 0.8},
    "answer without an end": {"max_response_bytes": 20_000},
    "a redirect without an end": {"max_response_bytes": 20_000},
}

PAGE = b"<html>Please log in</html>"
ORDER = (
    b'{"id":"ord_1","reference":"%s","content_digest":"' + b"0" * 64 + b'","state":"received","revision":1,'
    b'"created_at":"2026-01-15T09:00:00Z","changed_at":"2026-01-15T09:00:00Z","cancellation":"none"}'
)
OTHER = ORDER % b"another-order"
DOUBLED = b'{"state":"received",' + OTHER[1:]


def problem(status: int, code: str) -> bytes:
    """A problem document of the vendor."""
    body = f'{{"type":"about:blank","title":"T","status":{status},"code":"{code}"}}'.encode()
    return http(f"{status} No", body, "Content-Type: application/problem+json", "Retry-After: 7")


FAULTS = {
    # What happens: behaviour, what the adapter says, with which code, whether the vendor has the order.
    "reset within the request": (faults.reset_within_request, UNKNOWN, "connection_lost", False),
    "reset after the request": (faults.reset_after_request, UNKNOWN, "connection_lost", True),
    "answer cut in the head": (faults.cut_head, UNKNOWN, "contract_violation", True),
    "answer cut in the body": (faults.cut_body, UNKNOWN, "connection_lost", True),
    "black hole": (faults.black_hole, UNKNOWN, "timeout", False),
    "silence after the request": (faults.silence, UNKNOWN, "timeout", True),
    "answer that drips": (faults.drip, UNKNOWN, "timeout", True),
    "answer that drips without a length": (faults.drip_without_length, UNKNOWN, "timeout", True),
    "answer without an end": (faults.huge, UNKNOWN, "contract_violation", True),
    "a redirect without an end": (faults.huge_redirect, UNKNOWN, "contract_violation", True),
    "no HTTP": (instead(b"220 mail.example ESMTP\r\n"), UNKNOWN, "connection_lost", True),
    "a page instead of the order": (instead(http("201 Created", PAGE)), UNKNOWN, "contract_violation", True),
    "an empty answer": (instead(http("201 Created")), UNKNOWN, "contract_violation", True),
    "another order": (instead(http("201 Created", OTHER)), UNKNOWN, "contract_violation", True),
    "a name twice": (instead(http("201 Created", DOUBLED)), UNKNOWN, "contract_violation", True),
    "no number": (instead(http("201 Created", b'{"revision":NaN}')), UNKNOWN, "contract_violation", True),
    "a deep nest": (instead(http("201 Created", b"[" * 15_000)), UNKNOWN, "contract_violation", True),
    "a status not in the contract": (instead(http("202 Accepted")), UNKNOWN, "contract_violation", True),
    "a redirect": (instead(http("303 See Other", b"", "Location: /v2")), UNKNOWN, "redirected", True),
    "a redirect before acting": (
        instead(http("307 Temporary", b"", "Location: https://elsewhere.example/"), acting=False),
        UNKNOWN,
        "redirected",
        False,
    ),
    "500": (instead(http("500 Oops", PAGE)), UNKNOWN, "vendor_error", True),
    "502": (instead(http("502 Bad Gateway", PAGE)), UNKNOWN, "vendor_error", True),
    "504": (instead(http("504 Gateway Timeout", PAGE)), UNKNOWN, "vendor_error", True),
    "503 of a gateway": (instead(http("503 Sorry", PAGE)), UNKNOWN, "vendor_error", True),
    "503 of the vendor": (instead(problem(503, "unavailable"), acting=False), NOT_SENT, "unavailable", False),
    "429": (instead(problem(429, "throttled"), acting=False), NOT_SENT, "throttled", False),
    "429 without a problem": (instead(http("429 Slow"), acting=False), NOT_SENT, "throttled", False),
    "402": (instead(problem(402, "insufficient_funds"), acting=False), NOT_SENT, "insufficient_funds", False),
    "408": (instead(http("408 Request Timeout")), UNKNOWN, "vendor_error", True),
    "409 in progress": (instead(problem(409, "in_progress")), UNKNOWN, "in_progress", True),
    "a 4xx that is not the vendor's": (instead(http("400 No", PAGE)), UNKNOWN, "contract_violation", True),
    "a problem about another status": (
        instead(http("422 No", b'{"status":400,"code":"malformed"}')),
        UNKNOWN,
        "contract_violation",
        True,
    ),
    "a code of a later version": (
        instead(problem(422, "out_of_gold"), acting=False),
        REJECTED,
        "out_of_gold",
        False,
    ),
}


@contextmanager
def _behind(
    vendor: RunningVendor, make_printer: Printer, behaviour: Behaviour, name: str = ""
) -> Iterator[tuple[HttpCardPrinter, Proxy]]:
    with proxy(vendor.url, behaviour) as running:
        yield make_printer(base_url=running.url, **IMPATIENT.get(name, {})), running


@pytest.mark.parametrize("name", FAULTS)
def test_the_outcome_after_a_fault(
    name: str, vendor: RunningVendor, make_printer: Printer, printer: HttpCardPrinter
) -> None:
    """The receipt never claims more than is true, and the same key afterwards makes the card exactly once."""
    behaviour, status, code, acted = FAULTS[name]
    order = an_order()
    with _behind(vendor, make_printer, behaviour, name) as (unlucky, running):
        answer = unlucky.submit(order, a_key(order))
        assert running.acted.wait(10 if acted else 0) is acted
    assert (answer.receipt.status, answer.receipt.code) == (status, code)
    assert answer.receipt.detail
    assert (printer.find(order.reference) is not None) is acted
    again = printer.submit(order, a_key(order))
    assert again.receipt.status is ACCEPTED
    vendor.control("advance", reference=order.reference, state="dispatched")
    assert vendor.prints().count(order.reference) == 1


def test_a_packed_redirect_is_not_unpacked(vendor: RunningVendor, make_printer: Printer) -> None:
    """A small body that unpacks to a hundred megabytes stays small, although `requests` unpacks those of redirects."""
    packed = gzip.compress(bytes(100_000_000))
    answer = instead(http("303 See Other", packed, "Location: /v2", "Content-Encoding: gzip"))
    with _behind(vendor, make_printer, answer) as (unlucky, _):
        tracemalloc.start()
        try:
            receipt = unlucky.submit(an_order(), "p" * 16).receipt
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert (receipt.status, receipt.code) == (UNKNOWN, "redirected")
    assert peak < 10_000_000


def test_a_connection_that_takes_all_the_time(
    vendor: RunningVendor, make_printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the time is over before there is a connection to cut, nothing is sent, and nothing can drip afterwards."""
    connect = urllib3.util.connection.create_connection

    def slowly(*args: Any, **options: Any) -> socket.socket:
        time.sleep(0.4)
        return connect(*args, **options)

    monkeypatch.setattr(urllib3.util.connection, "create_connection", slowly)
    order = an_order()
    with _behind(vendor, make_printer, faults.drip, "answer that drips") as (_, running):
        started = time.monotonic()
        receipt = make_printer(base_url=running.url, deadline=0.2).submit(order, a_key(order)).receipt
        assert time.monotonic() - started < 2
        assert not running.acted.is_set()
    assert (receipt.status, receipt.code) == (NOT_SENT, "connect_timeout")


def test_a_reset_at_once_is_told_as_what_it_was(
    vendor: RunningVendor, make_printer: Printer, printer: HttpCardPrinter
) -> None:
    """It may break the connecting or the sending; either way the vendor has nothing, and nothing else is claimed."""
    order = an_order()
    with _behind(vendor, make_printer, faults.reset_at_once) as (unlucky, _):
        receipt = unlucky.submit(order, a_key(order)).receipt
    assert (receipt.status, receipt.code) in {(UNKNOWN, "connection_lost"), (NOT_SENT, "unreachable")}
    assert printer.find(order.reference) is None


@pytest.mark.parametrize("name", ["429", "503 of the vendor", "409 in progress"])
def test_a_pause_that_the_vendor_asks_for_is_handed_on(
    name: str, vendor: RunningVendor, make_printer: Printer
) -> None:
    """Retry-After arrives in the receipt as seconds."""
    with _behind(vendor, make_printer, FAULTS[name][0]) as (unlucky, _):
        assert unlucky.submit(an_order(), "k" * 16).receipt.retry_after == 7


@pytest.mark.parametrize(
    ("text", "expected"), [("999999", 3600), ("0", 0), ("-1", None), ("Wed, 21 Oct 2026", None), ("٣", None)]
)
def test_a_pause_is_capped_and_nothing_but_seconds(
    text: str, expected: float | None, vendor: RunningVendor, make_printer: Printer
) -> None:
    """A pause is at most an hour, and a header that is no number of seconds is as good as none."""
    answer = http("429 Slow", b"", f"Retry-After: {text}")
    with _behind(vendor, make_printer, instead(answer, acting=False)) as (unlucky, _):
        assert unlucky.submit(an_order(), "k" * 16).receipt.retry_after == expected


def test_nobody_listens(make_printer: Printer) -> None:
    """A refused connection proves that nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    lonely = make_printer(base_url=f"http://127.0.0.1:{port}")
    receipt = lonely.submit(an_order(), "k" * 16).receipt
    assert (receipt.status, receipt.code) == (NOT_SENT, "unreachable")
    with pytest.raises(DeliveryFailed) as raised:
        lonely.find("ref-1")
    assert (raised.value.code, raised.value.permanent) == ("unreachable", False)
    wish = PrintCancellation("ref-1", "ord_1", "")
    assert lonely.cancel(wish).outcome is CancelOutcome.NOT_SENT


def test_nobody_accepts(make_printer: Printer) -> None:
    """A connection that does not come about in time proves that nothing was sent."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        stuck = make_printer(base_url=f"http://127.0.0.1:{server.getsockname()[1]}", timeouts=(0.3, 5))
        receipt = stuck.submit(an_order(), "k" * 16).receipt
        for filler in fillers:
            filler.close()
    assert (receipt.status, receipt.code) == (NOT_SENT, "connect_timeout")


def test_the_name_is_unknown(make_printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host name that cannot be resolved proves that nothing was sent."""

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    receipt = make_printer(base_url="https://cards.invalid/v1").submit(an_order(), "k" * 16).receipt
    assert (receipt.status, receipt.code) == (NOT_SENT, "unknown_host")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (problem(401, "unauthorized"), "unauthorized"),
        (http("403 Forbidden", PAGE), "unauthorized"),
        (problem(404, "no_such_path"), "no_such_path"),
        (http("404 Not Found", PAGE), "wrong_address"),
        (http("405 Not Allowed", PAGE), "wrong_address"),
    ],
)
def test_a_wrong_set_up_rejects_no_order(
    answer: bytes, code: str, vendor: RunningVendor, make_printer: Printer
) -> None:
    """Wrong credentials and a wrong address are raised, transiently: the order is fine and has to wait."""
    with _behind(vendor, make_printer, instead(answer, acting=False)) as (misled, _):
        wish = PrintCancellation("ref-1", "", "")
        calls = (
            lambda: misled.submit(an_order(), "k" * 16),
            lambda: misled.find("ref-1"),
            lambda: misled.cancel(wish),
        )
        for call in calls:
            with pytest.raises(DeliveryFailed) as raised:
                call()
            assert (raised.value.code, raised.value.permanent) == (code, False)


def test_the_token_is_wrong(make_printer: Printer) -> None:
    """The real vendor's refusal of a token is raised, and neither message nor repr holds the token."""
    stranger = make_printer(token="not-the-token")
    with pytest.raises(DeliveryFailed) as raised:
        stranger.submit(an_order(), "k" * 16)
    assert raised.value.code == "unauthorized"
    assert "not-the-token" not in f"{raised.value!r} {stranger!r} {stranger._calls!r}"


def test_a_refusal_that_the_look_up_contradicts_proves_nothing(
    vendor: RunningVendor, make_printer: Printer
) -> None:
    """A reference in use under which nothing is found is no reason to call the order rejected."""

    def contradict(running: Proxy, client: socket.socket) -> None:
        request = running.read_request(client)
        refuse = request.startswith(b"POST")
        client.sendall(problem(409, "reference_in_use") if refuse else running.ask(request))

    with _behind(vendor, make_printer, contradict) as (unlucky, _):
        receipt = unlucky.submit(an_order(), "k" * 16).receipt
    assert (receipt.status, receipt.code) == (UNKNOWN, "reference_in_use")


def disowning(running: Proxy, client: socket.socket) -> None:
    """Let the vendor find an order and yet not know it when it is to be cancelled."""
    request = running.read_request(client)
    answer = running.ask(request) if request.startswith(b"GET") else problem(404, "not_found")
    client.sendall(answer.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))


CANCEL_FAULTS = {
    "reset after the request": (faults.reset_after_request, CancelOutcome.UNKNOWN, "connection_lost"),
    "silence": (faults.silence, CancelOutcome.UNKNOWN, "timeout"),
    "a page": (instead(http("200 OK", PAGE)), CancelOutcome.UNKNOWN, "contract_violation"),
    "a redirect": (instead(http("301 Moved")), CancelOutcome.UNKNOWN, "redirected"),
    "500": (instead(http("500 Oops")), CancelOutcome.UNKNOWN, "vendor_error"),
    "503": (instead(problem(503, "unavailable"), acting=False), CancelOutcome.NOT_SENT, "unavailable"),
    "429": (instead(problem(429, "throttled"), acting=False), CancelOutcome.NOT_SENT, "throttled"),
    "404 of the vendor": (disowning, CancelOutcome.UNKNOWN, "not_found"),
    "400": (instead(problem(400, "malformed"), acting=False), CancelOutcome.REJECTED, "malformed"),
}


@pytest.mark.parametrize("name", CANCEL_FAULTS)
def test_the_outcome_of_a_cancellation_after_a_fault(
    name: str, vendor: RunningVendor, make_printer: Printer, printer: HttpCardPrinter
) -> None:
    """A wish to cancel claims no more than is true either, and asking again brings the truth."""
    behaviour, outcome, code = CANCEL_FAULTS[name]
    order = an_order()
    vendor_id = printer.submit(order, a_key(order)).receipt.vendor_id
    wish = PrintCancellation(order.reference, vendor_id, "changed her mind")
    with _behind(vendor, make_printer, behaviour, name) as (unlucky, _):
        answer = unlucky.cancel(wish)
    assert (answer.outcome, answer.code) == (outcome, code)
    assert answer.retry_after == (7 if name in {"429", "503", "400", "404 of the vendor"} else None)
    assert printer.cancel(wish).outcome is CancelOutcome.CANCELLED


def test_a_look_up_that_fails_means_that_no_cancellation_was_sent(
    vendor: RunningVendor, make_printer: Printer
) -> None:
    """Without the vendor's id the wish is not sent before the look-up has brought it."""
    with _behind(vendor, make_printer, faults.reset_after_request) as (unlucky, _):
        assert unlucky.cancel(PrintCancellation("ref-1", "", "")).outcome is CancelOutcome.NOT_SENT


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (http("200 OK", PAGE), False),
        (http("200 OK", b'{"orders":[1,2]}'), False),
        (http("200 OK", b'{"orders":[' + OTHER + b"]}"), False),
        (http("500 Oops"), False),
        (problem(429, "throttled"), False),
        (problem(400, "invalid_request"), True),
    ],
)
def test_a_look_up_without_a_usable_answer_is_raised(
    answer: bytes, vendor: RunningVendor, make_printer: Printer, *, permanent: bool
) -> None:
    """`find` says None only where the vendor has said so; anything else is an error that tells whether to repeat."""
    with _behind(vendor, make_printer, instead(answer)) as (unlucky, _):
        with pytest.raises(DeliveryFailed) as raised:
            unlucky.find("ref-1")
        assert raised.value.permanent is permanent
        with pytest.raises(DeliveryFailed):
            unlucky.events_after("")


def _event(event_id: str, kind: str, order: bytes) -> bytes:
    return b'{"id":"%s","type":"%s","timestamp":"x","data":%s}' % (event_id.encode(), kind.encode(), order)


KNOWN = _event("evt_2", "card.state_changed", OTHER)
FOREIGN = _event("evt_1", "invoice.issued", b'{"amount":5}')


def test_events_of_a_later_version_are_passed_over(vendor: RunningVendor, make_printer: Printer) -> None:
    """A page hands on the events that are known, and its cursor leads past the others."""
    page = http("200 OK", b'{"events":[%s,%s],"cursor":"c2","more":false}' % (FOREIGN, KNOWN))
    with _behind(vendor, make_printer, instead(page)) as (reader, _):
        found = reader.events_after("c0")
    assert [event.event_id for event in found.events] == ["evt_2"]
    assert (found.cursor, found.more) == ("c2", False)


@pytest.mark.parametrize(
    "page",
    [
        b'{"events":[],"cursor":"c0","more":true}',
        b'{"events":[%s],"cursor":"c0","more":false}' % KNOWN,
        b'{"events":[%s],"cursor":"c1"}' % KNOWN,
        b'{"events":[%s],"cursor":"a b","more":false}' % KNOWN,
        b'{"events":[%s],"cursor":"c1","more":false}' % KNOWN.replace(b'"revision":1', b'"revision":0'),
        b'{"events":{},"cursor":"c1","more":false}',
    ],
)
def test_a_page_that_breaks_the_contract_is_raised(
    page: bytes, vendor: RunningVendor, make_printer: Printer
) -> None:
    """A page without progress would be read for ever, and an event that cannot be read must not be lost."""
    answer = instead(http("200 OK", page))
    with _behind(vendor, make_printer, answer) as (reader, _), pytest.raises(DeliveryFailed) as raised:
        reader.events_after("c0")
    assert (raised.value.code, raised.value.permanent) == ("contract_violation", False)
