"""Where the contract could be read two ways, the adapter reads it as its page says."""

from __future__ import annotations

import gzip
import json
import socket
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import pytest
from hypothesis import given, strategies as st

from loyaltycore.errors import DeliveryFailed, WebhookRejected
from loyaltycore.ports.card_printing import UNKNOWN_CURSOR
from loyaltycore.ports.messaging import DeliveryStatus
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardprint.options import secret_key
from loyaltycore_cardprint.webhooks import verify
from loyaltycore_cardprint.wire import ContractViolation, read_event, read_order
from loyaltycore_cardvendor import RunningVendor, new_secret, running_vendor, sign
from loyaltycore_http.packing import TooLong, unpacked

from .conftest import Printer
from .proxy import Behaviour, Proxy, http, instead, proxy
from .values import a_key, an_order

NOW: Final = datetime(2026, 1, 15, 9, tzinfo=UTC)
SECRET: Final = new_secret()
ORDER: Final[dict[str, Any]] = {
    "id": "ord_1",
    "reference": "ref-1",
    "content_digest": "0" * 64,
    "state": "received",
    "revision": 1,
    "created_at": "2026-01-15T09:00:00Z",
    "changed_at": "2026-01-15T09:00:00Z",
    "cancellation": "none",
}


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def _spoilt(body: bytes) -> bytes:
    packed = zlib.compress(body)
    return packed[:-1] + bytes([packed[-1] ^ 1])


def packing(coding: str, pack: Callable[[bytes], bytes]) -> Behaviour:
    """Let the vendor act, and pack its answer."""

    def behave(running: Proxy, client: socket.socket) -> None:
        request = running.read_request(client)
        assert b"Accept-Encoding: gzip, deflate" in request
        head, _, body = running.ask(request).partition(b"\r\n\r\n")
        status = head.split(b"\r\n")[0].decode().removeprefix("HTTP/1.1 ")
        client.sendall(http(status, pack(body), f"Content-Encoding: {coding}"))

    return behave


def _receipt(
    vendor: RunningVendor, make_printer: Printer, behaviour: Behaviour, **options: Any
) -> tuple[Any, str]:
    order = an_order()
    with proxy(vendor.url, behaviour) as between:
        receipt = make_printer(base_url=between.url, **options).submit(order, a_key(order)).receipt
    return receipt.status, receipt.code


READABLE: Final = {
    "gzip": ("gzip", gzip.compress),
    "gzip in capitals": ("GZIP", gzip.compress),
    "gzip by its old name": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "nothing": ("identity", bytes),
}


@pytest.mark.parametrize("name", READABLE)
def test_a_packed_answer_is_read(name: str, vendor: RunningVendor, make_printer: Printer) -> None:
    """What the client named as readable is read as if it had come unpacked."""
    assert _receipt(vendor, make_printer, packing(*READABLE[name])) == (DeliveryStatus.ACCEPTED, "")


UNREADABLE: Final = {
    "a coding that nobody named": ("br", bytes),
    "two codings": ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body))),
    "a part": ("gzip", lambda body: gzip.compress(body)[:-1]),
    "something behind it": ("gzip", lambda body: gzip.compress(body) + b"x"),
    "several members": ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    "what is not packed": ("gzip", bytes),
    "a wrong sum": ("deflate", _spoilt),
    "deflate without its frame": ("deflate", _raw_deflate),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_answer_that_cannot_be_unpacked_proves_nothing(
    name: str, vendor: RunningVendor, make_printer: Printer
) -> None:
    """The vendor may have acted: neither accepted nor rejected, whatever could be read of it."""
    expected = (DeliveryStatus.UNKNOWN, "contract_violation")
    assert _receipt(vendor, make_printer, packing(*UNREADABLE[name])) == expected


def test_a_status_speaks_for_itself_however_its_body_is_packed(
    vendor: RunningVendor, make_printer: Printer
) -> None:
    """A gateway that slows the client down says so by status alone."""
    answer = instead(http("429 Slow", b"\x0b\x02\x80", "Content-Encoding: br"), acting=False)
    assert _receipt(vendor, make_printer, answer) == (DeliveryStatus.NOT_SENT, "throttled")


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_stays_bounded(
    pack: Callable[[bytes], bytes], vendor: RunningVendor, make_printer: Printer
) -> None:
    """A small answer that unpacks to a hundred megabytes is given up after the greatest length, and proves nothing."""
    bomb = pack(bytes(100_000_000))
    coding = "gzip" if pack is gzip.compress else "deflate"
    answer = instead(http("201 Created", bomb, f"Content-Encoding: {coding}"))
    tracemalloc.start()
    try:
        found = _receipt(vendor, make_printer, answer)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == (DeliveryStatus.UNKNOWN, "contract_violation")
    assert peak < 10_000_000


