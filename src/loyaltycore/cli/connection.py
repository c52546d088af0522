"""What a caller of the server may cost: waitress's connections with an end to time and memory.

waitress ends a connection that is idle; here one that brings an octet now and then ends, too.
"""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from loyaltycore.webhooks import LONGEST_BODY

LONGEST_CALL: Final = 10.0
"""Seconds from the connection, or the answer before, until a call has arrived and its answer is taken."""


class _Kept(OverflowableBuffer):
    """The beginning of a body: enough to see that it is too long."""

    def append(self, s: bytes) -> None:
        super().append(s[: max(0, LONGEST_BODY + 1 - len(self))])


class _Call(HTTPRequestParser):
    """A call whose body may be longer than what is kept of it."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = _Kept(self.adj.inbuf_overflow)


class Connection(HTTPChannel):
    """A connection that ends unless its calls come, and its answers go, in time."""

    parser_class = _Call

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._since = monotonic()
        super().__init__(*arguments, **named)

    def readable(self) -> bool:
        """Asked each second, and whenever anything happens."""
        # A call that has arrived waits for us, not for the caller.
        if not self.requests and monotonic() - self._since > LONGEST_CALL:
            # At once: waitress would wait until the caller takes what is still to be sent.
            self.handle_close()
            return False
        return super().readable()

    def service(self) -> None:
        """Answer the first call in hand."""
        super().service()
        self._since = monotonic()
