"""Splink compares as the library's own way does, on a real DuckDB."""

from __future__ import annotations

from datetime import date
from math import log2

import pytest
from attrs import evolve
from benchmarks.german import base

from loyaltycore.customers.rules.comparing import traits_of
from loyaltycore.kernel.matching import Person, Traits
from loyaltycore.merging import KeyMatcher
from loyaltycore.ports import Matcher
from loyaltycore_splink import SplinkMatcher
from loyaltycore_splink.settings import MOST_OF_A_KEY
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


def scores(*people: Traits, matcher: Matcher | None = None) -> dict[tuple[str, str], float]:
    """The score of each pair, by the places of the two."""
    base = [Person(str(place), each) for place, each in enumerate(people)]
    found = (matcher or SplinkMatcher(threads=1)).pairs(base, 0.0)
    return {(each.one, each.other): each.score for each in found}


def bits(found: dict[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """The scores before they are pressed between 0 and 1, where a few bits make no difference that could be seen."""
    return {pair: log2(score / (1 - score)) for pair, score in found.items()}


NAMES_AND_DATES: list[dict[str, object]] = [
    {},
    {"last_name": "Mueller"},
    {"last_name": "Müler"},
    {"last_name": "Müller-Schmidt"},
    {"last_name": "Weber"},
    {"last_name": "Erika", "first_name": "Müller"},
    {"last_name": "Erica", "first_name": "Müller"},
    {"last_name": "Erika", "first_name": "Anna"},
    {"birth_date": date(1964, 12, 8)},
    {"birth_date": date(1964, 8, 13)},
    {"birth_date": date(1984, 8, 12)},
    {"birth_date": None},
]
MAILS: list[dict[str, object]] = [{"email": "other@example.org"}, {"email": ""}]
PHONES: list[dict[str, object]] = [{"phones": ("+4930123456", "+491701234567")}, {"phones": ("+4930123456",)}]
ADDRESSES: list[dict[str, object]] = [
    {"addresses": (address,)}
    for address in (
        ("lindenweg 5", "10968", "berlin"),
        ("lindenwg 5", "10969", "berlin"),
        ("lindenweg", "10969", "berlin"),
        ("lindenweg 6", "10969", "berlin"),
        ("ring 9", "80331", "ulm"),
        ("ring 9", "10969", "berlin"),
        ("lindenweg 5", "", "berlin"),
        ("lindenweg 5", "", "ulm"),
        ("lindenweg 5", "10969", ""),
        ("lindenweg 5", "80331", ""),
        ("lindenweg 5", "", ""),
    )
]


BASES: dict[str, tuple[dict[str, object], list[dict[str, object]]]] = {
    "addresses": ({"email": "", "phones": ()}, [*NAMES_AND_DATES, *ADDRESSES]),
    "e-mail": ({"addresses": (), "phones": ()}, [*NAMES_AND_DATES, *MAILS]),
    "phones": ({"addresses": (), "email": ""}, [*NAMES_AND_DATES, *PHONES]),
}
"""What nobody has, so that households share one thing alone, and how others differ from Erika."""


def assert_weighs_alike(
    matcher: Matcher, lacking: dict[str, object], others: list[dict[str, object]]
) -> None:
    """Each pair has the weight that it has in the library's own way."""
    one = evolve(ERIKA, **lacking)
    people = [one, *(evolve(one, **other) for other in others)]
    ours, theirs = bits(scores(*people, matcher=KeyMatcher())), bits(scores(*people, matcher=matcher))
    assert ours.keys() == theirs.keys()
    assert {pair: (ours[pair], theirs[pair]) for pair in ours if abs(ours[pair] - theirs[pair]) > 0.01} == {}


def assert_finds_the_same_doubles(matcher: Matcher) -> None:
    """Of a base with all pitfalls, nearly all that one finds the other does."""
    made = base(600, seed=5)
    people = [Person(each.id, traits_of(each)) for each in made.people]
    ours, theirs = (
        {(each.one, each.other) for each in way.pairs(people, 0.5)} & made.doubles.keys()
        for way in (KeyMatcher(), matcher)
    )
    assert len(ours) > 80
    assert len(ours & theirs) >= 0.97 * len(ours | theirs)


@pytest.mark.parametrize(("lacking", "others"), BASES.values(), ids=BASES)
def test_one_model_two_engines(lacking: dict[str, object], others: list[dict[str, object]]) -> None:
    """With only one thing that a household shares, both ways weigh alike."""
    assert_weighs_alike(SplinkMatcher(threads=1), lacking, others)


def test_both_find_the_same_doubles() -> None:
    """Nearly all that one finds the other does."""
    assert_finds_the_same_doubles(SplinkMatcher(threads=1))


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
