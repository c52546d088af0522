"""Webhooks are believed only when they are proved; signed here by the independent `standardwebhooks` package."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from standardwebhooks import Webhook

from loyaltycore.errors import InvalidInput, WebhookRejected
from loyaltycore.kernel.printing import PrintEvent, PrintState
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardprint.options import secret_key
from loyaltycore_cardprint.webhooks import verify
from loyaltycore_cardvendor import new_secret, running_vendor

from .sink import webhook_sink
from .values import a_key, an_order

NOW = datetime(2026, 1, 15, 9, 0, 0, tzinfo=UTC)
NEW, OLD, FOREIGN = new_secret(), new_secret(), new_secret()


def an_event(**changes: Any) -> dict[str, Any]:
    """An event as the vendor sends it."""
    data = {
        "id": "ord_1",
        "reference": "ref-1",
        "content_digest": "0" * 64,
        "state": "dispatched",
        "revision": 5,
        "created_at": "2026-01-14T09:00:00Z",
        "changed_at": "2026-01-15T09:59:58.25+01:00",
        "cancellation": "none",
        "tracking": {"carrier": "DHL", "number": "00340"},
    }
    return {
        "id": "evt_1",
        "type": "card.state_changed",
        "timestamp": "2026-01-15T08:59:58Z",
        "data": data,
    } | changes


def signed(
    body: bytes, *secrets: str, at: datetime = NOW, event_id: str = "evt_1", name: str = "webhook-"
) -> dict[str, str]:
    """Headers of a call, signed with each of the secrets by the independent package."""
    signatures = [Webhook(secret).sign(event_id, at, body.decode()) for secret in secrets]
    return {
        f"{name}id": event_id,
        f"{name}timestamp": str(int(at.timestamp())),
        f"{name}signature": " ".join(signatures),
    }


def as_bytes(event: object) -> bytes:
    """A body."""
    return json.dumps(event).encode()


BODY = as_bytes(an_event())


@pytest.fixture(scope="module")
def reader() -> HttpCardPrinter:
    """A printer in the middle of replacing its secret."""
    return HttpCardPrinter(
        base_url="https://cards.example/v1", token="t", webhook_secrets=(NEW, OLD), source="vendor"
    )


def test_a_signed_event_is_read(reader: HttpCardPrinter) -> None:
    """An event that is signed with the new secret is read completely, its instant in UTC."""
    (event,) = reader.parse_webhook(signed(BODY, NEW), BODY, NOW)
    assert (event.source, event.event_id) == ("vendor", "evt_1")
    status = event.status
    assert (status.reference, status.vendor_id, status.revision) == ("ref-1", "ord_1", 5)
    assert (status.state, status.raw_state, status.tracking) == (
        PrintState.DISPATCHED,
        "dispatched",
        "DHL 00340",
    )
    assert status.occurred_at == datetime(2026, 1, 15, 8, 59, 58, 250000, tzinfo=UTC)
    assert status.occurred_at.tzinfo is UTC


def test_a_repetition_has_the_same_id(reader: HttpCardPrinter) -> None:
    """The same event at a later attempt is believed again and says the same, so that the inbox recognises it."""
    later = NOW + timedelta(hours=6)
    first = reader.parse_webhook(signed(BODY, NEW), BODY, NOW)
    assert reader.parse_webhook(signed(BODY, NEW, at=later), BODY, later) == first


@pytest.mark.parametrize("secrets", [(OLD,), (NEW, OLD), (FOREIGN, OLD), (NEW,)])
def test_secrets_can_be_replaced(reader: HttpCardPrinter, secrets: tuple[str, ...]) -> None:
    """One signature that fits one of our secrets is enough, whichever side is ahead."""
    assert reader.parse_webhook(signed(BODY, *secrets), BODY, NOW)


def test_header_names_come_in_any_case(reader: HttpCardPrinter) -> None:
    """Frameworks write header names as they like."""
    assert reader.parse_webhook(signed(BODY, NEW, name="Webhook-"), BODY, NOW)
    assert reader.parse_webhook(signed(BODY, NEW, name="WEBHOOK-"), BODY, NOW)


@pytest.mark.parametrize(("seconds", "stale"), [(299, False), (301, True), (-299, False), (-301, True)])
def test_the_age_is_judged_by_the_given_instant(
    reader: HttpCardPrinter, seconds: int, *, stale: bool
) -> None:
    """Five minutes in both directions are tolerated, counted from the `now` that is handed in."""
    now = NOW + timedelta(seconds=seconds)
    if not stale:
        assert reader.parse_webhook(signed(BODY, NEW), BODY, now)
        return
    with pytest.raises(WebhookRejected) as raised:
        reader.parse_webhook(signed(BODY, NEW), BODY, now)
    assert raised.value.code == "stale"


def test_an_instant_without_a_zone_is_refused(reader: HttpCardPrinter) -> None:
    """A naive `now` would be judged by the zone of the machine."""
    with pytest.raises(InvalidInput):
        reader.parse_webhook(signed(BODY, NEW), BODY, NOW.replace(tzinfo=None))


def _without(name: str) -> dict[str, str]:
    return {key: value for key, value in signed(BODY, NEW).items() if key != name}


def _with(**changes: str) -> dict[str, str]:
    return signed(BODY, NEW) | {name.replace("_", "-"): value for name, value in changes.items()}


GOOD = signed(BODY, NEW)["webhook-signature"]
FORGED = {
    "with a foreign secret": (signed(BODY, FOREIGN), BODY, "bad_signature"),
    "unsigned": (_with(webhook_signature="v1,"), BODY, "bad_signature"),
    "with another body": (signed(BODY, NEW), BODY.replace(b"ref-1", b"ref-2"), "bad_signature"),
    "with a longer body": (signed(BODY, NEW), BODY + b" ", "bad_signature"),
    "truncated": (signed(BODY, NEW), BODY[:-1], "bad_signature"),
    "empty": (signed(BODY, NEW), b"", "bad_signature"),
    "with another id": (_with(webhook_id="evt_2"), BODY, "bad_signature"),
    "with a fresh time": (_with(webhook_timestamp=str(int(NOW.timestamp()) + 1)), BODY, "bad_signature"),
    "with another version": (_with(webhook_signature=GOOD.replace("v1,", "v1a,")), BODY, "bad_signature"),
    "without a version": (_with(webhook_signature=GOOD[3:]), BODY, "bad_signature"),
    "with garbage": (_with(webhook_signature="v1,%%% ,,, v1 v1,äö"), BODY, "malformed"),
    "with ASCII garbage": (_with(webhook_signature="v1,%%% ,x v1 v1,a v1,===="), BODY, "bad_signature"),
    "with the right one behind too many": (
        _with(webhook_signature="v1,AAAA " * 20 + GOOD),
        BODY,
        "bad_signature",
    ),
    "without an id": (_without("webhook-id"), BODY, "malformed"),
    "without a time": (_without("webhook-timestamp"), BODY, "malformed"),
    "without a signature": (_without("webhook-signature"), BODY, "malformed"),
    "with a doubled header": (_with(Webhook_Id="evt_1"), BODY, "malformed"),
    "with a joined header": (_with(webhook_id="evt_1, evt_1"), BODY, "malformed"),
    "with two signatures, joined": (_with(webhook_signature=f"v1,AAAA, {GOOD}"), BODY, "malformed"),
    "with two signatures, joined without a blank": (
        _with(webhook_signature=f"{GOOD},v1,AAAA"),
        BODY,
        "malformed",
    ),
    "with a signature and nothing, joined": (_with(webhook_signature=f", {GOOD}"), BODY, "malformed"),
    "with a time that is none": (_with(webhook_timestamp="1.5e9"), BODY, "malformed"),
    "with foreign digits": (_with(webhook_timestamp="١٧٦٨٤٦٧٦٠٠"), BODY, "malformed"),
    "with a negative time": (_with(webhook_timestamp="-5"), BODY, "malformed"),
    "with a huge body": (signed(BODY, NEW), b" " * 65537, "too_large"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_call_is_refused(reader: HttpCardPrinter, name: str) -> None:
    """Whatever does not prove that it is the vendor's is refused with the code that says why."""
    headers, body, code = FORGED[name]
    with pytest.raises(WebhookRejected) as raised:
        reader.parse_webhook(headers, body, NOW)
    assert raised.value.code == code


