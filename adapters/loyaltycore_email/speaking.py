"""The dialogue with a mail server, in which neither an answer nor the whole can go on for ever.

`smtplib` alone would wait anew for each octet and keep any number of lines, and before STARTTLS anybody on the way can
send them.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable
from smtplib import SMTP, SMTPServerDisconnected
from typing import Any, Final

from attrs import define

LONGEST_LINE: Final = 8192
"""Octets; RFC 5321 allows 512."""
MOST_LINES: Final = 500
LARGEST_ANSWER: Final = 64 * 1024
"""Octets of all lines of an answer."""
FOREVER: Final = float("inf")


@define
class Pace:
    """How long the other side may take."""

    step: float
    """Seconds for each step as a whole: to connect, to encrypt, to take what we send, to answer."""
    until: float = FOREVER
    """When the last step has to be over, on the monotonic clock."""

    def begin(self) -> float:
        """Begin a step, and return when it has to be over."""
        return min(time.monotonic() + self.step, self.until)


def seconds_left(end: float) -> float:
    """How long it is until then.

    Raises:
        TimeoutError: The time is over.
    """
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


class Dialogue(SMTP):
    """An `SMTP` that keeps the pace and reads bounded answers; encrypted from the start with a context."""

    file: io.BufferedReader | None

    def __init__(self, host: str, port: int, name: str, pace: Pace, context: ssl.SSLContext | None) -> None:
        self.pace = pace
        self._context = context
        self._end = FOREVER
        super().__init__(host, port, name, timeout=pace.step)

    def _get_socket(self, host: str, port: int, _timeout: float) -> socket.socket:
        sock = _connected(host, port, self.pace)
        if self._context is None:
            return sock
        try:
            sock.settimeout(seconds_left(self.pace.begin()))
            return self._context.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise

    def send(self, s: Any) -> None:
        """Send everything within one step."""
        if self.sock is None:
            raise SMTPServerDisconnected("please run connect() first")
        octets = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        end = self.pace.begin()
        try:
            # `sendall` of a TLS socket would wait anew for each portion.
            while octets:
                self.sock.settimeout(seconds_left(end))
                octets = octets[self.sock.send(octets) :]
        except OSError as error:
            self.close()
            raise SMTPServerDisconnected(f"the mail server does not take what we send: {error}") from error

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer within one step.

        Raises:
            SMTPServerDisconnected: No whole answer came in time, or one that is too long.
        """
        try:
            return self._read_answer()
        except (OSError, ValueError) as error:  # a file that was closed is a ValueError
            self.close()
            raise SMTPServerDisconnected(f"no answer from the mail server: {error}") from error

    def _read_answer(self) -> tuple[int, bytes]:
        if self.sock is None:
            raise ConnectionError("the connection is closed")
        # `starttls` throws the file away, and with it what was said before in the clear.
        if self.file is None:
            self.file = io.BufferedReader(_Ear(self.sock, lambda: seconds_left(self._end)))
        self._end = self.pace.begin()
        texts: list[bytes] = []
        room = LARGEST_ANSWER
        while True:
            line = self.file.readline(LONGEST_LINE + 1)
            room -= len(line)
            if not line:
                raise ConnectionError("the connection was closed")
            if len(line) > LONGEST_LINE or room < 0 or len(texts) == MOST_LINES:
                raise ConnectionError("the answer is too long")
            texts.append(line[4:].strip(b" \t\r\n"))
            if not line[:3].isdigit():
                return -1, b"\n".join(texts)
            if line[3:4] != b"-":
                # What comes next may be a handshake, which has a step of its own.
                self.sock.settimeout(seconds_left(self.pace.begin()))
                return int(line[:3]), b"\n".join(texts)


class _Ear(io.RawIOBase):
    """Reads a socket up to an instant, however the octets trickle in."""

    def __init__(self, sock: socket.socket, left: Callable[[], float]) -> None:
        self._sock = sock
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        self._sock.settimeout(self._left())
        return self._sock.recv_into(room)


def _connected(host: str, port: int, pace: Pace) -> socket.socket:
    """Connect to the first address that answers; all of them share the time."""
    end = pace.begin()
    failure: OSError = OSError("the name has no address")
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        try:
            return socket.create_connection((str(address[0]), port), seconds_left(end))
        except OSError as error:
            failure = error
    raise failure
