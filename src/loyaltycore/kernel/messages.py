"""What leaves the house: messages as values, delivered after the commit."""

from __future__ import annotations

from attrs import frozen


@frozen
class Attachment:
    """A file that goes with a mail."""

    name: str
    """File name shown to the reader."""
    media_type: str
    """For example ``application/pdf``."""
    content: bytes
    """The bytes."""


@frozen
class Email:
    """One mail to one or more recipients."""

    message_id: str
    """Our own id of the message; the Message-ID header is made from it, so that the receiving side recognises a
    repeated hand-over."""
    to: tuple[str, ...]
    """Addresses, at least one."""
    subject: str
    text: str
    """The plain part, as it is to arrive."""
    html: str = ""
    """The HTML part, or an empty string for none."""
    sender: str = ""
    """From address; empty for the mailer's own."""
    sender_name: str = ""
    """Display name of the sender."""
    reply_to: str = ""
    """Where answers go; empty for the sender."""
    attachments: tuple[Attachment, ...] = ()


@frozen
class SmsText:
    """One text message."""

    message_id: str
    """Our own id of the message."""
    to: str
    """E.164."""
    text: str
    """The text, as it is to arrive: a long one takes several messages."""
    at_most_once: bool = True
    """Never send again after an unknown outcome: for gateways that cannot recognise a repetition."""