@given(
    body=st.binary(max_size=300), most=st.integers(1, 300), coding=st.sampled_from(["gzip", "deflate", ""])
)
def test_the_greatest_length_is_that_of_the_content(body: bytes, most: int, coding: str) -> None:
    """Content of exactly the greatest length is read, and one byte more is too long, however small it was packed."""
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "": bytes}[coding](body)
    if coding and len(body) > most:
        with pytest.raises(TooLong):
            unpacked(packed, coding, most)
    else:
        assert unpacked(packed, coding, most) == body


def chunked(running: Proxy, client: socket.socket) -> None:
    """Hand on the vendor's answer in pieces of one byte, without a length."""
    head, _, body = running.ask(running.read_request(client)).partition(b"\r\n\r\n")
    pieces = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    client.sendall(head.split(b"\r\n")[0] + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces)


def until_the_end(running: Proxy, client: socket.socket) -> None:
    """Hand on the vendor's answer without saying how long it is."""
    head, _, body = running.ask(running.read_request(client)).partition(b"\r\n\r\n")
    client.sendall(head.split(b"\r\n")[0] + b"\r\nConnection: close\r\n\r\n" + body)


def mislabelled(running: Proxy, client: socket.socket) -> None:
    """Hand on the vendor's answer as a page in another character set, with headers in odd case."""
    _, _, body = running.ask(running.read_request(client)).partition(b"\r\n\r\n")
    client.sendall(http("201 Created", body, "CONTENT-TYPE: text/html; charset=UTF-16"))


@pytest.mark.parametrize("behaviour", [chunked, until_the_end, mislabelled])
def test_an_answer_is_judged_by_status_and_body(
    behaviour: Behaviour, vendor: RunningVendor, make_printer: Printer
) -> None:
    """How its end is marked and what it calls itself mean nothing."""
    assert _receipt(vendor, make_printer, behaviour) == (DeliveryStatus.ACCEPTED, "")


offsets: Final = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
instants: Final = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=offsets)  # noqa: DTZ001  zones are drawn


@given(instant=instants, extra=st.text("0123456789", max_size=12), lower=st.booleans(), whole=st.booleans())
def test_an_instant_is_read_in_any_form_of_rfc_3339(
    instant: datetime, extra: str, *, lower: bool, whole: bool
) -> None:
    """Any offset, any number of digits after the full stop (those after the sixth are cut), letters in any case."""
    if whole:
        instant, text = instant.replace(microsecond=0), instant.replace(microsecond=0).isoformat()
    else:
        text = instant.isoformat(timespec="microseconds")
        text = f"{text[:26]}{extra}{text[26:]}"
    status = read_order(ORDER | {"changed_at": text.lower() if lower else text}).status
    assert status.occurred_at == instant
    assert status.occurred_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31t23:59:60.75z", datetime(2017, 1, 1, 0, 0, 0, 750000, tzinfo=UTC)),
        ("2017-01-01T00:59:60+01:00", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2026-01-15T09:30:60Z", datetime(2026, 1, 15, 9, 31, tzinfo=UTC)),
        ("2026-01-15T09:00:00-00:00", NOW),
        ("2026-01-15T08:59:59.1234567899Z", datetime(2026, 1, 15, 8, 59, 59, 123456, tzinfo=UTC)),
        ("2026-01-15T09:00:00.0+00:00", NOW),
    ],
)
def test_a_leap_second_is_the_second_after_it(text: str, expected: datetime) -> None:
    """Clocks without leap seconds have no other place for it; it holds up no news."""
    assert read_order(ORDER | {"changed_at": text}).status.occurred_at == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-15T09:00:61Z",
        "2026-01-15T24:00:00Z",
        "2026-01-15T09:60:00Z",
        "2026-01-15 09:00:00Z",
        "2026-01-15T09:00:00",
        "2026-01-15T09:00Z",
        "2026-01-15",
        "2026-01-15T09:00:00,5Z",
        "2026-01-15T09:00:00.Z",
        "2026-01-15T09:00:00+0100",
        "2026-01-15T09:00:00+01",
        "2026-01-15T09:00:00+24:00",
        "2026-W03-4T09:00:00Z",
        "20260115T090000Z",
        "٢٠٢٦-01-15T09:00:00Z",
        " 2026-01-15T09:00:00Z",
        "2026-02-29T09:00:00Z",
        "9999-12-31T23:59:60Z",
        "0001-01-01T00:00:00+00:01",
        "Thu, 15 Jan 2026 09:00:00 GMT",
        "1768467600",
        1768467600,
        None,
    ],
)
def test_any_other_time_breaks_the_contract(text: object) -> None:
    """What two implementers could read as two instants is read as none."""
    with pytest.raises(ContractViolation):
        read_order(ORDER | {"changed_at": text})


