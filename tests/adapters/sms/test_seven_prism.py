"""Requests to seven.io, judged by Prism from the gateway's own OpenAPI document, where both are at hand.

``LOYALTYCORE_TEST_SPECS`` says in which folder the document lies, and ``LOYALTYCORE_TEST_PRISM`` how Prism is started, for
example ``npx --yes @stoplight/prism-cli@5``, unless there is a ``prism`` on the path.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given, settings, strategies as st

from loyaltycore.ports import SmsText
from loyaltycore.testing.strategies.texting import sms_texts
from loyaltycore_sms import SevenSms
from tests.adapters.sms.texts import KEY
from tests.bounded import line_with, running, start
from tests.listening import free_ports

_START = 180.0
"""Seconds in which Prism starts; npx may have to fetch it."""


@pytest.fixture(scope="module")
def prism() -> Iterator[str]:
    """Where Prism listens; it answers what the document describes, and refuses what it does not."""
    folder, command = os.environ.get("LOYALTYCORE_TEST_SPECS"), os.environ.get("LOYALTYCORE_TEST_PRISM")
    prism = shlex.split(command) if command else [shutil.which("prism") or ""]
    if not folder or not prism[0]:
        pytest.skip("LOYALTYCORE_TEST_SPECS or LOYALTYCORE_TEST_PRISM is missing")
    (port,) = free_ports(1)
    document = Path(folder) / "seven_sms.json"
    serve = [*prism, "mock", "-p", str(port), str(document)]
    with running(serve, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        line_with("is listening", process.stdout, _START)
        start(process.stdout.read)  # or it would wait for somebody to listen
        yield f"http://127.0.0.1:{port}"


def complaint(said: str) -> Any:
    """What Prism has against a request; None for nothing."""
    answer = json.loads(said)
    return answer if "prism/errors" in str(answer.get("type")) else None


@given(
    sms=sms_texts(),
    sender=st.sampled_from(["", "KLEINLADEN", "+4917012345"]),
    label=st.sampled_from(["", "a.b"]),
)
@settings(max_examples=25)
def test_prism_takes_every_request(prism: str, sms: SmsText, sender: str, label: str) -> None:
    """Whatever the text, its id and the options; what Prism makes up as the answer does not matter."""
    with SevenSms(api_key=KEY, base_url=prism, sender=sender, label=label, max_segments=255) as seven:
        receipt = seven.send(sms)
    assert receipt.raw
    assert complaint(receipt.raw) is None


@pytest.mark.parametrize(
    ("form", "key", "status"),
    [
        ({"text": "hi"}, KEY, 422),
        ({"to": "+491701234567"}, KEY, 422),
        ({"to": "+491701234567", "text": "hi", "label": "ä"}, KEY, 422),
        ({"to": "+491701234567", "text": "hi", "flash": "perhaps"}, KEY, 422),
        ({"to": "+491701234567", "text": "hi"}, "", 401),
        ({"to": "+491701234567", "text": "hi"}, KEY, 200),
    ],
)
def test_prism_refuses_what_is_not_described(prism: str, form: dict[str, str], key: str, status: int) -> None:
    """Otherwise it would prove nothing that it takes ours."""
    answer = requests.post(
        f"{prism}/sms", data=form, headers={"X-Api-Key": key} if key else {}, timeout=_START
    )
    assert answer.status_code == status
    assert (complaint(answer.text) is None) == (status == 200)
