"""Settling: from a quote, and what was booked for it, to what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.pricing.quote import Quote
from loyaltycore.sales.rules.repeating import is_same
from loyaltycore.sales.rules.settlement import (
    Draw,
    SettledAward,
    SettledLine,
    SettledTender,
    Settlement,
    Sold,
    digest_of,
)


@frozen
class Booked:
    """Under which id, where, by whom and when an order is settled."""

    id: str
    branch_id: str
    actor: str
    at: datetime


def require_same(settlement: Settlement, digest: str, customer_id: str | None) -> Settlement:
    """The settlement, if it is of the same order; see `is_same`.

    Raises:
        Refused: ``settlement.differs``.
    """
    if not is_same(settlement, digest, customer_id):
        raise Refused(
            "settlement.differs",
            f"order {settlement.order_ref!r} was settled with other lines",
            remedy="give another number",
            order_ref=settlement.order_ref,
            settled_at=settlement.settled_at,
        )
    return settlement


def require_expected(quote: Quote, expect: str | None) -> None:
    """Make sure that an order still comes to what was shown.

    Raises:
        Refused: ``quote.changed``.
    """
    if expect and expect != quote.digest:
        raise Refused(
            "quote.changed",
            "the order comes to something else by now",
            remedy="show the new price, and settle with its digest",
            due=quote.due,
            digest=quote.digest,
        )


def settlement_of(
    quote: Quote,
    booked: Booked,
    draws: Sequence[Sequence[Draw]],
    uses: Sequence[Draw],
    awards: Sequence[SettledAward],
    sold: Mapping[str, Sequence[Sold]],
) -> Settlement:
    """What is kept of an order that is paid.

    Args:
        draws: Of each tender of the quote, what it took out of purses.
        uses: Of discount vouchers.
        awards: Of each earning rule of the quote, what was earned.
        sold: What lines have assigned, by their ids.
    """
    order = quote.order
    return Settlement(
        id=booked.id,
        order_ref=order.number,
        customer_id=order.customer_id,
        branch_id=booked.branch_id,
        currency=order.currency,
        digest=digest_of(order),
        due=quote.due.amount,
        lines=tuple(
            SettledLine(
                line.line.id,
                line.line.article,
                line.line.quantity,
                line.line.tax,
                line.units,
                tuple(sold.get(line.line.id, ())),
            )
            for line in quote.lines
        ),
        discounts=quote.discounts,
        tenders=tuple(
            SettledTender(paid.tender, paid.title, paid.unit, tuple(draws[place]) if draws else ())
            for place, paid in enumerate(quote.tenders)
        ),
        uses=tuple(uses),
        awards=tuple(awards)
        or tuple(SettledAward(each.rule, each.title, "", "", each.points) for each in quote.earned),
        taxes=quote.taxes,
        refunds=(),
        minima=quote.minima,
        settled_at=booked.at,
        settled_by=booked.actor,
    )
