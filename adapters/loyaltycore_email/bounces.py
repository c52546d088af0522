"""Mails that come back: the address that they come back to, and what they say (RFC 3461, 3464).

Anybody can write a mail that looks like a bounce. One counts if it came to the address that was made for the mail which
it is about: our id of the mail stands in it, and a proof that we have made it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from email.parser import HeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import WebhookRejected
from loyaltycore.kernel.fates import RAW_LENGTH, RECIPIENT_LENGTH, FateState, MailReport
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import as_text

MOST_BYTES: Final = 4_000_000
"""A mail that came back may bring along the whole of what was sent; only its beginning is read."""

_LONGEST_LOCAL_PART: Final = 64
_PROOF: Final = 16
"""Hexadecimal digits."""
_PLAIN: Final = re.compile(r"[a-z0-9-]+")
_DELIVERED_TO: Final = ("delivered-to", "x-original-to", "envelope-to", "to")
_MOST_READ: Final = 256_000
"""Bytes: servers write what is meant for machines before the mail that they return."""
_MOST_PARTS: Final = 20
_LONGEST_HEADER: Final = 2000
_MOST_ADDRESSES: Final = 50
_MOST_RECIPIENTS: Final = 100
_BLANK_LINES: Final = re.compile(r"\n(?:[ \t]*\n)+")
_ACTIONS: Final = {
    "failed": FateState.UNDELIVERABLE,
    "delayed": FateState.QUEUED,
    "delivered": FateState.DELIVERED,
    "relayed": FateState.SENT,
    "expanded": FateState.SENT,
}


@frozen
class ReturnPath:
    """Where mails come back to."""

    local_part: str
    domain: str
    secrets: tuple[str, ...]
    """The first one signs."""

    def of(self, message_id: str) -> str:
        """The address for one mail; without a proof if the id does not fit, so that nothing is believed about it."""
        made = f"{self.local_part}+{message_id}.{_proof(message_id, self.secrets[0])}"
        fits = len(made) <= _LONGEST_LOCAL_PART and _PLAIN.fullmatch(message_id)
        return f"{made if fits else self.local_part}@{self.domain}"

    def message_of(self, address: str) -> str:
        """The id in such an address, in any case; empty if it was not made with one of the secrets."""
        local_part, _, domain = address.lower().rpartition("@")
        token = local_part.removeprefix(f"{self.local_part.lower()}+")
        message_id, _, proof = token.rpartition(".")
        if domain != self.domain.lower() or token == local_part or not _PLAIN.fullmatch(message_id):
            return ""
        matches = False
        for secret in self.secrets:
            matches |= hmac.compare_digest(_proof(message_id, secret).encode(), proof.encode())
        return message_id if matches else ""


def read_bounce(raw: bytes, path: ReturnPath) -> tuple[MailReport, ...]:
    """Prove and read a mail that came back.

    Args:
        raw: As it was delivered, headers included.

    Raises:
        WebhookRejected: ``bad_signature`` if it came to no address that we have made, ``malformed`` if it is no report,
            ``too_large``.
    """
    if not isinstance(raw, bytes):
        raise WebhookRejected("malformed", "the mail is no bytes")
    if len(raw) > MOST_BYTES:
        raise WebhookRejected("too_large", f"the mail is longer than {MOST_BYTES} bytes")
    try:
        message = _read(raw[:_MOST_READ].decode("utf-8", "replace").replace("\r\n", "\n"))
        message_id = next(filter(None, map(path.message_of, _addresses(message))), "")
        reports = tuple(_reports(message, message_id)) if message_id else ()
    except Exception as error:  # what a stranger's mail makes a parser do has no end
        raise WebhookRejected("malformed", "it cannot be read as a mail") from error
    if not message_id:
        raise WebhookRejected("bad_signature", "it came to no address of ours")
    if not reports:
        raise WebhookRejected("malformed", "it reports about nobody")
    return reports


def _read(text: str) -> Message[Any, Any]:
    """Read the headers; the body stays a text.

    The parser of the standard library takes the square of the time for parts within parts, and nobody has proved
    anything yet.
    """
    return HeaderParser().parsestr(text)


def _addresses(message: Message[Any, Any]) -> Iterator[str]:
    for name in _DELIVERED_TO:
        values = [str(value)[:_LONGEST_HEADER] for value in message.get_all(name, [])[:_MOST_ADDRESSES]]
        yield from (address for _, address in getaddresses(values)[:_MOST_ADDRESSES])


def _reports(message: Message[Any, Any], message_id: str) -> Iterator[MailReport]:
    """What is said of each recipient, in the part that is meant for machines."""
    for part in _parts(message):
        if part.get_content_type() != "message/delivery-status":
            continue
        texts = _BLANK_LINES.split(str(part.get_payload()).strip("\n"), _MOST_RECIPIENTS + 1)
        blocks = [_read(text) for text in texts[: _MOST_RECIPIENTS + 1]]
        at = _instant(blocks[0].get("Arrival-Date"))
        for block in blocks[1:]:
            if block.get("Action"):
                yield _report(block, message_id, at)
        return


def _parts(message: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    """The parts of a report, and none of those within them."""
    if len(str(message.get("Content-Type", ""))) > _LONGEST_HEADER:
        return
    boundary = message.get_boundary()
    if message.get_content_type() != "multipart/report" or not boundary:
        return
    line = re.compile(rf"^--{re.escape(boundary)}(?:--)?[ \t]*\n", re.MULTILINE)
    yield from map(_read, line.split(str(message.get_payload()), _MOST_PARTS)[1 : _MOST_PARTS + 1])


def _report(block: Message[Any, Any], message_id: str, at: datetime | None) -> MailReport:
    action = str(block["Action"]).split(";")[0].strip().lower()
    status = str(block.get("Status", "")).split("(")[0].strip()
    said = " ".join(str(block.get("Diagnostic-Code", "")).split())
    # What failed with a temporary code was tried until nobody wanted to try any longer.
    gave_up = action == "failed" and status.startswith("4")
    return MailReport(
        FateState.EXPIRED if gave_up else _ACTIONS.get(action),
        as_text(" ".join(filter(None, (action, status, said))), RAW_LENGTH),
        message_id=message_id,
        recipient=as_text(_recipient(block), RECIPIENT_LENGTH),
        at=_instant(block.get("Last-Attempt-Date")) or at,
    )


def _recipient(block: Message[Any, Any]) -> str:
    """Whom the mail was for; the original one, if it was passed on to somebody else."""
    text = str(block.get("Original-Recipient") or block.get("Final-Recipient") or "")
    return text.partition(";")[2].strip() if ";" in text else text.strip()


def _instant(value: object) -> datetime | None:
    """An instant that there is; an odd one is left out, as if it did not stand there."""
    try:
        found = parsedate_to_datetime(str(value)) if value else None
    except (ValueError, TypeError, OverflowError):
        return None
    return Faults().instant("at", found)


def _proof(message_id: str, secret: str) -> str:
    return hmac.new(secret.encode(), b"bounce\x00" + message_id.encode(), hashlib.sha256).hexdigest()[:_PROOF]
