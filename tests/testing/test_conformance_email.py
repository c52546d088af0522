"""The SMTP mailer keeps the contract of the mailer port, against a real mail server in a process of its own."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar

from loyaltycore.testing.mailer import MailerCapabilities, MailerConformance, ReceivedMail, read_mail
from loyaltycore_email import Security, SmtpMailer
from tests.adapters.email.servers import MailServer


@contextmanager
def running_server() -> Iterator[MailServer]:
    """A mail server that takes everything, unencrypted, on this machine."""
    with tempfile.TemporaryDirectory(prefix="loyaltycore-") as folder:
        server = MailServer(Path(folder), [{"name": "plain"}])
        try:
            yield server
        finally:
            server.stop()


def make_mailer(port: int) -> SmtpMailer:
    """A mailer for a server on this machine."""
    return SmtpMailer(
        host="localhost",
        port=port,
        sender="shop@example.org",
        security=Security.NONE,
        connect_timeout=5,
        answer_timeout=5,
        local_hostname="till.example",
    )


class TestSmtpMailer(MailerConformance):
    capabilities = MailerCapabilities()
    server: ClassVar[MailServer]
    stack: ClassVar[ExitStack]

    @classmethod
    def setup_class(cls) -> None:
        """Start the server once: a process takes longer than a test."""
        cls.stack = ExitStack()
        cls.server = cls.stack.enter_context(running_server())

    @classmethod
    def teardown_class(cls) -> None:
        cls.stack.close()

    @contextmanager
    def open(self) -> Iterator[SmtpMailer]:
        for box in (self.server.folder / "mail").glob("*/*"):
            box.unlink()
        with make_mailer(self.server.ports["plain"]) as mailer:
            yield mailer

    def peek(self, mailer: SmtpMailer, address: str) -> Sequence[ReceivedMail]:
        return [read_mail(arrived.raw) for arrived in self.server.inbox(address)]

    @contextmanager
    def open_unreachable(self) -> Iterator[SmtpMailer]:
        with socket.socket() as nobody_listens:
            nobody_listens.bind(("127.0.0.1", 0))
            with make_mailer(nobody_listens.getsockname()[1]) as mailer:
                yield mailer
