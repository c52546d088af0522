"""Mailers that say the wrong thing, or do it, when the other side is in trouble."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.messages import Email
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_mailer import HonestMailer
from tests.testing.liars.liar import Liar
from tests.testing.liars.other_side import Answer, receipt_of

_REJECTED: Final = DeliveryStatus.REJECTED


class _Mistakes(HonestMailer):
    """Mistakes one answer of the other side for another."""

    def hand_over(self, email: Email, address: str) -> Receipt:
        """Hand over, and read the answer in a way of its own."""
        try:
            self.post.take(address, self.letter(email, address))
        except (Answer, OSError) as fault:
            return self.read(fault, address)
        return Receipt(DeliveryStatus.ACCEPTED, recipient=address)

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        """What it makes of a fault."""
        return receipt_of(fault, address)


class TakesSilenceForYes(_Mistakes):
    """Counts a mail without an answer as accepted."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        receipt = super().read(fault, address)
        unknown = receipt.status is DeliveryStatus.UNKNOWN
        return evolve(receipt, status=DeliveryStatus.ACCEPTED) if unknown else receipt


class TakesSilenceForNo(_Mistakes):
    """Counts a mail without an answer as not sent."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        receipt = super().read(fault, address)
        unknown = receipt.status is DeliveryStatus.UNKNOWN
        return evolve(receipt, status=DeliveryStatus.NOT_SENT) if unknown else receipt


class TakesSilenceForARefusal(_Mistakes):
    """Gives a mail up whose connection broke."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        receipt = super().read(fault, address)
        return evolve(receipt, status=_REJECTED) if isinstance(fault, OSError) else receipt


class RejectsForGood(_Mistakes):
    """Takes a failure of the other side for a refusal."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        receipt = super().read(fault, address)
        failed = isinstance(fault, Answer) and fault.status == 500
        return evolve(receipt, status=_REJECTED) if failed else receipt


class RejectsWhenAskedToWait(_Mistakes):
    """Takes every answer of the 400s for a refusal."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        receipt = super().read(fault, address)
        return evolve(receipt, status=_REJECTED) if receipt.code == "throttled" else receipt


class TriesARefusedMailAgain(_Mistakes):
    """Takes a refusal for a failure that passes."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        receipt = super().read(fault, address)
        refused = receipt.status is _REJECTED
        return evolve(receipt, status=DeliveryStatus.NOT_SENT) if refused else receipt


class WaitsForMilliseconds(_Mistakes):
    """Gives the time to wait in milliseconds."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        receipt = super().read(fault, address)
        return evolve(receipt, retry_after=receipt.retry_after and receipt.retry_after * 1000)


class WaitsForMinutes(_Mistakes):
    """Gives the time to wait in minutes."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        receipt = super().read(fault, address)
        return evolve(receipt, retry_after=receipt.retry_after and receipt.retry_after / 60)


class ForgetsToWait(_Mistakes):
    """Does not say for how long it was asked to wait."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        return evolve(super().read(fault, address), retry_after=None)


class QuotesTheServer(_Mistakes):
    """Gives the words of the other side as the code."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        return evolve(super().read(fault, address), code=str(fault))


class CountsItsFaults(_Mistakes):
    """Gives every fault a code of its own."""

    _count = 0

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        self._count += 1
        receipt = super().read(fault, address)
        return evolve(receipt, code=f"{receipt.code}_{self._count}")


class GivesNoReason(_Mistakes):
    """Leaves the code empty."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        return evolve(super().read(fault, address), code="")


class RejectsWhenShutOut(_Mistakes):
    """Rejects every mail while its password is wrong."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        try:
            return super().read(fault, address)
        except DeliveryFailed as error:
            return Receipt(_REJECTED, recipient=address, code=error.code)


class TriesAWrongPasswordAgain(_Mistakes):
    """Takes a wrong password for something that passes."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        try:
            return super().read(fault, address)
        except DeliveryFailed as error:
            return Receipt(DeliveryStatus.NOT_SENT, recipient=address, code=error.code)


