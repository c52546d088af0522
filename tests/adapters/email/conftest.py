"""A mail server for the whole run, and mailers that talk to it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Protocol

import pytest

from loyaltycore_email import Security, SmtpMailer

from .certificates import Authority
from .mails import SENDER
from .servers import MailServer, Watch

HELLO = "250-mx.loyalty.example\r\n250 SIZE 1000000"
TO_DATA = ["220 hi", HELLO, "250 ok", "250 ok"]

SCRIPTS = {
    "silent": [""],
    "blocked": ["554 5.7.1 go away"],
    "busy": ["421 4.3.2 later"],
    "web": ["HTTP/1.1 400 Bad Request"],
    "hangs-up": ["220 hi"],
    "tls-later": ["220 hi", "250-mx\r\n250 STARTTLS", "454 4.7.0 TLS not available now"],
    "login-later": ["220 hi", "250-mx\r\n250 AUTH PLAIN", "454 4.7.0 later"],
    "only-helo": ["220 hi", "502 what", "250 mx", "250 ok", "250 ok", "354 go", "250 ok"],
    "babbles": [*TO_DATA, "354 go", "what?"],
    "goes-on": [*TO_DATA, "354 go", "354 more?"],
    "agrees": [*TO_DATA, "250 why not"],
    "leaves": [*TO_DATA, "354 go", "421 4.3.2 shutting down"],
    "long-line": [*TO_DATA, "354 go", "250 " + "x" * 9000],
    "odd-bytes": ["220 hi", HELLO, "250 ok", "550 5.1.1 niemand hei\xdft so\x1b[2J"],
}
"""Servers that follow a script, whatever they are told."""

IN_THE_CLEAR = {"plain", "ascii", "small", "impatient", "must-starttls", *SCRIPTS} - {"tls-later"}


class MakeMailer(Protocol):
    """Makes a mailer for a listener of the test server; it is closed after the test."""

    def __call__(self, listener: str = "starttls", **settings: Any) -> SmtpMailer: ...


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"), "authority")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that has signed nobody's certificate."""
    return Authority(tmp_path_factory.mktemp("stranger"), "stranger")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[MailServer]:
    server = MailServer(tmp_path_factory.mktemp("smtp"), list(_listeners(authority)))
    yield server
    server.stop()


def _listeners(authority: Authority) -> Iterator[dict[str, Any]]:
    good = authority.issue("good")
    other = authority.issue("other", host="other.example")
    ended = authority.issue("ended", lasts=-timedelta(days=1))
    tls = {"certificate": good.certificate, "key": good.key}
    yield {"name": "starttls", **tls}
    yield {"name": "tls", "implicit": True, **tls}
    yield {"name": "login", "auth_required": True, **tls}
    yield {"name": "old-login", "auth_required": True, "auth_exclude": ["PLAIN"], **tls}
    yield {"name": "must-starttls", "require_starttls": True, **tls}
    yield {"name": "plain"}
    yield {"name": "ascii", "utf8": False}
    yield {"name": "small", "size": 20_000}
    yield {"name": "impatient", "timeout": 0.5}
    yield {"name": "other-name", "certificate": other.certificate, "key": other.key}
    yield {"name": "ended", "certificate": ended.certificate, "key": ended.key}
    yield from ({"name": name, "script": script} for name, script in SCRIPTS.items())


@pytest.fixture
def mailer(server: MailServer, authority: Authority) -> Iterator[MakeMailer]:
    with contextlib.ExitStack() as stack:

        def make(listener: str = "starttls", **settings: Any) -> SmtpMailer:
            known = {
                "host": "localhost",
                "port": server.ports[listener],
                "sender": SENDER,
                "security": _security(listener),
                "ca_file": authority.file,
                "connect_timeout": 5,
                "answer_timeout": 5,
                "local_hostname": "till.example",
            }
            return stack.enter_context(SmtpMailer(**{**known, **settings}))

        yield make


def _security(listener: str) -> Security:
    if listener in IN_THE_CLEAR:
        return Security.NONE
    return Security.TLS if listener == "tls" else Security.STARTTLS


@pytest.fixture
def watch(server: MailServer) -> Callable[[str], Watch]:
    return lambda listener: Watch.start(server, listener)
