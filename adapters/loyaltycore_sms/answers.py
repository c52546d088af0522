"""What an answer proves whichever gateway gave it.

===========================  ============================
answer                       meaning
===========================  ============================
no connection                not sent
connection broke, time over  unknown
401, 403                     set up wrongly
404, 405                     set up wrongly: no such path
429                          not sent
any other                    unknown
===========================  ============================
"""

from __future__ import annotations

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore_http.answers import Answer, NoAnswer, retry_after, shown


def unanswered(answer: NoAnswer) -> Receipt:
    """A call without an answer."""
    status = DeliveryStatus.UNKNOWN if answer.sent else DeliveryStatus.NOT_SENT
    return Receipt(status, code=answer.code, detail=answer.detail)


def answered(answer: Answer, *, address: str) -> Receipt:
    """An answer that says nothing of its own about the text.

    Args:
        address: The option with the gateway's address.

    Raises:
        DeliveryFailed: No text can leave with this set-up.
    """
    match answer.status:
        case 401 | 403:
            said = shown(answer.body)
            raise wrong("credentials_refused", f"the gateway refuses the credentials or our address: {said}")
        case 404 | 405:
            raise wrong("wrong_address", f"HTTP {answer.status}, no such path: check `{address}`")
        case 429:
            return later(answer, "throttled")
    code = {3: "redirected", 5: "gateway_error"}.get(answer.status // 100, "contract_violation")
    return _receipt(DeliveryStatus.UNKNOWN, answer, code)


def later(answer: Answer, code: str) -> Receipt:
    """Certainly not taken: the gateway says when to try again."""
    return _receipt(DeliveryStatus.NOT_SENT, answer, code)


def rejected(code: str, detail: str, raw: str = "") -> Receipt:
    """The same text will never be taken."""
    return Receipt(DeliveryStatus.REJECTED, code=code, detail=detail, raw=raw)


def wrong(code: str, detail: str) -> DeliveryFailed:
    """A person has to correct the set-up; the texts wait until then."""
    return DeliveryFailed(code, detail, permanent=False)


def _receipt(status: DeliveryStatus, answer: Answer, code: str) -> Receipt:
    return Receipt(
        status,
        code=code,
        detail=f"HTTP {answer.status}",
        retry_after=retry_after(answer),
        raw=shown(answer.body),
    )
