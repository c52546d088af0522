"""Gateways that say the wrong thing, or do it, when the other side is in trouble."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_gateway import HonestGateway
from tests.testing.liars.liar import Liar
from tests.testing.liars.other_side import Answer

_NOT_SENT, _UNKNOWN = DeliveryStatus.NOT_SENT, DeliveryStatus.UNKNOWN


class TakesNoAnswerForYes(HonestGateway):
    """Counts a text without an answer as accepted."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        return evolve(receipt, status=DeliveryStatus.ACCEPTED) if receipt.status is _UNKNOWN else receipt


class TakesNoAnswerForNo(HonestGateway):
    """Counts a text without an answer as not sent."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        return evolve(receipt, status=_NOT_SENT) if receipt.status is _UNKNOWN else receipt


class KnowsWhenItMayRepeat(HonestGateway):
    """Counts a text without an answer as not sent if it may be sent twice."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        repeatable = receipt.status is _UNKNOWN and not sms.at_most_once
        return evolve(receipt, status=_NOT_SENT) if repeatable else receipt


class RetriesByItself(HonestGateway):
    """Sends a text again under another id if no answer came."""

    def send(self, sms: SmsText) -> Receipt:
        receipt = super().send(sms)
        if receipt.status is _UNKNOWN:
            return super().send(evolve(sms, message_id=f"{sms.message_id}.again"))
        return receipt


class RejectsAFailure(HonestGateway):
    """Gives a text up that the other side failed to take."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        return evolve(receipt, status=DeliveryStatus.REJECTED) if receipt.code == "failed" else receipt


class RefusesToWait(HonestGateway):
    """Gives a text up with which it was asked to wait."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        return evolve(receipt, status=DeliveryStatus.REJECTED) if receipt.code == "throttled" else receipt


class WaitsTooLong(HonestGateway):
    """Takes the seconds to wait for minutes."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        return evolve(receipt, retry_after=receipt.retry_after and receipt.retry_after * 60)


class DoesNotWait(HonestGateway):
    """Does not say for how long it was asked to wait."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        return evolve(super().read(fault, sms), retry_after=None)


class TriesARefusedNumber(HonestGateway):
    """Takes a refusal for a failure that passes."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        return evolve(receipt, status=_NOT_SENT) if receipt.status is DeliveryStatus.REJECTED else receipt


class NamesTheNumber(HonestGateway):
    """Puts the number into the code."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        receipt = super().read(fault, sms)
        return evolve(receipt, code=f"{receipt.code}:{sms.to}")


class NamesNoReason(HonestGateway):
    """Leaves the code empty."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        return evolve(super().read(fault, sms), code="")


class RejectsAllWhenShutOut(HonestGateway):
    """Rejects every text while its key is wrong."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        try:
            return super().read(fault, sms)
        except DeliveryFailed as error:
            return Receipt(DeliveryStatus.REJECTED, recipient=sms.to, code=error.code)


class UsesUpTries(HonestGateway):
    """Takes a wrong key for something that passes."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        try:
            return super().read(fault, sms)
        except DeliveryFailed as error:
            return Receipt(_NOT_SENT, recipient=sms.to, code=error.code)


class RaisesEverything(HonestGateway):
    """Raises for every fault of the other side."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        if isinstance(fault, Answer) and fault.status >= 500:
            raise DeliveryFailed("failed", str(fault), permanent=False)
        return super().read(fault, sms)


class LetsTheBreakOut(HonestGateway):
    """Lets out the error of a connection that broke in the middle."""

    def read(self, fault: Answer | OSError, sms: SmsText) -> Receipt:
        if isinstance(fault, ConnectionResetError):
            raise fault
        return super().read(fault, sms)


class BreaksForGood(HonestGateway):
    """Never connects again after a break."""

    _broken = False

    def send(self, sms: SmsText) -> Receipt:
        if self._broken:
            return Receipt(_NOT_SENT, recipient=sms.to, code="unreachable")
        receipt = super().send(sms)
        self._broken = receipt.code in {"unreachable", "no_answer"}
        return receipt


class TakesATextForSent(HonestGateway):
    """Takes a text for a repetition that has failed before."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._tried: set[str] = set()

    def send(self, sms: SmsText) -> Receipt:
        if sms.message_id in self._tried:
            return Receipt(DeliveryStatus.ACCEPTED, recipient=sms.to)
        self._tried.add(sms.message_id)
        return super().send(sms)


class RemembersRefusedNumbers(HonestGateway):
    """Refuses by itself a number that was refused once."""

    def __init__(self, *, reachable: bool = True) -> None:
        super().__init__(reachable=reachable)
        self._refused: dict[str, Receipt] = {}

    def send(self, sms: SmsText) -> Receipt:
        receipt = self._refused.get(sms.to) or super().send(sms)
        if receipt.status is DeliveryStatus.REJECTED:
            self._refused[sms.to] = receipt
        return receipt


TROUBLE_LIARS: Final[tuple[Liar[HonestGateway], ...]] = tuple(
    Liar.of(cls, cls)
    for cls in (
        TakesNoAnswerForYes,
        TakesNoAnswerForNo,
        KnowsWhenItMayRepeat,
        RetriesByItself,
        RejectsAFailure,
        RefusesToWait,
        WaitsTooLong,
        DoesNotWait,
        TriesARefusedNumber,
        NamesTheNumber,
        NamesNoReason,
        RejectsAllWhenShutOut,
        UsesUpTries,
        RaisesEverything,
        LetsTheBreakOut,
        BreaksForGood,
        TakesATextForSent,
        RemembersRefusedNumbers,
    )
)
"""Gateways that are wrong when the other side is in trouble."""
