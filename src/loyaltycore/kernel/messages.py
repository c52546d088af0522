"""What leaves the house: messages as values, delivered after the commit."""

from __future__ import annotations

from attrs import frozen

from loyaltycore.kernel.invitations import Invitation
from loyaltycore.kernel.showing import showing


@frozen(repr=False)
class Attachment:
    """A file that goes with a mail."""

    __repr__ = showing("media_type")

    name: str
    """File name shown to the reader, as it is to arrive; blanks at its ends do not count."""
    media_type: str
    """For example ``application/pdf``."""
    content: bytes
    """The bytes, none of which may change."""


@frozen(repr=False)
class Email:
    """One mail to one or more recipients."""

    __repr__ = showing("message_id")

    message_id: str
    """Our own id of the message; the Message-ID header is made from it, so that the receiving side recognises a
    repeated hand-over."""
    to: tuple[str, ...]
    """Addresses, at least one. They are told apart to the letter; a domain may be written in its ASCII form."""
    subject: str
    """One line, as it is to arrive; blanks at its ends do not count."""
    text: str
    """The plain part, as it is to arrive: every character counts, but for the kind of line end and for one line end at
    the very end."""
    html: str = ""
    """The HTML part, or an empty string for none; every character counts, as in `text`."""
    sender: str = ""
    """From address; empty for the mailer's own."""
    sender_name: str = ""
    """Display name of the sender, as it is to arrive, like `subject`; empty for none, or for the mailer's own."""
    reply_to: str = ""
    """Where answers go; empty for the sender."""
    attachments: tuple[Attachment, ...] = ()
    """The files, in this order; several may have one name."""
    template: str = ""
    """The version of the template it was made from, for example ``card-ordered/3``; empty for none. It is not sent."""
    unsubscribe: str = ""
    """Where its reader says with one touch that they want no more of them: an https address (RFC 8058), for advertising.
    Empty for none."""
    invitation: Invitation | None = None
    """What a calendar is told. A mailer finds it among the attachments, as a file; it is left out of a house in which
    nobody writes such files."""


@frozen(repr=False)
class SmsText:
    """One text message."""

    __repr__ = showing("message_id")

    message_id: str
    """Our own id of the message; passed on where the other side recognises a repetition by it."""
    to: str
    """E.164; every digit counts."""
    text: str
    """The text, as it is to arrive: a long one takes several messages. Every character counts, none is replaced."""
    at_most_once: bool = True
    """Never send again after an unknown outcome: for gateways that cannot recognise a repetition."""
    template: str = ""
    """The version of the template it was made from, as in `Email`. It is not sent."""
