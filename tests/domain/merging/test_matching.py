"""Comparing a whole base: the same pairs whatever the order, each once, with memory that stays flat."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from attrs import evolve
from benchmarks.german import PITFALLS, base
from hypothesis import given, settings, strategies as st

from loyaltycore.customers.rules.comparing import likeness, traits_of
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.model import POSSIBLE_FROM, RAREST, Model, Strength
from loyaltycore.customers.rules.weights import CHANCE, DOUBLES
from loyaltycore.kernel.matching import Person
from loyaltycore.merging.matching import NEIGHBOURS, KeyMatcher, compared_of
from loyaltycore.merging.rules.pairing import keys_of
from loyaltycore.merging.sorting import in_order

SOME, LARGE = base(300), base(2000, seed=3)
PEOPLE = [Person(each.id, traits_of(each)) for each in SOME.people]


def found(people: list[Person], least: float = 0.5) -> set[tuple[str, str]]:
    """The pairs, of which none comes twice."""
    pairs = [(each.one, each.other) for each in KeyMatcher().pairs(people, least)]
    assert len(pairs) == len(set(pairs))
    assert all(one < other for one, other in pairs)
    return set(pairs)


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)
def test_the_order_makes_no_difference(rnd) -> None:
    """The same people in another order are the same pairs."""
    shuffled = list(PEOPLE)
    rnd.shuffle(shuffled)
    assert found(shuffled) == found(PEOPLE)


def test_a_higher_bar_leaves_fewer() -> None:
    """What is at least so likely is so at every lower bar."""
    assert found(PEOPLE, 0.99) < found(PEOPLE, 0.5) < found(PEOPLE, 0.01)


def test_german_pitfalls_are_found() -> None:
    """F195: of umlauts, double names, typing errors, moved houses and married names, few are missed."""
    pairs = found([Person(each.id, traits_of(each)) for each in LARGE.people])
    for pitfall in PITFALLS:
        wanted = {pair for pair, kind in LARGE.doubles.items() if kind == pitfall}
        assert len(wanted) > 10
        assert len(wanted & pairs) >= 0.85 * len(wanted), pitfall


def test_no_neighbour_twin_or_spouse_is_strong() -> None:
    """Nor father and son, unless one of them has no date of birth: then nothing tells them apart."""
    by_id = {each.id: each for each in LARGE.people}
    for (one, other), roles in LARGE.families.items():
        if likeness(by_id[one], by_id[other]).strength is Strength.STRONG:
            assert roles == "father and son"
            assert None in {by_id[one].birth_date, by_id[other].birth_date}


def test_whoever_shares_a_key_is_compared() -> None:
    """E-mail, phone, date of birth: in groups that are not very large, everybody with everybody."""
    compared = {frozenset((one.id, other.id)) for one, other in compared_of(PEOPLE)}
    keys = {each.id: set(keys_of(each.traits)) for each in PEOPLE}
    groups: dict[str, list[str]] = {}
    for key, held in keys.items():
        for each in held:
            groups.setdefault(each, []).append(key)
    small = [group for group in groups.values() if 1 < len(group) <= NEIGHBOURS]
    assert len(small) > 100
    for group in small:
        assert {frozenset((one, other)) for one in group for other in group if one != other} <= compared


def test_a_very_large_group_is_compared_by_names() -> None:
    """A date that stands for none: each is compared with few, and doubles by name are among them."""
    many = [
        Person(
            f"{n:05d}",
            evolve(traits_of(Customer("")), last_name=f"Name{n // 2:04d}", email="shop@example.org"),
        )
        for n in range(2000)
    ]
    compared = [(one.id, other.id) for one, other in compared_of(many)]
    assert len(compared) <= 2000 * NEIGHBOURS
    assert {(f"{n:05d}", f"{n + 1:05d}") for n in range(0, 2000, 2)} <= set(compared)


@given(st.lists(st.text("ab\u00e4\U0001f600", max_size=3), max_size=30), st.integers(1, 8))
@settings(max_examples=60)
def test_lines_are_sorted_however_few_fit_into_memory(lines: list[str], at_once: int) -> None:
    """By code point, each once."""
    assert list(in_order(lines, at_once)) == sorted(set(lines))


def test_sorting_takes_no_more_memory_for_more_lines() -> None:
    """What does not fit lies in files."""

    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in in_order((f"{n * 7919 % count:09d}" + "x" * 200 for n in range(count)), 1000):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1000)
    assert peak(40_000) < 2.5 * peak(4_000)


def test_nobody_is_a_base() -> None:
    """None and one are no pair."""
    assert found([]) == found(PEOPLE[:1]) == set()


def test_a_base_is_read_once() -> None:
    """People may come from a stream."""

    def stream() -> Iterator[Person]:
        yield from PEOPLE

    assert {(each.one, each.other) for each in KeyMatcher().pairs(stream(), 0.5)} == found(PEOPLE)


def test_the_weights_are_those_of_a_model() -> None:
    """Both tables have the same levels and add up; the best level of a field speaks for it, the worst against it."""
    assert {name: list(some) for name, some in DOUBLES.items()} == {
        name: list(some) for name, some in CHANCE.items()
    }
    for table in (DOUBLES, CHANCE):
        for shares in table.values():
            assert sum(shares.values()) == pytest.approx(1, abs=1e-4)
            assert min(shares.values()) > 0
    for name, shares in DOUBLES.items():
        best, *_, worst = ((share, CHANCE[name][level]) for level, share in shares.items())
        assert best[0] > best[1]
        assert worst[0] < worst[1]
    assert RAREST > 0
    assert Model.of(DOUBLES, CHANCE).compare(PEOPLE[0].traits, PEOPLE[0].traits)
    assert POSSIBLE_FROM < 0.5  # what is found is a candidate
