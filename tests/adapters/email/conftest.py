"""A mail server for the whole run, and mailers that talk to it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from loyaltycore.ports.messaging import Email
from loyaltycore_email import Security, SmtpMailer

from .certificates import Authority
from .servers import MailServer, Watch

HELLO = "250-mx.loyalty.example\r\n250 SIZE 1000000"
SENDER = "shop@laden.example"


class MakeMailer(Protocol):
    """Makes a mailer for a listener of the test server."""

    def __call__(self, listener: str = "starttls", **settings: Any) -> SmtpMailer: ...


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"), "authority")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "stranger")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[MailServer]:
    server = MailServer(tmp_path_factory.mktemp("smtp"), list(_listeners(authority)))
    yield server
    server.stop()


def _listeners(authority: Authority) -> Iterator[dict[str, Any]]:
    good = authority.issue("good")
    other = authority.issue("other", host="other.example")
    ended = authority.issue("ended", lasts=-authority_day())
    tls = {"certificate": good.certificate, "key": good.key}
    yield {"name": "starttls", **tls}
    yield {"name": "tls", "implicit": True, **tls}
    yield {"name": "login", "auth_required": True, **tls}
    yield {"name": "login-login", "auth_required": True, "auth_exclude": ["PLAIN"], **tls}
    yield {"name": "must-starttls", "require_starttls": True, **tls}
    yield {"name": "plain"}
    yield {"name": "ascii", "utf8": False}
    yield {"name": "small", "size": 20_000}
    yield {"name": "impatient", "timeout": 0.2}
    yield {"name": "other-name", "certificate": other.certificate, "key": other.key}
    yield {"name": "ended", "certificate": ended.certificate, "key": ended.key}
    for name, script in SCRIPTS.items():
        yield {"name": name, "script": script}


def authority_day() -> Any:
    from datetime import timedelta

    return timedelta(days=1)


SCRIPTS = {
    "silent": [""],
    "blocked": ["554 5.7.1 go away"],
    "busy": ["421 4.3.2 later"],
    "web": ["HTTP/1.1 400 Bad Request"],
    "hangs-up": ["220 hi"],
    "tls-later": ["220 hi", "250-mx\r\n250 STARTTLS", "454 4.7.0 TLS not available now"],
    "login-later": ["220 hi", "250-mx\r\n250 AUTH PLAIN", "454 4.7.0 later"],
    "no-login": ["220 hi", HELLO],
    "only-helo": ["220 hi", "502 what", "250 mx", "250 ok", "250 ok", "354 go", "250 ok"],
    "babbles": ["220 hi", HELLO, "250 ok", "250 ok", "354 go", "what?"],
    "goes-on": ["220 hi", HELLO, "250 ok", "250 ok", "354 go", "354 more?"],
    "agrees": ["220 hi", HELLO, "250 ok", "250 ok", "250 why not"],
    "leaves": ["220 hi", HELLO, "250 ok", "250 ok", "354 go", "421 4.3.2 shutting down"],
    "long-line": ["220 hi", HELLO, "250 ok", "250 ok", "354 go", "250 " + "x" * 9000],
    "odd-bytes": ["220 hi", HELLO, "250 ok", "550 5.1.1 niemand hei\xdft so\x1b[2J"],
}
"""Servers that follow a script, whatever they are told."""


@pytest.fixture
def mailer(server: MailServer, authority: Authority) -> Iterator[MakeMailer]:
    with contextlib.ExitStack() as stack:

        def make(listener: str = "starttls", **settings: Any) -> SmtpMailer:
            plain = {"plain", "ascii", "small", "impatient", "must-starttls", *SCRIPTS}
            security = (
                Security.TLS
                if listener == "tls"
                else Security.NONE
                if listener in plain
                else Security.STARTTLS
            )
            known = {
                "host": "localhost", "port": server.ports[listener], "sender": SENDER, "security": security,
                "ca_file": authority.file, "connect_timeout": 5, "answer_timeout": 5, "local_hostname": "till.example",
            }  # fmt: skip
            return stack.enter_context(SmtpMailer(**{**known, **settings}))

        yield make


@pytest.fixture
def watch(server: MailServer) -> Callable[[str], Watch]:
    return lambda listener: Watch.start(server, listener)


@pytest.fixture
def address() -> Callable[[], str]:
    """Addresses that nobody else uses."""
    return fresh_address


def fresh_address() -> str:
    return f"kunde{next(_numbers)}@kunde.example"


_numbers = itertools.count(1)


@pytest.fixture
def mail() -> Callable[..., Email]:
    return make_mail


def make_mail(*to: str, **fields: Any) -> Email:
    known = {"message_id": f"m{next(_numbers)}", "subject": "Ihre Karte", "text": "Sie liegt bereit.\n"}
    return Email(to=to, **{**known, **fields})


__all__ = ["Path"]
