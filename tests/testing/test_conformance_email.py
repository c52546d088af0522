"""The SMTP mailer keeps the contract of the mailer port, against a real mail server in a process of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar

from loyaltycore.testing.mailer import (
    Lacks,
    MailerCapabilities,
    MailerConformance,
    ReceivedMail,
    read_mail,
)
from loyaltycore.testing.trouble import Trouble
from loyaltycore_email import Security, SmtpMailer
from tests.adapters.email.servers import MailServer
from tests.listening import nobody_listens


@contextmanager
def running_server() -> Iterator[MailServer]:
    """A mail server that takes everything from whoever has an account, unencrypted, on this machine."""
    with tempfile.TemporaryDirectory(prefix="loyaltycore-") as folder:
        server = MailServer(
            Path(folder), [{"name": "plain", "auth_required": True, "auth_require_tls": False}]
        )
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
        username="shop",
        password="pa55word",
        setup_pause=0,
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

    def trouble(
        self, mailer: SmtpMailer, trouble: Trouble, about: str = ""
    ) -> AbstractContextManager[object] | Lacks:
        match trouble:
            case Trouble.REFUSE:
                return self.server.answering(about, rcpt="550 5.1.1 no such user")
            case Trouble.FAIL:
                return self.server.answering(about or "*", rcpt="451 4.3.0 local error")
            case Trouble.SHUT_OUT if about:
                return self.server.answering(about, rcpt="530 5.7.0 Authentication required")
            case Trouble.SHUT_OUT:
                return self.server.answering("*", login="refused")
            case Trouble.BREAK_BEFORE:
                return self.server.answering(about or "*", data="cut")
            case Trouble.LOSE_ANSWER:
                return self.server.answering("*", answer="cut")
        return Lacks("a mail server has no words for how long to wait")

    @contextmanager
    def open_unreachable(self) -> Iterator[SmtpMailer]:
        with nobody_listens() as port, make_mailer(port) as mailer:
            yield mailer
