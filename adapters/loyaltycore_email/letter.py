"""A mail as octets: made once, then given to each recipient with a To of its own."""

from __future__ import annotations

import re
from base64 import encodebytes
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from attrs import frozen

from loyaltycore.ports.messaging import Attachment, Email
from loyaltycore_email.addresses import Mailbox, read_mailbox
from loyaltycore_email.bounces import ReturnPath
from loyaltycore_email.headers import (
    Header,
    Unsendable,
    attachment_disposition,
    message_id,
    named_address,
    require_one_line,
    unstructured,
)

# Seven bits always: then no server has to offer 8BITMIME. Quoted-printable allows lines of 76 characters, not 78.
_POLICY: Final = SMTP.clone(cte_type="7bit", max_line_length=76)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LEADING_DOT: Final = re.compile(rb"(?m)^\.")
_NAME: Final = r"[A-Za-z0-9!#$&^_.+-]+"
_MEDIA_TYPE: Final = re.compile(rf'{_NAME}/{_NAME}(?:; ?{_NAME}=(?:{_NAME}|"[A-Za-z0-9 !#$&^_.+/:,=-]*"))*')
_LONGEST_MEDIA_TYPE: Final = 200
_ONE_TOUCH: Final = re.compile(r"https://[A-Za-z0-9.-]+[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{0,850}")


@frozen
class Letterhead:
    """What the mailer adds to every mail."""

    sender: Mailbox
    """From, if a mail names none."""
    sender_name: str
    """The name that goes with it."""
    message_id_domain: str
    """Right side of every Message-ID."""
    returns: ReturnPath | None = None
    """Where mails come back to; None for their sender."""


@frozen
class Parcel:
    """One copy, ready for one transaction."""

    sender: str
    recipient: str
    content: bytes
    """The message, lines ended by CRLF, dots not yet doubled."""
    international: bool
    """Whether the server must offer SMTPUTF8."""
    own_sender: bool
    """Whether the sender is the mailer's own, so that its refusal is a fault of the set-up."""

    @property
    def transparent(self) -> bytes:
        """The content as it follows DATA: leading dots doubled, the line with the single dot at its end."""
        return _LEADING_DOT.sub(b"..", self.content.removesuffix(b"\r\n")) + b"\r\n.\r\n"


@frozen
class Letter:
    """A mail without its To."""

    sender: Mailbox
    content: bytes
    international: bool
    """Whether an address in its headers needs SMTPUTF8."""
    own_sender: bool
    """Whether the sender is the mailer's own."""
    return_path: str = ""
    """Where it comes back to; empty for the sender."""

    def to(self, recipient: Mailbox) -> Parcel:
        """Make the copy for one recipient; nobody else is named in it."""
        return Parcel(
            self.return_path or self.sender.address,
            recipient.address,
            b"To: " + recipient.address.encode() + b"\r\n" + self.content,
            self.international or recipient.international,
            self.own_sender,
        )


def compose(email: Email, head: Letterhead) -> Letter:
    """Turn a mail into a letter.

    Raises:
        Unsendable: Something in it could become a header, or cannot be written at all.
    """
    sender = read_mailbox(email.sender, "sender") if email.sender else head.sender
    reply_to = read_mailbox(email.reply_to, "reply_to") if email.reply_to else None
    name = email.sender_name or ("" if email.sender else head.sender_name)
    if not email.message_id:
        raise Unsendable("message_id", "is empty")
    message = EmailMessage(_POLICY)
    _put(message, "From", named_address(require_one_line(name, "sender_name"), sender.address))
    if reply_to is not None:
        _put(message, "Reply-To", reply_to.address)
    _put(message, "Subject", unstructured(require_one_line(email.subject, "subject")))
    _put(message, "Date", format_datetime(datetime.now(UTC)))
    _put(message, "Message-ID", message_id(email.message_id, head.message_id_domain))
    _put(message, "Auto-Submitted", "auto-generated")
    if email.unsubscribe:
        _put(message, "List-Unsubscribe", f"<{_one_touch(email.unsubscribe)}>")
        _put(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    _put(message, "MIME-Version", "1.0")
    _write_body(message, email)
    international = sender.international or (reply_to is not None and reply_to.international)
    content = message.as_bytes(policy=_POLICY.clone(utf8=international))
    return_path = head.returns.of(email.message_id) if head.returns else ""
    own_sender = bool(return_path) or not email.sender
    return Letter(sender, content, international, own_sender, return_path)


def _one_touch(url: str) -> str:
    """An address for the header, which readers fetch without asking: nothing else may stand in it."""
    if not _ONE_TOUCH.fullmatch(url):
        raise Unsendable("unsubscribe", "is no https address of at most 900 characters")
    return url


def _write_body(message: EmailMessage, email: Email) -> None:
    # A mail of HTML alone gets no empty plain part: readers would show that one.
    if email.text or not email.html:
        _write_text(message, email.text, "plain", "text")
        if email.html:
            message.make_alternative()
            page = _write_text(EmailMessage(_POLICY), email.html, "html", "html")
            del page["MIME-Version"]  # it belongs at the top alone
            message.attach(page)
    else:
        _write_text(message, email.html, "html", "html")
    for number, attachment in enumerate(email.attachments):
        if number == 0:
            message.make_mixed()
        message.attach(_file(attachment, f"attachments[{number}]"))


def _write_text(part: EmailMessage, text: str, subtype: str, field: str) -> EmailMessage:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Unsendable(field, "contains half a character") from error
    # Left alone, `email` sends controls as they are, and a server may refuse or drop a NUL.
    encoding = "quoted-printable" if _CONTROL.search(text) else None
    part.set_content(text, subtype=subtype, charset="utf-8", cte=encoding)
    return part


def _file(attachment: Attachment, field: str) -> EmailMessage:
    part = EmailMessage(_POLICY)
    name = require_one_line(attachment.name, f"{field}.name")
    _put(part, "Content-Type", _media_type(attachment.media_type, f"{field}.media_type"))
    _put(part, "Content-Transfer-Encoding", "base64")
    _put(part, "Content-Disposition", attachment_disposition(name))
    part.set_payload(encodebytes(attachment.content).decode("ascii"))
    return part


def _media_type(media_type: str, field: str) -> str:
    """Check a media type; containers are refused, because their content must not be base64 (RFC 2046)."""
    container = media_type.lower().startswith(("multipart/", "message/"))
    if container or len(media_type) > _LONGEST_MEDIA_TYPE or not _MEDIA_TYPE.fullmatch(media_type):
        raise Unsendable(field, "is not a media type that can be attached")
    return media_type


def _put(part: EmailMessage, name: str, value: str) -> None:
    part[name] = Header(name, value)
