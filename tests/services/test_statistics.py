"""Statistics of programs, and what of them is expected to expire."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st

from loyaltycore import InvalidInput, Money, NotFound, Refused
from loyaltycore.kernel.ledger import Account, MoveKind
from loyaltycore.kernel.wall_clock import end_of_day, start_of_day
from loyaltycore.programs import (
    DiscountTerms,
    Earn,
    PointsTerms,
    ProgramMove,
    Statistics,
    StoredValueTerms,
    days,
    months,
    period,
)
from loyaltycore.sales import PromotionTerms, Rule, in_groups, percent
from loyaltycore.vouchers import DiscountVoucherTerms
from tests.faults.scene import CODE_KEYS
from tests.house import House, build_house
from tests.services.programs import define
from tests.services.sales import FRAME, TIPS, euros, order

ZONE = "Europe/Berlin"
CLUB = PointsTerms(Earn(1, per=euros(100)), expiry=period(days(40)))


@pytest.fixture
def shop() -> House:
    return open_shop()


def open_shop() -> House:
    """A house with points that expire after forty days, on the fifth of January."""
    house = build_house(code_keys=CODE_KEYS)
    house.clock.instant = datetime(2026, 1, 5, 12, tzinfo=UTC)
    define(house.desk, "club", CLUB)
    return house


def _at(house: House, day: str) -> None:
    house.clock.instant = datetime.fromisoformat(f"{day}T12:00:00+00:00")


def _uses(found: Statistics) -> dict[str, int]:
    return {each.rule: each.uses for each in found.rules}


def test_what_was_issued_is_followed_to_its_end(shop: House) -> None:
    """Given, used, put back, corrected and expired: in all, and in each span by itself."""
    programs = shop.desk.programs
    club = programs.assign(shop.customer().id, "club", value=100)
    other = programs.assign(shop.customer(first_name="Otto").id, "club", value=60)
    move = programs.use(club.id, quantity=40)
    _at(shop, "2026-02-01")
    programs.undo(move.id, amount=10)
    programs.adjust(other.id, -5, reason="mistake")
    _at(shop, "2026-03-01")
    programs.earn(other.id, euros(700), order_ref="R-1")
    found = programs.reports.statistics("club")
    assert (found.unit, found.holders, found.issued, found.redeemed) == ("points", 1, 167, 30)
    assert (found.expired, found.adjusted, found.rules) == (125, -5, ())
    assert found.redemption_rate == 30 / 167
    january = programs.reports.statistics("club", "2026-01-01", date(2026, 1, 31))
    assert (january.holders, january.issued, january.redeemed, january.expired) == (2, 160, 40, 0)
    february = programs.reports.statistics("club", "2026-02-01", "2026-02-28")
    assert (february.holders, february.issued, february.redeemed) == (0, 0, -10)
    assert (february.expired, february.adjusted, february.redemption_rate) == (125, -5, 0.0)
    programs.end(other.id)
    ended = programs.reports.statistics("club")
    assert (ended.holders, ended.issued) == (0, 167)


def test_what_counts_nothing_is_held_by_those_in_force(shop: House) -> None:
    """A discount has no purses: as many hold it as have it and it has not ended."""
    define(shop.desk, "staff", DiscountTerms(10))
    rows = [shop.desk.programs.assign(shop.customer(first_name=n).id, "staff") for n in ("A", "B", "C")]
    _at(shop, "2026-02-01")
    shop.desk.programs.end(rows[0].id)
    shop.desk.programs.change(rows[1].id, ends_on="2026-03-01")
    found = shop.desk.programs.reports.statistics("staff")
    assert (found.unit, found.holders, found.issued) == ("", 2, 0)
    assert shop.desk.programs.reports.statistics("staff", end="2026-01-04").holders == 0
    assert shop.desk.programs.reports.statistics("staff", end="2026-03-01").holders == 1


def test_vouchers_count_with_what_they_were_issued(shop: House) -> None:
    """Made, used once and made void; a value in part."""
    define(shop.desk, "autumn", DiscountVoucherTerms(percent=10))
    batch = shop.desk.vouchers.generate("autumn", 250)
    code = next(iter(shop.desk.vouchers.export_codes(batch.id)))
    shop.desk.vouchers.redeem(code)
    found = shop.desk.programs.reports.statistics("autumn")
    assert (found.unit, found.holders, found.issued, found.redeemed) == ("uses", 249, 250, 1)


def test_each_rule_says_in_how_many_orders_it_was_used(shop: House) -> None:
    """Of promotions, of what customers have, and by code; what came back wholly and what is of other programs do not count."""
    desk = shop.desk
    frames, tips = (Rule(name, percent(10), where=in_groups(name)) for name in ("frames", "accessories"))
    define(desk, "sale", PromotionTerms([frames, tips]))
    define(desk, "staff", DiscountTerms(5))
    define(desk, "autumn", DiscountVoucherTerms(percent=20))
    erika = shop.customer().id
    desk.programs.assign(erika, "club")
    mine = desk.programs.assign(erika, "staff").id
    desk.vouchers.issue("autumn", customer=erika, reason="x", code="AUTUMN26")
    orders = (
        order(erika, number="R-1", programs=[mine], codes=["AUTUMN26"]),
        order(erika, FRAME, number="R-2"),
        order(None, TIPS, number="R-3"),
        order(None, FRAME, number="R-4"),
    )
    for each in orders:
        desk.sales.settle(each)
    desk.sales.refund("R-4", "G-1")
    _at(shop, "2026-02-01")
    desk.sales.settle(order(None, FRAME, number="R-5"))
    reports = desk.programs.reports
    assert _uses(reports.statistics("sale")) == {"frames": 3, "accessories": 2}
    assert [each.rule for each in reports.statistics("sale").rules] == ["frames", "accessories"]
    assert _uses(reports.statistics("sale", "2026-02-01")) == {"frames": 1}
    assert _uses(reports.statistics("sale", end="2026-01-31")) == {"frames": 2, "accessories": 2}
    per_program = {key: list(_uses(reports.statistics(key)).values()) for key in ("staff", "autumn", "club")}
    assert per_program == {"staff": [1], "autumn": [1], "club": [2]}
    desk.privacy.erase(erika, confirm=desk.privacy.preview(erika).confirmation)
    assert {key: list(_uses(reports.statistics(key)).values()) for key in per_program} == per_program


def test_what_is_no_span_is_said(shop: House) -> None:
    """Days in order, of a program that there is."""
    reports = shop.desk.programs.reports
    with pytest.raises(InvalidInput):
        reports.statistics("club", "2026-02-01", "2026-01-31")
    with pytest.raises(InvalidInput):
        reports.statistics("club", "soon")
    for verb in (reports.statistics, reports.expected_breakage):
        with pytest.raises(NotFound):
            verb("nothing")


def test_young_months_are_expected_to_go_on_as_old_ones_did(shop: House) -> None:
    """Half of January's points are spent in February and the rest expires: half of February's will, and so on."""
    define(shop.desk, "long", PointsTerms((), expiry=period(months(2))))
    programs = shop.desk.programs
    club = programs.assign(shop.customer().id, "long", value=100).id
    _at(shop, "2026-02-02")
    programs.undo(programs.use(club, quantity=60).id, amount=10)
    programs.adjust(club, 40, reason="more")
    _at(shop, "2026-03-02")
    programs.adjust(club, 30, reason="more")
    _at(shop, "2026-03-20")
    found = programs.reports.expected_breakage("long")
    assert (found.unit, found.month, found.open) == ("points", 202602, 90)
    assert [(each.month, each.issued, each.redeemed, each.open) for each in found.months] == [
        (202601, 100, 50, 50),
        (202602, 40, 0, 40),
    ]
    assert found.kept == (0.5,)
    assert ([each.expected for each in found.months], found.expected) == ([50, 20], 70)
    _at(shop, "2026-04-01")
    found = programs.reports.expected_breakage("long")
    assert [each.expired for each in found.months] == [50, 0, 0]
    assert [each.expected for each in found.months] == [0, 40, 19]


def test_nothing_was_issued(shop: House) -> None:
    """In the month that goes on, or never."""
    shop.desk.programs.assign(shop.customer().id, "club", value=100)
    found = shop.desk.programs.reports.expected_breakage("club")
    assert (found.unit, found.month, found.months, found.kept) == ("", 202512, (), ())


acts = st.lists(
    st.tuples(
        st.sampled_from(["give", "use", "undo", "void", "redeem", "sweep", "wait", "wait"]),
        st.integers(1, 40),
    ),
    max_size=25,
)


class World:
    """Two members of a club, and what they do."""

    def __init__(self) -> None:
        """Everybody is new."""
        self.house = open_shop()
        define(self.house.desk, "gift", StoredValueTerms("EUR", expiry=period(days(30)), by_code=True))
        self.programs: Any = self.house.desk.programs
        people = [self.house.customer(first_name=name).id for name in ("A", "B")]
        self.rows = [self.programs.assign(each, "club").id for each in people]
        self.vouchers = [
            self.house.desk.vouchers.issue("gift", Money(100, "EUR"), customer=people[0], reason="x").id
            for _ in range(3)
        ]
        self.moves: list[str] = []

    def act(self, place: int, what: str, many: int) -> None:
        """Do one thing; what is refused does not happen."""
        vouchers = self.house.desk.vouchers
        voucher = self.vouchers[many % len(self.vouchers)]
        try:
            match what:
                case "give":
                    self.programs.adjust(self.rows[place % 2], many, reason="x")
                case "use":
                    self.moves.append(self.programs.use(self.rows[place % 2], quantity=many).id)
                case "undo" if self.moves:
                    self.programs.undo(self.moves[many % len(self.moves)])
                case "void":
                    vouchers.void(voucher)
                case "redeem":
                    vouchers.redeem(vouchers.code_of(voucher), amount=Money(many, "EUR"))
                case "sweep":
                    self.programs.sweep()
                case "wait":
                    self.house.clock.advance(days=many)
        except Refused:
            pass

    def histories(self, program: str) -> list[tuple[ProgramMove, ...]]:
        """All moves of the program's holders, in order."""
        verbs, ids = (
            (self.programs, self.rows) if program == "club" else (self.house.desk.vouchers, self.vouchers)
        )
        return [tuple(reversed(verbs.statement(each, limit=500).items)) for each in ids]


