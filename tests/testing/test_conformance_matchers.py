"""Both matchers pass the suite of their port, and matchers that are wrong in one way each do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

from loyaltycore.merging import KeyMatcher
from loyaltycore.ports import Matcher, Pair, Person
from loyaltycore.testing import MatcherConformance, judge
from loyaltycore_splink import SplinkMatcher


class TestKeyMatcher(MatcherConformance):
    def open(self) -> AbstractContextManager[Matcher]:
        return nullcontext(KeyMatcher())


class TestSplinkMatcher(MatcherConformance):
    def open(self) -> AbstractContextManager[Matcher]:
        return nullcontext(SplinkMatcher(threads=1))


class Twice:
    """Gives each pair twice."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        found = list(KeyMatcher().pairs(people, least))
        yield from (*found, *found)


class Backwards:
    """Gives the greater id first."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        yield from (Pair(each.other, each.one, each.score) for each in KeyMatcher().pairs(people, least))


class Unbarred:
    """Gives what is below the bar."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        yield from (Pair(each.one, each.other, each.score / 2) for each in KeyMatcher().pairs(people, least))


class Narcissus:
    """Pairs everybody with themselves."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        yield from (Pair(each.id, each.id, 1.0) for each in people)


class Hasty:
    """Looks at those who come first."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        yield from KeyMatcher().pairs(list(people)[:30], least)


class Again:
    """Reads the people twice."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        if list(people):
            yield from KeyMatcher().pairs(people, least)


class Blind:
    """Finds nobody."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        yield from ()


@pytest.mark.parametrize(
    ("liar", "test"),
    [
        (Twice, "each_pair_comes_once"),
        (Backwards, "each_pair_comes_once"),
        (Unbarred, "the_bar_is_kept"),
        (Narcissus, "nobody_and_one_are_no_pair"),
        (Hasty, "the_order_makes_no_difference"),
        (Again, "people_are_read_once"),
        (Blind, "the_obvious_are_found"),
    ],
)
def test_a_liar_is_caught(liar: type[Matcher], test: str) -> None:
    """By the test that is meant for it."""

    class Suite(MatcherConformance):
        __test__ = False

        def open(self) -> AbstractContextManager[Matcher]:
            return nullcontext(liar())

    failed = {each.test.removeprefix("test_") for each in judge(Suite) if each.outcome == "broken"}
    assert test in failed
