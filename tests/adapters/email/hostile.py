"""A mail server that is well-behaved up to one answer, and there never comes to an end."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from typing import Final

from attrs import define, field

from tests.bounded import join, start

STEPS: Final = (
    "greeting",
    "ehlo",
    "starttls",
    "encrypted ehlo",
    "login",
    "mail",
    "rcpt",
    "data",
    "answer",
    "quit",
)
"""The answers of a session, in order."""

_ANSWERS: Final = {
    "greeting": b"220 hi\r\n",
    "ehlo": b"250-mx\r\n250 STARTTLS\r\n",
    "starttls": b"220 go\r\n",
    "encrypted ehlo": b"250-mx\r\n250 AUTH PLAIN\r\n",
    "login": b"235 ok\r\n",
    "mail": b"250 ok\r\n",
    "rcpt": b"250 ok\r\n",
    "data": b"354 go\r\n",
    "answer": b"250 ok\r\n",
    "quit": b"221 bye\r\n",
}
_RESET: Final = b"250 ok\r\n"

Misdeed = Callable[[socket.socket], None]
"""What is done in place of an answer; ends with an `OSError` when the other side has gone."""


def flood_lines(sock: socket.socket) -> None:
    """Line after line, as fast as they are taken."""
    for _ in itertools.count():
        sock.sendall(b"250-more\r\n" * 1000)


def flood_one_line(sock: socket.socket) -> None:
    """One line without an end."""
    for _ in itertools.count():
        sock.sendall(b"250-" + b"x" * 10_000)


def drip_lines(sock: socket.socket) -> None:
    """A line now and then, each well within the time for an answer."""
    for _ in itertools.count():
        sock.sendall(b"250-more\r\n")
        time.sleep(0.1)


def drip_octets(sock: socket.socket) -> None:
    """One line, octet by octet."""
    for octet in itertools.chain(b"250 ", itertools.repeat(120)):
        sock.sendall(bytes([octet]))
        time.sleep(0.1)


def huge_answer(sock: socket.socket) -> None:
    """An answer that does end, after a hundred megabytes."""
    for _ in range(100):
        sock.sendall((b"250-" + b"x" * 996 + b"\r\n") * 1000)
    sock.sendall(b"250 done\r\n")


def say_nothing(sock: socket.socket) -> None:
    """Wait until the other side goes."""
    while sock.recv(65536):
        pass


def read_nothing(sock: socket.socket) -> None:
    """Ask for the mail, and take no more than a little of it now and then."""
    sock.sendall(_ANSWERS["data"])
    while sock.recv(1000):
        time.sleep(0.1)


def reply(octets: bytes) -> Misdeed:
    """Say something else, and go on."""
    return lambda sock: sock.sendall(octets)


MISDEEDS: Final = (flood_lines, flood_one_line, drip_lines, drip_octets, huge_answer, say_nothing)


@define(eq=False)
class HostileServer:
    """Listens on this machine; `at` chooses the answer that is replaced, and `misdeed` by what."""

    context: ssl.SSLContext
    at: str = ""
    misdeed: Misdeed = say_nothing
    pause: float = 0.0
    """Seconds before each answer."""
    sessions: int = 0
    mails: int = 0
    """How many came in full."""
    _listener: socket.socket = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Listen."""
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def accept(self) -> None:
        """Serve until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.sessions += 1
                start(self._serve, sock)

    def close(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._say(sock, "greeting")
            self._hear(sock)
            self._say(sock, "ehlo")
            self._hear(sock)
            self._say(sock, "starttls")
            sock = self.context.wrap_socket(sock, server_side=True)
            self._hear(sock)
            self._say(sock, "encrypted ehlo")
            while self._answer(sock, self._hear(sock)):
                pass
        sock.close()

    def _answer(self, sock: socket.socket, command: bytes) -> bool:
        steps = {b"AUTH": "login", b"MAIL": "mail", b"RCPT": "rcpt", b"DATA": "data", b"QUIT": "quit"}
        step = steps.get(command[:4].upper())
        if step is None:
            time.sleep(self.pause)
            sock.sendall(_RESET)
            return bool(command)
        self._say(sock, step)
        if step == "data" and self.misdeed is not read_nothing and self.at != "data":
            self._hear(sock, b"\r\n.\r\n")
            self.mails += 1
            self._say(sock, "answer")
        return step != "quit"

    def _say(self, sock: socket.socket, step: str) -> None:
        time.sleep(self.pause)
        if step == self.at:
            self.misdeed(sock)
        else:
            sock.sendall(_ANSWERS[step])

    def _hear(self, sock: socket.socket, end: bytes = b"\r\n") -> bytes:
        heard = b""
        while not heard.endswith(end):
            portion = sock.recv(65536)
            if not portion:
                raise ConnectionError
            heard += portion
        return heard


@contextlib.contextmanager
def hostile_server(context: ssl.SSLContext) -> Iterator[HostileServer]:
    """Run one while the block lasts."""
    server = HostileServer(context)
    thread = start(server.accept)
    try:
        yield server
    finally:
        server.close()
        join(thread)
