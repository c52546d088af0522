"""Splink compares as the library's own way does, on a real DuckDB."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve
from benchmarks.german import base

from loyaltycore.customers.rules.comparing import traits_of
from loyaltycore.kernel.matching import Person, Traits
from loyaltycore.merging import KeyMatcher
from loyaltycore_splink import SplinkMatcher
from loyaltycore_splink.matcher import MOST_OF_A_KEY
from tests.house import House

ERIKA = Traits(
    "Müller",
    "Erika",
    "",
    date(1964, 8, 12),
    "erika@example.org",
    ("+491701234567",),
    (("lindenweg 5", "10969", "berlin"),),
)


def scores(
    *people: Traits, matcher: KeyMatcher | SplinkMatcher | None = None
) -> dict[tuple[str, str], float]:
    """The score of each pair, by the places of the two."""
    base = [Person(str(place), each) for place, each in enumerate(people)]
    found = (matcher or SplinkMatcher(threads=1)).pairs(base, 0.0)
    return {(each.one, each.other): each.score for each in found}


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"last_name": "Mueller"},
        {"last_name": "Müler"},
        {"last_name": "Müller-Schmidt"},
        {"last_name": "Schmidt"},
        {"last_name": "Erika", "first_name": "Müller"},
        {"birth_date": date(1964, 12, 8)},
        {"birth_date": date(1964, 8, 13)},
        {"birth_date": date(1984, 8, 12)},
        {"birth_date": None},
        {"email": "", "phones": ()},
        {"email": "other@example.org"},
        {"phones": ("+4930123456", "+491701234567")},
        {"addresses": (("lindenweg 5", "10968", "berlin"),)},
        {"addresses": (("lindenwg 5", "10969", "berlin"),)},
        {"addresses": (("ring 9", "80331", "ulm"),)},
    ],
    ids=str,
)
def test_one_model_two_engines(other: dict[str, object]) -> None:
    """With only one thing that a household shares, the score is that of the library's own way."""
    one = evolve(ERIKA, **{"email": "", "phones": ()} if "addresses" in other else {"addresses": ()})
    if "phones" in other and "email" not in other:
        one = evolve(one, email="")
    elif "email" not in other and "addresses" not in other:
        one = evolve(one, phones=())
    two = evolve(one, **other)
    expected = scores(one, two, matcher=KeyMatcher())
    assert scores(one, two) == pytest.approx(expected, abs=0.02)


def test_both_find_the_same_doubles() -> None:
    """Of a base with all pitfalls, nearly all that one finds the other does."""
    made = base(600, seed=5)
    people = [Person(each.id, traits_of(each)) for each in made.people]
    ours, splink = (
        {(each.one, each.other) for each in matcher.pairs(people, 0.5)} & made.doubles.keys()
        for matcher in (KeyMatcher(), SplinkMatcher(threads=1))
    )
    assert len(ours) > 80
    assert len(ours & splink) >= 0.97 * len(ours | splink)


def test_a_key_of_very_many_is_passed_over() -> None:
    """A date that stands for none does not compare everybody with everybody."""
    many = [
        evolve(ERIKA, last_name=f"X{number}", first_name="", email="", phones=(), addresses=())
        for number in range(MOST_OF_A_KEY + 1)
    ]
    assert scores(*many) == {}
    assert len(scores(*many[:30])) == 30 * 29 / 2


def test_a_base_is_compared_by_splink(memory_house: House) -> None:
    """F195: the same verb, the same pairs, whichever compares; who was said to be two is left out."""
    erika = memory_house.customer(birth_date="1980-02-01")
    twice = memory_house.customer(birth_date="1980-02-01", email="", addresses=[])
    memory_house.customer(first_name="Max", last_name="Beispiel", email="max@example.org", addresses=[])
    (pair,) = memory_house.desk.merging.all_duplicates(matcher=SplinkMatcher(threads=1))
    assert {pair.customer.id, pair.candidate.customer.id} == {erika.id, twice.id}
    memory_house.desk.merging.not_duplicates(erika.id, twice.id)
    assert list(memory_house.desk.merging.all_duplicates(matcher=SplinkMatcher(threads=1))) == []
