"""Mailers that are wrong in one way each, around the one in memory."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from loyaltycore.kernel.messages import Email
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.letters import ReceivedMail, read_mail
from tests.testing.liars.honest_mailer import HonestMailer
from tests.testing.liars.liar import Liar
from tests.testing.liars.mailer_files import FILE_LIARS
from tests.testing.liars.mailer_memories import MEMORY_LIARS
from tests.testing.liars.mailer_octets import OCTET_LIARS
from tests.testing.liars.mailer_troubles import TROUBLE_LIARS
from tests.testing.liars.mailer_ways import WAY_LIARS
from tests.testing.liars.mailer_words import WORD_LIARS


class SendsTwice(HonestMailer):
    """Sends a mail again although it was taken."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send, and send."""
        super().send(email)
        return super().send(email)


class LosesTheSecondRecipient(HonestMailer):
    """Hands the mail over for the first recipient alone."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send to one, answer for all."""
        super().send(evolve(email, to=email.to[:1]))
        return tuple(Receipt(DeliveryStatus.ACCEPTED, recipient=address) for address in email.to)


class SortsReceipts(HonestMailer):
    """Answers in the order of the alphabet."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send, sorted."""
        return tuple(sorted(super().send(email), key=lambda receipt: receipt.recipient))


class AnswersOnce(HonestMailer):
    """Gives one receipt for the whole mail."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send, and answer for the first."""
        return super().send(email)[:1]


class MakesFreshMessageIds(HonestMailer):
    """Gives every try a Message-ID of its own."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Count."""
        return super().letter(evolve(email, message_id=f"{email.message_id}.{len(self.post.taken)}"), address)


class MakesMessageIdsOfWords(HonestMailer):
    """Makes the Message-ID from the subject too."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Mix."""
        return super().letter(evolve(email, message_id=f"{email.message_id}.{hash(email.subject)}"), address)


class WritesRawHeaders(HonestMailer):
    """Writes texts into headers as they are."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Write octets, and read them again."""
        honest = super().letter(email, address)
        head = "".join(f"{name}: {value}\r\n" for name, value in honest.headers)
        read = read_mail(f"{head}\r\n".encode("utf-8", "replace"))
        return evolve(honest, headers=read.headers, text=read.text + email.text)


class WritesRawFileNames(HonestMailer):
    """Writes the names and types of files into headers as they are."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Write the part's headers as octets, and read them again."""
        honest = super().letter(email, address)
        head = "".join(f"X-File: {file.name} {file.media_type}\r\n" for file in email.attachments)
        read = read_mail(f"{head}\r\n".encode("utf-8", "replace"))
        return evolve(honest, headers=(*honest.headers, *read.headers))


class RaisesForBadAddresses(HonestMailer):
    """Takes a bad address for an error of the program."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send to right addresses."""
        for address in email.to:
            if address.count("@") != 1:
                raise ValueError(address)
        return super().send(email)


class RejectsAllForOne(HonestMailer):
    """Rejects a mail for all where one address is bad."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send all or none."""
        if all(address.count("@") == 1 for address in email.to):
            return super().send(email)
        return tuple(Receipt(DeliveryStatus.REJECTED, recipient=address) for address in email.to)


class RaisesWhenUnreachable(HonestMailer):
    """Lets the network's error out."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send, or raise."""
        receipts = super().send(email)
        if receipts[0].status is DeliveryStatus.NOT_SENT:
            raise ConnectionRefusedError
        return receipts


class ClaimsWhatNeverLeft(HonestMailer):
    """Says that a mail was accepted whatever happened."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send, and hope."""
        return tuple(evolve(receipt, status=DeliveryStatus.ACCEPTED) for receipt in super().send(email))


class WritesAscii(HonestMailer):
    """Knows no letters but those of English."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Replace."""
        plain = email.text.encode("ascii", "replace").decode()
        return super().letter(evolve(email, text=plain), address)


class EndsAtADot(HonestMailer):
    """Lets a line with a single dot end the mail."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Cut."""
        return super().letter(
            evolve(email, text=f"\n{email.text}".partition("\n.\n")[0].removeprefix("\n")), address
        )


class RefusesEmptyTexts(HonestMailer):
    """Rejects a mail without words."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        """Send what says something."""
        if email.text.strip():
            return super().send(email)
        return tuple(Receipt(DeliveryStatus.REJECTED, recipient=address) for address in email.to)


class ForgetsReplyTo(HonestMailer):
    """Lets answers go to the sender."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Leave Reply-To out."""
        return super().letter(evolve(email, reply_to=""), address)


class DropsTheWayOut(HonestMailer):
    """Sends advertising without the address at which its reader has no more of it."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Leave the way out out."""
        return super().letter(evolve(email, unsubscribe=""), address)


class KeepsTheWayOut(HonestMailer):
    """Gives every mail the way out of the one before it."""

    way_out = ""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Remember what stood there last."""
        self.way_out = email.unsubscribe or self.way_out
        return super().letter(evolve(email, unsubscribe=self.way_out), address)


class SendsUnderItsOwnName(HonestMailer):
    """Puts its own address in the place of the sender's."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Leave the sender out."""
        return super().letter(evolve(email, sender=""), address)


class DropsHtml(HonestMailer):
    """Sends the plain part alone."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Leave the page out."""
        return super().letter(evolve(email, html=""), address)


class DropsAttachments(HonestMailer):
    """Sends a mail without its files."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        """Leave the files out."""
        return super().letter(evolve(email, attachments=()), address)


MAILER_LIARS: Final[tuple[Liar[HonestMailer], ...]] = (
    *(
        Liar.of(cls, cls)
        for cls in (
            SendsTwice,
            LosesTheSecondRecipient,
            SortsReceipts,
            AnswersOnce,
            MakesFreshMessageIds,
            MakesMessageIdsOfWords,
            WritesRawHeaders,
            WritesRawFileNames,
            RaisesForBadAddresses,
            RejectsAllForOne,
            RaisesWhenUnreachable,
            ClaimsWhatNeverLeft,
            WritesAscii,
            EndsAtADot,
            RefusesEmptyTexts,
            ForgetsReplyTo,
            DropsTheWayOut,
            KeepsTheWayOut,
            SendsUnderItsOwnName,
            DropsHtml,
            DropsAttachments,
        )
    ),
    *FILE_LIARS,
    *TROUBLE_LIARS,
    *WAY_LIARS,
    *WORD_LIARS,
    *OCTET_LIARS,
    *MEMORY_LIARS,
)
"""Mailers in memory that are wrong in one way each. Each says what was `received`; `reachable=False` cuts it off."""
