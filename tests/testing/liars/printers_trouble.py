"""Card printers that say something else than the truth when something goes wrong at the vendor."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.errors import DeliveryFailed
from loyaltycore.kernel.printing import PrintCancellation, PrintOrder, PrintStatus
from loyaltycore.ports.card_printing import (
    UNKNOWN_CURSOR,
    CancelOutcome,
    CancelReceipt,
    EventPage,
    PrintReceipt,
)
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from tests.testing.liars.honest_printer import BROKEN, NO_CONNECTION, HonestPrinter
from tests.testing.liars.honest_vendor import Answer


class RaisesWhenCutOff(HonestPrinter):
    """Lets the network's error out of every method."""

    def ask(self, verb: str, *arguments: Any) -> Answer:
        """Ask, or raise."""
        return self.vendor.call(verb, *arguments)


class LetsBreaksOut(HonestPrinter):
    """Lets out the error of a connection that breaks half way."""

    def ask(self, verb: str, *arguments: Any) -> Answer:
        """Ask, or raise."""
        try:
            return self.vendor.call(verb, *arguments)
        except ConnectionRefusedError:
            return Answer(NO_CONNECTION)


class StumblesOverFailures(HonestPrinter):
    """Looks for a word where the vendor has only failed."""

    def code(self, answer: Answer, reference: str) -> str:
        """Look, or fail."""
        return str(answer.document["code"]) if answer.status >= 400 else super().code(answer, reference)


class FindsNothingWhenCutOff(HonestPrinter):
    """Says that there is no order where it could not ask."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, if it can."""
        return super().find(reference) if self.vendor.reachable else None


class FindsNothingInTrouble(HonestPrinter):
    """Says that there is no order when the vendor fails."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, or shrug."""
        answer = self.ask("look", reference)
        return None if answer.status >= 500 else super().find(reference)


class FindsNothingAfterABreak(HonestPrinter):
    """Says that there is no order when the connection breaks."""

    def find(self, reference: str) -> PrintStatus | None:
        """Look, or shrug."""
        answer = self.ask("look", reference)
        return None if answer.status == BROKEN else super().find(reference)


class LosesHeart(HonestPrinter):
    """Takes a failure of the vendor for one that lasts."""

    def raise_if_failed(self, answer: Answer) -> None:
        """Raise, for good."""
        try:
            super().raise_if_failed(answer)
        except DeliveryFailed as failure:
            raise DeliveryFailed(failure.code, str(failure), permanent=True) from failure


class TakesABreakForNotSent(HonestPrinter):
    """Says that nothing was sent when no answer came."""

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """Take silence for no."""
        return DeliveryStatus.NOT_SENT if answer.status == BROKEN else super().outcome(answer)


class TakesABreakForRejected(HonestPrinter):
    """Says that the vendor refuses when no answer came."""

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """Take silence for never."""
        return DeliveryStatus.REJECTED if answer.status == BROKEN else super().outcome(answer)


class TakesFailuresForRejected(HonestPrinter):
    """Says that the vendor refuses for good when it has failed."""

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """Take a failure for never."""
        return DeliveryStatus.REJECTED if answer.status >= 500 else super().outcome(answer)


class TakesAWaitForRejected(HonestPrinter):
    """Says that the vendor refuses for good when it asks to wait."""

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """Take later for never."""
        return DeliveryStatus.REJECTED if answer.status == 429 else super().outcome(answer)


class TakesAWaitForUnknown(HonestPrinter):
    """Says that it does not know when the vendor asks to wait."""

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """Take later for perhaps."""
        return DeliveryStatus.UNKNOWN if answer.status == 429 else super().outcome(answer)


class TakesRefusalsForLater(HonestPrinter):
    """Tries for ever what the vendor refuses for good."""

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """Take never for later."""
        found = super().outcome(answer)
        return DeliveryStatus.NOT_SENT if found is DeliveryStatus.REJECTED else found


class RejectsWhenShutOut(HonestPrinter):
    """Says that the vendor refuses an order when it refuses us."""

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """Take a wrong password for a wrong order."""
        return DeliveryStatus.REJECTED if answer.status == 401 else super().outcome(answer)


class WaitsQuietlyWhenShutOut(HonestPrinter):
    """Says nothing of a wrong password."""

    def outcome(self, answer: Answer) -> DeliveryStatus:
        """Take a wrong password for bad weather."""
        return DeliveryStatus.NOT_SENT if answer.status == 401 else super().outcome(answer)


class AcceptsWhatFailed(HonestPrinter):
    """Says that an order was accepted when the vendor has failed."""

    def submit(self, order: PrintOrder, key: str) -> PrintReceipt:
        """Hope."""
        answer = super().submit(order, key)
        if answer.receipt.code == "vendor_failed":
            return PrintReceipt(Receipt(DeliveryStatus.ACCEPTED))
        return answer