class RaisesWhenShutOut(_Mistakes):
    """Raises an error of the system while its password is wrong."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        try:
            return super().read(fault, address)
        except DeliveryFailed as error:
            raise PermissionError(error.code) from error


class RaisesWhatFails(_Mistakes):
    """Takes a failure of the other side for a wrong set-up."""

    def read(self, fault: Answer | OSError, address: str) -> Receipt:
        if isinstance(fault, Answer) and fault.status == 500:
            raise DeliveryFailed("failed", str(fault), permanent=False)
        return super().read(fault, address)


class RaisesAfterTheFirst(HonestMailer):
    """Raises although somebody has a copy already."""

    def copy(self, email: Email, address: str, before: dict[str, Receipt]) -> Receipt:
        return self.hand_over(email, address)


class GivesUpForGood(HonestMailer):
    """Never connects again after a break."""

    _broken = False

    def hand_over(self, email: Email, address: str) -> Receipt:
        if self._broken:
            return Receipt(DeliveryStatus.NOT_SENT, recipient=address, code="unreachable")
        receipt = super().hand_over(email, address)
        self._broken = receipt.code in {"unreachable", "no_answer"}
        return receipt


class StaysShutOut(HonestMailer):
    """Never asks again after it was not let in."""

    _fault: DeliveryFailed | None = None

    def hand_over(self, email: Email, address: str) -> Receipt:
        if self._fault is not None:
            raise self._fault
        try:
            return super().hand_over(email, address)
        except DeliveryFailed as error:
            self._fault = error
            raise


class SendsAgainByItself(HonestMailer):
    """Sends a mail again at once if no answer came."""

    def hand_over(self, email: Email, address: str) -> Receipt:
        receipt = super().hand_over(email, address)
        return super().hand_over(email, address) if receipt.code == "no_answer" else receipt


class StopsAtARefusal(HonestMailer):
    """Keeps a mail from everybody after a recipient who was refused."""

    def copy(self, email: Email, address: str, before: dict[str, Receipt]) -> Receipt:
        if any(receipt.status is _REJECTED for receipt in before.values()):
            return Receipt(DeliveryStatus.NOT_SENT, recipient=address, code="stopped")
        return super().copy(email, address, before)


class RejectsAllAfterOne(HonestMailer):
    """Rejects a mail for all where one is refused, although the others have it."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        receipts = super().send(email)
        if not any(receipt.status is _REJECTED for receipt in receipts):
            return receipts
        return tuple(evolve(receipt, status=_REJECTED, code="refused") for receipt in receipts)


class RemembersRefusals(HonestMailer):
    """Refuses by itself whoever was refused once."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._refused: dict[str, Receipt] = {}

    def hand_over(self, email: Email, address: str) -> Receipt:
        receipt = self._refused.get(address) or super().hand_over(email, address)
        if receipt.status is _REJECTED:
            self._refused[address] = receipt
        return receipt


class TakesATryForSent(HonestMailer):
    """Takes a mail for a repetition that has failed before."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._tried: set[tuple[str, str]] = set()

    def hand_over(self, email: Email, address: str) -> Receipt:
        if (email.message_id, address) in self._tried:
            return Receipt(DeliveryStatus.ACCEPTED, recipient=address)
        self._tried.add((email.message_id, address))
        return super().hand_over(email, address)


class NumbersTries(HonestMailer):
    """Gives a mail another Message-ID once its outcome was unknown."""

    _tries = 0

    def hand_over(self, email: Email, address: str) -> Receipt:
        named = evolve(email, message_id=f"{email.message_id}.{self._tries}") if self._tries else email
        receipt = super().hand_over(named, address)
        self._tries += receipt.status is DeliveryStatus.UNKNOWN
        return receipt


class ForgetsTheRest(HonestMailer):
    """Says nothing about recipients after one whose copy failed."""

    def send(self, email: Email) -> tuple[Receipt, ...]:
        receipts = super().send(email)
        failed = [place for place, receipt in enumerate(receipts) if receipt.code in {"failed", "no_answer"}]
        return receipts[: failed[0] + 1] if failed else receipts


TROUBLE_LIARS: Final[tuple[Liar[HonestMailer], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        TakesSilenceForYes,
        TakesSilenceForNo,
        TakesSilenceForARefusal,
        RejectsForGood,
        RejectsWhenAskedToWait,
        TriesARefusedMailAgain,
        WaitsForMilliseconds,
        WaitsForMinutes,
        ForgetsToWait,
        QuotesTheServer,
        CountsItsFaults,
        GivesNoReason,
        RejectsWhenShutOut,
        TriesAWrongPasswordAgain,
        RaisesWhenShutOut,
        RaisesWhatFails,
        RaisesAfterTheFirst,
        GivesUpForGood,
        StaysShutOut,
        SendsAgainByItself,
        StopsAtARefusal,
        RejectsAllAfterOne,
        RemembersRefusals,
        TakesATryForSent,
        NumbersTries,
        ForgetsTheRest,
    )
)
"""Mailers that are wrong when the other side is in trouble."""
