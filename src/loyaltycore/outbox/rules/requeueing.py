"""Requeueing a message that was given up."""

from __future__ import annotations

from datetime import datetime

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.outbox import OutboxMessage, requeue

COMMENT_LENGTH = 500


def requeue_message(message: OutboxMessage, now: datetime) -> Decision[OutboxMessage]:
    """Make a message due now, with a full set of tries.

    Raises:
        Refused: ``outbox.not_dead``.
    """
    after = requeue(message, now)
    comment = f"{message.kind}: {message.code}"[:COMMENT_LENGTH]
    return Decision(after, save=(after,), notes=(Note("outbox.requeued", about=message, comment=comment),))
