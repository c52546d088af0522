"""Finding who is twice in the whole base: a matcher compares, and what is known here is added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain, islice
from typing import Final

from loyaltycore.customers.rules.comparing import DuplicatePair, likeness, traits_of
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.criteria import EVERYTHING, stored
from loyaltycore.kernel.matching import Matcher, Pair, Person
from loyaltycore.merging.rules.distinct import NotDuplicate
from loyaltycore.work.running import run_query
from loyaltycore.work.session import Session
from loyaltycore.work.streaming import portions
from loyaltycore.work.unit import Unit

_PORTION: Final = 500
_PAIRS: Final = 200


def all_duplicates(session: Session, matcher: Matcher, least: float) -> Iterator[DuplicatePair]:
    """The pairs that a matcher finds among all customers, but those of whom somebody said that they are two."""
    customers = chain.from_iterable(portions(session, Customer, EVERYTHING, _PORTION))
    given = matcher.pairs((Person(each.id, traits_of(each)) for each in customers), least)
    if not issubclass(type(given), Iterable):
        raise InvalidInput([Fault("matcher", "wrong_type", "must give pairs")])
    pairs = iter(given)
    while found := tuple(islice(pairs, _PAIRS)):
        yield from run_query(session, partial(_looked_up, pairs=found))


def _looked_up(unit: Unit, pairs: tuple[Pair, ...]) -> list[DuplicatePair]:
    ids = sorted({each for pair in pairs for each in (pair.one, pair.other)})
    known = {each.id: each for each in unit.find(Customer, stored("id").one_of(ids))}
    said = stored("customer_id").one_of(ids) & stored("other_id").one_of(ids)
    distinct = {frozenset((each.customer_id, each.other_id)) for each in unit.find(NotDuplicate, said)}
    return [
        DuplicatePair(known[pair.one], likeness(known[pair.one], known[pair.other]))
        for pair in pairs
        # Whoever was merged or erased meanwhile is gone.
        if {pair.one, pair.other} <= known.keys() and frozenset((pair.one, pair.other)) not in distinct
    ]
