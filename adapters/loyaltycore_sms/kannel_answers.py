"""What an answer of Kannel's ``sendsms`` proves.

=========================================  ====================================================
answer                                     meaning
=========================================  ====================================================
202 ``0: Accepted``, ``3: Queued``         accepted
403 ``Not routable``                       rejected
400 about the receiver or a black list     rejected
400 ``Sender missing``                     set up wrongly
400 ``rejected``                           rejected
503 ``Temporal failure``, ``overloaded``   not sent
any other                                  see `loyaltycore_sms.answers`
=========================================  ====================================================

Seen with Kannel 1.4.5. What does not come from Kannel itself, such as the page of a web server before it, never rejects.
"""

from __future__ import annotations

import re
from typing import Final

from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore_http.answers import Answer, NoAnswer, shown
from loyaltycore_sms.answers import answered, later, rejected, unanswered, wrong

_TAKEN: Final = re.compile(rb"(?:0: Accepted for delivery|3: Queued for later delivery)")
_RECEIVER: Final = (b"receiver", b"'to' field", b"black-list")
_LATER: Final = (b"temporal failure", b"overloaded")


def receipt(answer: Answer | NoAnswer) -> Receipt:
    """Translate an answer.

    Raises:
        DeliveryFailed: No text can leave with this set-up.
    """
    if isinstance(answer, NoAnswer):
        return unanswered(answer)
    said, raw = answer.body.lower(), shown(answer.body)
    match answer.status:
        case 200 | 202 if _TAKEN.match(answer.body):
            return Receipt(DeliveryStatus.ACCEPTED, raw=raw)
        case 403 if b"routable" in said:
            return rejected("not_routable", "Kannel has no route to this number", raw)
        case 400 if any(word in said for word in _RECEIVER):
            return rejected("invalid_recipient", "Kannel refuses this number", raw)
        case 400 if b"sender missing" in said:
            raise wrong("sender_missing", "Kannel has no sender of its own: set `sender`")
        case 400 if b"rejected" in said:
            return rejected("invalid_request", "Kannel refuses the text", raw)
        case 503 if any(word in said for word in _LATER):
            return later(answer, "temporary_failure")
    return answered(answer, address="url")
