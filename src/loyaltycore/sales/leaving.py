"""What ends with a customer, and with a sale, and how long sales are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from loyaltycore.customers.retaining import HISTORY, Retention
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import stored
from loyaltycore.programs.reading import scene_of
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.entering import About
from loyaltycore.sales.counting import kept_for
from loyaltycore.sales.rules import books, reservation as reserving
from loyaltycore.sales.rules.books import Books
from loyaltycore.sales.rules.counting import Counts
from loyaltycore.sales.rules.reservation import Reservation
from loyaltycore.sales.rules.settlement import Settlement
from loyaltycore.vouchers.rules.redeeming import make_void
from loyaltycore.vouchers.rules.voucher import Voucher
from loyaltycore.work.unit import Unit


def release_reservations(unit: Unit, customer: Customer) -> None:
    """Let others have what is set aside for somebody who leaves: nobody can write about that afterwards.

    The feed hears nothing of it, because it would remember whom it was for.
    """
    mine = (stored("customer_id") == customer.id) & ~stored("open_order").is_null()
    for found in list(unit.find(Reservation, mine, order_by=("id",))):
        entered = Books(scene_of(unit))
        holders = [
            unit.seek(ProgramAssignment, part.holder_id, for_update=True)
            or unit.get(Voucher, part.holder_id, for_update=True)
            for part in found.parts
        ]
        books.let_go(entered, holders, found.id, About(order_ref=found.order_ref))
        unit.apply(evolve(entered.decision(""), notes=()))
        everybodys = kept_for(unit, [(program, None) for program in found.counted])
        counts = Counts(unit.now, unit.ids.new, everybodys)
        counts.let_go(list(everybodys), found.id)
        unit.apply(counts.decision())
        unit.apply(evolve(reserving.release(found), notes=()))


def kept() -> Iterator[Retention]:
    """How long it is known what was bought, and what was set aside for it."""
    over = stored("open_order").is_null()
    yield Retention("settlements", Settlement, "settled_at", HISTORY, needed=_refunded)
    yield Retention("reservations", Reservation, "created_at", HISTORY, over)


def _refunded(_: Unit, settlements: tuple[Settlement, ...], before: datetime) -> frozenset[str]:
    """Those of which something came back later."""
    return frozenset(each.id for each in settlements if any(refund.at >= before for refund in each.refunds))


def void_vouchers(unit: Unit, order_ref: str, reason: str) -> None:
    """Make the vouchers void that an order sold.

    Raises:
        Refused: ``voucher.redeemed`` or ``voucher.set_aside``.
    """
    settlement = unit.first(Settlement, stored("order_ref") == order_ref)
    for line in settlement.lines if settlement else ():
        for sold in line.sold:
            if sold.voucher_id:
                voucher = unit.get(Voucher, sold.voucher_id, for_update=True)
                unit.apply(make_void(voucher, reason, scene_of(unit)))
