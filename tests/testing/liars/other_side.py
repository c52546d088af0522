"""The other side that honest mailers and gateways talk to, and the liars that are made from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore.testing.trouble import WAIT, Trouble

T = TypeVar("T")

_STATUS: Final = {Trouble.REFUSE: 404, Trouble.ASK_TO_WAIT: 429, Trouble.FAIL: 500, Trouble.SHUT_OUT: 401}


class Answer(Exception):
    """What the other side says in place of taking what it is given."""

    def __init__(self, status: int, words: str) -> None:
        self.status = status
        """As in HTTP."""
        self.retry_after = WAIT if status == 429 else None
        super().__init__(words)


class OtherSide(Generic[T]):
    """Takes what it is given, unless it is in trouble."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.taken: list[tuple[str, T]] = []
        """What was taken, with the address or number."""
        self._reachable = reachable
        self._trouble: Trouble | None = None
        self._about = ""
        self._shut = False

    @contextmanager
    def in_trouble(self, trouble: Trouble, about: str) -> Iterator[None]:
        """Misbehave as long as the block lasts: to one, or to all."""
        self._trouble, self._about = trouble, about
        try:
            yield
        finally:
            self._trouble, self._about, self._shut = None, "", False

    def take(self, to: str, thing: T) -> None:
        """Take something, or say why not."""
        if not self._reachable:
            raise ConnectionRefusedError("nobody listens")
        concerned = self._about in {"", to}
        self._shut = self._shut or (concerned and self._trouble is Trouble.SHUT_OUT)
        if self._trouble is not None and (concerned or self._shut):
            self._misbehave(self._trouble, to, thing)
        else:
            self.taken.append((to, thing))

    def _misbehave(self, trouble: Trouble, to: str, thing: T) -> None:
        if trouble is Trouble.BREAK_BEFORE:
            raise ConnectionRefusedError("the connection broke at once")
        if trouble is Trouble.LOSE_ANSWER:
            self.taken.append((to, thing))
            raise ConnectionResetError("the connection broke")
        raise Answer(_STATUS[trouble], f"{_STATUS[trouble]} not for {to}")

    def things(self, to: str) -> list[T]:
        """What was taken for an address or number."""
        return [thing for address, thing in self.taken if address == to]


def receipt_of(fault: Answer | OSError, recipient: str) -> Receipt:
    """What a fault of the other side means.

    Raises:
        DeliveryFailed: It does not let us in.
    """
    match fault:
        case Answer(status=401):
            raise DeliveryFailed("credentials_refused", str(fault), permanent=True)
        case Answer(status=404):
            status, code = DeliveryStatus.REJECTED, "unknown_recipient"
        case Answer(status=429):
            status, code = DeliveryStatus.NOT_SENT, "throttled"
        case Answer():
            status, code = DeliveryStatus.NOT_SENT, "failed"
        case ConnectionRefusedError():
            status, code = DeliveryStatus.NOT_SENT, "unreachable"
        case _:
            status, code = DeliveryStatus.UNKNOWN, "no_answer"
    wait = fault.retry_after if isinstance(fault, Answer) else None
    return Receipt(status, recipient=recipient, code=code, detail=str(fault), retry_after=wait)
