"""Finding customers who may be the same, among very many: by keys, then compared one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from loyaltycore.customers.rules.comparing import Candidate, candidates
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.likeness import likeness_keys
from loyaltycore.customers.rules.search import email_key, fold
from loyaltycore.kernel.criteria import Criterion, Or, has_key, key_starts, stored
from loyaltycore.merging.rules.distinct import NotDuplicate
from loyaltycore.work.unit import Unit

MOST_COMPARED: Final = 500
"""How many customers are compared who share a way to be reached, or a date of birth."""

MOST_ALIKE: Final = 100
"""How many are compared who only sound the same or live at one place."""


def duplicates_of(unit: Unit, customer: Customer) -> tuple[Candidate, ...]:
    """Those who may be the same as a customer, without those of whom somebody said otherwise."""
    found: dict[str, Customer] = {}
    for where, most in _wanted(customer):
        found |= {each.id: each for each in unit.find(Customer, where, limit=most)}
    distinct = set(_distinct_from(unit, customer.id)) if found and customer.id else set()
    return candidates(customer, [each for key, each in found.items() if key not in distinct])


def _wanted(customer: Customer) -> Iterator[tuple[Criterion, int]]:
    """Who shares a way to be reached, a date of birth, or sound and place."""
    reached = [has_key("phone", each.number) for each in customer.phones]
    if customer.email:
        reached.append(has_key("email", email_key(customer.email)))
    if reached:
        yield Or(tuple(reached)), MOST_COMPARED
    if customer.birth_date is not None:
        born = stored("birth_date") == customer.birth_date
        yield born, MOST_COMPARED
        if customer.last_name:
            # Where very many share a date, as one that stands for none, those of the name are among those compared.
            yield born & key_starts("name", fold(customer.last_name)), MOST_COMPARED
    if keys := likeness_keys(customer):
        yield Or(tuple(has_key("likeness", each) for each in keys)), MOST_ALIKE


def _distinct_from(unit: Unit, customer_id: str) -> Iterator[str]:
    for mine, theirs in (("customer_id", "other_id"), ("other_id", "customer_id")):
        for each in unit.find(NotDuplicate, stored(mine) == customer_id):
            yield getattr(each, theirs) or ""