def _naive(world: World, program: str, start: date, end: date) -> Counter[str]:
    """What the moves say: those of the span by account; what has expired is what is left of lots whose time is over."""
    begins, ends = start_of_day(start, ZONE), end_of_day(end, ZONE)
    sums: Counter[str] = Counter()
    for history in world.histories(program):
        for move in history:
            if begins <= move.at < ends and move.account and move.kind is not MoveKind.EXPIRE:
                sums[move.account.value] -= move.amount
        sums["breakage"] += _expired(history, ends) - _expired(history, begins)
    return sums


def _expired(history: tuple[ProgramMove, ...], cut: datetime) -> int:
    left: Counter[int] = Counter()
    ends: dict[int, datetime | None] = {}
    for move in history:
        if move.at < cut and move.kind is not MoveKind.EXPIRE:
            for part in move.parts:
                left[part.id] += part.left
                ends[part.id] = part.expires_at
    return sum(some for lot, some in left.items() if (over := ends[lot]) is not None and over <= cut)


@settings(max_examples=25)
@example([("give", 32), ("wait", 1), ("use", 1), ("wait", 61), ("wait", 1), ("undo", 1)], 0, 48)
@given(acts, st.integers(0, 120), st.integers(0, 120))
def test_statistics_are_what_the_moves_say(todo: list[tuple[str, int]], first: int, length: int) -> None:
    """Whatever has happened, in any span, swept or not, the report is the sum of the moves in it."""
    world = World()
    for place, (what, many) in enumerate(todo):
        world.act(place, what, many)
    start = date(2026, 1, 1) + timedelta(days=first)
    end = min(start + timedelta(days=length), world.house.clock.now().date())
    if end < start:
        return
    # The span is over: what expires until its end has done so.
    world.house.clock.advance(days=1)
    found = {key: world.programs.reports.statistics(key, start, end) for key in ("club", "gift")}
    world.programs.sweep()
    for key, report in found.items():
        assert report == world.programs.reports.statistics(key, start, end)
        sums = _naive(world, key, start, end)
        if key == "club":
            told = {"issued": -report.issued, "redeemed": report.redeemed, "breakage": report.expired}
            assert {**told, "adjusted": -report.adjusted} == {
                each.value: sums[each.value] for each in Account if each is not Account.IMPORTED
            }
        else:
            assert report.redeemed == sums["redeemed"]


@settings(max_examples=25)
@given(acts)
def test_all_months_together_are_the_books(todo: list[tuple[str, int]]) -> None:
    """What was issued, redeemed and expired by months of issue is all that was; swept or not, and vouchers, too."""
    world = World()
    for place, (what, many) in enumerate(todo):
        world.act(place, what, many)
    ended = world.house.clock.now().date().replace(day=1) - timedelta(days=1)
    for key in ("club", "gift"):
        reports = world.programs.reports
        found, books = reports.expected_breakage(key), reports.statistics(key, end=ended)
        assert found.month == ended.year * 100 + ended.month
        assert sum(each.issued for each in found.months) == books.issued + books.adjusted
        assert sum(each.redeemed for each in found.months) == books.redeemed
        assert sum(each.expired for each in found.months) == books.expired
        assert all(0 <= each.expected <= each.open for each in found.months)
        world.programs.sweep()
        assert reports.expected_breakage(key) == found
