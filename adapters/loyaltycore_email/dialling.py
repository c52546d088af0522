"""Opening a session: connect, encrypt, verify, log in; and what it means when one of these fails."""

from __future__ import annotations

import contextlib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from smtplib import SMTPException, SMTPResponseException
from typing import Final

from attrs import field, frozen

from loyaltycore.errors import DeliveryFailed
from loyaltycore_email.connection import Connection
from loyaltycore_email.replies import Reply
from loyaltycore_email.settings import HOST_NAME, Security
from loyaltycore_email.speaking import Dialogue, Pace

_GO_ON: Final = 334


class Unreachable(Exception):
    """No session could be opened, for a reason that may pass."""

    def __init__(self, code: str, why: str, raw: str = "") -> None:
        self.code = code
        self.raw = raw
        """What the server said, or empty."""
        super().__init__(why)


@frozen
class Endpoint:
    """Where to dial, and how."""

    host: str
    """Name or address; the certificate must carry it."""
    port: int
    security: Security
    """How the session is encrypted."""
    context: ssl.SSLContext
    """Verifies certificates."""
    username: str = field(repr=False)
    password: str = field(repr=False)
    connect_timeout: float
    """Seconds for each step until the session is open."""
    answer_timeout: float
    """Seconds for each later answer."""
    local_hostname: str
    """How we greet; empty for this machine's name."""


def dial(endpoint: Endpoint, until: float) -> Connection:
    """Open a session.

    Args:
        until: When it must be open, on the monotonic clock.

    Raises:
        Unreachable: It did not work now but may work later.
        DeliveryFailed: It will not work before somebody changes the set-up here or there.
    """
    with _translated(endpoint):
        smtp = _greeted(endpoint, until)
        try:
            _secure(smtp, endpoint)
            _log_in(smtp, endpoint)
            _set_socket(smtp, endpoint)
        except BaseException:
            smtp.close()
            raise
        return Connection(smtp)


def _greeted(endpoint: Endpoint, until: float) -> Dialogue:
    name = endpoint.local_hostname or _own_name()
    context = endpoint.context if endpoint.security is Security.TLS else None
    return Dialogue(endpoint.host, endpoint.port, name, Pace(endpoint.connect_timeout, until), context)


@cache
def _own_name() -> str:
    """This machine's name; asked once, because the name service may be slow."""
    name = socket.getfqdn()
    return name if "." in name and HOST_NAME.fullmatch(name) else "[127.0.0.1]"


def _secure(smtp: Dialogue, endpoint: Endpoint) -> None:
    smtp.ehlo_or_helo_if_needed()
    if endpoint.security is not Security.STARTTLS:
        return
    if not smtp.has_extn("starttls"):
        raise DeliveryFailed(
            "starttls_missing",
            f"{endpoint.host} offers no STARTTLS on port {endpoint.port}, and a mail in the clear was not allowed",
            permanent=True,
        )
    smtp.starttls(context=endpoint.context)
    smtp.ehlo_or_helo_if_needed()


def _log_in(smtp: Dialogue, endpoint: Endpoint) -> None:
    if not endpoint.username:
        return
    # One mechanism and one try: `smtplib` would go through all of them with a wrong password, which locks accounts
    # faster, and it knows no password outside ASCII.
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        steps = ["AUTH PLAIN " + _base64(f"\0{endpoint.username}\0{endpoint.password}")]
    elif "LOGIN" in offered:
        steps = ["AUTH LOGIN", _base64(endpoint.username), _base64(endpoint.password)]
    else:
        raise DeliveryFailed(
            "login_missing", f"{endpoint.host} offers no login that we know (PLAIN, LOGIN)", permanent=True
        )
    for step in steps:
        reply = Reply.read(smtp.docmd(step))
        if reply.code != _GO_ON:
            break
    if reply.is_permanent:
        raise DeliveryFailed(
            "credentials_refused",
            f"{endpoint.host} refuses user name or password: {reply.raw}",
            permanent=True,
        )
    if not reply.is_positive:
        raise Unreachable("temporary_failure", f"the login did not work now: {reply.raw}", reply.raw)


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


def _set_socket(smtp: Dialogue, endpoint: Endpoint) -> None:
    if smtp.sock is None:
        raise Unreachable("unreachable", "the mail server closed the connection")
    smtp.pace.step = endpoint.answer_timeout
    # A mail is written in pieces; the last one must not wait until the server has acknowledged the others.
    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@contextlib.contextmanager
def _translated(endpoint: Endpoint) -> Iterator[None]:
    """Turn what can go wrong while a session is opened into the two errors of `dial`."""
    where = f"{endpoint.host}:{endpoint.port}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        message = f"the certificate of {where} does not verify: {error.verify_message}"
        raise DeliveryFailed("certificate_refused", message, permanent=True) from error
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise Unreachable("unreachable", f"{where} broke off while TLS was set up") from error
    except ssl.SSLError as error:
        message = f"TLS with {where} is not possible: {error.reason or error}"
        raise DeliveryFailed("tls_failed", message, permanent=True) from error
    except SMTPResponseException as error:
        raise _from_reply(where, error) from error
    except (SMTPException, OSError) as error:
        raise Unreachable("unreachable", f"{where} cannot be reached: {error}") from error


def _from_reply(where: str, error: SMTPResponseException) -> Exception:
    text = error.smtp_error
    reply = Reply.read((error.smtp_code, text if isinstance(text, bytes) else text.encode()))
    if reply.is_permanent:
        return DeliveryFailed("service_refused", f"{where} refuses to serve us: {reply.raw}", permanent=True)
    code = "temporary_failure" if reply.is_refusal else "unreachable"
    return Unreachable(code, f"{where} does not serve us now: {reply.raw}", reply.raw)
