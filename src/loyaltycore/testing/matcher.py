"""The conformance suite of matchers, which compare a whole base.

This is all that an author writes, in a file that pytest collects:

    from contextlib import nullcontext

    from loyaltycore.testing import MatcherConformance
    from shop_doubles import ShopMatcher

    class TestShopMatcher(MatcherConformance):
        def open(self):
            return nullcontext(ShopMatcher())

It needs no conftest and no fixture.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Final

from loyaltycore.kernel import matching
from loyaltycore.kernel.matching import Matcher, Person, Traits
from loyaltycore.testing.suite import Conformance, hook

__all__ = ["MatcherConformance"]

_DOUBLES: Final = 20
_NAMES: Final = (
    "Müller",
    "Öztürk",
    "O'Brien",
    "Łukasz",
    "van der Berg",
    "Иванов",
    "山田",
    "D\u0301\U0001f600",
)
_BORN: Final = date(1960, 2, 29)


def _person(number: int, key: str) -> Person:
    name = f"{_NAMES[number % len(_NAMES)]} {chr(97 + number)}"
    return Person(
        key,
        Traits(
            name,
            f"First{chr(97 + number)}",
            "",
            _BORN + timedelta(days=997 * number),
            f"person{number}@example.org",
            (f"+49301{number:06d}",),
            ((f"{chr(97 + number)}weg {number + 1}", f"1{number:04d}", f"town{chr(97 + number)}"),),
        ),
    )


def _base() -> list[Person]:
    """Twenty people, each there twice, and one who has nothing but a name."""
    twice = [_person(number, f"{half}{number:02d}") for half in "zA" for number in range(_DOUBLES)]
    return [*twice, Person("bare", Traits("Nobody", "", "", None, "", (), ()))]


_EXPECTED: Final = {(f"A{number:02d}", f"z{number:02d}") for number in range(_DOUBLES)}


class MatcherConformance(Conformance, kit=True):
    """Checks a matcher against `loyaltycore.kernel.matching.Matcher`: subclass it and fill `open`."""

    contract = (matching,)

    @hook
    def open(self) -> AbstractContextManager[Matcher]:
        """Return a context manager that yields a matcher."""
        raise NotImplementedError

    def test_the_obvious_are_found(self) -> None:
        """Whoever is there twice with everything the same, in any script: "Two people of whom everything is the same are a pair."."""
        missing = _EXPECTED - set(self._found(_base(), 0.5))
        assert not missing, f"not found: {sorted(missing)}"

    def test_each_pair_comes_once(self) -> None:
        """Those of all scores: "A pair is given once, its lesser id first, and nobody is paired with themselves."."""
        found = self._found(_base(), 0.0)
        assert len(found) == len(set(found)), "a pair came twice"
        assert [pair for pair in found if not pair[0] < pair[1]] == [], "not the lesser id first"

    def test_the_order_makes_no_difference(self) -> None:
        """From behind and mixed: "The same people in another order give the same pairs, in any order."."""
        base = _base()
        first = set(self._found(base, 0.5))
        for other in (base[::-1], base[1::2] + base[::2]):
            differing = first ^ set(self._found(other, 0.5))
            assert not differing, f"found in one order alone: {sorted(differing)}"

    def test_the_bar_is_kept(self) -> None:
        """No pair below it: "Find the pairs whose score is at least so much."."""
        with self.open() as matcher:
            for least in (0.0, 0.5, 0.9):
                scores = [each.score for each in matcher.pairs(iter(_base()), least)]
                assert all(least <= score <= 1 for score in scores), f"a score outside of {least} to 1"

    def test_people_are_read_once(self) -> None:
        """From a stream that cannot be read again: "`people` is read once and may be longer than memory"."""
        streamed = set(self._found((each for each in _base()), 0.5))
        assert streamed == set(self._found(_base(), 0.5)), "a stream gives other pairs than a list"

    def test_nobody_and_one_are_no_pair(self) -> None:
        """A base that is empty, and one of a single person: "nobody is paired with themselves"."""
        for few in ([], _base()[:1]):
            assert self._found(few, 0.0) == [], f"a pair among {len(few)} people"

    def _found(self, people: Iterable[Person], least: float) -> list[tuple[str, str]]:
        with self.open() as matcher:
            return [(each.one, each.other) for each in matcher.pairs(people, least)]