class ForgetsTheWait(HonestPrinter):
    """Does not tell how long the vendor asks to wait."""

    def wait(self, answer: Answer) -> float | None:
        """Forget it."""
        return None


class WaitsInMilliseconds(HonestPrinter):
    """Takes seconds for milliseconds."""

    def wait(self, answer: Answer) -> float | None:
        """Multiply."""
        return answer.wait and answer.wait * 1000


class WaitsNoTime(HonestPrinter):
    """Takes a request to wait for one to come at once."""

    def wait(self, answer: Answer) -> float | None:
        """Do not."""
        return answer.wait and 0.0


class NamesOrdersInCodes(HonestPrinter):
    """Has another word for every order that goes wrong."""

    def code(self, answer: Answer, reference: str) -> str:
        """Name the order, too."""
        found = super().code(answer, reference)
        return found and f"{found}:{reference}"


class GivesNoCodes(HonestPrinter):
    """Has no word for what goes wrong."""

    def code(self, answer: Answer, reference: str) -> str:
        """Say nothing."""
        return ""


class GivesUp(HonestPrinter):
    """Asks nobody any more once the vendor has failed."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.given_up = False

    def ask(self, verb: str, *arguments: Any) -> Answer:
        """Ask, until it fails."""
        answer = Answer(500) if self.given_up else super().ask(verb, *arguments)
        self.given_up = answer.status in {500, BROKEN}
        return answer


class _ChangesCancellations(HonestPrinter):
    statuses: tuple[int, ...] = ()
    instead = CancelOutcome.CANCELLED

    def cancel_outcome(self, answer: Answer) -> CancelOutcome:
        """Take one answer for another."""
        return self.instead if answer.status in self.statuses else super().cancel_outcome(answer)


class CancelsWhenCutOff(_ChangesCancellations):
    """Says that a card is cancelled when no answer came."""

    statuses = (BROKEN,)


class TakesALostAnswerForNoQuestion(_ChangesCancellations):
    """Says that the vendor was not asked to cancel when no answer came."""

    statuses = (BROKEN,)
    instead = CancelOutcome.NOT_SENT


class KnowsNoOrderInTrouble(_ChangesCancellations):
    """Says that there is no order to cancel when the vendor has failed."""

    statuses = (500, 429)
    instead = CancelOutcome.UNKNOWN_ORDER


class TooLateInTrouble(_ChangesCancellations):
    """Says that it is too late to cancel when the vendor has failed."""

    statuses = (500, BROKEN)
    instead = CancelOutcome.TOO_LATE


class CancelsWhatIsRefused(_ChangesCancellations):
    """Says that a card is cancelled when the vendor refuses to."""

    statuses = (422,)


class LetsBreaksOutOfCancel(HonestPrinter):
    """Lets out the error of a connection that breaks while it cancels."""

    def cancel(self, cancellation: PrintCancellation) -> CancelReceipt:
        """Call back, or raise."""
        self.vendor.call("look", cancellation.reference)
        return super().cancel(cancellation)


class ReadsNothingInTrouble(HonestPrinter):
    """Says that there is nothing new when it could not ask."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, or shrug."""
        try:
            return super().events_after(cursor, limit)
        except DeliveryFailed as failure:
            if failure.code == UNKNOWN_CURSOR:
                raise
            return EventPage((), cursor, more=False)


class BeginsAgainInTrouble(HonestPrinter):
    """Takes a failure for a cursor that the vendor never gave."""

    def events_after(self, cursor: str, limit: int = 100) -> EventPage:
        """Read, or blame the cursor."""
        try:
            return super().events_after(cursor, limit)
        except DeliveryFailed as failure:
            raise DeliveryFailed(UNKNOWN_CURSOR, str(failure), permanent=True) from failure


TROUBLE_LIARS: Final[tuple[type[HonestPrinter], ...]] = (
    RaisesWhenCutOff,
    LetsBreaksOut,
    StumblesOverFailures,
    FindsNothingWhenCutOff,
    FindsNothingInTrouble,
    FindsNothingAfterABreak,
    LosesHeart,
    TakesABreakForNotSent,
    TakesABreakForRejected,
    TakesFailuresForRejected,
    TakesAWaitForRejected,
    TakesAWaitForUnknown,
    TakesRefusalsForLater,
    RejectsWhenShutOut,
    WaitsQuietlyWhenShutOut,
    AcceptsWhatFailed,
    ForgetsTheWait,
    WaitsInMilliseconds,
    WaitsNoTime,
    NamesOrdersInCodes,
    GivesNoCodes,
    GivesUp,
    CancelsWhenCutOff,
    TakesALostAnswerForNoQuestion,
    KnowsNoOrderInTrouble,
    TooLateInTrouble,
    CancelsWhatIsRefused,
    LetsBreaksOutOfCancel,
    ReadsNothingInTrouble,
    BeginsAgainInTrouble,
)
