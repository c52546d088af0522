"""Mailers that remember what they should not, forget what they should keep, or know better than the mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import ClassVar, Final
from uuid import uuid4
from zlib import crc32

from attrs import evolve

from loyaltycore.kernel.messages import Email
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.letters import ReceivedMail
from tests.testing.liars.honest_mailer import HonestMailer
from tests.testing.liars.liar import Liar

_ENOUGH: Final = 10


def _named(letter: ReceivedMail, message_id: object) -> ReceivedMail:
    headers = (
        (name, f"<{message_id}@a.example>" if name == "Message-ID" else value)
        for name, value in letter.headers
    )
    return evolve(letter, headers=tuple(headers))


class ShortensIds(HonestMailer):
    """Makes the Message-ID from a checksum of ours."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return _named(super().letter(email, address), crc32(email.message_id.encode(errors="replace")))


class DrawsIds(HonestMailer):
    """Draws a Message-ID, and knows it again as long as the process lives."""

    _drawn: ClassVar[dict[str, object]] = {}

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return _named(super().letter(email, address), self._drawn.setdefault(email.message_id, uuid4()))


class DatesIds(HonestMailer):
    """Puts the day into the Message-ID."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return _named(
            super().letter(email, address), f"{datetime.now(UTC):%Y%m%d}.{crc32(email.message_id.encode())}"
        )


class OpensTheCircuit(HonestMailer):
    """Sends nothing any more after ten failures in a row."""

    _failures = 0

    def hand_over(self, email: Email, address: str) -> Receipt:
        if self._failures >= _ENOUGH:
            return Receipt(DeliveryStatus.NOT_SENT, recipient=address, code="circuit_open")
        receipt = super().hand_over(email, address)
        failed = receipt.code in {"failed", "unreachable"}
        self._failures = self._failures + 1 if failed else 0
        return receipt


class BlocksWhoWasRefused(HonestMailer):
    """Gives an address up for good after ten refusals."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._refused: dict[str, int] = {}

    def hand_over(self, email: Email, address: str) -> Receipt:
        if self._refused.get(address, 0) >= _ENOUGH:
            return Receipt(DeliveryStatus.REJECTED, recipient=address, code="unknown_recipient")
        receipt = super().hand_over(email, address)
        if receipt.status is DeliveryStatus.REJECTED:
            self._refused[address] = self._refused.get(address, 0) + 1
        return receipt


class ShortensLinks(HonestMailer):
    """Puts an address of its own in the place of each long one."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        letter = super().letter(email, address)
        return evolve(letter, text=re.sub("https://[^ ,]+", "https://s.example/1", letter.text))


class CountsClicks(HonestMailer):
    """Leads the links of a page past its own counter."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        letter = super().letter(email, address)
        return evolve(letter, html=letter.html.replace('href="https://', 'href="https://t.example/?https://'))


class SendsTenFiles(HonestMailer):
    """Has room for ten files."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        letter = super().letter(email, address)
        return evolve(letter, attachments=letter.attachments[:10])


class TellsTheTemplate(HonestMailer):
    """Marks each mail with the template that it was made from, as some vendors want it."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        letter = super().letter(email, address)
        mark = (("X-Tag", email.template),) if email.template else ()
        return evolve(letter, headers=(*letter.headers, *mark))


MEMORY_LIARS: Final[tuple[Liar[HonestMailer], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        ShortensIds,
        DrawsIds,
        DatesIds,
        OpensTheCircuit,
        BlocksWhoWasRefused,
        ShortensLinks,
        CountsClicks,
        SendsTenFiles,
        TellsTheTemplate,
    )
)
