"""Mailers that mix up mails and recipients, or carry over from one mail to the next."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from loyaltycore.kernel.messages import Attachment, Email
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.letters import ReceivedMail
from tests.testing.liars.honest_mailer import HonestMailer
from tests.testing.liars.liar import Liar


def _accepted(email: Email) -> tuple[Receipt, ...]:
    return tuple(Receipt(DeliveryStatus.ACCEPTED, recipient=address) for address in email.to)


def _for_all(email: Email, receipts: tuple[Receipt, ...]) -> tuple[Receipt, ...]:
    """What was answered for the first, answered for all."""
    return tuple(evolve(receipts[0], recipient=address) for address in email.to)


class RemembersTheSender(HonestMailer):
    """Sends a mail that names no sender from the one before."""

    _sender = ""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        self._sender = email.sender or self._sender
        return super().send(evolve(email, sender=self._sender))


class RemembersTheName(HonestMailer):
    """Signs a mail without a name with the name before."""

    _name = ""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        self._name = email.sender_name or self._name
        return super().send(evolve(email, sender_name=self._name))


class RemembersReplyTo(HonestMailer):
    """Lets answers go where those to the mail before went."""

    _reply_to = ""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        self._reply_to = email.reply_to or self._reply_to
        return super().send(evolve(email, reply_to=self._reply_to))


class KeepsFiles(HonestMailer):
    """Adds the files of a mail to those of the mails before."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._files: list[Attachment] = []

    def letter(self, email: Email, address: str) -> ReceivedMail:
        self._files += [file for file in email.attachments if file not in self._files]
        return super().letter(evolve(email, attachments=tuple(self._files)), address)


class DropsASecondLikeTheFirst(HonestMailer):
    """Takes a mail with known words for a repetition."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._known: set[tuple[str, ...]] = set()

    def send(self, email: Email) -> tuple[Receipt, ...]:
        words = (email.subject, email.text, *email.to)
        if words in self._known:
            return _accepted(email)
        self._known.add(words)
        return super().send(email)


class DropsKnownIds(HonestMailer):
    """Takes a mail for a repetition whose id begins like a known one."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._known: set[tuple[str, ...]] = set()

    def send(self, email: Email) -> tuple[Receipt, ...]:
        words = (email.message_id[:16], *email.to)
        if words in self._known:
            return _accepted(email)
        self._known.add(words)
        return super().send(email)


class CutsTheList(HonestMailer):
    """Hands a mail over to the first fifty, and says that all have it."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        return _for_all(email, super().send(evolve(email, to=email.to[:50])))


class LosesTheEndsOfPortions(HonestMailer):
    """Sends a long list in portions of fifty, and loses the last of each."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        sent = tuple(address for place, address in enumerate(email.to, 1) if place % 50)
        return _for_all(email, super().send(evolve(email, to=sent)))


class SortsRecipientsOfALongList(HonestMailer):
    """Answers for a long list in the order of the alphabet."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        receipts = super().send(email)
        many = len(receipts) > 10
        return tuple(sorted(receipts, key=lambda receipt: receipt.recipient)) if many else receipts


class LowersAddresses(HonestMailer):
    """Writes addresses in small letters."""

    def hand_over(self, email: Email, address: str) -> Receipt:
        return evolve(super().hand_over(email, address.lower()), recipient=address)


class DropsTags(HonestMailer):
    """Leaves out what stands behind a plus in an address."""

    def hand_over(self, email: Email, address: str) -> Receipt:
        name, _, domain = address.partition("@")
        return evolve(super().hand_over(email, f"{name.partition('+')[0]}@{domain}"), recipient=address)


class ShowsEverybody(HonestMailer):
    """Names all recipients in each copy."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(email, ", ".join(email.to))


class CopiesTheOthers(HonestMailer):
    """Names the other recipients in each copy, as those who have one too."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        others = ", ".join(other for other in email.to if other != address)
        honest = super().letter(email, address)
        return evolve(honest, headers=(*honest.headers, ("Cc", others))) if others else honest


class WritesToTheFirst(HonestMailer):
    """Names the first recipient in all copies."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(email, email.to[0])


class MergesRecipients(HonestMailer):
    """Takes addresses for one that differ by capitals alone."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        folded = {address.lower(): address for address in email.to}
        return _for_all(email, super().send(evolve(email, to=tuple(folded.values()))))


class AnswersOncePerAddress(HonestMailer):
    """Gives one receipt to an address that stands there twice."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        return tuple(dict.fromkeys(super().send(email)))


class SendsOncePerMention(HonestMailer):
    """Sends two copies to an address that stands there twice."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        return tuple(self.copy(email, address, {}) for address in email.to)


class CutsMessageIds(HonestMailer):
    """Makes the Message-ID from the first 24 characters of ours."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(evolve(email, message_id=email.message_id[:24]), address)


class LowersMessageIds(HonestMailer):
    """Writes a Message-ID in small letters."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(evolve(email, message_id=email.message_id.lower()), address)


class SimplifiesMessageIds(HonestMailer):
    """Makes a Message-ID from the letters and digits of ours."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        plain = "".join(character for character in email.message_id if character.isalnum())
        return super().letter(evolve(email, message_id=plain), address)


class NamesRecipientsInTheId(HonestMailer):
    """Makes the Message-ID from the recipient, too."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(evolve(email, message_id=f"{email.message_id}.{len(address)}"), address)


class MakesIdsOfTheSender(HonestMailer):
    """Makes the Message-ID from the domain of the sender, too."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        domain = email.sender.rpartition("@")[2]
        return super().letter(evolve(email, message_id=f"{email.message_id}.{domain}"), address)


class SharesItsDraft(HonestMailer):
    """Writes the mails of all threads on one sheet."""

    _draft: Email
    _count = 0

    def letter(self, email: Email, address: str) -> ReceivedMail:
        self._draft = email
        self._count = len(email.text)
        return super().letter(self._draft, address)


class TiresOfSending(HonestMailer):
    """Loses every twentieth mail."""

    _count = 0

    def send(self, email: Email) -> tuple[Receipt, ...]:
        self._count += 1
        return super().send(email) if self._count % 20 else _accepted(email)


class SendsFromReplyTo(HonestMailer):
    """Takes the address for answers for the sender."""

    def letter(self, email: Email, address: str) -> ReceivedMail:
        return super().letter(evolve(email, sender=email.reply_to or email.sender), address)


class KnowsOldDomains(HonestMailer):
    """Writes a domain as the rules of 2003 did, in which ß is ss."""

    def hand_over(self, email: Email, address: str) -> Receipt:
        return evolve(super().hand_over(email, address.replace("ß", "ss")), recipient=address)


WAY_LIARS: Final[tuple[Liar[HonestMailer], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        RemembersTheSender,
        RemembersTheName,
        RemembersReplyTo,
        KeepsFiles,
        DropsASecondLikeTheFirst,
        DropsKnownIds,
        CutsTheList,
        LosesTheEndsOfPortions,
        SortsRecipientsOfALongList,
        LowersAddresses,
        DropsTags,
        ShowsEverybody,
        CopiesTheOthers,
        WritesToTheFirst,
        MergesRecipients,
        AnswersOncePerAddress,
        SendsOncePerMention,
        CutsMessageIds,
        LowersMessageIds,
        SimplifiesMessageIds,
        NamesRecipientsInTheId,
        MakesIdsOfTheSender,
        SharesItsDraft,
        TiresOfSending,
        SendsFromReplyTo,
        KnowsOldDomains,
    )
)
"""Mailers that mix up mails and recipients."""
