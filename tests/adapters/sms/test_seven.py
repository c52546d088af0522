"""Texts through seven.io, against a server that speaks as it does, and against its OpenAPI document where that is at hand."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from jsonschema import Draft4Validator
from openapi_spec_validator import validate

from loyaltycore.errors import DeliveryFailed, InvalidInput
from loyaltycore.ports import DeliveryStatus, SmsText
from loyaltycore.testing.strategies.texting import sms_texts
from loyaltycore.testing.trouble import WAIT
from loyaltycore_sms import SevenSms
from tests.adapters.sms.seven_server import Call, SevenServer, refusal, running_seven
from tests.adapters.sms.texts import KEY, a_text

ACCEPTED, REJECTED = DeliveryStatus.ACCEPTED, DeliveryStatus.REJECTED
NOT_SENT, UNKNOWN = DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN
CALL = Call("POST", "/api/sms", {}, {"to": "+491701234567"})
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server() -> Iterator[SevenServer]:
    with running_seven() as server:
        yield server


@pytest.fixture
def seven(server: SevenServer) -> Iterator[SevenSms]:
    server.calls.clear()
    server.answers.clear()
    with SevenSms(api_key=KEY, base_url=server.url) as seven:
        yield seven


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The gateway's own description; it is not ours to pass on, so it is read where it lies."""
    folder = os.environ.get("LOYALTYCORE_TEST_SPECS")
    if folder is None:
        pytest.skip("LOYALTYCORE_TEST_SPECS does not say where the OpenAPI document of seven.io lies")
    path = Path(folder) / "seven_sms.json"
    return json.loads(path.read_text("utf-8"))


def test_a_text_is_taken(server: SevenServer, seven: SevenSms) -> None:
    """The receipt has the gateway's id, and the number arrives with its plus sign and the text to the letter."""
    receipt = seven.send(a_text("Größe 5 € & mehr+"))
    assert (receipt.status, receipt.vendor_id) == (ACCEPTED, "1")
    assert server.texts_to("+491701234567") == ["Größe 5 € & mehr+"]


def test_options_arrive(server: SevenServer) -> None:
    """Sender, label and our own id go with the text; an id that the gateway cannot hold is left out."""
    server.calls.clear()
    server.answers.clear()
    with SevenSms(api_key=KEY, base_url=server.url, sender="KLEINLADEN", label="shop.1") as seven:
        seven.send(a_text(own_id="a-1"))
        seven.send(a_text(own_id="käse"))
    first, second = (call.form for call in server.calls)
    assert (first["from"], first["label"]) == ("KLEINLADEN", "shop.1")
    assert first["foreign_id"].startswith("a-1.")
    assert "foreign_id" not in second


