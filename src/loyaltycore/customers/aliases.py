"""The numbers of merged customers: they answer with the survivor, and nobody else gets them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.kernel.criteria import in_portions, stored
from loyaltycore.work.journal import Alias
from loyaltycore.work.unit import Unit


@frozen
class Former:
    """A number that a customer who is no more had, and who answers for it."""

    number: str
    """Without case; empty for none."""
    external_number: str
    """In another system; empty for none."""
    survivor: Customer


def holder_of(unit: Unit, number: str) -> Customer | None:
    """The customer who has a number, or into whom the one who had it was merged."""
    key = number_key(number)
    holder = unit.first(Customer, stored("number_key") == key)
    if holder is None and (alias := unit.first(Alias, stored("number_key") == key)):
        return unit.seek(Customer, alias.customer_id) if alias.customer_id else None
    return holder


def former_of(unit: Unit, numbers: Iterable[str], external_numbers: Iterable[str]) -> Iterator[Former]:
    """Whom these numbers mean that no customer has any more."""
    found: dict[str, Alias] = {}
    wanted = {
        "number_key": {number_key(each) for each in numbers},
        "external_number": set(external_numbers),
    }
    for name, values in wanted.items():
        for portion in in_portions(sorted(values - {""})):
            aliases = unit.find(Alias, stored(name).one_of(portion))
            found |= {each.id: each for each in aliases if each.customer_id}
    survivors: dict[str, Customer] = {}
    for portion in in_portions(sorted({each.customer_id or "" for each in found.values()})):
        survivors |= {each.id: each for each in unit.find(Customer, stored("id").one_of(portion))}
    for key in sorted(found):
        if survivor := survivors.get(found[key].customer_id or ""):
            yield Former(found[key].number_key, found[key].external_number, survivor)


def taken_numbers(unit: Unit, keys: Sequence[str]) -> set[str]:
    """Which of some numbers, without case, a customer who is no more had."""
    return {each.number_key for each in unit.find(Alias, stored("number_key").one_of(keys))}
