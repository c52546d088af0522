"""Where the contract could be read two ways, the reference vendor reads it as its page says."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from loyaltycore_cardprint.wire import order_body
from loyaltycore_cardvendor import RunningVendor, running_vendor

from .by_hand import JSON, call, place
from .values import a_key, an_order

INVALID: dict[str, Any] = {"reference": "no such, order", "nonsense": [None]}


def _post(vendor: RunningVendor, body: dict[str, Any], key: str) -> tuple[int, str]:
    status, answer, _ = call(
        vendor, "POST", "/orders", json.dumps(body).encode(), **JSON, Idempotency_Key=key
    )
    return status, answer.get("code", answer.get("id", ""))


def _cancel(vendor: RunningVendor, order: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    body = json.dumps({"reference": order["reference"]}).encode()
    return call(vendor, "PUT", f"/orders/{order['id']}/cancellation", body, **JSON)[:2]


def _events(vendor: RunningVendor, query: str = "limit=200") -> dict[str, Any]:
    status, page, _ = call(vendor, "GET", f"/events?{query}")
    assert status == 200
    return page


@pytest.mark.parametrize(
    "change", [INVALID, {"reference": 5}, {"product": ""}, {"encodings": []}, {"extra": 1}]
)
def test_a_known_key_is_answered_before_the_content_is_checked(
    vendor: RunningVendor, change: dict[str, Any]
) -> None:
    """Other content under a known key is a reused key, however invalid; the order under it stays, and answers again."""
    body = order_body(an_order())
    first = _post(vendor, body, "key.of.the.first.one." + body["reference"])
    again = "key.of.the.first.one." + body["reference"]
    assert first[0] == 201
    assert _post(vendor, body | change, again) == (409, "idempotency_key_reused")
    assert _post(vendor, body, again) == (200, first[1])


def test_a_known_reference_is_answered_before_the_content_is_checked(vendor: RunningVendor) -> None:
    """Under another key a known reference is in use, however invalid the rest: a 422 proves that there is no such order."""
    body = order_body(an_order())
    assert _post(vendor, body, "k" * 16 + body["reference"])[0] == 201
    for change in ({}, {"product": ""}, {"nonsense": 1}):
        assert _post(vendor, body | change, "other.key." + body["reference"] * 3) == (409, "reference_in_use")
    assert _post(vendor, INVALID, "third.key." + body["reference"] * 3) == (422, "invalid_request")


def test_what_is_known_outlives_a_stricter_agreement(tmp_path: Path) -> None:
    """An order that could not be placed today is still replayed, also after a restart."""
    order = an_order(product="gold")
    with running_vendor(database=tmp_path / "vendor.db") as vendor:
        assert _post(vendor, order_body(order), a_key(order))[0] == 201
        vendor.restart("--product=silver")
        assert _post(vendor, order_body(order), a_key(order))[0] == 200
        assert _post(vendor, order_body(an_order(product="gold")), "k" * 16) == (422, "unknown_product")


ENDS: list[tuple[str, int]] = [
    ("rejected", 409),
    ("failed", 409),
    ("produced", 409),
    ("dispatched", 409),
    ("delivered", 409),
    ("returned", 409),
]


@pytest.mark.parametrize(("state", "status"), ENDS)
def test_a_cancellation_that_comes_too_late_changes_nothing(
    vendor: RunningVendor, state: str, status: int
) -> None:
    """The problem carries the order as it was: no revision, no event, and nothing is said to have been asked; twice."""
    order = place(vendor)
    vendor.control("advance", reference=order["reference"], state=state, reason_code="other")
    before, told = call(vendor, "GET", f"/orders/{order['id']}")[1], len(_events(vendor)["events"])
    for _ in range(2):
        found, problem = _cancel(vendor, order)
        assert (found, problem["code"], problem["order"]) == (status, "too_late", before)
    assert before["cancellation"] == "none"
    assert call(vendor, "GET", f"/orders/{order['id']}")[1] == before
    assert len(_events(vendor)["events"]) == told


def test_a_request_that_is_refused_at_once_was_never_made(vendor: RunningVendor) -> None:
    """A vendor that cancels nothing says so with 409, and the order knows of no request."""
    vendor.control("settings", cancellations="refuse")
    order = place(vendor)
    status, problem = _cancel(vendor, order)
    vendor.control("settings", cancellations="decide")
    assert (status, problem["order"]["cancellation"], problem["order"]["revision"]) == (409, "none", 1)


@pytest.mark.parametrize(("granted", "status", "word"), [(True, 200, "granted"), (False, 409, "refused")])
def test_only_a_request_that_was_noted_is_granted_or_refused_later(
    vendor: RunningVendor, status: int, word: str, *, granted: bool
) -> None:
    """202 notes it with a revision and no event; the answer is an event; asking again gets what became of the first."""
    order = place(vendor)
    vendor.control("advance", reference=order["reference"], state="in_production")
    end = _events(vendor)["cursor"]
    noted = [_cancel(vendor, order) for _ in range(2)]
    assert [(found, asked["cancellation"], asked["revision"]) for found, asked in noted] == [
        (202, "requested", 4)
    ] * 2
    assert _events(vendor, f"after={end}")["events"] == []
    vendor.control("cancellation", reference=order["reference"], granted=granted)
    (event,) = _events(vendor, f"after={end}")["events"]
    assert (event["data"]["cancellation"], event["data"]["revision"]) == (word, 5)
    assert (event["type"] == "card.cancellation_refused") is not granted
    found, answer = _cancel(vendor, order)
    assert (found, answer.get("order", answer)) == (status, event["data"])


def _moved(cursor: str, step: int) -> str:
    name, _, number = cursor.partition(".")
    return f"{name}.{int(number) + step}"


FOREIGN: dict[str, Callable[[str, str], str]] = {
    "of another vendor": lambda _, other: other,
    "from the future": lambda own, _: _moved(own, 1),
    "of another kind": lambda own, _: own.partition(".")[2],
    "without a number": lambda own, _: own.partition(".")[0],
    "with more behind it": lambda own, _: f"{own}.1",
    "in another case": lambda own, _: own.upper() + "X",
    "empty": lambda *_: "",
    "much too long": lambda own, _: own * 50,
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_cursor_is_good_where_it_was_given(name: str, vendor: RunningVendor) -> None:
    """Any other one is refused by name, never answered with an empty page."""
    place(vendor)
    vendor.control("advance")
    with running_vendor() as other:
        place(other)
        other.control("advance")
        cursor = FOREIGN[name](_events(vendor)["cursor"], _events(other)["cursor"])
    status, problem, _ = call(vendor, "GET", f"/events?after={cursor}")
    assert (status, problem["code"]) == (400, "unknown_cursor")


def test_a_vendor_restored_from_a_backup_knows_no_later_cursor(tmp_path: Path) -> None:
    """What was given after the backup is refused, since other events will stand there; what was given before is good."""
    database = tmp_path / "vendor.db"
    with running_vendor(database=database) as vendor:
        place(vendor)
        vendor.control("advance")
        early = _events(vendor)["cursor"]
        vendor.stop()
        backup = database.read_bytes()
        vendor.start()
        vendor.control("advance")
        late = _events(vendor)["cursor"]
        vendor.stop()
        for leftover in tmp_path.glob("vendor.db-*"):
            leftover.unlink()
        database.write_bytes(backup)
        vendor.start()
        assert _events(vendor, f"after={early}")["events"] == []
        assert call(vendor, "GET", f"/events?after={late}")[1]["code"] == "unknown_cursor"


def test_an_empty_page_repeats_the_cursor(vendor: RunningVendor) -> None:
    """At the end there is nothing more, and the place is the same; a page may be as short as one event."""
    place(vendor)
    vendor.control("advance")
    end = _events(vendor)["cursor"]
    assert _events(vendor, f"after={end}") == {"events": [], "cursor": end, "more": False}
    assert len(_events(vendor, "limit=1")["events"]) == 1


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "1e2", "", "ten", "%D9%A1"])
def test_a_page_has_one_to_two_hundred_events(vendor: RunningVendor, limit: str) -> None:
    """Any other limit is a wrong call, not a silent default."""
    status, problem, _ = call(vendor, "GET", f"/events?limit={limit}")
    assert (status, problem["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/orders/", "/events/", "/Orders", "//orders"])
def test_paths_are_exact(vendor: RunningVendor, path: str) -> None:
    """A slash at the end or another case is another path."""
    status, problem, _ = call(vendor, "GET", f"{path}?reference=a")
    assert (status, problem["code"]) == (404, "no_such_path")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json; charset=utf-8"},
        {"Content-Type": "application/json;charset=ISO-8859-1"},
        {"content-type": "Application/JSON"},
        {"CONTENT-TYPE": "application/json", "Content-Encoding": "identity"},
    ],
)
def test_json_is_utf_8_whatever_is_said_of_it(vendor: RunningVendor, headers: dict[str, str]) -> None:
    """Names of headers and types come in any case, and parameters of the type mean nothing."""
    body = order_body(an_order())
    content = json.dumps(body, ensure_ascii=False).encode("utf-8")
    assert (
        call(vendor, "POST", "/orders", content, **headers, Idempotency_Key="k" * 16 + body["reference"])[0]
        == 201
    )


def test_a_byte_order_mark_is_no_json(vendor: RunningVendor) -> None:
    """Neither side writes one, and neither reads over it."""
    content = json.dumps(order_body(an_order())).encode("utf-8-sig")
    assert (
        call(vendor, "POST", "/orders", content, **JSON, Idempotency_Key="k" * 16)[1]["code"] == "malformed"
    )


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_the_token_comes_in_any_case(vendor: RunningVendor, scheme: str) -> None:
    """The token itself does not."""
    good, bad = f"{scheme} {vendor.token}", f"{scheme} {vendor.token.swapcase()}"
    assert call(vendor, "GET", "/events", Authorization=good)[0] == 200
    assert call(vendor, "GET", "/events", Authorization=bad)[0] == 401


@pytest.mark.parametrize("length", [65536, 65537])
def test_a_request_has_a_greatest_length(vendor: RunningVendor, length: int) -> None:
    """The limit itself is allowed."""
    content = json.dumps(order_body(an_order())).encode().ljust(length)
    status = call(vendor, "POST", "/orders", content, **JSON, Idempotency_Key="k" * 16 + str(length))[0]
    assert status == (201 if length == 65536 else 413)


@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [
        ("gzip, deflate", "gzip", gzip.decompress),
        ("deflate;q=1.0, gzip;q=0", "deflate", zlib.decompress),
        ("GZIP", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("br, gzip;q=0.000", None, bytes),
        ("", None, bytes),
    ],
)
def test_an_answer_is_packed_as_the_client_takes_it(
    vendor: RunningVendor, accepted: str, coding: str | None, unpack: Callable[[bytes], bytes]
) -> None:
    """With gzip or deflate where the client names them, and not otherwise; the content is the same."""
    for _ in range(4):
        place(vendor)
    vendor.control("advance")
    connection = HTTPConnection(urlsplit(vendor.url).netloc, timeout=10)
    headers = {"Authorization": f"Bearer {vendor.token}", "Accept-Encoding": accepted}
    connection.request("GET", "/v1/events", headers=headers)
    with connection.getresponse() as response:
        assert response.headers["Content-Encoding"] == coding
        page = json.loads(unpack(response.read()))
    connection.close()
    assert page == _events(vendor, "")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"comment": None}, "wrong_type"), ({"comment": ""}, "required"), ({"colour": "red"}, "unknown_field")],
)
def test_what_is_absent_is_left_out(vendor: RunningVendor, change: dict[str, Any], code: str) -> None:
    """Null, an empty text and a member that is not in the contract are refused, by name."""
    content = json.dumps(order_body(an_order()) | change).encode()
    status, problem, _ = call(vendor, "POST", "/orders", content, **JSON, Idempotency_Key="k" * 16)
    assert (status, [error["code"] for error in problem["errors"]]) == (422, [code])