@pytest.mark.parametrize(
    ("number", "status", "code", "wait"),
    [
        ("11", NOT_SENT, "carrier_unavailable", None),
        ("202", REJECTED, "invalid_recipient", None),
        ("301", REJECTED, "invalid_recipient", None),
        ("305", REJECTED, "empty_text", None),
        ("401", REJECTED, "too_long", None),
        ("402", NOT_SENT, "duplicate_suspected", 180),
        ("403", NOT_SENT, "throttled", 3600),
        ("500", NOT_SENT, "insufficient_credit", 3600),
        ("101", UNKNOWN, "contract_violation", None),
        ("600", UNKNOWN, "contract_violation", None),
        ("700", UNKNOWN, "contract_violation", None),
        ("99999", UNKNOWN, "contract_violation", None),
    ],
)
def test_a_number_has_one_meaning(
    server: SevenServer, seven: SevenSms, number: str, status: DeliveryStatus, code: str, wait: float | None
) -> None:
    """The number in the body decides, of the text or of the whole answer, although the status is 200."""
    whole = {"success": number, "messages": []}
    for said in (refusal(number, CALL), refusal(number, CALL) | {"success": "100"}, whole):
        server.answers.append((200, JSON, json.dumps(said).encode()))
        receipt = seven.send(a_text())
        assert (receipt.status, receipt.code, receipt.retry_after) == (status, code, wait)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, refusal("201", CALL), "sender_refused"),
        (200, refusal("900", CALL), "credentials_refused"),
        (200, refusal("902", CALL), "credentials_refused"),
        (200, refusal("903", CALL), "credentials_refused"),
        (401, {}, "credentials_refused"),
        (403, {}, "credentials_refused"),
        (404, {}, "wrong_address"),
        (405, {}, "wrong_address"),
    ],
)
def test_a_wrong_set_up_is_an_error(
    server: SevenServer, seven: SevenSms, status: int, body: dict[str, Any], code: str
) -> None:
    """What is not the fault of this text rejects none, and repeats neither the key nor the text."""
    server.answers.append((status, JSON, json.dumps(body).encode()))
    with pytest.raises(DeliveryFailed) as raised:
        seven.send(a_text("geheim"))
    assert (raised.value.code, raised.value.permanent) == (code, False)
    assert KEY not in str(raised.value)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (429, {"Retry-After": str(WAIT)}, b"", (NOT_SENT, "throttled", WAIT)),
        (500, {}, b"", (UNKNOWN, "gateway_error", None)),
        (503, {"Retry-After": "9"}, b"{}", (UNKNOWN, "gateway_error", 9)),
        (302, {"Location": "https://elsewhere.example"}, b"", (UNKNOWN, "redirected", None)),
        (400, {}, b'{"error": "no"}', (REJECTED, "invalid_request", None)),
        (422, {}, b"<html>a page</html>", (UNKNOWN, "contract_violation", None)),
        (200, {}, b"100", (UNKNOWN, "contract_violation", None)),
        (200, {}, b"{}", (UNKNOWN, "contract_violation", None)),
        (200, {}, b'{"success": "100", "messages": []}', (UNKNOWN, "contract_violation", None)),
        (200, {}, b'{"success": "100", "messages": [{"success": 1}]}', (UNKNOWN, "contract_violation", None)),
        (200, {}, b'{"success": "900", "success": "100"}', (UNKNOWN, "contract_violation", None)),
        (200, {}, b"\xff", (UNKNOWN, "contract_violation", None)),
        (200, {}, b" " * 70_000, (UNKNOWN, "contract_violation", None)),
        (201, {}, b'{"success": "100"}', (UNKNOWN, "contract_violation", None)),
    ],
)
def test_an_odd_answer_proves_nothing(
    server: SevenServer,
    seven: SevenSms,
    status: int,
    headers: dict[str, str],
    body: bytes,
    expected: tuple[Any, ...],
) -> None:
    """What is not as agreed is unknown, unless it says that nothing was taken; nothing is followed elsewhere."""
    server.answers.append((status, headers, body))
    receipt = seven.send(a_text())
    assert (receipt.status, receipt.code, receipt.retry_after) == expected


def test_a_key_that_sends_nothing_is_no_success(server: SevenServer, seven: SevenSms) -> None:
    """An answer that was only tried out is accepted where that was asked for, and an error elsewhere."""
    said = {"success": "100", "debug": "true", "messages": [{"success": True, "id": "7"}]}
    server.answers += [(200, JSON, json.dumps(said).encode())] * 2
    with pytest.raises(DeliveryFailed, match="nothing is sent"):
        seven.send(a_text())
    with SevenSms(api_key=KEY, base_url=server.url, sandbox=True) as tried:
        assert tried.send(a_text()).status is ACCEPTED


@pytest.mark.parametrize(
    ("words", "to", "code"),
    [
        ("", "+491701234567", "empty_text"),
        ("a" * 1521, "+491701234567", "too_long"),
        ("ж" * 671, "+491701234567", "too_long"),
        ("\ud800", "+491701234567", "unsupported_text"),
        ("hi", "01701234567", "invalid_recipient"),
        ("hi", "+491701234567,+491701234568", "invalid_recipient"),
        ("hi", "Stammkunden", "invalid_recipient"),
    ],
)
def test_what_cannot_arrive_is_not_sent(
    server: SevenServer, seven: SevenSms, words: str, to: str, code: str
) -> None:
    """Texts that would be cut, and names of groups instead of a number, are rejected before anything leaves."""
    receipt = seven.send(a_text(words, to=to))
    assert (receipt.status, receipt.code) == (REJECTED, code)
    assert server.calls == []


