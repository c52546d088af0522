"""What a crowd of strangers costs `receive-webhooks`: memory, threads, and the time it takes to end."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from subprocess import Popen
from threading import Event

from tests.bounded import join, line_with, start
from tests.cli.shop import PATIENCE, Shop
from tests.webhooks.calls import connected, raw


@contextmanager
def _served(shop: Shop) -> Iterator[tuple[Popen[str], str]]:
    """The command as a process, with the address of the card printer."""
    with shop.running("receive-webhooks", "--port", "0") as server:
        yield server, line_with("http://", server.stderr).split()[-1]


def _status(server: Popen[str], name: str) -> int:
    """A number of the kernel's about the process: kilobytes, or a count."""
    found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{server.pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1])


def test_bodies_are_not_kept_beyond_what_is_read(card_shop: Shop) -> None:
    """Two hundred callers with a megabyte each in hand cost the process what two hundred longest bodies do."""
    head = b"POST /webhooks/card-printer HTTP/1.1\r\nHost: shop\r\nContent-Length: 1000000\r\n\r\n"
    with card_shop.opened(), _served(card_shop) as (server, url), ExitStack() as stack:
        assert raw(url, "Content-Length: 2\r\n", b"{}") == 400
        before = _status(server, "VmHWM")
        callers = [stack.enter_context(connected(url)) for _ in range(190)]
        for caller in callers:
            caller.sendall(head + b"x" * 900_000)
        for caller in callers:
            caller.sendall(b"x" * 100_000)
        for caller in callers:
            assert caller.recv(12) == b"HTTP/1.1 413"
        assert _status(server, "VmHWM") - before < 40_000
        server.terminate()
        assert server.wait(PATIENCE) == 0


def test_a_crowd_costs_no_threads_and_holds_up_no_end(card_shop: Shop) -> None:
    """Three hundred callers who bring an octet now and then get no thread each; SIGTERM ends the server in seconds."""
    stop = Event()
    with card_shop.opened(), _served(card_shop) as (server, url), ExitStack() as stack:
        threads = _status(server, "Threads")
        callers = [stack.enter_context(connected(url)) for _ in range(300)]

        def drip() -> None:
            while not stop.wait(0.5):
                for caller in callers:
                    with suppress(OSError):
                        caller.sendall(b"P")

        dripping = start(drip)
        try:
            time.sleep(2)
            assert _status(server, "Threads") == threads
            begin = time.monotonic()
            server.terminate()
            assert server.wait(PATIENCE) == 0
            assert time.monotonic() - begin < 6
        finally:
            stop.set()
            join(dripping)
