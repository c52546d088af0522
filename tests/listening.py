"""Ports of this machine that nobody listens at."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def nobody_listens() -> Iterator[int]:
    """A port that is taken for as long as the block lasts, and refuses every connection."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield int(nobody.getsockname()[1])


def free_ports(count: int) -> list[int]:
    """So many ports, each another one, that a server may take."""
    with ExitStack() as stack:
        return [stack.enter_context(nobody_listens()) for _ in range(count)]
