"""Finding who is twice in the whole base: behind a port, on every engine, and nobody is merged by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from loyaltycore.errors import InvalidInput
from loyaltycore.merging import DuplicatePair, KeyMatcher, Strength
from loyaltycore.ports import Pair, Person
from tests.house import House


def ids(pairs: Iterable[DuplicatePair]) -> set[frozenset[str]]:
    """Who is paired with whom."""
    return {frozenset((each.customer.id, each.candidate.customer.id)) for each in pairs}


@pytest.mark.every_engine
def test_all_doubles_are_found(house: House) -> None:
    """F195: each pair once and explained, strong ones too, and nobody is merged; who was said to be two is left out."""
    erika = house.customer(birth_date="1980-02-01")
    twice = house.customer(birth_date="1980-02-01", email="", addresses=[])
    typed = house.customer(first_name="Erica", birth_date="1980-02-01", email="")
    house.customer(first_name="Max", last_name="Beispiel", email="max@example.org", addresses=[])
    found = list(house.desk.merging.all_duplicates())
    assert ids(found) == {
        frozenset(pair) for pair in ((erika.id, twice.id), (erika.id, typed.id), (twice.id, typed.id))
    }
    assert len(found) == 3
    assert {each.candidate.strength for each in found} == {Strength.STRONG, Strength.LIKELY}
    assert house.desk.customers.count() == 4
    house.desk.merging.not_duplicates(twice.id, erika.id)
    assert frozenset((erika.id, twice.id)) not in ids(house.desk.merging.all_duplicates())


class Everybody:
    """A matcher for which all are alike, also those who are there no longer."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        found = sorted(each.id for each in people)
        yield from (Pair(one, other, 1.0) for one in found for other in [*found, "~gone"] if one < other)


def test_any_matcher_can_be_given(memory_house: House) -> None:
    """What it says is looked up; whoever was merged or erased meanwhile is left out."""
    erika, max_ = (
        memory_house.customer(),
        memory_house.customer(first_name="Max", last_name="Beispiel", email=""),
    )
    (pair,) = memory_house.desk.merging.all_duplicates(matcher=Everybody())
    assert ids([pair]) == {frozenset((erika.id, max_.id))}


@pytest.mark.parametrize(
    "wrong", [{"matcher": object()}, {"least": 1.5}, {"least": float("nan")}, {"least": "0.5"}]
)
def test_what_is_no_matcher_is_refused(memory_house: House, wrong: dict[str, object]) -> None:
    """At once, before anybody is read."""
    with pytest.raises(InvalidInput):
        memory_house.desk.merging.all_duplicates(**wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_the_own_way_takes_what_the_finder_takes(memory_house: House) -> None:
    """Everybody who is a likely candidate for somebody is found among all."""
    for last in ("Müller", "Mueller", "Meier", "Maier"):
        for first in ("Anna", "Hanna", "Ben"):
            memory_house.customer(
                last_name=last, first_name=first, birth_date="1980-02-01", email="", addresses=[]
            )
    likely = {
        frozenset((each.id, candidate.customer.id))
        for each in memory_house.desk.customers.each()
        for candidate in memory_house.desk.merging.duplicates_of(each.id)
        if candidate.strength is not Strength.POSSIBLE
    }
    assert likely
    assert likely <= ids(memory_house.desk.merging.all_duplicates(matcher=KeyMatcher(), least=0.01))
