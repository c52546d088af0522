"""The reports of seven.io: what proves them, and what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.errors import WebhookRejected
from loyaltycore.ports import FateState, ReportCall
from loyaltycore_sms import SevenSms
from loyaltycore_sms.references import short_reference
from tests.adapters.sms.seven_hook import SECRET, URL, hook, signed
from tests.adapters.sms.texts import KEY

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SEVEN = SevenSms(api_key=KEY, webhook_url=URL, signing_secrets=("older-secret", SECRET))


def refusal(call: ReportCall, seven: SevenSms = SEVEN, now: datetime = NOW) -> str:
    """The code with which a call is refused."""
    with pytest.raises(WebhookRejected) as raised:
        seven.parse_report(call, now)
    return raised.value.code


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("DELIVERED", FateState.DELIVERED),
        ("NOTDELIVERED", FateState.UNDELIVERABLE),
        ("BUFFERED", FateState.QUEUED),
        ("TRANSMITTED", FateState.SENT),
        ("ACCEPTED", FateState.SENT),
        ("EXPIRED", FateState.EXPIRED),
        ("REJECTED", FateState.REJECTED),
        ("FAILED", FateState.UNDELIVERABLE),
        ("UNKNOWN", None),
        ("Something new\n", None),
    ],
)
def test_a_report_is_read(word: str, state: FateState | None) -> None:
    """Every word of the description has its meaning; another one is kept and means nothing."""
    call = hook(
        NOW,
        msg_id="77",
        foreign_id=short_reference("a-1", KEY, 64),
        status=word,
        timestamp="2026-07-01 13:59:30",
    )
    (report,) = SEVEN.parse_report(call, NOW)
    assert (report.state, report.vendor_id, report.message_id) == (state, "77", "a-1")
    assert report.raw.startswith(word.strip())
    assert report.at == datetime(2026, 7, 1, 11, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize("at", [None, "", "yesterday", "99999999999999", "2026-13-01", {"a": 1}])
def test_an_odd_time_is_left_out(at: object) -> None:
    """The state counts although its time cannot be read."""
    (report,) = SEVEN.parse_report(hook(NOW, msg_id="77", status="DELIVERED", timestamp=at), NOW)
    assert (report.state, report.at, report.message_id) == (FateState.DELIVERED, None, "")


@given(st.text(st.sampled_from("ab1._@-"), max_size=60), st.text(max_size=40))
def test_only_our_own_ids_are_taken_for_ours(own_id: str, foreign: str) -> None:
    """Others may use the same account: an id counts if we have made its proof, and is left out otherwise."""
    made = short_reference(own_id, KEY, 64)
    other = short_reference(own_id, "another key", 64)
    for told, expected in ((made, own_id if made else ""), (other, ""), (foreign, ""), (own_id, "")):
        (report,) = SEVEN.parse_report(hook(NOW, msg_id="77", foreign_id=told, status="DELIVERED"), NOW)
        assert (report.message_id, report.vendor_id) == (expected, "77")


def test_another_event_is_none() -> None:
    """The gateway may call the same address with other news: it is taken, and says nothing of texts."""
    assert SEVEN.parse_report(hook(NOW, event="sms_mo", sender="49170", text="STOP"), NOW) == ()


@given(st.data())
def test_what_is_changed_proves_nothing(data: st.DataObject) -> None:
    """One changed octet of the body, the time, the word, the method or the signature, and nothing is believed."""
    good = hook(NOW, msg_id="77", status="DELIVERED")
    place = data.draw(st.integers(0, len(good.body) - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda octet: octet != good.body[place]))
    body = bytes([*good.body[:place], octet, *good.body[place + 1 :]])
    digit = data.draw(st.integers(0, 63))
    mac = good.headers["X-Signature"]
    turned = f"{mac[:digit]}{'1' if mac[digit] != '1' else '2'}{mac[digit + 1 :]}"
    changed = [
        evolve(good, body=body),
        evolve(good, method="PUT"),
        evolve(good, headers={**good.headers, "X-Signature": turned}),
        evolve(good, headers={**good.headers, "X-Nonce": "n0nce2"}),
        evolve(good, headers={**good.headers, "X-Timestamp": str(int(NOW.timestamp()) + 1)}),
    ]
    assert SEVEN.parse_report(good, NOW)
    assert {refusal(call) for call in changed} == {"bad_signature"}


def test_a_foreign_secret_or_address_proves_nothing() -> None:
    """Another account, a secret that was replaced, and a call to another address are refused."""
    assert refusal(hook(NOW, secret="other", msg_id="1", status="DELIVERED")) == "bad_signature"
    assert refusal(hook(NOW, url=URL + "/", msg_id="1", status="DELIVERED")) == "bad_signature"
    without = SevenSms(api_key=KEY)
    assert refusal(hook(NOW, secret="", url="", msg_id="1", status="DELIVERED"), without) == "bad_signature"


@given(st.integers(-(10**6), 10**6))
def test_a_call_is_believed_for_a_while(distance: int) -> None:
    """A genuine call counts within five minutes, before and after, and is stale otherwise; its age is judged last."""
    call = hook(NOW, msg_id="77", status="DELIVERED")
    now = NOW + timedelta(seconds=distance)
    if abs(distance) <= 300:
        assert SEVEN.parse_report(call, now)
    else:
        assert refusal(call, now=now) == "stale"
        assert refusal(evolve(call, body=b"{}"), now=now) == "bad_signature"


@pytest.mark.parametrize("name", ["X-Timestamp", "X-Nonce", "X-Signature"])
def test_a_missing_or_repeated_header_is_refused(name: str) -> None:
    """With none or two, nobody knows what was signed."""
    good = hook(NOW, msg_id="77", status="DELIVERED")
    less = {each: value for each, value in good.headers.items() if each != name}
    more = {**good.headers, name.upper(): good.headers[name]}
    assert refusal(evolve(good, headers=less)) == "malformed"
    assert refusal(evolve(good, headers=more)) == "malformed"
    assert SEVEN.parse_report(
        evolve(good, headers={each.lower(): value for each, value in good.headers.items()}), NOW
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"webhook_event": "dlr"}',
        b'{"webhook_event": "dlr", "data": {"msg_id": "1"}}',
        b'{"webhook_event": "dlr", "data": {"status": "DELIVERED"}}',
        b'{"webhook_event": "dlr", "data": {"msg_id": "1", "status": 5}}',
        b'{"webhook_event": "dlr", "data": {"msg_id": "1", "msg_id": "2", "status": "DELIVERED"}}',
        b"[" * 60_000,
    ],
)
def test_what_is_signed_and_no_report_is_refused(body: bytes) -> None:
    """A genuine call that cannot be read is an error of the gateway, and changes nothing."""
    assert refusal(signed(body, NOW)) == "malformed"


def test_a_huge_body_is_not_looked_at() -> None:
    """More than 64 KiB are refused before anything is computed over them."""
    assert refusal(signed(b"x" * 65_537, NOW)) == "too_large"
