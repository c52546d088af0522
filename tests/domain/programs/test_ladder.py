"""The chain ladder: a published triangle, and what must hold of any."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.programs.rules.ladder import Cohort, expected_breakage, factors_of, ultimates_of

RAA: Final = (
    (5012, 8269, 10907, 11805, 13539, 16181, 18009, 18608, 18662, 18834),
    (106, 4285, 5396, 10666, 13782, 15599, 15496, 16169, 16704),
    (3410, 8992, 13873, 16141, 18735, 22214, 22863, 23466),
    (5655, 11555, 15766, 21266, 23425, 26083, 27067),
    (1092, 9565, 15836, 22169, 25955, 26180),
    (1513, 6445, 11702, 12935, 15852),
    (557, 4020, 10946, 12314),
    (1351, 6947, 13112),
    (3133, 5395),
    (2063,),
)
"""Reinsurance Association of America, Historical Loss Development, 1991, p. 96; worked out by T. Mack, Which stochastic model is
underlying the chain ladder method?, Insurance: Mathematics and Economics 15 (1994), and in R's package ChainLadder."""


@st.composite
def cohorts(draw: st.DrawFn) -> list[Cohort]:
    """Months with what was redeemed in each month since, and what is left of each; the older ones have longer histories."""
    found = []
    for age in range(draw(st.integers(1, 8)), 0, -1):
        issued = draw(st.integers(1, 1000))
        redeemed, total = [], 0
        for _ in range(age):
            total = draw(st.integers(total, issued))
            redeemed.append(total)
        found.append(Cohort(issued, tuple(redeemed), draw(st.integers(0, issued - total))))
    return found


def test_a_published_triangle_develops_as_published() -> None:
    """The age-to-age factors and the ultimate amounts of the RAA triangle."""
    factors = [round(float(each), 3) for each in factors_of(RAA)]
    assert factors == [2.999, 1.624, 1.271, 1.172, 1.113, 1.042, 1.033, 1.017, 1.009]
    ultimates = [round(each) for each in ultimates_of(RAA)]
    assert ultimates == [18834, 16858, 24083, 28703, 28927, 19501, 17749, 24019, 16045, 18402]


def test_a_young_month_goes_on_as_old_ones_did() -> None:
    """Half of what the first month left was redeemed in its second, a fifth of the rest in its third; the rest has expired."""
    old = Cohort(100, (0, 50, 60), 0)
    middle = Cohort(200, (0, 100), 100)
    young = Cohort(1000, (0,), 1000)
    assert factors_of([each.unredeemed for each in (old, middle, young)]) == (Fraction(1, 2), Fraction(4, 5))
    assert expected_breakage([old, middle, young]) == (0, 80, 400)


def test_without_anything_nothing_is_expected() -> None:
    """No months, and months of which nothing is known at some age."""
    assert (factors_of([]), ultimates_of([]), expected_breakage([])) == ((), (), ())
    assert factors_of([(0, 5, 5), (0, 3)]) == (1, 1)


@given(cohorts())
def test_it_lies_between_nothing_and_what_is_open(some: list[Cohort]) -> None:
    """Never negative, never above what is open; what nobody can spend any more is not expected to be."""
    for each, expected in zip(some, expected_breakage(some), strict=True):
        assert 0 <= expected <= each.open


@given(cohorts())
def test_a_finished_month_expects_what_it_came_to(some: list[Cohort]) -> None:
    """Nothing is open of it: its breakage is what has expired, and nothing is expected beside; its factors still count."""
    done = [evolve(each, open=0) for each in some]
    assert expected_breakage(done) == (0,) * len(done)
    assert [each.expired + 0 for each in done] == [each.issued - each.redeemed[-1] for each in done]
    assert ultimates_of([done[0].unredeemed]) == (done[0].expired,)


@given(cohorts())
def test_where_nothing_develops_all_that_is_left_expires(some: list[Cohort]) -> None:
    """If nothing was ever redeemed after its first month, what is open is expected to expire."""
    still = [evolve(each, redeemed=(each.redeemed[0],) * len(each.redeemed)) for each in some]
    assert set(factors_of([each.unredeemed for each in still])) <= {1}
    assert expected_breakage(still) == tuple(each.open for each in still)


@given(cohorts(), st.integers(2, 1000))
def test_the_unit_does_not_matter(some: list[Cohort], times: int) -> None:
    """Counted in cents or in euros: the same factors, and as many times as much, to the rounding of one unit."""
    more = [Cohort(e.issued * times, tuple(r * times for r in e.redeemed), e.open * times) for e in some]
    left, scaled = ([each.unredeemed for each in given_] for given_ in (some, more))
    assert factors_of(left) == factors_of(scaled)
    assert [each * times for each in ultimates_of(left)] == list(ultimates_of(scaled))
    for one, other in zip(expected_breakage(some), expected_breakage(more), strict=True):
        assert abs(one * times - other) <= times / 2 + 1


@given(cohorts())
def test_a_month_alone_changes_only_younger_ones(some: list[Cohort]) -> None:
    """What the youngest month does says nothing about the others."""
    assert expected_breakage(some)[:-1] == expected_breakage(some[:-1])
