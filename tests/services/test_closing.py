"""Months of programs: closed once, each beginning with what the one before has ended with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore import InvalidInput, Money, NotFound, Refused
from loyaltycore.kernel.ledger import Turnover
from loyaltycore.programs import PointsTerms, ProgramPeriod, StoredValueTerms, days, period
from loyaltycore.programs.rules.closing import plus
from loyaltycore.vouchers import DiscountVoucherTerms
from tests.faults.scene import CODE_KEYS
from tests.house import House, build_house
from tests.services.programs import define


def _open(day: str = "2026-01-05") -> House:
    house = build_house(code_keys=CODE_KEYS)
    house.clock.instant = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    define(house.desk, "club", PointsTerms((), expiry=period(days(40))))
    return house


def _at(house: House, day: str) -> None:
    house.clock.instant = datetime.fromisoformat(f"{day}T12:00:00+00:00").astimezone(UTC)


def _close(house: House, month: int, program: str = "club") -> ProgramPeriod:
    return house.desk.programs.reports.close_period(program, month)


def test_a_month_is_closed_with_what_has_happened_in_it() -> None:
    """Given, used, expired: the opening and what the accounts have got are the closing; what is of later does not count."""
    house = _open()
    programs = house.desk.programs
    club = programs.assign(house.customer().id, "club", value=100)
    programs.use(club.id, quantity=30)
    _at(house, "2026-02-10")
    programs.adjust(club.id, 50, reason="sorry")
    _at(house, "2026-03-01")
    programs.use(club.id, quantity=1)
    january, february = _close(house, 202601), _close(house, 202602)
    assert (january.opening, january.closing) == (0, 70)
    assert january.turnover == Turnover(issued=-100, redeemed=30)
    assert (february.opening, february.closing) == (70, 50)
    assert february.turnover == Turnover(adjusted=-50, breakage=70)
    assert programs.reports.periods("club") == (january, february)


def test_whether_it_was_booked_does_not_matter() -> None:
    """What expires on the last day of a month belongs to it, swept or not, closed soon or late."""
    closed = []
    for swept in (False, True):
        house = _open("2026-01-20")
        house.desk.programs.assign(house.customer().id, "club", value=100)
        _at(house, "2026-03-05")
        if swept:
            house.desk.programs.sweep()
        assert house.desk.programs.reports.breakage("club", "2026-02-01", "2026-02-28") == 0
        assert house.desk.programs.reports.breakage("club", "2026-02-01", date(2026, 3, 1)) == 100
        assert house.desk.programs.reports.breakage("club", "2026-03-02", "2026-12-31") == 0
        _at(house, "2026-04-01")
        _close(house, 202602)
        closed.append(_close(house, 202603))
    assert [each.turnover for each in closed] == [Turnover(breakage=100)] * 2


def test_what_is_booked_late_is_part_of_the_next_month() -> None:
    """A month that is closed never changes, and nothing is lost."""
    house = _open()
    programs = house.desk.programs
    club = programs.assign(house.customer().id, "club", value=100)
    _at(house, "2026-02-01")
    january = _close(house, 202601)
    _at(house, "2026-01-31")
    programs.use(club.id, quantity=40)
    _at(house, "2026-03-01")
    february = _close(house, 202602)
    assert _close(house, 202601) == january
    assert (january.closing, february.opening, february.closing) == (100, 100, 0)
    assert february.turnover == Turnover(redeemed=40, breakage=60)


def test_vouchers_are_part_of_the_books() -> None:
    """Issued and never used, used in part, made void: each in its month; and they are owed."""
    house = _open()
    define(house.desk, "gift", StoredValueTerms("EUR"))
    vouchers, erika = house.desk.vouchers, house.customer().id
    one, two, three = (
        vouchers.issue("gift", Money(cents, "EUR"), customer=erika, reason="x").id
        for cents in (5000, 3000, 200)
    )
    house.desk.programs.assign(erika, "gift", value=Money(10, "EUR"))
    _at(house, "2026-02-02")
    vouchers.redeem(vouchers.code_of(two), amount=Money(1000, "EUR"))
    vouchers.void(three)
    vouchers.issue("gift", Money(7, "EUR"), customer=erika, reason="x")
    january = _close(house, 202601, "gift")
    _at(house, "2026-03-02")
    february = _close(house, 202602, "gift")
    assert (january.closing, february.closing) == (8210, 8210 - 1000 - 200 + 7)
    assert february.turnover == Turnover(issued=200 - 7, redeemed=1000)
    owed = house.desk.programs.reports.liability("gift")
    assert (owed.owed, owed.holders, owed.unit) == (7017, 4, "EUR")
    assert vouchers.get(one).purse is None


def test_months_are_closed_one_after_the_other() -> None:
    """Not before they are over, none left out, each once; and what is no month is said."""
    house = _open()
    define(house.desk, "codes", DiscountVoucherTerms(percent=10))
    house.desk.vouchers.generate("codes", 450)
    reports = house.desk.programs.reports
    with pytest.raises(Refused) as caught:
        reports.close_period("codes", 202601)
    assert caught.value.code == "period.not_over"
    _at(house, "2026-05-01")
    assert reports.close_period("codes", 202601).closing == 450
    for month in (202603, 202512):
        with pytest.raises(Refused) as caught:
            reports.close_period("codes", month)
        assert (caught.value.code, caught.value.facts["next"]) == ("period.not_next", 202602)
    for odd in (202613, 0, "2026-01", None):
        with pytest.raises(InvalidInput, match="month: must be a month as an integer like 202611"):
            reports.close_period("codes", odd)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(NotFound):
        reports.close_period("nothing", 202601)
    with pytest.raises(InvalidInput):
        reports.breakage("codes", "2026-02-01", "2026-01-31")


def test_a_year_ends_with_december() -> None:
    """After December of one year comes January of the next."""
    house = _open("2025-12-31")
    club = house.desk.programs.assign(house.customer().id, "club", value=100)
    _at(house, "2026-01-01")
    house.desk.programs.use(club.id, quantity=30)
    _at(house, "2026-02-01")
    assert [_close(house, month).closing for month in (202512, 202601)] == [100, 70]


def test_what_has_ended_is_not_owed() -> None:
    """Ended by hand, what is left is told beside; with another last day it is owed again."""
    house = _open()
    define(house.desk, "gift", StoredValueTerms("EUR"))
    gift = house.desk.programs.assign(house.customer().id, "gift", value=Money(500, "EUR"))
    house.desk.programs.end(gift.id, reason="asked")
    owed = house.desk.programs.reports.liability("gift")
    assert (owed.owed, owed.ended, owed.holders, owed.by_month) == (0, 500, 0, ())
    house.desk.programs.change(gift.id, ends_on="2026-12-31")
    owed = house.desk.programs.reports.liability("gift")
    assert (owed.owed, owed.ended) == (500, 0)


acts = st.lists(
    st.tuples(st.sampled_from(["give", "use", "undo", "sweep", "wait", "wait"]), st.integers(1, 40)),
    max_size=25,
)


@settings(max_examples=40)
@given(acts, st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_books_add_up(todo: list[tuple[str, int]], late: list[bool]) -> None:
    """Each month opens with what was owed before and ends with what is owed, soon or late, and all months are all that was."""
    house = _open()
    programs: Any = house.desk.programs
    rows = [programs.assign(house.customer(first_name=name).id, "club").id for name in ("A", "B")]
    moves: list[str] = []
    for place, (what, many) in enumerate(todo):
        try:
            match what:
                case "give":
                    programs.adjust(rows[place % 2], many, reason="x")
                case "use":
                    moves.append(programs.use(rows[place % 2], quantity=many).id)
                case "undo" if moves:
                    programs.undo(moves[many % len(moves)])
                case "sweep":
                    programs.sweep()
                case "wait":
                    house.clock.advance(days=many)
        except Refused:
            pass
    closed = []
    for number, waits in enumerate(late):
        month = 202601 + number
        ends = datetime(2026, 2 + number, 2, tzinfo=UTC)
        if house.clock.now() < ends:
            house.clock.instant = ends
        if waits:
            programs.sweep()
        closed.append(_close(house, month))
    opening = 0
    for each in closed:
        assert each.opening == opening
        assert each.closing == each.opening - each.turnover.total
        opening = each.closing
    total = Turnover()
    for each in closed:
        total = plus(total, each.turnover)
    assert total == closed[-1].total
    at = datetime(2026, 5, 1, tzinfo=UTC)
    before = [programs.balance(row, at=date(2026, 4, 30)) for row in rows]
    if house.clock.now() >= at:
        assert sum(each.balance + each.pending for each in before) == closed[-1].closing
