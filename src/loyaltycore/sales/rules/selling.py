"""Selling programs: what an order has assigned, by its units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.programs.rules.assignment import ProgramAssignment
from loyaltycore.programs.rules.program import Program
from loyaltycore.sales.rules.settlement import Sold


@frozen
class Seller:
    """A program in force, as far as selling it goes."""

    program: Program
    sells_value: bool
    by_code: bool = False
    """Whether each unit becomes a voucher."""


Sellers = Mapping[str, Sequence[Seller]]
"""By article."""


def require_customer(order: Order, sellers: Sellers) -> None:
    """Make sure that whoever buys a program is known.

    Raises:
        Refused: ``program_sale.customer_required``.
    """
    if order.customer_id is None and any(sellers.values()):
        raise Refused(
            "program_sale.customer_required",
            "programs are sold to customers",
            remedy="choose a customer, or the one for walk-in customers",
            programs=tuple(sorted({each.program.id for some in sellers.values() for each in some})),
        )


@frozen
class ToIssue:
    """One unit of a line that becomes a voucher."""

    line: OrderLine
    unit: int
    seller: Seller


def to_issue(order: Order, sellers: Sellers) -> Iterator[ToIssue]:
    """The vouchers that an order sells."""
    for line in order.lines:
        for seller in sellers[line.article]:
            if seller.by_code:
                yield from (ToIssue(line, unit, seller) for unit in range(line.quantity))


def sold_by_line(
    order: Order, sellers: Sellers, rows: Iterable[ProgramAssignment]
) -> Mapping[str, list[Sold]]:
    """Which unit of which line has assigned what.

    Args:
        rows: All that the order has assigned, in the order of assignment.
    """
    modules = {
        (seller.program.id, sold.item): line.id
        for line in order.lines
        for seller in sellers[line.article]
        for sold in seller.program.sold_by
        if sold.article == line.article and sold.item
    }
    found: dict[str, list[Sold]] = defaultdict(list)
    bundles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        line_id = modules.get((row.program, row.item), row.line_ref)
        seen = bundles[line_id, row.program]
        if row.bundle not in seen:
            seen.append(row.bundle)
        found[line_id].append(Sold(seen.index(row.bundle), row.id))
    return found
