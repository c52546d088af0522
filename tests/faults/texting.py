"""A gateway for texts at which a worker dies, or hears nothing, when the text has left already."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final

from attrs import frozen

from loyaltycore.desk import Desk
from loyaltycore.kernel.decisions import Decision, Dispatch
from loyaltycore.kernel.messages import SmsText
from loyaltycore.ports.messaging import DeliveryStatus, Receipt

KILLS: Final = "kills"
SILENT: Final = "silent"
ANSWERS: Final = "answers"

NO_ANSWER: Final = "timeout"


@frozen
class Gateway:
    """Sends by writing the id of the text behind the others in a file, which any process may do."""

    file: Path
    then: str = ANSWERS
    """What comes afterwards: it kills whoever has sent, or says nothing, or answers."""

    def send(self, sms: SmsText) -> Receipt:
        """Send, and only then do what comes afterwards."""
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write(f"{sms.message_id}\n")
        if self.then == KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.then == SILENT:
            return Receipt(DeliveryStatus.UNKNOWN, recipient=sms.to, code=NO_ANSWER)
        return Receipt(DeliveryStatus.ACCEPTED, recipient=sms.to)

    def sent(self) -> list[str]:
        """The ids of the texts that were sent, by anybody, in order."""
        return self.file.read_text("utf-8").split()


def dispatch_texts(desk: Desk, count: int, *, at_most_once: bool) -> list[str]:
    """Put texts into the outbox; answers their ids."""
    ids = [f"text-{number}" for number in range(count)]
    messages = tuple(
        Dispatch(
            "sms.send", SmsText(each, "+49301234567", "Hello", at_most_once=at_most_once), each, desk.branch
        )
        for each in ids
    )
    with desk.transaction() as unit:
        unit.apply(Decision(None, dispatch=messages))
    return ids
