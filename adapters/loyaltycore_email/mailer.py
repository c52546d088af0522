"""The mailer itself: settings, and the port's one verb."""

from __future__ import annotations

import os
import ssl
import time
from types import TracebackType
from typing import Self

from attrs import Factory, field, frozen

from loyaltycore.errors import WebhookRejected
from loyaltycore.kernel.declared import settle_types
from loyaltycore.kernel.fates import MailReport
from loyaltycore.kernel.given import as_tuple
from loyaltycore.kernel.signing import check_secrets
from loyaltycore.kernel.validation import Faults
from loyaltycore.ports.messaging import Email, Mailer, Receipt
from loyaltycore_email.addresses import read_mailbox
from loyaltycore_email.bounces import ReturnPath, read_bounce
from loyaltycore_email.dialling import Endpoint
from loyaltycore_email.headers import Unsendable
from loyaltycore_email.letter import Letter, Letterhead, compose
from loyaltycore_email.pool import Pool
from loyaltycore_email.replies import unsendable
from loyaltycore_email.route import Route
from loyaltycore_email.settings import (
    Security,
    check_greeting,
    check_host,
    check_login,
    check_one_line,
    check_port,
    check_trust,
    read_context,
    read_security,
    read_sender,
    usual_port,
)


@frozen(kw_only=True, eq=False)
class SmtpMailer(Mailer):
    """Hands mails to one mail server. All threads of a process may share it.

    Raises:
        InvalidInput: Settings cannot work; names all of them.
    """

    host: str
    """Name or address of the server; its certificate must carry it."""
    sender: str
    """From and envelope sender of every mail that names none."""
    sender_name: str = ""
    """Display name that goes with `sender`."""
    security: Security = field(default=Security.STARTTLS, converter=read_security)
    """How the session is encrypted; a member or its value."""
    port: int = Factory(lambda self: usual_port(self.security), takes_self=True)
    """TCP port; by default the usual one for `security`."""
    username: str = field(default="", repr=False)
    """For servers that want a login (PLAIN or LOGIN), else empty."""
    password: str = field(default="", repr=False)
    ca_file: str | os.PathLike[str] | None = None
    """PEM file of the authority to trust instead of the system's."""
    tls_context: ssl.SSLContext | None = None
    """A context of your own instead; it must verify."""
    connect_timeout: float = 10.0
    """Seconds for each step until the session is open: to connect, to encrypt, for each answer as a whole."""
    answer_timeout: float = 60.0
    """Seconds for each later answer as a whole, and for each 64 KiB of a mail. A server may examine a mail for minutes (RFC 5321 allows ten). With a shorter wait
    the outcome may stay unknown; with a longer one than an outbox holds a message, another worker may send it too."""
    time_budget: float = 45.0
    """Seconds until the last copy of a mail must be out; what is not out by then is not sent and tried again. Only the
    answer to a copy that is out is waited for beyond that, for `answer_timeout`. A large mail on a slow line needs more.
    The sum of both should stay below half of the time for which an outbox holds a message."""
    idle_limit: float = 30.0
    """Seconds for which an unused session is kept; 0 closes it after each mail."""
    keep: int = 4
    """How many unused sessions are kept, at most."""
    setup_pause: float = 60.0
    """Seconds for which a wrong set-up is reported without asking the server again."""
    message_id_domain: str = ""
    """Right side of the Message-IDs; by default the sender's domain."""
    local_hostname: str = ""
    """How the server is greeted; by default this machine's name."""
    bounce_address: str = ""
    """Where mails come back to that could not be delivered after all, such as ``bounces@shop.example``; empty for their
    sender. Whatever stands behind a plus sign in it must be delivered there, too: it says which mail came back."""
    bounce_secrets: tuple[str, ...] = field(default=(), converter=as_tuple, repr=False)
    """Texts of 24 to 128 characters that nobody can guess; the first one signs. What came back is believed if it was
    signed with any of them."""
    _head: Letterhead = field(init=False, repr=False)
    _pool: Pool = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the settings and prepare `send`; no connection is opened."""
        with Faults() as faults:
            settle_types(faults, self)
            # What is of a wrong type cannot be looked at any further.
            faults.raise_if_any()
            self._check(faults)
            sender = read_sender(faults, self.sender)
            returns = self._returns(faults)
        head = Letterhead(sender, self.sender_name, self.message_id_domain or sender.domain, returns)
        # The attrs way of setting a field of a frozen class.
        object.__setattr__(self, "_head", head)
        object.__setattr__(
            self, "_pool", Pool(self._endpoint(), self.idle_limit, self.keep, self.setup_pause)
        )

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Hand one mail over, with a separate copy for each recipient.

        Returns:
            One receipt per address in `email.to`, in that order. A repeated address gets one copy.

        Raises:
            DeliveryFailed: The set-up is wrong, and no copy was taken: ``certificate_refused``, ``tls_failed``,
                ``starttls_missing``, ``tls_required``, ``login_missing``, ``login_required``, ``credentials_refused``,
                ``sender_refused`` (if it is the mailer's own) or ``service_refused``.
        """
        try:
            letter = compose(email, self._head)
        except Unsendable as fault:
            return tuple(unsendable(recipient, fault.code, str(fault)) for recipient in email.to)
        receipts: dict[str, Receipt] = {}
        with Route(self._pool, time.monotonic() + self.time_budget) as route:
            for recipient in email.to:
                if recipient not in receipts:
                    receipts[recipient] = _hand_over(letter, recipient, route)
        return tuple(receipts[recipient] for recipient in email.to)

    @property
    def hears_bounces(self) -> bool:
        """Whether mails come back to `bounce_address`."""
        return self._head.returns is not None

    def parse_bounce(self, raw: bytes) -> tuple[MailReport, ...]:
        """Prove and read a mail that came back.

        Raises:
            WebhookRejected: ``bad_signature``, also without `bounce_address`; ``malformed`` or ``too_large``.
        """
        if self._head.returns is None:
            raise WebhookRejected("bad_signature", "no mails come back to this mailer")
        return read_bounce(raw, self._head.returns)

    def close(self) -> None:
        """Close the kept sessions. The mailer may be used again and then opens new ones."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check(self, faults: Faults) -> None:
        check_host(faults, self.host)
        check_port(faults, self.port)
        check_one_line(faults, "sender_name", self.sender_name)
        check_login(faults, self.security, self.host, self.username, self.password)
        check_trust(faults, self.ca_file, self.tls_context)
        faults.seconds("connect_timeout", self.connect_timeout)
        faults.seconds("answer_timeout", self.answer_timeout)
        faults.seconds("time_budget", self.time_budget)
        faults.seconds("idle_limit", self.idle_limit, or_zero=True)
        faults.seconds("setup_pause", self.setup_pause, or_zero=True)
        faults.integer("keep", self.keep, least=0, most=1000)
        check_greeting(faults, "message_id_domain", self.message_id_domain)
        check_greeting(faults, "local_hostname", self.local_hostname)

    def _returns(self, faults: Faults) -> ReturnPath | None:
        for fault in check_secrets("bounce_secrets", self.bounce_secrets):
            faults.note(fault.field, fault.code, fault.message)
        if not self.bounce_address:
            return None
        if not self.bounce_secrets:
            faults.note("bounce_secrets", "required", "must not be empty: anybody could report anything")
        try:
            mailbox = read_mailbox(self.bounce_address, "bounce_address")
        except Unsendable:
            mailbox = None
        local_part = self.bounce_address.rpartition("@")[0]
        if mailbox is None or mailbox.international or "+" in local_part:
            faults.note("bounce_address", "bad_email", "is not an ASCII e-mail address without a plus sign")
            return None
        return ReturnPath(local_part, mailbox.domain, self.bounce_secrets)

    def _endpoint(self) -> Endpoint:
        return Endpoint(
            host=self.host,
            port=self.port,
            security=self.security,
            context=read_context(self.ca_file, self.tls_context),
            username=self.username,
            password=self.password,
            connect_timeout=self.connect_timeout,
            answer_timeout=self.answer_timeout,
            local_hostname=self.local_hostname,
        )


def _hand_over(letter: Letter, recipient: str, route: Route) -> Receipt:
    try:
        mailbox = read_mailbox(recipient, "to", code="invalid_recipient")
    except Unsendable as fault:
        return unsendable(recipient, fault.code, str(fault))
    return route.carry(letter.to(mailbox), recipient)
