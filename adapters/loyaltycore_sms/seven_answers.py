"""What an answer of seven.io proves.

It answers 200 even where it has failed; the number in the body decides. The numbers are those that the vendor's own
clients know; a number that is not listed proves nothing.

===========================================  =================================================
answer                                       meaning
===========================================  =================================================
100 with one text that succeeded             accepted
11 (carrier not available)                   not sent
201 (sender)                                 set up wrongly
202, 301, 305, 401                           rejected: number, none, no text, too long
402 (same text to the same number just now)  not sent, for three minutes
403 (limit of this number for today)         not sent, for an hour
500 (credit)                                 not sent, for an hour
900, 902, 903                                set up wrongly: key, account, our address
HTTP 400, 422 with JSON                      rejected
any other                                    see `loyaltycore_sms.answers`
===========================================  =================================================
"""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.kernel.words import as_text
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore_http.answers import LONGEST_PAUSE, Answer, NoAnswer, shown
from loyaltycore_http.strict_json import NotStrict, parse_object
from loyaltycore_sms.answers import answered, rejected, unanswered, wrong

_ACCEPTED: Final = "100"
_SAME_TEXT_PAUSE: Final = 180.0
_ID_LENGTH: Final = 200

_REJECTED: Final = {
    "202": "invalid_recipient",
    "301": "invalid_recipient",
    "305": "empty_text",
    "401": "too_long",
}
_NOT_SENT: Final[dict[str, tuple[str, float | None]]] = {
    "11": ("carrier_unavailable", None),
    "402": ("duplicate_suspected", _SAME_TEXT_PAUSE),
    "403": ("throttled", LONGEST_PAUSE),
    "500": ("insufficient_credit", LONGEST_PAUSE),
}
_SET_UP: Final = {
    "201": "sender_refused",
    "900": "credentials_refused",
    "902": "credentials_refused",
    "903": "credentials_refused",
}


def receipt(answer: Answer | NoAnswer, *, sandbox: bool) -> Receipt:
    """Translate an answer.

    Raises:
        DeliveryFailed: No text can leave with this set-up.
    """
    if isinstance(answer, NoAnswer):
        return unanswered(answer)
    document = _document(answer)
    match answer.status:
        case 200 if document is not None:
            return _read(answer, document, sandbox=sandbox)
        case 400 | 422 if document is not None:
            return rejected("invalid_request", f"HTTP {answer.status}", shown(answer.body))
    return answered(answer, address="base_url")


def _read(answer: Answer, document: dict[str, Any], *, sandbox: bool) -> Receipt:
    """Read the body of an answer with status 200."""
    texts = document.get("messages")
    text = texts[0] if isinstance(texts, list) and len(texts) == 1 and isinstance(texts[0], dict) else {}
    number = _number(document, text)
    if number == _ACCEPTED and text.get("success") is True:
        if str(document.get("debug")).lower() == "true" and not sandbox:
            raise wrong("sandbox", "with this key nothing is sent: give another, or set `sandbox`")
        vendor_id = as_text(str(text.get("id") or ""), _ID_LENGTH)
        return Receipt(DeliveryStatus.ACCEPTED, vendor_id=vendor_id, raw=number)
    if number in _SET_UP:
        raise wrong(_SET_UP[number], f"the gateway answers {number}: {_said(text)}")
    if number in _REJECTED:
        return rejected(_REJECTED[number], _said(text), number)
    if number in _NOT_SENT:
        code, wait = _NOT_SENT[number]
        return Receipt(DeliveryStatus.NOT_SENT, code=code, detail=_said(text), retry_after=wait, raw=number)
    return answered(answer, address="base_url")


def _number(document: dict[str, Any], text: dict[str, Any]) -> str:
    """The number that decides: of the text where it has one, or else of the answer."""
    error = text.get("error")
    if text.get("success") is False and isinstance(error, str | int) and str(error).isdecimal():
        return str(error)
    return str(document.get("success", ""))


def _said(text: dict[str, Any]) -> str:
    return as_text(str(text.get("error_text") or "no reason is given"), 200)


def _document(answer: Answer) -> dict[str, Any] | None:
    try:
        return parse_object(answer.body)
    except NotStrict:
        return None
