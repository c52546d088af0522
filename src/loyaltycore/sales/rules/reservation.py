"""Reservations: what is set aside for an order until it is paid."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.showing import showing
from loyaltycore.sales.rules.settlement import Settlement


class ReservationState(Enum):
    """What became of a reservation."""

    OPEN = "open"
    LOCKED = "locked"
    """A payment is running."""
    SETTLED = "settled"
    RELEASED = "released"


@frozen
class Held:
    """What is set aside in one purse."""

    holder_id: str
    """The assignment."""
    units: int


@frozen(repr=False)
class Reservation:
    """What is set aside for one order."""

    __repr__ = showing("id", "order_ref", "state")

    id: str
    order_ref: str
    open_order: str | None
    """The order, until the reservation is over: an order has one."""
    customer_id: str | None
    state: ReservationState
    expires_at: datetime
    """From then on nothing is set aside any more, whatever the state says."""
    parts: tuple[Held, ...]
    digest: str
    """Of the order."""
    created_at: datetime
    created_by: str
    counted: tuple[str, ...] = ()
    """The programs of whose limits something is set aside."""
    version: int = 1

    def is_live(self, now: datetime) -> bool:
        """Whether anything is set aside."""
        return self.open_order is not None and now < self.expires_at


def require_unsettled(order_ref: str, settlement: Settlement | None) -> None:
    """Make sure that an order is not paid yet.

    Raises:
        Refused: ``reservation.settled``.
    """
    if settlement is not None:
        raise Refused(
            "reservation.settled",
            f"order {order_ref!r} is paid",
            remedy="give another number",
            settled_at=settlement.settled_at,
        )


def repeated(earlier: Reservation, *, same: bool) -> Reservation:
    """The reservation that an order has, if it is for the same order.

    Raises:
        Refused: ``reservation.differs``.
    """
    if not same:
        raise Refused(
            "reservation.differs",
            f"order {earlier.order_ref!r} has a reservation with other lines",
            remedy="release it first",
            reservation=earlier.id,
        )
    return earlier


def lock(reservation: Reservation, now: datetime) -> Decision[Reservation]:
    """Say that a payment is running.

    Raises:
        Refused: ``reservation.ended``.
    """
    if not reservation.is_live(now):
        raise Refused(
            "reservation.ended",
            "the reservation is over",
            remedy="reserve anew",
            state=reservation.state.value,
            expires_at=reservation.expires_at,
        )
    after = evolve(reservation, state=ReservationState.LOCKED)
    if after == reservation:
        return Decision(reservation)
    return Decision(after, save=(after,), notes=(Note("reservation.locked", reservation, after),))


def release(reservation: Reservation) -> Decision[Reservation]:
    """End a reservation without a sale."""
    after = over(reservation, ReservationState.RELEASED)
    return Decision(after, save=(after,), notes=(Note("reservation.released", reservation, after),))


def over(reservation: Reservation, state: ReservationState) -> Reservation:
    """The reservation once it is over."""
    return evolve(reservation, state=state, open_order=None)


def require_for(reservation: Reservation, order_ref: str) -> None:
    """Make sure that a reservation is for an order and was not released.

    Raises:
        Refused: ``reservation.other_order`` or ``.ended``.
    """
    if reservation.order_ref != order_ref:
        raise Refused(
            "reservation.other_order",
            "the reservation is for another order",
            remedy="name that of the order, or none",
            order_ref=reservation.order_ref,
        )
    if reservation.state is ReservationState.RELEASED:
        raise Refused(
            "reservation.ended",
            "the reservation was released",
            remedy="reserve anew, or settle without one",
            state=reservation.state.value,
        )
