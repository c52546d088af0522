"""How likely it is that two customers are one: the laws of the score, and the people who must not be taken for one."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import attrs
import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.customers.rules.comparing import candidates, likeness
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.model import PRIOR, Agreement, Strength
from loyaltycore.customers.rules.similarity import cannot_reach, similarity
from loyaltycore.kernel.contact import Address, Phone
from loyaltycore.kernel.phonetics import cologne

names = st.sampled_from(
    [
        "Müller",
        "Mueller",
        "Muller",
        "Meier",
        "Mayr",
        "Schmidt",
        "Schmidt-Meier",
        "",
        "Weiß",
        "Łukasz",
        "Ωμέγα",
    ]
)
firsts = st.sampled_from(["Erika", "Erica", "Anna", "Hanna", "Hans", "Hans Peter", ""])
days = st.none() | st.sampled_from(
    [date(1980, 2, 1), date(1980, 1, 2), date(1950, 2, 1), date(1980, 2, 2), date(1993, 7, 9)]
)
emails = st.sampled_from(["", "a@example.org", "A@example.org", "b@example.org"])
phones = st.lists(st.sampled_from(["+491701", "+491702"]).map(Phone), max_size=2, unique=True).map(tuple)
addresses = st.lists(
    st.sampled_from(
        [
            Address("Weg 1", "10115"),
            Address("weg 1", "10115"),
            Address("Weg 2", "10115"),
            Address("Ring 9", "", "Köln"),
        ]
    ),
    max_size=2,
).map(tuple)
people = st.builds(Customer, st.sampled_from(["1", "2", "3"]), last_name=names, first_name=firsts, birth_date=days, email=emails, phones=phones, addresses=addresses)  # fmt: skip


@given(people, people)
@settings(max_examples=100)
def test_the_score_is_symmetric_and_explained(one: Customer, other: Customer) -> None:
    """Either way round the same; between 0 and 1; and the weights of the explanation add up to it."""
    there, back = likeness(one, other), likeness(other, one)
    assert (there.score, there.evidence, there.strength) == (back.score, back.evidence, back.strength)
    assert 0 < there.score < 1
    assert there.score == 1 / (1 + 2 ** -(there.weight + PRIOR))
    assert len({each.field for each in there.evidence}) == len(there.evidence)


@given(people, people)
@settings(max_examples=100)
def test_nobody_is_more_alike_than_oneself(one: Customer, other: Customer) -> None:
    """The score of a customer with itself is the greatest that it has with anybody."""
    assert likeness(one, one).score >= likeness(one, other).score


FIELDS = {"email": "", "birth_date": None, "phones": (), "addresses": (), "first_name": ""}


@given(people, people, st.sampled_from(sorted(FIELDS)))
@settings(max_examples=100)
def test_what_is_missing_says_nothing(one: Customer, other: Customer, name: str) -> None:
    """A field without a value is neutral; one that agrees never lowers the score, and one that differs never raises it."""
    without = likeness(attrs.evolve(one, **{name: FIELDS[name]}), other)
    evidence = {each.field: each for each in likeness(one, other).evidence}
    if evidence[name].agreement is Agreement.OTHER:
        assert likeness(one, other).score <= without.score
    else:
        assert likeness(one, other).score >= without.score


@given(people, people)
@settings(max_examples=100)
def test_what_a_household_shares_counts_once(one: Customer, other: Customer) -> None:
    """E-mail, phone and address speak for a pair with the greatest of their weights, however many agree."""
    shared = [
        each for each in likeness(one, other).evidence if each.field in {"email", "phones", "addresses"}
    ]
    assert sum(each.weight > 0 for each in shared) <= 1
    alone = {
        each.field: each
        for name in ("email", "phones", "addresses")
        for each in likeness(only(one, name), only(other, name)).evidence
        if each.field == name
    }
    assert max(each.weight for each in shared) == max(each.weight for each in alone.values())
    assert {each.field: each.agreement for each in shared} == {
        name: each.agreement for name, each in alone.items()
    }


def only(one: Customer, name: str) -> Customer:
    """With nothing else that a household shares."""
    return attrs.evolve(
        one, **{each: FIELDS[each] for each in ("email", "phones", "addresses") if each != name}
    )


@given(people)
def test_names_that_were_exchanged_are_seen(one: Customer) -> None:
    """Somebody wrote the first name where the last one belongs: that is no other person."""
    turned = attrs.evolve(one, first_name=one.last_name, last_name=one.first_name)
    evidence = {each.field: each for each in likeness(one, turned).evidence}
    for name in ("last_name", "first_name"):
        assert evidence[name].agreement is not Agreement.OTHER or not (one.last_name and one.first_name)


@given(st.text("abcdefgh", max_size=8), st.text("abcdefgh", max_size=8))
@settings(max_examples=100)
def test_the_similarity_of_texts_is_a_share(one: str, other: str) -> None:
    """Symmetric, 1 for the same text, never outside of 0 to 1."""
    assert similarity(one, other) == similarity(other, one)
    assert similarity(one, one) == 1
    assert 0 <= similarity(one, other) <= 1
    assert math.isfinite(similarity(one, other))
    assert not cannot_reach(similarity(one, other), one, other)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("mueller", "657"), ("luedenscheidt", "52682"), ("wikipedia", "3412"), ("breschnew", "17863"),
        ("meier", "67"), ("maier", "67"), ("mayr", "67"), ("schmidt", "862"), ("schmitt", "862"), ("philipp", "351"),
        ("xaver", "4837"), ("cz", "8"), ("", ""), ("h", ""),
    ],
)  # fmt: skip
def test_a_name_sounds_as_postel_says(word: str, code: str) -> None:
    """The published examples, and names that are spelt in several ways."""
    assert cologne(word) == code


FATHER = Customer(
    "1",
    first_name="Hans",
    last_name="Müller",
    birth_date=date(1950, 2, 1),
    email="mueller@example.org",
    phones=(Phone("+493012345"),),
    addresses=(Address("Lindenweg 5", "10969", "Berlin", "DE"),),
)


@pytest.mark.parametrize(
    "other",
    [
        {"birth_date": date(1980, 7, 9)},
        {"birth_date": date(1980, 2, 1)},
        {"first_name": "Anna", "birth_date": date(1952, 3, 4)},
        {"first_name": "Anna"},
        {"first_name": "Hanns"},
        {"first_name": "Anna", "birth_date": None},
        {"first_name": "Hans Peter", "birth_date": None},
    ],
    ids=["son", "son, same birthday", "wife", "twin", "twin who sounds alike", "family", "grandson"],
)
def test_a_family_is_no_strong_candidate(other: dict[str, Any]) -> None:
    """One name, one address, one e-mail and one phone: father and son, twins, and a couple are two; each is shown."""
    found = candidates(FATHER, [attrs.evolve(FATHER, id="2", **other)])
    assert [each.strength is Strength.STRONG for each in found] == [False]


@pytest.mark.parametrize(
    "other",
    [
        {"email": "", "phones": ()},
        {"last_name": "Mueller", "email": "MUELLER@example.org"},
        {"birth_date": None, "addresses": ()},
        {"addresses": (Address("Neue Straße 7", "80331", "München", "DE"),)},
    ],
    ids=["without contact", "spelt otherwise", "without date of birth", "moved house"],
)
def test_the_obvious_ones_are_strong(other: dict[str, Any]) -> None:
    """F195: the same name with the same date of birth, or with the same way to be reached, is offered as strong."""
    assert likeness(FATHER, attrs.evolve(FATHER, id="2", **other)).strength is Strength.STRONG


@pytest.mark.parametrize(
    "other",
    [
        {"last_name": "Schmidt"},
        {"last_name": "Müller-Schmidt", "email": "", "phones": ()},
        {"first_name": "Hnas"},
        {"birth_date": date(1950, 1, 2)},
    ],
    ids=["married", "double name", "typing error", "day and month exchanged"],
)
def test_german_pitfalls_are_likely(other: dict[str, Any]) -> None:
    """Whoever marries, moves or is mistyped is found, for a person to decide."""
    assert likeness(FATHER, attrs.evolve(FATHER, id="2", **other)).strength is Strength.LIKELY
