"""What an answer of Kannel's ``sendsms`` proves.

=========================================  ====================================================
answer                                     meaning
=========================================  ====================================================
no connection                              not sent
connection broke, time over                unknown
202 ``0: Accepted``, ``3: Queued``         accepted
other 2xx, 1xx, 3xx                        unknown
401, 403                                   set up wrongly
403 ``Not routable``                       rejected
400 about the receiver or a black list     rejected
400 ``Sender missing``                     set up wrongly
400 otherwise                              rejected
404, 405                                   set up wrongly: no such path
429                                        not sent
503 ``Temporal failure``, ``overloaded``   not sent
408, other 4xx, other 5xx                  unknown
=========================================  ====================================================

Seen with Kannel 1.4.5. What does not come from Kannel itself, such as the page of a web server before it, never rejects.
"""

from __future__ import annotations

import re
from typing import Final

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore_http.answers import Answer, NoAnswer, retry_after, shown
from loyaltycore_sms.gateway import rejected

_TAKEN: Final = re.compile(rb"(?:0: Accepted for delivery|3: Queued for later delivery)")
_RECEIVER: Final = (b"receiver", b"'to' field", b"black-list")
_LATER: Final = (b"temporal failure", b"overloaded")


def receipt(answer: Answer | NoAnswer) -> Receipt:
    """Translate an answer.

    Raises:
        DeliveryFailed: No text can leave with this set-up.
    """
    if isinstance(answer, NoAnswer):
        status = DeliveryStatus.UNKNOWN if answer.sent else DeliveryStatus.NOT_SENT
        return Receipt(status, code=answer.code, detail=answer.detail)
    said, raw = answer.body.lower(), shown(answer.body)
    match answer.status:
        case 200 | 202 if _TAKEN.match(answer.body):
            return Receipt(DeliveryStatus.ACCEPTED, raw=raw)
        case 403 if b"routable" in said:
            return rejected("not_routable", "Kannel has no route to this number", raw)
        case 401 | 403:
            raise _wrong(
                "credentials_refused", f"Kannel refuses the user, the password or our address: {raw}"
            )
        case 400 if any(word in said for word in _RECEIVER):
            return rejected("invalid_recipient", "Kannel refuses this number", raw)
        case 400 if b"sender missing" in said:
            raise _wrong("sender_missing", "Kannel has no sender of its own: set `sender`")
        case 400 if b"rejected" in said:
            return rejected("invalid_request", "Kannel refuses the text", raw)
        case 404 | 405:
            raise _wrong("wrong_address", f"HTTP {answer.status}, no such path: check `url`")
        case 429:
            return _again(DeliveryStatus.NOT_SENT, "throttled", answer)
        case 503 if any(word in said for word in _LATER):
            return _again(DeliveryStatus.NOT_SENT, "temporary_failure", answer)
    return _again(DeliveryStatus.UNKNOWN, _word(answer.status), answer)


def _again(status: DeliveryStatus, code: str, answer: Answer) -> Receipt:
    return Receipt(
        status,
        code=code,
        detail=f"HTTP {answer.status}",
        retry_after=retry_after(answer),
        raw=shown(answer.body),
    )


def _word(status: int) -> str:
    return {3: "redirected", 5: "gateway_error"}.get(status // 100, "contract_violation")


def _wrong(code: str, detail: str) -> DeliveryFailed:
    return DeliveryFailed(code, detail, permanent=False)
