"""Mailers that write octets by hand, or keep what they have written, and make one mistake in it."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import Final, cast

from attrs import evolve

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.messages import Attachment, Email
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.letters import ReceivedMail
from tests.testing.liars.honest_mailer import HonestMailer, HonestWriter
from tests.testing.liars.liar import Liar


class TakesTheNameForTheAddress(HonestWriter):
    """Writes a name that is an address without quotes, so that it becomes the sender."""

    def octets(self, email: Email, address: str) -> bytes:
        octets = super().octets(email, address)
        if "@" not in email.sender_name or not email.sender_name.isascii():
            return octets
        return re.sub(rb"From: .*\r\n( .*\r\n)?", f"From: {email.sender_name}\r\n".encode(), octets, count=1)


class EncodesInPieces(HonestWriter):
    """Cuts a long subject into encoded words in the middle of a character."""

    def octets(self, email: Email, address: str) -> bytes:
        octets = super().octets(email, address)
        raw = email.subject.encode()
        if email.subject.isascii() or len(raw) < 60:
            return octets
        pieces = (b64encode(raw[start : start + 40]) for start in range(0, len(raw), 40))
        words = b"\r\n ".join(b"=?utf-8?b?" + piece + b"?=" for piece in pieces)
        return re.sub(rb"Subject: .*\r\n( .*\r\n)*", b"Subject: " + words + b"\r\n", octets, count=1)


class UndoublesDots(HonestWriter):
    """Takes away a dot at the beginning of a line, although the server does so, too."""

    def octets(self, email: Email, address: str) -> bytes:
        return re.sub(rb"(?m)^\.", b"", super().octets(email, address))


class ForgetsTheCharset(HonestWriter):
    """Does not say how its text is encoded."""

    def octets(self, email: Email, address: str) -> bytes:
        return super().octets(email, address).replace(b'; charset="utf-8"', b"")


class SaysLatin(HonestWriter):
    """Says that every text is in Latin-1."""

    def octets(self, email: Email, address: str) -> bytes:
        return super().octets(email, address).replace(b'charset="utf-8"', b'charset="iso-8859-1"')


class TruncatesBase64(HonestWriter):
    """Loses the last octets of a file whose length three does not divide."""

    def octets(self, email: Email, address: str) -> bytes:
        def cut(file: Attachment) -> Attachment:
            return evolve(
                file, content=b64decode(b64encode(file.content).rstrip(b"=")[: len(file.content) // 3 * 4])
            )

        return super().octets(evolve(email, attachments=tuple(map(cut, email.attachments))), address)


class MarksTheOrder(HonestMailer):
    """Puts a byte order mark before a file for a spreadsheet."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        marked = tuple(
            evolve(file, content=b"\xef\xbb\xbf" + file.content) if file.media_type == "text/csv" else file
            for file in email.attachments
        )
        return super().letter(evolve(email, attachments=marked), address)


class TurnsFilesRound(HonestMailer):
    """Attaches the last file first."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(evolve(email, attachments=email.attachments[::-1]), address)


class KeepsThePage(HonestMailer):
    """Sends the page of the mail before with a mail that has none."""

    _page = ""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        self._page = email.html or self._page
        return super().letter(evolve(email, html=self._page), address)


class KeepsWhatItWrote(HonestMailer):
    """Writes a mail once for each id, with its recipients, and sends that again."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._written: dict[str, Email] = {}

    def send(self, email: Email) -> tuple[Receipt, ...]:
        known = self._written.setdefault(email.message_id, email)
        receipts = super().send(evolve(email, to=known.to))
        return tuple(evolve(receipts[0], recipient=address) for address in email.to)