def _changed(**data: Any) -> dict[str, Any]:
    event = an_event()
    event["data"] |= data
    return event


BROKEN = {
    "no JSON": b"not json",
    "a list": b"[]",
    "a name twice": BODY.replace(b'"id": "evt_1"', b'"id": "evt_1", "id": "evt_1"'),
    "no number": BODY.replace(b'"revision": 5', b'"revision": Infinity'),
    "a revision that is none": as_bytes(_changed(revision=0)),
    "a revision as text": as_bytes(_changed(revision="5")),
    "a revision that is true": as_bytes(_changed(revision=True)),
    "a huge revision": as_bytes(_changed(revision=10**40)),
    "no order": as_bytes(an_event(data=None)),
    "a time without a zone": as_bytes(_changed(changed_at="2026-01-15T09:00:00")),
    "a time that is none": as_bytes(_changed(changed_at="2026-02-30T09:00:00Z")),
    "a week": as_bytes(_changed(changed_at="2026-W03-4T09:00:00Z")),
    "a time outside the calendar": as_bytes(_changed(changed_at="0001-01-01T00:00:00+14:00")),
    "a state that is no word": as_bytes(_changed(state="<b>")),
    "a foreign reference": as_bytes(_changed(reference="a/../b")),
    "another id than signed": as_bytes(an_event(id="evt_2")),
    "a tracking that is none": as_bytes(_changed(tracking="DHL")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_signed_call_that_is_no_event_is_refused(reader: HttpCardPrinter, name: str) -> None:
    """A right signature under a broken body is refused too, and nothing of it is believed."""
    body = BROKEN[name]
    with pytest.raises(WebhookRejected) as raised:
        reader.parse_webhook(signed(body, NEW), body, NOW)
    assert raised.value.code == "malformed"


def test_an_event_of_an_unknown_type_yields_nothing(reader: HttpCardPrinter) -> None:
    """A later version may send other events; they are accepted and say nothing to this one."""
    body = as_bytes({"id": "evt_1", "type": "invoice.issued", "data": {"amount": 5}})
    assert reader.parse_webhook(signed(body, NEW), body, NOW) == ()


def test_an_unknown_state_is_kept_as_text(reader: HttpCardPrinter) -> None:
    """A state of a later version leaves ours open."""
    body = as_bytes(_changed(state="laminating"))
    (event,) = reader.parse_webhook(signed(body, NEW), body, NOW)
    assert (event.status.state, event.status.raw_state) == (None, "laminating")


def test_a_refused_cancellation_is_said(reader: HttpCardPrinter) -> None:
    """The vendor's no to a cancellation arrives as such."""
    body = as_bytes(_changed(cancellation="refused") | {"type": "card.cancellation_refused"})
    (event,) = reader.parse_webhook(signed(body, NEW), body, NOW)
    assert event.status.cancellation_refused


def test_without_a_secret_nothing_is_believed() -> None:
    """A printer that was given no secret refuses every call."""
    printer = HttpCardPrinter(base_url="https://cards.example/v1", token="t")
    with pytest.raises(WebhookRejected):
        printer.parse_webhook(signed(BODY, NEW), BODY, NOW)


keys = st.binary(min_size=24, max_size=64).map(lambda key: f"whsec_{base64.b64encode(key).decode()}")
ids = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
times = st.integers(10**7, 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@settings(deadline=None)
@given(st.lists(keys, min_size=1, max_size=3), st.data(), ids, times, st.text(max_size=200))
def test_whatever_the_package_signs_is_proved(
    secrets: list[str], data: st.DataObject, event_id: str, at: datetime, text: str
) -> None:
    """For any key, id, time and body, a signature of the independent package with any valid secret is proof."""
    body = text.encode("utf-8", "replace")
    headers = signed(body, data.draw(st.sampled_from(secrets)), at=at, event_id=event_id)
    assert verify(headers, body, at, [secret_key(secret) for secret in secrets], 300) == event_id


@settings(deadline=None)
@given(keys, ids, st.text(min_size=1, max_size=60), st.data())
def test_one_changed_bit_is_no_proof(secret: str, event_id: str, text: str, data: st.DataObject) -> None:
    """Changing any bit of the body or of the signature takes the proof away."""
    body = text.encode("utf-8", "replace")
    headers = signed(body, secret, event_id=event_id)
    signature = bytearray(base64.b64decode(headers["webhook-signature"][3:]))
    target = data.draw(st.sampled_from([bytearray(body), signature]))
    place = data.draw(st.integers(0, len(target) * 8 - 1))
    target[place // 8] ^= 1 << place % 8
    if target is signature:
        headers["webhook-signature"] = f"v1,{base64.b64encode(signature).decode()}"
    else:
        body = bytes(target)
    with pytest.raises(WebhookRejected) as raised:
        verify(headers, body, NOW, [secret_key(secret)], 300)
    assert raised.value.code == "bad_signature"


def test_the_vendor_signs_as_the_package_and_the_adapter_expect() -> None:
    """Calls of the real vendor are proved by the package and by the adapter, during a rotation too."""
    with webhook_sink() as sink, running_vendor(webhook_url=sink.url) as vendor:
        vendor.control("settings", secrets=[FOREIGN, vendor.secret])
        printer = HttpCardPrinter(base_url=vendor.url, token=vendor.token, webhook_secrets=(vendor.secret,))
        order = an_order()
        printer.submit(order, a_key(order))
        vendor.control("advance", reference=order.reference, state="dispatched")
        calls = sink.wait_for(4)
        found: list[PrintEvent] = []
        for headers, body in calls:
            for secret in (FOREIGN, vendor.secret):
                Webhook(secret).verify(body, headers)
            found += printer.parse_webhook(headers, body, datetime.now(UTC))
        assert [event.status.revision for event in found] == [2, 3, 4, 5]
        assert tuple(found) == printer.events_after("").events
        printer.close()
