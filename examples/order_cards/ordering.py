"""At the desk: a card for each customer, and what is said where there can be none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from loyaltycore import Desk, Loyalty, Refused
from loyaltycore.cards import CardOrder
from loyaltycore.customers import Customer
from order_cards.fixtures import SHOPS, VENDOR_MAIL, wishes
from order_cards.progress import Progress


@frozen
class Entry:
    """A customer, and the order or the reason why there is none."""

    customer: Customer
    order: CardOrder | None = None
    """The order as it was placed, or None."""
    refusal: Refused | None = None
    """Why nothing could be ordered, or None."""


def ask_for_information(loyalty: Loyalty) -> Refused:
    """Before anything is agreed with a vendor: nothing can be ordered, but one can ask."""
    desk = loyalty.session("anna", "berlin")
    erika = desk.customers.find(limit=1).items[0]
    try:
        desk.cards.order(erika.id)
    except Refused as refusal:
        print(f"  no order without a vendor: {refusal}")
        request = desk.cards.request_information("Was kosten 120 Kundenkarten?", to=VENDOR_MAIL)
        print(f"  asked {request.recipient} for information")
        return refusal
    raise AssertionError("a card was ordered although nothing was agreed")


def order_all(loyalty: Loyalty) -> list[Entry]:
    """Order a card for every customer of every branch."""
    desks = {shop.key: loyalty.session("anna", shop.key) for shop in SHOPS}
    customers = list(_customers(desks["berlin"]))
    today = desks["berlin"].branch.local_date(loyalty.clock.now())
    entries: list[Entry] = []
    with Progress("  ordering") as progress:
        for customer, wish in zip(customers, wishes(today), strict=False):
            entries.append(_order(desks[customer.branch_id], customer, wish))
            progress.show(len(entries) / len(customers), f"{len(entries)} of {len(customers)}")
    for entry in entries:
        if entry.refusal:
            print(f"  refused for {entry.customer.display_name}: {entry.refusal}")
    return entries


def _order(desk: Desk, customer: Customer, wish: dict[str, Any]) -> Entry:
    try:
        order = desk.cards.order(customer.id, **wish)
    except Refused as refusal:
        return Entry(customer, refusal=refusal)
    return Entry(customer, order)


def _customers(desk: Desk) -> Iterator[Customer]:
    """All customers of the chain in alphabetical order, page by page."""
    after = ""
    while True:
        page = desk.customers.find(after=after)
        yield from page.items
        if not page.next:
            return
        after = page.next