class KnowsTheIdAlone(HonestMailer):
    """Takes a mail for sent if its id was accepted before, whoever it is for."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._known: set[str] = set()

    def send(self, email: Email) -> tuple[Receipt, ...]:
        if email.message_id in self._known:
            return tuple(Receipt(DeliveryStatus.ACCEPTED, recipient=address) for address in email.to)
        receipts = super().send(email)
        if any(receipt.status is DeliveryStatus.ACCEPTED for receipt in receipts):
            self._known.add(email.message_id)
        return receipts


class AnswersInAList(HonestMailer):
    """Gives its receipts in a list."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        answer: object = list(super().send(email))
        return answer  # type: ignore[return-value]  # that is the lie


class RaisesForARefusal(HonestMailer):
    """Takes one refused recipient for a wrong set-up."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        receipts = super().send(email)
        if receipts[0].status is DeliveryStatus.REJECTED:
            raise DeliveryFailed(receipts[0].code, "refused", permanent=True)
        return receipts


class WaitsInWords(HonestMailer):
    """Gives the time to wait as a text."""

    def hand_over(self, email: Email, address: str) -> Receipt:
        receipt = super().hand_over(email, address)
        words = cast("float", str(receipt.retry_after))
        return evolve(receipt, retry_after=words if receipt.retry_after else None)


class HidesWhoIsRefused(HonestMailer):
    """Puts refusals behind the other receipts."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        return tuple(
            sorted(super().send(email), key=lambda receipt: receipt.status is DeliveryStatus.REJECTED)
        )


class SetsRecipients(HonestMailer):
    """Sends to a set of addresses, and answers in its order."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        return super().send(evolve(email, to=tuple(set(email.to))))


class ReadsColons(HonestMailer):
    """Keeps what stands behind the last colon of a subject."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(evolve(email, subject=email.subject.rpartition(": ")[2]), address)


class EscapesAmpersands(HonestMailer):
    """Escapes a subject as if it were part of a page."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(evolve(email, subject=email.subject.replace("&", "&amp;")), address)


class CapitalisesNames(HonestMailer):
    """Writes every word of the sender's name with a capital."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(evolve(email, sender_name=email.sender_name.title()), address)


class MakesOneFailureEverybodys(HonestMailer):
    """Says that nobody has a mail if one copy failed."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        receipts = super().send(email)
        failed = [receipt for receipt in receipts if receipt.code in {"failed", "unreachable"}]
        return tuple(evolve(failed[0], recipient=address) for address in email.to) if failed else receipts


class CopiesTheDesk(HonestMailer):
    """Sends a copy to where answers go."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        if email.reply_to:
            self.hand_over(email, email.reply_to)
        return super().send(email)


class CopiesTheSender(HonestMailer):
    """Sends a copy to the sender that a mail names."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        if email.sender:
            self.hand_over(email, email.sender)
        return super().send(email)


class DropsWhatIsRefusedOnce(HonestMailer):
    """Sends nothing more after the third refusal."""

    _refusals = 0

    def hand_over(self, email: Email, address: str) -> Receipt:
        if self._refusals >= 3:
            return Receipt(DeliveryStatus.NOT_SENT, recipient=address, code="stopped")
        receipt = super().hand_over(email, address)
        self._refusals += receipt.status is DeliveryStatus.REJECTED
        return receipt


OCTET_LIARS: Final[tuple[Liar[HonestMailer], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        TakesTheNameForTheAddress,
        EncodesInPieces,
        UndoublesDots,
        ForgetsTheCharset,
        SaysLatin,
        TruncatesBase64,
        MarksTheOrder,
        TurnsFilesRound,
        KeepsThePage,
        KeepsWhatItWrote,
        KnowsTheIdAlone,
        AnswersInAList,
        RaisesForARefusal,
        WaitsInWords,
        HidesWhoIsRefused,
        SetsRecipients,
        ReadsColons,
        EscapesAmpersands,
        CapitalisesNames,
        MakesOneFailureEverybodys,
        CopiesTheDesk,
        CopiesTheSender,
        DropsWhatIsRefusedOnce,
    )
)
"""Mailers that write octets by hand, or keep what they have written."""
