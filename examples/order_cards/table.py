"""The end of the story as a table: each customer with the card and how its order stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import frozen

from loyaltycore import Loyalty, total
from loyaltycore.cards import CardOrder, CustomerCard
from loyaltycore.customers import Customer
from order_cards.ordering import Entry

_HEADER = ("number", "customer", "branch", "card", "card is", "expected", "order is")
_SHOWN_DIGITS = 4


@frozen
class Result:
    """How it ended for one customer."""

    customer: Customer
    card: CustomerCard | None = None
    """The card, or None where there is none."""
    order: CardOrder | None = None
    """Its order."""
    refusal: str = ""
    """Why there is none, as a stable word."""


def read_results(loyalty: Loyalty, entries: Iterable[Entry]) -> list[Result]:
    """Read everything again: what counts is what stands in the database."""
    cards = loyalty.session("zentrale").cards
    results = []
    for entry in entries:
        found = cards.of_customer(entry.customer.id)
        orders = {order.card_id: order for order in cards.orders_of(entry.customer.id)}
        refusal = entry.refusal.code if entry.refusal else ""
        results += [Result(entry.customer, card, orders[card.id], refusal) for card in found] or [
            Result(entry.customer, refusal=refusal)
        ]
    return results


def print_table(results: Sequence[Result]) -> None:
    """Print all customers."""
    rows = [_HEADER, *(_row(result) for result in results)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADER))]
    for row in rows:
        print("  " + "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def print_totals(results: Sequence[Result], mails: int, prints: Sequence[str]) -> None:
    """Print what came of it all."""
    orders = [result.order for result in results if result.order]
    states = Counter(order.state.value for order in orders)
    twice = len(prints) - len(set(prints))
    due = total((order.costs_due for order in orders), orders[0].costs.card.currency)
    print(f"  {len({result.customer.id for result in results})} customers, {len(orders)} cards")
    print(f"  orders: {', '.join(f'{count} {state}' for state, count in sorted(states.items()))}; {due} due")
    print(f"  the mail server has taken {mails} mails")
    print(f"  the vendor has printed {len(prints)} cards, {twice or 'none'} of them twice")


def _row(result: Result) -> tuple[str, ...]:
    customer, card, order = result.customer, result.card, result.order
    head = (customer.number, customer.display_name, customer.branch_id)
    if card is None or order is None:
        return (*head, "-", "-", "-", f"refused: {result.refusal}")
    cancelled = f", cancellation {order.cancellation.value}" if order.cancelled_at else ""
    return (
        *head,
        _masked(card.number),
        card.state.value,
        f"{order.expected_dispatch:%d.%m.%Y}",
        f"{order.state.value}{cancelled}",
    )


def _masked(number: str) -> str:
    return "•" * (len(number) - _SHOWN_DIGITS) + number[-_SHOWN_DIGITS:]