@given(
    seconds=st.integers(-(10**6), 10**6) | st.sampled_from([-300, 300]),
    microseconds=st.integers(0, 999_999) | st.just(0),
    tolerance=st.sampled_from([300.0, 0.5, 1.0]) | st.floats(0.001, 10**5),
)
def test_the_tolerance_is_exact_in_both_directions(seconds: int, microseconds: int, tolerance: float) -> None:
    """A call is believed at exactly the greatest distance, and not a microsecond beyond it."""
    sent = int(NOW.timestamp())
    now = NOW + timedelta(seconds=seconds, microseconds=microseconds)
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(sent),
        "webhook-signature": sign(SECRET, "evt_1", sent, b"{}"),
    }
    if abs(seconds * 10**6 + microseconds) <= tolerance * 10**6:
        assert verify(headers, b"{}", now, [secret_key(SECRET)], tolerance) == "evt_1"
        return
    with pytest.raises(WebhookRejected) as rejected:
        verify(headers, b"{}", now, [secret_key(SECRET)], tolerance)
    assert rejected.value.code == "stale"


@given(
    added=st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=3)
)
def test_what_a_later_version_adds_is_ignored(added: dict[str, Any]) -> None:
    """Members that nobody knows change nothing about what is read, in the order, the reason and the event."""
    reason = {"code": "other", "detail": "x"}
    known = ORDER | {"reason": reason}
    order = added | known | {"reason": added | reason}
    event = {"id": "evt_1", "type": "card.state_changed", "timestamp": "whenever", "data": order}
    assert read_order(order) == read_order(known)
    assert read_event(added | event, "v") == read_event(event | {"data": known}, "v")


@pytest.mark.parametrize(
    "member", ["reason", "tracking", "state", "cancellation", "changed_at", "revision", "id"]
)
def test_null_stands_nowhere(member: str) -> None:
    """What is absent is left out: null is neither absent nor a value."""
    with pytest.raises(ContractViolation):
        read_order(ORDER | {member: None})


@pytest.mark.parametrize("number", [1.0, 0, -1, 2**53 + 1, "1", True])
def test_a_revision_is_an_integer(number: object) -> None:
    """Written without a fraction, at least 1, and no greater than every reader of JSON can hold."""
    with pytest.raises(ContractViolation):
        read_order(ORDER | {"revision": number})
    assert read_order(ORDER | {"revision": 2**53}).status.revision == 2**53


@pytest.mark.parametrize("cursor", ["x" * 65, "a b", "?", "nonsense", "0123456789ab.1"])
def test_a_foreign_cursor_is_named(printer: HttpCardPrinter, cursor: str) -> None:
    """Whether it cannot be one or belongs elsewhere: the code says that reading begins again, and it is permanent."""
    with pytest.raises(DeliveryFailed) as raised:
        printer.events_after(cursor)
    assert (raised.value.code, raised.value.permanent) == (UNKNOWN_CURSOR, True)


def test_a_long_list_of_events_comes_packed(make_printer: Printer) -> None:
    """The reference vendor packs what is worth it, and the adapter reads the same events as by hand."""
    with running_vendor() as vendor:
        reader = make_printer(base_url=vendor.url, token=vendor.token)
        for _ in range(20):
            order = an_order()
            reader.submit(order, a_key(order))
        vendor.control("advance", state="delivered")
        seen: list[bytes] = []

        def look(running: Proxy, client: socket.socket) -> None:
            seen.append(running.ask(running.read_request(client)))
            client.sendall(seen[-1])

        with proxy(vendor.url, look) as between:
            page = make_printer(base_url=between.url, token=vendor.token).events_after("", 200)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert len(page.events) == len(json.loads(gzip.decompress(body))["events"]) == 100
