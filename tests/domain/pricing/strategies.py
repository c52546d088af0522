"""Orders, rules and standings that meet each other: few articles and groups, small prices, so that much applies."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import (
    AmountOff,
    Catalog,
    CatalogPrice,
    Cheapest,
    Earning,
    ForEvery,
    Gift,
    Percent,
    SetPrice,
)
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.kernel.pricing.rule import (
    ALL,
    Basis,
    Choice,
    Every,
    Limit,
    Per,
    Phase,
    Rounding,
    Rule,
    When,
    Where,
)
from loyaltycore.kernel.pricing.standing import POINTS, Standing, Tender

ARTICLES, GROUPS, BRANCHES = ("a", "b", "c", "p"), ("g", "h"), ("berlin", "bonn")
INSTRUMENTS = ("autumn", "club")
RATES = {"19": 1900, "7": 700, "0": 0}
NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


def euros(most: int = 2000) -> st.SearchStrategy[Money]:
    return st.integers(0, most).map(lambda amount: Money(amount, "EUR"))


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


def lines(place: int) -> st.SearchStrategy[OrderLine]:
    return st.builds(
        OrderLine,
        st.just(str(place)),
        st.sampled_from(ARTICLES),
        euros(),
        st.integers(1, 4),
        groups=some(GROUPS),
        tax=st.sampled_from(("", *RATES)),
        covered=st.none() | euros(),
        discountable=st.integers(0, 5).map(bool),
        delivery=st.integers(0, 4).map(lambda n: n == 4),
        stored_value=st.integers(0, 4).map(lambda n: n == 4),
    )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    count = draw(st.integers(1, 5))
    return Order(
        "R-1",
        draw(st.sampled_from(("erika", None))),
        [draw(lines(place)) for place in range(count)],
        spend=draw(st.dictionaries(st.sampled_from(("gift", "t0", "t1")), st.integers(0, 3000), max_size=2)),
        channel=draw(st.sampled_from(("", "web"))),
        rates=RATES,
    )


wheres = st.just(Where()) | st.builds(
    Where, some(ARTICLES), some(GROUPS), some(ARTICLES[:1]), some(GROUPS[:1])
)

whens = (
    st.just(When())
    | st.builds(
        When,
        starts_on=st.none() | st.just(NOW.date()) | st.just(date(2026, 12, 1)),
        ends_on=st.none() | st.just(date(2026, 12, 1)),
        weekdays=st.sampled_from(((), (0,), (1, 2))),
        branches=some(BRANCHES),
        channels=st.sampled_from(((), ("web",))),
        instrument=st.sampled_from(("", "", *INSTRUMENTS)),
        tiers=st.sampled_from(((), ("gold",))),
        condition=st.sampled_from(("", "", "adult")),
        least_amount=st.none() | euros(5000),
        least_quantity=st.integers(0, 6),
        of_order=st.booleans(),
        basis=st.sampled_from(Basis),
    )
    | st.sampled_from(
        (
            When(ends_on=date(2026, 11, 29)),
            When(from_time="09:00", until_time="15:00"),
            When(from_time="15:00", until_time="09:00"),
        )
    )
)

shares = st.integers(1, 10_000)
benefits = st.one_of(
    st.builds(Percent, shares),
    st.builds(AmountOff, euros(), st.booleans()),
    st.builds(SetPrice, euros()),
    st.builds(
        Catalog, st.lists(st.builds(CatalogPrice, st.sampled_from(ARTICLES), euros()), min_size=1, max_size=3)
    ),
    st.builds(
        ForEvery,
        st.integers(1, 3),
        st.integers(1, 2),
        shares,
        some(ARTICLES),
        some(GROUPS),
        st.none() | st.integers(1, 2),
    ),
    st.builds(Cheapest, st.integers(1, 3), shares),
    st.builds(Gift, st.sampled_from(ARTICLES), st.integers(1, 2)),
)
earnings = st.builds(
    Earning,
    st.integers(1, 5),
    st.none() | st.integers(1, 300).map(lambda amount: Money(amount, "EUR")),
    *[st.booleans()] * 6,
)
limits = st.builds(Limit, st.just(1), per=st.sampled_from(Per), every=st.just(Every.EVER)) | st.builds(
    Limit, amount=euros(), per=st.sampled_from(Per)
)


@st.composite
def rules(draw: st.DrawFn, name: str) -> Rule:
    phase = draw(st.sampled_from(Phase))
    return Rule(
        name,
        draw(earnings if phase is Phase.EARN else benefits),
        phase,
        draw(wheres),
        draw(whens),
        group=draw(st.sampled_from(("", "x", "x", "y"))),
        choice=draw(st.sampled_from((Choice.BEST, Choice.BEST, Choice.FIRST))),
        excludes=draw(st.sampled_from(((), (), (), ("x",), ("r1", "p0"), (ALL,)))),
        priority=draw(st.integers(-1, 1)),
        cap=draw(st.none() | st.none() | euros()),
        limits=draw(st.lists(limits, max_size=1)),
        rounding=draw(st.sampled_from(Rounding)),
    )


@st.composite
def books(draw: st.DrawFn, prefix: str = "r", most: int = 7) -> list[Rule]:
    return [draw(rules(f"{prefix}{place}")) for place in range(draw(st.integers(0, most)))]


@st.composite
def tenders(draw: st.DrawFn) -> list[Tender]:
    def one(place: int) -> Tender:
        worth = draw(st.none() | st.integers(1, 7).map(lambda amount: Money(amount, "EUR")))
        return Tender(
            f"t{place}",
            POINTS if worth else draw(st.sampled_from(("EUR", "EUR", "USD"))),
            draw(st.integers(0, 3000)),
            draw(st.sampled_from(("", "gift"))),
            worth=worth,
            priority=draw(st.integers(0, 1)),
            expires_at=draw(st.none() | st.integers(-1, 2).map(lambda days: NOW + timedelta(days=days))),
            where=draw(wheres),
            tax=draw(st.sampled_from(("", "", "19"))),
        )

    return [one(place) for place in range(draw(st.integers(0, 3)))]


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    keys = [f"r{place}#0" for place in range(7)]
    return Standing(
        NOW,
        draw(st.sampled_from(("", *BRANCHES))),
        draw(st.sets(st.sampled_from(INSTRUMENTS))),
        draw(st.sampled_from(((), ("gold",)))),
        draw(st.sampled_from(((), ("adult",)))),
        draw(books("p", 2)),
        draw(tenders()),
        draw(st.dictionaries(st.sampled_from(keys), st.integers(0, 500), max_size=2)),
    )