def test_the_limit_of_messages_is_kept(server: SevenServer) -> None:
    """A text of as many messages as are allowed is sent, and one of more is not, whichever alphabet it needs."""
    with SevenSms(api_key=KEY, base_url=server.url, max_segments=2) as seven:
        for words, status in (
            ("a" * 306, ACCEPTED),
            ("a" * 307, REJECTED),
            ("ж" * 134, ACCEPTED),
            ("ж" * 135, REJECTED),
        ):
            assert seven.send(a_text(words)).status is status


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"api_key": ""}, ["api_key"]),
        ({"api_key": "a\r\nX-Evil: 1"}, ["api_key"]),
        ({"base_url": "http://gateway.example/api"}, ["base_url"]),
        ({"sender": "zwölf Zeichen"}, ["sender"]),
        ({"sender": "KLEINLADEN-24"}, ["sender"]),
        ({"max_segments": 0, "label": "a b"}, ["max_segments", "label"]),
        ({"signing_secrets": ("s3cret",)}, ["webhook_url"]),
        ({"signing_secrets": ("a b",), "webhook_url": "https://shop.example/sms"}, ["signing_secrets[0]"]),
        ({"timeouts": (0, 1), "deadline": -1}, ["connect_timeout", "deadline"]),
        ({"ca_file": "/nowhere.pem"}, ["ca_file"]),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], fields: list[str]) -> None:
    """Every wrong option is found when the gateway is made."""
    with pytest.raises(InvalidInput) as raised:
        SevenSms(**{"api_key": KEY, **options})
    assert sorted(raised.value.fields) == sorted(fields)


def test_secrets_are_not_shown(seven: SevenSms, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the repr nor a log at its chattiest has the key, the number or the text."""
    with caplog.at_level(logging.DEBUG):
        seven.send(a_text("geheim"))
    shown = repr(seven) + caplog.text
    assert "sms" in caplog.text
    assert not [word for word in (KEY, "1701234567", "geheim") if word in shown]


# What the gateway's own description says of requests and answers.


def test_the_description_is_one(document: dict[str, Any]) -> None:
    """It is an OpenAPI document, and the key travels in the header that it names."""
    validate(document)
    assert document["components"]["securitySchemes"]["apiKey"]["name"].lower() == "x-api-key"


@pytest.fixture(scope="module")
def is_as_described(document: dict[str, Any]) -> Callable[[Call], list[str]]:
    """What is wrong with a request according to the description."""
    described = document["paths"]["/sms"]["post"]["requestBody"]["content"]
    (kind,) = described
    # It allows fields that it does not name; ours are to be among those that it names.
    form = Draft4Validator(described[kind]["schema"] | {"additionalProperties": False})

    def check(call: Call) -> list[str]:
        wrong = [error.message for error in form.iter_errors(call.form)]
        wrong += [] if call.headers["content-type"] == kind else ["content type"]
        wrong += [] if call.headers["x-api-key"] else ["no key"]
        wrong += [] if "application/json" in call.headers["accept"] else ["no JSON"]
        return wrong

    return check


@given(
    sms=sms_texts(),
    sender=st.sampled_from(["", "KLEINLADEN", "+4917012345"]),
    label=st.sampled_from(["", "a.b"]),
)
@settings(max_examples=50)
def test_every_request_is_as_described(
    server: SevenServer, is_as_described: Callable[[Call], list[str]], sms: SmsText, sender: str, label: str
) -> None:
    """Whatever the text, its id and the options: no field that the description does not know, and none that is wrong."""
    with SevenSms(api_key=KEY, base_url=server.url, sender=sender, label=label, max_segments=255) as seven:
        before = len(server.calls)
        assert seven.send(sms).status is ACCEPTED
    (call,) = server.calls[before:]
    assert is_as_described(call) == []
    assert call.form["text"] == sms.text


def test_our_server_answers_as_described(
    server: SevenServer, seven: SevenSms, document: dict[str, Any]
) -> None:
    """What the tests take for an answer of the gateway is one."""
    described = Draft4Validator(document["components"]["schemas"]["SmsResponse"])
    seven.send(a_text())
    said = dict(server.said[-1])
    # The description knows no null, which the gateway uses for "no error".
    said["messages"] = [{name: each for name, each in said["messages"][0].items() if each is not None}]
    assert [error.message for error in described.iter_errors(said)] == []
    assert [error.message for error in described.iter_errors(refusal("202", CALL))] == []
