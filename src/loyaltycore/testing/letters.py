"""A mail as its receiver sees it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from attrs import frozen

from loyaltycore.kernel.messages import Attachment, Email


@frozen
class ReceivedMail:
    r"""One mail that arrived."""

    headers: tuple[tuple[str, str], ...]
    """Names and decoded values, in order, with repetitions."""
    text: str = ""
    r"""The plain part, lines ended by ``\n``; empty if there is none."""
    html: str = ""
    """The HTML part, or empty."""
    attachments: tuple[Attachment, ...] = ()

    def values(self, name: str) -> list[str]:
        """All values of a header, whatever its case."""
        return [value for found, value in self.headers if found.lower() == name.lower()]


def read_mail(raw: bytes) -> ReceivedMail:
    """Read a mail as it came over the wire.

    A lone carriage return or line feed ends a line here, as for careless readers: what can become a header, does.
    """
    message = message_from_bytes(raw, policy=default)
    return ReceivedMail(
        headers=tuple((name, str(value)) for name, value in message.items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attachment(part) for part in message.iter_attachments()),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    return Attachment(part.get_filename() or "", part.get_content_type(), cast("bytes", content))


def delivered(email: Email, address: str, *, own_sender: str = "shop@example.org") -> ReceivedMail:
    """What a faithful mailer makes of a mail, for adapters that keep the mail itself, like the one in memory."""
    headers = [
        ("Message-ID", f"<{email.message_id}@example.org>"),
        ("From", f"{email.sender_name} <{email.sender or own_sender}>"),
        ("To", address),
        ("Subject", email.subject),
    ]
    if email.reply_to:
        headers.append(("Reply-To", email.reply_to))
    return ReceivedMail(tuple(headers), email.text, email.html, email.attachments)
