"""What a handler is: it hands messages of one kind over, outside any transaction, and records the outcome."""

from __future__ import annotations

import math
from enum import Enum
from typing import Any, Final, Protocol, runtime_checkable

from attrs import field, frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.outbox import CODE_LENGTH, DETAIL_LENGTH, VENDOR_ID_LENGTH, OutboxMessage
from loyaltycore.kernel.words import as_text, is_storable
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.work.capability import Point
from loyaltycore.work.unit import Unit


class Verdict(Enum):
    """What becomes of a message after a try."""

    DONE = "done"
    AGAIN = "again"
    """Try later."""

    DEAD = "dead"
    """Give up: only a person tries it again."""

    WITHDRAWN = "withdrawn"
    """There is no longer a reason to send it."""


def _code(value: object) -> str:
    return as_text(value, CODE_LENGTH)


def _detail(value: object) -> str:
    return as_text(value, DETAIL_LENGTH)


def _vendor_id(value: object) -> str:
    return as_text(value, VENDOR_ID_LENGTH)


def _seconds(value: object) -> float | None:
    if not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except Exception:  # noqa: BLE001  it is somebody else's number, and may be too large for a float
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


@frozen
class Outcome:
    """What came of a try.

    What the other side says is cleaned as it comes in, because an outcome that cannot be stored would let the message
    leave again: words become short texts that every engine can hold, and a time that is none is left out.
    """

    verdict: Verdict
    """What becomes of the message."""
    code: str = field(default="", kw_only=True, converter=_code)
    """Why it was not delivered, as a stable word."""
    detail: str = field(default="", kw_only=True, converter=_detail)
    retry_after: float | None = field(default=None, kw_only=True, converter=_seconds)
    """Seconds to wait at least before the next try, or None."""
    vendor_id: str = field(default="", kw_only=True, converter=_vendor_id)
    answer: Any = field(default=None, kw_only=True)
    """The port's answer, for `Handler.settle`."""
    counts: bool = field(default=True, kw_only=True)
    """Whether the try counts; it does not if the fault is not the message's."""
    payload: str | None = field(default=None, kw_only=True)
    """A new payload for the next try, or None."""

    @property
    def is_usable(self) -> bool:
        """Whether it says what becomes of the message, and holds nothing that cannot be stored."""
        payload: object = self.payload
        return (
            isinstance(self.verdict, Verdict)
            and isinstance(self.counts, bool)
            and (payload is None or (isinstance(payload, str) and is_storable(payload)))
        )


@runtime_checkable
class Handler(Protocol):
    """Hands over messages of one kind."""

    @property
    def kind(self) -> str:
        """The kind of message, for example ``email.send``."""
        ...

    def deliver(self, message: OutboxMessage) -> Outcome:
        """Hand one message over; no transaction is open.

        After a crash between handing it over and recording that, the message comes again, under the same key.

        Raises:
            DeliveryFailed: The adapter is set up wrongly: messages of this kind wait, without a try being counted.
        """
        ...

    def settle(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> None:
        """Record the outcome, in the transaction that marks the message."""
        ...


def _one_for_each_kind(handlers: tuple[Handler, ...]) -> tuple[Handler, ...]:
    found: dict[str, Handler] = {}
    for handler in handlers:
        if isinstance(handler, type) or not isinstance(handler, Handler):
            raise RegistrationError(
                f"{shown(handler)} is no outbox handler: give an instance with `kind`, `deliver` and `settle`"
            )
        if not isinstance(handler.kind, str) or not handler.kind:
            raise RegistrationError(f"{type(handler).__name__}: `kind` is a text, not {shown(handler.kind)}")
        at_once = getattr(handler, "at_once", 1)
        if type(at_once) is not int or at_once < 1:
            raise RegistrationError(
                f"{type(handler).__name__}: `at_once` is at least 1, not {shown(at_once)}"
            )
        other = found.setdefault(handler.kind, handler)
        if other is not handler:
            names = f"{type(other).__name__} and {type(handler).__name__}"
            raise RegistrationError(f"the outbox has two handlers for {handler.kind!r}: {names}")
    return handlers


HANDLERS: Final = Point[Handler, tuple[Handler, ...]]("outbox handlers", _one_for_each_kind)


@runtime_checkable
class HoldsFew(Protocol):
    """An optional protocol for a handler whose messages suffer when the worker that holds them dies."""

    @property
    def at_once(self) -> int:
        """How many messages a worker may hold at a time.

        After its death nobody knows which ones it had handed over, so those that must not be repeated are given up.
        """
        ...


_VERDICTS: Final = {
    DeliveryStatus.ACCEPTED: Verdict.DONE,
    DeliveryStatus.REJECTED: Verdict.DEAD,
    DeliveryStatus.NOT_SENT: Verdict.AGAIN,
    DeliveryStatus.UNKNOWN: Verdict.AGAIN,
}


def is_receipt(value: object) -> bool:
    """Whether an adapter answered what its port promises."""
    return isinstance(value, Receipt) and isinstance(value.status, DeliveryStatus)


def outcome_of(receipt: Receipt | None, answer: Any = None) -> Outcome:
    """Translate a receipt: an unknown outcome is tried again under the same key.

    What is no receipt says nothing, so a person decides whether the message leaves again.
    """
    if receipt is None or not is_receipt(receipt):
        return Outcome(Verdict.DEAD, code="no_outcome", detail="the adapter gave no receipt")
    again = _VERDICTS[receipt.status] is Verdict.AGAIN
    return Outcome(
        _VERDICTS[receipt.status],
        code=as_text(receipt.code, CODE_LENGTH) or (receipt.status.value if again else ""),
        detail=as_text(receipt.detail, DETAIL_LENGTH) or receipt.raw,
        retry_after=receipt.retry_after,
        vendor_id=receipt.vendor_id,
        answer=answer,
    )
