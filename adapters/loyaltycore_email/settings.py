"""The settings of a mailer, and which of them cannot work."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from enum import Enum
from typing import Any, Final

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import member_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import describe
from loyaltycore_email.addresses import Mailbox, read_mailbox
from loyaltycore_email.headers import Unsendable, is_one_line

HOST_NAME: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")
_LITERAL: Final = re.compile(r"\[[0-9A-Za-z:.]{2,60}\]")
_HIGHEST_PORT: Final = 65535
_LONGEST_REASON: Final = 200


class Security(Enum):
    """How the session is encrypted; the certificate is verified in both encrypted modes."""

    STARTTLS = "starttls"
    """Begin in the clear and encrypt before sending anything of ours; a server that cannot is refused."""

    TLS = "tls"
    """Encrypted from the first octet."""

    NONE = "none"
    """Not encrypted: for a server on this machine or in a network that is trusted. No login beyond loopback."""

    @property
    def default_port(self) -> int:
        """The port that servers use for it."""
        return {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}[self]


def read_security(value: Security | str) -> Any:
    """Read the setting, which a configuration file gives as text; what is no mode is refused with the other settings."""
    return member_of(Security, value)


def usual_port(security: object) -> int:
    """The port that servers use for it."""
    return security.default_port if isinstance(security, Security) else Security.STARTTLS.default_port


def check_host(faults: Faults, value: str) -> None:
    """Note a host that is neither a name nor an address."""
    if not HOST_NAME.fullmatch(value) and not _is_address(value):
        faults.note("host", "bad_host", "is neither a host name nor an IP address")


def check_greeting(faults: Faults, field: str, value: str) -> None:
    """Note a name that cannot be part of a greeting or a Message-ID; empty is fine."""
    if value and not HOST_NAME.fullmatch(value) and not _LITERAL.fullmatch(value):
        faults.note(field, "bad_host", "is neither a host name nor an IP address in brackets")


def check_port(faults: Faults, value: int) -> None:
    """Note a port outside TCP's range."""
    faults.integer("port", value, least=1, most=_HIGHEST_PORT)


def check_login(faults: Faults, security: Security, host: str, username: str, password: str) -> None:
    """Note credentials that are incomplete, unsendable, or would cross a network in the clear."""
    if bool(username) != bool(password):
        faults.note("password", "incomplete_login", "user name and password go together")
    if not is_one_line(username + password):
        faults.note("password", "control_character", "contains a control character")
    if username and security is Security.NONE and not is_loopback(host):
        faults.note("security", "login_in_the_clear", "a login without TLS is allowed on this machine alone")


def check_one_line(faults: Faults, field: str, value: str) -> None:
    """Note a text that could break out of its header."""
    if not is_one_line(value):
        faults.note(field, "control_character", "contains a control character")


def check_trust(
    faults: Faults, ca_file: str | os.PathLike[str] | None, context: ssl.SSLContext | None
) -> None:
    """Note two sources of trust at once, and a context that would trust anybody."""
    if context is None:
        return
    if ca_file is not None:
        faults.note("ca_file", "conflict", "goes into the context where a context is given")
    if context.verify_mode is not ssl.CERT_REQUIRED or not context.check_hostname:
        faults.note("tls_context", "not_verifying", "must verify the certificate and its host name")


def read_sender(faults: Faults, value: str) -> Mailbox:
    """Read the mailer's own address."""
    try:
        return read_mailbox(value, "sender")
    except Unsendable:
        faults.note("sender", "bad_email", "is not an e-mail address")
        return Mailbox("", "")


def read_context(ca_file: str | os.PathLike[str] | None, context: ssl.SSLContext | None) -> ssl.SSLContext:
    """Make the context that verifies the server: the given one, or one for that authority or the system's.

    Raises:
        InvalidInput: The file cannot be read, or holds no certificate.
    """
    if context is not None:
        return context
    try:
        return ssl.create_default_context(cafile=ca_file)
    except Exception as error:  # of the file, of its certificates, or of a path that is none
        reason = describe(error, _LONGEST_REASON)
        raise InvalidInput([Fault("ca_file", "unreadable", f"cannot be used: {reason}")]) from error


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    if _is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
