"""Finding customers who may be the same, among very many: by keys, then compared one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from loyaltycore.customers.rules.comparing import Candidate, candidates
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.likeness import place_keys, sound_keys
from loyaltycore.customers.rules.search import email_key, fold
from loyaltycore.kernel.criteria import Criterion, Or, has_key, key_starts, stored
from loyaltycore.merging.rules.distinct import NotDuplicate
from loyaltycore.work.unit import Unit

MOST_COMPARED: Final = 500
"""How many customers are compared who share a way to be reached, or a date of birth."""

MOST_ALIKE: Final = 100
"""How many are compared who only sound the same, and how many who live at one place."""


def duplicates_of(unit: Unit, customer: Customer) -> tuple[Candidate, ...]:
    """Those who may be the same as a customer, without those of whom somebody said otherwise."""
    found: dict[str, Customer] = {}
    for where, most in _wanted(customer):
        found |= {each.id: each for each in unit.find(Customer, where, limit=most)}
    found |= {each.id: each for each in _born_then(unit, customer)}
    distinct = set(_distinct_from(unit, customer.id)) if found and customer.id else set()
    return candidates(customer, [each for key, each in found.items() if key not in distinct])


def _wanted(customer: Customer) -> Iterator[tuple[Criterion, int]]:
    """Who shares a way to be reached, the sound of the names, or the place and a name."""
    reached = [has_key("phone", each.number) for each in customer.phones]
    if customer.email:
        reached.append(has_key("email", email_key(customer.email)))
    if reached:
        yield Or(tuple(reached)), MOST_COMPARED
    if sounds := sound_keys(customer):
        yield Or(tuple(has_key("likeness", each) for each in sounds)), MOST_ALIKE
    if places := place_keys(customer):
        yield Or(tuple(has_key("likeness", each) for each in places)) & _named_like(customer), MOST_ALIKE


def _born_then(unit: Unit, customer: Customer) -> Sequence[Customer]:
    """Who was born on the same day, with a name that is not another one altogether."""
    if customer.birth_date is None:
        return ()
    born = stored("birth_date") == customer.birth_date
    found = list(unit.find(Customer, born & _named_like(customer), limit=MOST_COMPARED))
    if len(found) == MOST_COMPARED and customer.last_name:
        # Very many share the date, as one that stands for none: those of the name are among those compared.
        found += unit.find(Customer, born & key_starts("name", fold(customer.last_name)), limit=MOST_COMPARED)
    return found


def _named_like(customer: Customer) -> Criterion:
    """Who stands under the same letter in a list, or has a name in common, written alike.

    To share a date of birth or a house is too little. Those whose names sound the same, and those who are reached in the same
    way, are found by their keys.
    """
    names = [name for name in (customer.last_name, customer.first_name) if name]
    listed = stored("sort_name").begins(customer.sort_name[:1])
    return Or((listed, *(stored(field).one_of(names) for field in ("last_name", "first_name"))))


def _distinct_from(unit: Unit, customer_id: str) -> Iterator[str]:
    for mine, theirs in (("customer_id", "other_id"), ("other_id", "customer_id")):
        for each in unit.find(NotDuplicate, stored(mine) == customer_id):
            yield getattr(each, theirs) or ""
