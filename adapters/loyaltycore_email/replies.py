"""A mail server's replies, and missing ones, as receipts.

The first digit of the reply decides between "try again" and "never"; the enhanced status code (RFC 3463) gives the
reason. If a server sends none, its text and the moment of the reply do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from attrs import frozen

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import DeliveryStatus, Receipt

_ENHANCED: Final = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})(?!\S)")
_QUEUE_ID: Final = re.compile(r"(?:\bid=|\bqueued as )([\w.-]+)", re.IGNORECASE)
_ASKS_FOR_LOGIN: Final = re.compile(
    r"authentication (?:is )?(?:required|needed)|must (?:first )?authenticate|not authenticated",
    re.IGNORECASE,
)
_NEEDS_MORE: Final = 530
_GOES_AWAY: Final = 421
_CONTENT_WANTED: Final = 354
_LONGEST_RAW: Final = 500

_CLUES: Final = (
    (re.compile(r"gr[ae]y-?list", re.IGNORECASE), "greylisted"),
    (re.compile(r"rate limit|too many (?:messages|connections|mails)", re.IGNORECASE), "throttled"),
    # The host name of a relay is no clue.
    (re.compile(r"\brelay(?:ing|ed)?\b(?![.-])", re.IGNORECASE), "relay_denied"),
    # Postfix refuses client and sender only when the recipient is named.
    (re.compile(r"sender address rejected", re.IGNORECASE), "sender_refused"),
    (re.compile(r"client host|blocked using|helo command rejected", re.IGNORECASE), "service_refused"),
)
"""Words of the text that help if the status code says too little: servers choose it freely for these."""

_WORDS: Final[Mapping[tuple[int, int], str]] = {
    (1, 1): "unknown_recipient",
    (1, 2): "unknown_domain",
    (1, 3): "invalid_recipient",
    (1, 6): "unknown_recipient",
    (1, 7): "sender_refused",
    (1, 8): "sender_refused",
    (1, 10): "unknown_domain",
    (2, 1): "mailbox_disabled",
    (2, 2): "mailbox_full",
    (2, 3): "too_large",
    (3, 4): "too_large",
    (5, 3): "too_many_recipients",
    (6, 7): "utf8_not_supported",
    (6, 9): "utf8_not_supported",
    (7, 28): "throttled",
}
_ABOUT_THE_MAIL: Final = frozenset({"too_large", "utf8_not_supported", "content_refused", "service_refused"})
_FAMILIES: Final[Mapping[int, str]] = {6: "content_refused", 7: "policy"}
_RETRY_AFTER: Final[Mapping[str, float]] = {"greylisted": 300.0, "throttled": 900.0}


class Stage(IntEnum):
    """How far a transaction came; up to `CONTENT` the server cannot have accepted the mail."""

    MAIL = 1
    RCPT = 2
    DATA = 3
    CONTENT = 4
    ANSWER = 5


_BARE: Final[Mapping[tuple[Stage, int], str]] = {
    (Stage.MAIL, 552): "too_large",
    (Stage.RCPT, 501): "invalid_recipient",
    (Stage.RCPT, 550): "unknown_recipient",
    (Stage.RCPT, 551): "unknown_recipient",
    (Stage.RCPT, 552): "mailbox_full",
    (Stage.RCPT, 553): "invalid_recipient",
    (Stage.RCPT, 554): "policy",
    (Stage.ANSWER, 550): "policy",
    (Stage.ANSWER, 552): "too_large",
    (Stage.ANSWER, 554): "policy",
}
"""The word for a reply without an enhanced status code."""


@frozen
class Reply:
    """One reply of the server."""

    code: int
    """Three digits, or -1 if there were none."""
    text: str
    """The text of all its lines."""

    @classmethod
    def read(cls, answer: tuple[int, bytes]) -> Reply:
        """Make a reply from what `smtplib` returns; controls and bytes outside UTF-8 become visible."""
        code, octets = answer
        text = " ".join(octets.decode("utf-8", "replace").split())
        return cls(code, "".join(character if character.isprintable() else "?" for character in text))

    @property
    def raw(self) -> str:
        """Code and text, shortened for people."""
        return f"{self.code} {self.text}"[:_LONGEST_RAW].rstrip()

    @property
    def is_positive(self) -> bool:
        """Whether the server agrees."""
        return self.code in range(200, 300)

    @property
    def is_permanent(self) -> bool:
        """Whether the server refuses for good."""
        return self.code in range(500, 600)

    @property
    def is_refusal(self) -> bool:
        """Whether the server refuses, for now or for good."""
        return self.code in range(400, 600)

    @property
    def wants_content(self) -> bool:
        """Whether the server waits for the message."""
        return self.code == _CONTENT_WANTED

    @property
    def ends_session(self) -> bool:
        """Whether the server closes the connection afterwards."""
        return self.code == _GOES_AWAY

    @property
    def demand(self) -> str:
        """What the server demands before it accepts mails, as an error code; or empty."""
        if self.code == _NEEDS_MORE and "starttls" in self.text.lower():
            return "tls_required"
        asks = self.code == _NEEDS_MORE or (self.is_permanent and _ASKS_FOR_LOGIN.search(self.text))
        return "login_required" if asks else ""


def word_for(stage: Stage, reply: Reply) -> str:
    """Name the reason of a refusal."""
    enhanced = _ENHANCED.match(reply.text)
    subject, detail = (int(enhanced[1]), int(enhanced[2])) if enhanced else (0, 0)
    word = _WORDS.get((subject, detail)) or _clue(reply.text) or _FAMILIES.get(subject)
    if word is None:
        word = _BARE.get((stage, reply.code), "refused" if reply.is_permanent else "temporary_failure")
    # What is refused at MAIL is not about a recipient.
    if stage is Stage.MAIL and reply.is_permanent and word not in _ABOUT_THE_MAIL:
        return "sender_refused"
    return word


def _clue(text: str) -> str | None:
    return next((word for clue, word in _CLUES if clue.search(text)), None)


def accepted(recipient: str, reply: Reply) -> Receipt:
    """The server has taken the mail over."""
    found = _QUEUE_ID.search(reply.text)
    return Receipt(
        DeliveryStatus.ACCEPTED, recipient=recipient, vendor_id=found[1] if found else "", raw=reply.raw
    )


def refused(recipient: str, stage: Stage, reply: Reply, *, own_sender: bool = False) -> Receipt:
    """The server refused one recipient.

    Args:
        stage: The step that the server answered.
        own_sender: Whether the sender is the mailer's own.

    Raises:
        DeliveryFailed: The server refuses our set-up, not this mail; rejecting one mail after another would lose them
            all.
    """
    word = word_for(stage, reply)
    if reply.is_permanent and stage < Stage.CONTENT:
        _raise_for_setup(word, reply, own_sender=own_sender)
    status = DeliveryStatus.REJECTED if reply.is_permanent else DeliveryStatus.NOT_SENT
    return Receipt(
        status,
        recipient=recipient,
        code=word,
        detail=f"the mail server refused: {reply.text}" if reply.text else "the mail server refused",
        retry_after=None if reply.is_permanent else _RETRY_AFTER.get(word),
        raw=reply.raw,
    )


def _raise_for_setup(word: str, reply: Reply, *, own_sender: bool) -> None:
    if reply.demand:
        raise DeliveryFailed(reply.demand, f"the mail server wants more first: {reply.raw}", permanent=True)
    if word == "service_refused" or (word == "sender_refused" and own_sender):
        whom = "our sender" if word == "sender_refused" else "to serve us"
        raise DeliveryFailed(word, f"the mail server refuses {whom}: {reply.raw}", permanent=True)


def lost(recipient: str, stage: Stage, why: str) -> Receipt:
    """The connection broke, or the server said something that is not a reply."""
    if stage is Stage.ANSWER:
        detail = f"the mail went out in full, and no answer came: {why}"
        return Receipt(DeliveryStatus.UNKNOWN, recipient=recipient, code="no_answer", detail=detail)
    return not_sent(recipient, "connection_lost", f"the connection broke before the mail was out: {why}")


def not_sent(recipient: str, code: str, detail: str, raw: str = "") -> Receipt:
    """Nothing was taken over; trying again makes sense."""
    return Receipt(DeliveryStatus.NOT_SENT, recipient=recipient, code=code, detail=detail, raw=raw)


def unsendable(recipient: str, code: str, detail: str) -> Receipt:
    """The mail was refused here, before any of it left."""
    return Receipt(DeliveryStatus.REJECTED, recipient=recipient, code=code, detail=detail)
