"""Which rules of a program a settled order has used."""

from __future__ import annotations

from collections.abc import Container, Iterator

from loyaltycore.sales.rules.refunding import everything_left
from loyaltycore.sales.rules.settlement import Settlement


def rules_used(settlement: Settlement, holders: Container[str]) -> tuple[str, ...]:
    """The rules that took something off or gave something; none if the order came back wholly.

    Args:
        holders: What rules of the program are called by: its key, and the ids of its assignments and vouchers.
    """
    if settlement.lines and not everything_left(settlement):
        return ()
    named = (rule.partition("/") for rule in rule_ids(settlement))
    return tuple(rule for holder, _, rule in named if holder in holders)


def rule_ids(settlement: Settlement) -> Iterator[str]:
    """All rules that had an effect, by their ids in the quote."""
    yield from (each.rule for each in settlement.discounts)
    yield from (each.rule for each in settlement.awards)
