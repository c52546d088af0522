"""A mail as its receiver sees it."""

from __future__ import annotations

import quopri
import re
from base64 import b64decode
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Final, cast

from attrs import field, frozen

from loyaltycore.kernel.messages import Attachment, Email

_FOLD: Final = re.compile(r"[\r\n]+(?=[ \t])")
_WORD: Final = re.compile(r"=\?([^?\s]+)\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
_BETWEEN_WORDS: Final = re.compile(rf"(?<=\?=)\s+(?={_WORD.pattern})", re.IGNORECASE)

ONE_TOUCH: Final = "List-Unsubscribe=One-Click"
"""What makes the address beside it one that is fetched without asking (RFC 8058)."""

_PAIR: Final = 2
_SPECIALS: Final = frozenset('()<>[]:;@\\,."')
"""What a name must be quoted for (RFC 5322, section 3.2.3)."""


@frozen
class ReceivedMail:
    r"""One mail that arrived: made by `read_mail`, or by hand from what a provider's interface shows.

    The tests read the headers ``From``, ``To``, ``Subject``, ``Message-ID`` and, where there is one, ``Reply-To`` and
    ``List-Unsubscribe`` with ``List-Unsubscribe-Post``, and demand
    that there is neither ``Cc`` nor ``Bcc``. Where a provider keeps the sender's name apart from the address, ``From`` is
    ``Name <address>``; a name that begins and ends with a quotation mark of its own is put in quotation marks again, with
    a backslash before each of its own. Whatever the provider shows as the id that a receiver would see is the
    ``Message-ID``.
    """

    headers: tuple[tuple[str, str], ...] = field()
    """Names and decoded values, in order, with repetitions: pairs."""
    text: str = ""
    r"""The plain part, lines ended by ``\n``; empty if there is none."""
    html: str = ""
    """The HTML part, or empty."""
    attachments: tuple[Attachment, ...] = ()
    """The files, in their order."""

    @headers.validator
    def _check_headers(self, _attribute: Any, headers: Any) -> None:
        if not all(isinstance(pair, tuple) and len(pair) == _PAIR for pair in headers):
            raise TypeError('`headers` are pairs of name and value: (("To", "erika@example.org"), ...)')

    def values(self, name: str) -> list[str]:
        """All values of a header, whatever its case."""
        return [value for found, value in self.headers if found.lower() == name.lower()]


def read_mail(raw: bytes) -> ReceivedMail:
    """Read a mail as it came over the wire.

    A lone carriage return or line feed ends a line here, as for careless readers: what can become a header, does.
    """
    message = message_from_bytes(raw, policy=default)
    return ReceivedMail(
        headers=tuple((name, _decoded(str(value))) for name, value in message.raw_items()),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attachment(part) for part in message.iter_attachments()),
    )


def _decoded(raw: str) -> str:
    """The value of a header as its octets say it: the parser of the standard library tears long names apart."""
    value = _FOLD.sub("", raw).strip().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _WORD.sub(_word, _BETWEEN_WORDS.sub("", value))


def _word(found: re.Match[str]) -> str:
    charset, encoding, octets = found[1].partition("*")[0], found[2].lower(), found[3].encode("utf-8")
    try:
        decoded = b64decode(octets) if encoding == "b" else quopri.decodestring(octets, header=True)
        return decoded.decode(charset, "replace")
    except (ValueError, LookupError):
        return found[0]


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    # A part of parts has no content of its own.
    return Attachment(part.get_filename() or "", part.get_content_type(), cast("bytes", content or b""))


def delivered(email: Email, address: str, *, own_sender: str = "shop@example.org") -> ReceivedMail:
    """What a faithful mailer makes of a mail, for adapters that keep the mail itself, like the one in memory."""
    headers = [
        ("Message-ID", f"<{email.message_id}@example.org>"),
        ("From", f"{_quoted(email.sender_name)} <{email.sender or own_sender}>".lstrip()),
        ("To", address),
        ("Subject", email.subject),
    ]
    if email.reply_to:
        headers.append(("Reply-To", email.reply_to))
    if email.unsubscribe:
        headers += [("List-Unsubscribe", f"<{email.unsubscribe}>"), ("List-Unsubscribe-Post", ONE_TOUCH)]
    return ReceivedMail(tuple(headers), email.text, email.html, email.attachments)


def _quoted(name: str) -> str:
    if _SPECIALS.isdisjoint(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
