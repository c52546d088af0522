"""What strangers can cost the server of the command line: how long they are listened to."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from loyaltycore import Loyalty
from loyaltycore.cli import connection
from tests.cli.shop import wait_for
from tests.webhooks.calls import call, connected, event_of, headers_of, receiving

_CROWD: Final = 300
"""More than the server takes at once."""
_HEAD: Final = b"POST /card-printer HTTP/1.1\r\nHost: shop\r\n"
_PART_OF_A_CALL: Final = {
    "nothing": b"",
    "a line": b"POST /card-pr",
    "headers": _HEAD + b"Content-Ty",
    "a body": _HEAD + b"Content-Length: 60000\r\n\r\n{",
    "chunks": _HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    "a call and more": b"GET /x HTTP/1.1\r\nHost: shop\r\n\r\n" + _HEAD,
}


def _ends(caller: socket.socket, octet: bytes, within: float) -> bool:
    """Whether the server hangs up on a caller who brings an octet now and then."""
    until = time.monotonic() + within
    caller.settimeout(0.1)
    while time.monotonic() < until:
        try:
            if octet:
                caller.sendall(octet)
            while caller.recv(4096):
                pass
        except TimeoutError:
            continue
        except OSError:
            pass
        return True
    return False


@pytest.fixture
def short_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call has to be there within a second."""
    monkeypatch.setattr(connection, "LONGEST_CALL", 1.0)


@pytest.mark.usefixtures("short_calls")
@pytest.mark.parametrize("octet", [b"", b"x"], ids=["silent", "dripping"])
@pytest.mark.parametrize("part", _PART_OF_A_CALL.values(), ids=_PART_OF_A_CALL)
def test_a_call_has_a_deadline_as_a_whole(loyalty: Loyalty, part: bytes, octet: bytes) -> None:
    """However much of a call is there, and whether or not more comes bit by bit: in the end the line is closed."""
    with receiving(loyalty) as url, connected(url) as caller:
        caller.sendall(part)
        begin = time.monotonic()
        assert _ends(caller, octet, within=5)
        assert time.monotonic() - begin > 0.5


def _open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


@pytest.mark.usefixtures("short_calls")
def test_answers_that_nobody_takes_have_a_deadline(loyalty: Loyalty) -> None:
    """Whoever asks until nothing more goes through, and takes no answer, is hung up on."""
    with receiving(loyalty) as url, connected(url) as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        caller.settimeout(0.2)
        while _sends(caller):
            pass
        before = _open_files()
        wait_for(lambda: _open_files() < before)
        assert call(url, b"{}", {}).status == 400


def _sends(caller: socket.socket) -> bool:
    try:
        return caller.send(b"GET /x HTTP/1.1\r\nHost: shop\r\n\r\n" * 200) > 0
    except TimeoutError:
        return False


@pytest.mark.usefixtures("short_calls")
def test_a_crowd_keeps_nobody_out_for_longer_than_a_call(loyalty: Loyalty, order: str, secret: str) -> None:
    """Behind more callers than the server takes at once, all of whom dawdle, a genuine call is answered in its turn."""
    body = event_of(order)
    with receiving(loyalty) as url, ExitStack() as stack:
        for _ in range(_CROWD):
            stack.enter_context(connected(url)).sendall(_PART_OF_A_CALL["headers"])
        begin = time.monotonic()
        assert call(url, body, headers_of(body, secret)).status == 204
        assert time.monotonic() - begin < 8


def test_a_body_of_any_length_gets_its_answer(loyalty: Loyalty) -> None:
    """What is longer than the receiver reads is taken from the caller all the same, who hears why it was refused."""
    with receiving(loyalty) as url:
        for size in (65_537, 500_000, 1_048_575):
            assert call(url, b" " * size, {}).status == 413
