"""One SMTP session, one transaction after another; `dialling` opens it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from attrs import define, field

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import Receipt
from loyaltycore_email.letter import Parcel
from loyaltycore_email.replies import Reply, Stage, accepted, refused, unsendable
from loyaltycore_email.speaking import FOREVER, Dialogue

T = TypeVar("T")

_PIECE: Final = 64 * 1024
FAREWELL: Final = 2.0
"""Seconds for the answers to QUIT."""


class Lost(Exception):
    """The session ended in the middle of a transaction."""

    def __init__(self, stage: Stage, why: str, *, announced: bool = False) -> None:
        self.stage = stage
        """How far the transaction was."""
        self.announced = announced
        """Whether the server had announced that it would close."""
        super().__init__(why)


@define(eq=False)
class Connection:
    """A session that is ready for a transaction; used by one thread at a time."""

    _smtp: Dialogue
    alive: bool = True
    """Whether it may be used again."""
    carried: int = 0
    """How many mails it has carried until they were answered."""
    used_at: float = field(factory=time.monotonic)
    """When it was last used, on the monotonic clock."""
    process: int = field(factory=os.getpid)
    """Who opened it: after a fork, the child must leave it alone."""
    generation: int = 0
    """How often the pool had been closed when it was opened."""

    def transact(self, parcel: Parcel, recipient: str, until: float) -> Receipt:
        """Hand one copy over.

        Args:
            recipient: What the receipt calls the recipient.
            until: When the mail must be out, on the monotonic clock; the last answer has its time after that.

        Raises:
            Lost: The session is over; its stage says what that means for the mail.
            DeliveryFailed: The server refuses our set-up; the session is still good.
        """
        if parcel.international and not self._smtp.has_extn("smtputf8"):
            return _without_utf8(parcel, recipient)
        self._smtp.pace.until = until
        for stage, step in self._before_content(parcel):
            reply = self._take(stage, step)
            if reply.is_refusal:
                self._reset()
                return refused(recipient, stage, reply, own_sender=parcel.own_sender)
        self._guarded(Stage.CONTENT, lambda: self._push(parcel.transparent))
        # To give up now would leave everybody wondering, so this answer has its full time.
        self._smtp.pace.until = FOREVER
        reply = self._take(Stage.ANSWER, self._smtp.getreply)
        self.used_at = time.monotonic()
        if reply.is_refusal:
            return refused(recipient, Stage.ANSWER, reply)
        self.carried += 1
        return accepted(recipient, reply)

    def _before_content(self, parcel: Parcel) -> Iterator[tuple[Stage, Callable[[], tuple[int, bytes]]]]:
        yield Stage.MAIL, lambda: self._smtp.mail(parcel.sender, self._options(parcel))
        yield Stage.RCPT, lambda: self._smtp.rcpt(parcel.recipient)
        yield Stage.DATA, lambda: self._smtp.docmd("DATA")

    def _options(self, parcel: Parcel) -> list[str]:
        options = [f"SIZE={len(parcel.content)}"] if self._smtp.has_extn("size") else []
        if parcel.international:
            options += ["SMTPUTF8"] + ["BODY=8BITMIME"] * self._smtp.has_extn("8bitmime")
        return options

    def _push(self, octets: bytes) -> None:
        # In pieces, because a step has its time, however much it has to send. The dot at the end is in the last piece:
        # if that one fails, the server has no complete mail.
        view = memoryview(octets)
        for start in range(0, len(view), _PIECE):
            self._smtp.send(view[start : start + _PIECE])

    def _take(self, stage: Stage, step: Callable[[], tuple[int, bytes]]) -> Reply:
        """Take a step and return the reply, which either agrees or refuses."""
        reply = Reply.read(self._guarded(stage, step))
        agrees = reply.wants_content if stage is Stage.DATA else reply.is_positive
        if (agrees or reply.is_refusal) and not reply.ends_session:
            return reply
        self.drop()
        if reply.ends_session and stage is Stage.ANSWER:
            return reply
        raise Lost(stage, f"the mail server said {reply.raw!r}", announced=reply.ends_session)

    def _guarded(self, stage: Stage, step: Callable[[], T]) -> T:
        try:
            return step()
        except OSError as error:  # the root of smtplib's own errors too
            self.drop()
            raise Lost(stage, str(error) or type(error).__name__) from error

    def _reset(self) -> None:
        self.used_at = time.monotonic()
        with contextlib.suppress(Lost):
            if self._take(Stage.MAIL, self._smtp.rset).is_refusal:
                self.drop()

    def drop(self) -> None:
        """Close without saying QUIT."""
        self.alive = False
        self._smtp.close()

    def quit(self, until: float) -> None:
        """Say QUIT, unless it is too late for an answer."""
        with contextlib.suppress(OSError):
            if self.alive and self.process == os.getpid():
                self._smtp.pace.until = until
                self._smtp.docmd("QUIT")
        self.drop()


def _without_utf8(parcel: Parcel, recipient: str) -> Receipt:
    why = "the mail server takes no address outside ASCII"
    if parcel.own_sender and not parcel.sender.isascii():
        raise DeliveryFailed("utf8_not_supported", f"{why}, as our sender is", permanent=True)
    return unsendable(recipient, "utf8_not_supported", why)
