"""The way of one mail through the sessions: when to dial, when to dial again, and what becomes of the rest."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from attrs import define, field

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.messaging import DeliveryStatus, Receipt
from loyaltycore_email.connection import Connection, Lost
from loyaltycore_email.dialling import Unreachable
from loyaltycore_email.letter import Parcel
from loyaltycore_email.pool import Pool
from loyaltycore_email.replies import Stage, lost, not_sent

_TAKEN = frozenset({DeliveryStatus.ACCEPTED, DeliveryStatus.UNKNOWN})


@define(eq=False)
class Route:
    """Carries the copies of one mail, one after the other, over one session.

    The first copy shows whether a kept session is still open; if not, a new one is opened, unless the copy may have
    gone out. If a proven session breaks, the remaining copies are not sent: the outbox tries them again, and by then
    the server may have recovered.
    """

    _pool: Pool
    _until: float
    """When the last copy must be out, on the monotonic clock."""
    _connection: Connection | None = field(default=None, init=False)
    _kept: bool = field(default=False, init=False)
    _broken: Unreachable | None = field(default=None, init=False)
    _taken: bool = field(default=False, init=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is None:
            return
        # After an interrupt, nobody knows where in the dialogue the session stands.
        if kind is not None and not issubclass(kind, DeliveryFailed):
            self._connection.drop()
        self._pool.give_back(self._connection)

    def carry(self, parcel: Parcel, recipient: str) -> Receipt:
        """Carry one copy.

        Args:
            recipient: What the receipt calls the recipient.

        Raises:
            DeliveryFailed: The set-up is wrong, and no copy of this mail has been accepted. Afterwards the fault
                becomes a receipt, because the error would hide the earlier receipts.
        """
        if self._is_late:
            self._broken = self._broken or Unreachable("out_of_time", "the copies before took too long")
        receipt = self._try(parcel, recipient) if self._broken is None else _not_sent(recipient, self._broken)
        self._taken = self._taken or receipt.status in _TAKEN
        return receipt

    def _try(self, parcel: Parcel, recipient: str) -> Receipt:
        try:
            return self._transact(parcel, recipient)
        except Lost as error:
            self._broken = Unreachable("connection_lost", f"the connection broke: {error}")
            if error.stage is Stage.ANSWER or not self._is_late:
                return lost(recipient, error.stage, str(error))
            self._broken = Unreachable("out_of_time", str(error))
        except Unreachable as error:
            self._broken = Unreachable("out_of_time", str(error)) if self._is_late else error
        except DeliveryFailed as error:
            if not self._taken:
                raise
            self._broken = Unreachable(error.code, str(error))
        return _not_sent(recipient, self._broken)

    @property
    def _is_late(self) -> bool:
        return time.monotonic() >= self._until

    def _transact(self, parcel: Parcel, recipient: str) -> Receipt:
        connection = self._connection or self._open()
        kept, self._kept = self._kept, False
        try:
            receipt = connection.transact(parcel, recipient, self._until)
        except Lost as error:
            if not _may_redial(error, connection, kept=kept):
                raise
            self._connection = self._pool.dial(self._until)
            receipt = self._connection.transact(parcel, recipient, self._until)
        return receipt

    def _open(self) -> Connection:
        kept = self._pool.take()
        self._kept = kept is not None
        self._connection = kept or self._pool.dial(self._until)
        return self._connection


def _not_sent(recipient: str, why: Unreachable) -> Receipt:
    return not_sent(recipient, why.code, str(why), why.raw)


def _may_redial(error: Lost, connection: Connection, *, kept: bool) -> bool:
    """Whether a lost session was merely old: it had worked before, and nothing of this mail can have been accepted.

    A server that limits the mails of each session says so in answer to MAIL.
    """
    if error.stage >= Stage.CONTENT:
        return False
    return kept or (error.announced and error.stage is Stage.MAIL and connection.carried > 0)
