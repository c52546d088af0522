"""What an answer proves: one table per question, in the words of the ports.

==============================  ====================  =========================  =================
answer                          submit                find, events_after         cancel
==============================  ====================  =========================  =================
no connection                   not sent              raises, transient          not sent
connection broke, time over     unknown               raises, transient          unknown
2xx as in the contract          accepted              the status                 by status
2xx otherwise, 1xx, 3xx         unknown               raises, transient          unknown
401, 403                        raises, transient     raises, transient          raises, transient
402                             not sent              raises, transient          not sent
429                             not sent              raises, transient          not sent
503 ``unavailable``             not sent              raises, transient          not sent
404, 405                        raises, transient     raises, transient          unknown order (1)
408, 409 ``in_progress``, 425   unknown               raises, transient          unknown
other 4xx with a problem        rejected              raises, permanent          rejected
other 4xx without a problem     unknown               raises, transient          unknown
5xx otherwise                   unknown               raises, transient          unknown
==============================  ====================  =========================  =================

(1) If the problem says ``not_found`` and the look-up by reference finds none either; without such a problem the address
is wrong, which raises, transient.

Wrong credentials, an exhausted account and a wrong address are faults of the set-up, not of the order: they never
reject an order, and all are transient, because the same order goes through once a person has corrected the set-up. An
answer that is not the vendor's own (a proxy's page, a 503 without a problem document) never rejects either.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.errors import DeliveryFailed, Fault
from loyaltycore_cardprint.wire import read_faults
from loyaltycore_http.answers import Answer, NoAnswer, retry_after, shown
from loyaltycore_http.strict_json import NotStrict, parse_object

_NOT_THIS_CALL: Final = frozenset({408, 425})
_CLIENT_ERROR: Final = 4
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Meaning(Enum):
    """What an unsuccessful call proves."""

    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    REJECTED = "rejected"
    SET_UP = "set_up"
    """The adapter is set up wrongly; nothing is wrong with the order."""


@frozen
class Failure:
    """An unsuccessful call."""

    meaning: Meaning
    code: str
    detail: str
    status: int = 0
    """The HTTP status, 0 without an answer."""
    retry_after: float | None = None
    """Seconds, or None."""
    raw: str = ""
    problem: dict[str, Any] = field(factory=dict)
    """The problem document, empty without one."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults that the vendor finds in single fields."""
        return read_faults(self.problem)

    def as_error(self) -> DeliveryFailed:
        """The failure as an error, for a verb that has no receipt."""
        return DeliveryFailed(self.code, self.detail, permanent=self.meaning is Meaning.REJECTED)


def failure_of(answer: Answer | NoAnswer) -> Failure:
    """Say what a call without the expected answer proves."""
    if isinstance(answer, NoAnswer):
        meaning = Meaning.UNKNOWN if answer.sent else Meaning.NOT_SENT
        return Failure(meaning, answer.code, answer.detail)
    problem = _problem(answer)
    meaning = _meaning(answer.status, problem)
    code = problem.get("code") or _own_code(answer.status, meaning)
    return Failure(
        meaning=meaning,
        code=code,
        detail=_detail(answer.status, code, problem),
        status=answer.status,
        retry_after=retry_after(answer),
        raw=shown(answer.body),
        problem=problem,
    )


def violation(answer: Answer, why: str) -> Failure:
    """The failure for an answer that has the right status but breaks the contract, and so proves nothing."""
    return Failure(
        Meaning.UNKNOWN,
        "contract_violation",
        f"HTTP {answer.status}, but {why}",
        status=answer.status,
        raw=shown(answer.body),
    )


def _meaning(status: int, problem: dict[str, Any]) -> Meaning:
    if status in {401, 403, 404, 405}:
        return Meaning.SET_UP
    if status in {402, 429} or (status, problem.get("code")) == (503, "unavailable"):
        return Meaning.NOT_SENT
    if status in _NOT_THIS_CALL or problem.get("code") == "in_progress":
        return Meaning.UNKNOWN
    return Meaning.REJECTED if problem and status // 100 == _CLIENT_ERROR else Meaning.UNKNOWN


def _problem(answer: Answer) -> dict[str, Any]:
    """Read a problem document; empty if it is not one, or names another status."""
    try:
        document = parse_object(answer.body)
    except NotStrict:
        return {}
    code = document.get("code")
    speaks = isinstance(code, str) and _CODE.fullmatch(code) and document.get("status") == answer.status
    return document if speaks else {}


def _own_code(status: int, meaning: Meaning) -> str:
    """A code for an answer that has none."""
    words = {401: "unauthorized", 403: "unauthorized", 402: "insufficient_funds", 429: "throttled"}
    if status in words:
        return words[status]
    if meaning is Meaning.SET_UP:
        return "wrong_address"
    if status in _NOT_THIS_CALL:
        return "vendor_error"
    return {3: "redirected", 5: "vendor_error"}.get(status // 100, "contract_violation")


def _detail(status: int, code: str, problem: dict[str, Any]) -> str:
    said = problem.get("detail") or problem.get("title")
    if isinstance(said, str) and said:
        return shown(f"HTTP {status}: {said}".encode("utf-8", "replace"))
    advice = {
        "redirected": ", not followed: check base_url",
        "wrong_address": ", no such path: check base_url",
    }
    return f"HTTP {status} ({code.replace('_', ' ')}){advice.get(code, '')}"
