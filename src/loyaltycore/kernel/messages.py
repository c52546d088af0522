"""What leaves the house: messages as values, addressed to a channel, to be delivered after the commit."""

from __future__ import annotations

from attrs import frozen


@frozen
class Attachment:
    """A file that goes with a mail.

    Attributes:
        name: File name shown to the reader.

        media_type: For example ``application/pdf``.

        content: The bytes.
    """

    name: str
    media_type: str
    content: bytes


@frozen
class Email:
    """One mail to one or more recipients.

    Attributes:
        message_id: Our own id of the message; the Message-ID header is made from it, so that a repeated hand-over is
            recognised by the receiving side.

        to: Addresses, at least one.

        subject: One line.

        text: The plain part.

        html: The HTML part, or an empty string for none.

        sender: From address; empty for the mailer's own.

        sender_name: Display name of the sender.

        reply_to: Where answers go; empty for the sender.

        attachments: Files.
    """

    message_id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()


@frozen
class SmsText:
    """One text message.

    Attributes:
        message_id: Our own id of the message.

        to: E.164.

        text: The text.

        at_most_once: Never send again after an unknown outcome: for gateways that cannot recognise a repetition.
    """

    message_id: str
    to: str
    text: str
    at_most_once: bool = True
