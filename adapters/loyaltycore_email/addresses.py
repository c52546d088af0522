"""Mail addresses, as they go into an SMTP command and into a header."""

from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from loyaltycore_email.headers import Unsendable, is_one_line

_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_PLAIN: Final = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)")
_LONGEST_LOCAL_PART: Final = 64
_LONGEST: Final = 254


@frozen
class Mailbox:
    """An address in the form that goes over the wire."""

    address: str
    """Local part and domain. The domain is in ASCII if the local part is."""
    domain: str
    international: bool = False
    """Whether the address can travel only to a server that offers SMTPUTF8."""


def read_mailbox(text: str, field: str, *, code: str = "invalid_message") -> Mailbox:
    """Read one address without a display name.

    A domain outside ASCII is written in its ASCII form, which any server takes. Quoted local parts and addresses in
    brackets are refused: nobody has one, and each is a way around a check.

    Args:
        field: What to call it in the error.
        code: The error's code if the syntax is wrong.

    Raises:
        Unsendable: It is not an address; always ``invalid_message`` if it could break out of its line.
    """
    if not is_one_line(text):
        raise Unsendable(field, "contains a line break or a control character")
    mailbox = _read_plain(text) if text.isascii() else _read_international(text)
    # An encoded word is made of letters that an address may have, and readers of the To header would decode it.
    if mailbox is None or "=?" in text:
        raise Unsendable(field, "is not a mail address", code=code)
    return mailbox


def _read_plain(text: str) -> Mailbox | None:
    match = _PLAIN.fullmatch(text)
    if match is None or len(text) > _LONGEST or len(match[1]) > _LONGEST_LOCAL_PART:
        return None
    return Mailbox(text, match[2].lower())


def _read_international(text: str) -> Mailbox | None:
    # IDNA of the standard library is the one of 2003: it would send mail for fußball.example to fussball.example.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  heavy, and rarely needed

    try:
        # Every option is named, because a host application may have changed the defaults for the whole process.
        found = validate_email(
            text,
            allow_smtputf8=True,
            allow_empty_local=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            check_deliverability=False,
            globally_deliverable=False,
        )
    except EmailNotValidError:
        return None
    if found.ascii_email is not None:
        return Mailbox(found.ascii_email, str(found.ascii_domain))
    return Mailbox(found.normalized, str(found.ascii_domain), international=True)
