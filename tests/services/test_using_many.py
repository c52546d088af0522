"""Many uses at once are what each of them would be by itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore import InvalidInput, Money, Refused
from loyaltycore.programs import OfflineUse, PointsTerms, StoredValueTerms
from loyaltycore.programs.many import PORTION
from tests.house import House, build_house
from tests.services.programs import BATTERIES, define


def _shop() -> tuple[House, list[str]]:
    house = build_house()
    define(house.desk, "batteries", BATTERIES)
    define(house.desk, "club", PointsTerms(()))
    define(house.desk, "gift", StoredValueTerms("EUR"))
    desk, erika = house.desk, house.customer().id
    double = house.customer(first_name="Erica").id
    rows = [desk.programs.assign(erika, "batteries").id]
    rows += [desk.programs.assign(each, "club", value=20).id for each in (erika, double)]
    rows.append(desk.programs.assign(erika, "gift", value=Money(500, "EUR")).id)
    desk.merging.execute(desk.merging.plan(survivor=erika, loser=double))
    return house, [*rows, "nothing"]


uses = st.builds(
    lambda place, order, article, quantity, money: (
        place,
        order,
        article,
        Money(quantity, "EUR") if money else quantity,
    ),
    st.integers(0, 4),
    st.sampled_from(["R-1", "R-2", "R-3"]),
    st.sampled_from(["", "bat-10"]),
    st.integers(1, 25),
    st.booleans(),
)


def _one_by_one(house: House, given_uses: list[OfflineUse]) -> list[str]:
    refused = []
    for each in given_uses:
        try:
            house.desk.programs.use(
                each.assignment_id, article=each.article, quantity=each.quantity, order_ref=each.order_ref
            )
        except Refused as error:
            refused.append(error.code)
        except LookupError:
            refused.append("not_found")
    return refused


def _history(house: House, assignment_id: str) -> list[tuple[int, int, str, str]]:
    if assignment_id == "nothing":
        return []
    lines = house.desk.programs.statement(assignment_id).items
    return [(line.amount, line.balance, line.order_ref, line.article) for line in lines]


@settings(max_examples=60)
@given(st.lists(uses, max_size=12))
def test_many_uses_are_what_each_of_them_would_be(todo: list[tuple[int, str, str, int | Money]]) -> None:
    """The same histories, balances and refusals, also of what a merge has left, of what comes twice and of nothing."""
    (house, rows), (twin, twins) = _shop(), _shop()
    report = house.desk.programs.use_many(
        OfflineUse(rows[at], order, "", what, many) for at, order, what, many in todo
    )
    one_by_one = [OfflineUse(twins[at], order, "", what, many) for at, order, what, many in todo]
    refused = _one_by_one(twin, one_by_one)
    assert [each.code for each in report.refusals] == refused
    assert report.used + report.repeated + report.refused == len(todo)
    for mine, other in zip(rows, twins, strict=True):
        assert _history(house, mine) == _history(twin, other)
    lines = sum(len(_history(house, mine)) for mine in rows) - 4
    assert report.used <= lines <= 2 * report.used


def test_many_uses_are_entered_in_portions_and_sent_again(house: House) -> None:
    """More than two portions; sent again, nothing counts twice, also what was entered one by one before."""
    define(house.desk, "club", PointsTerms(()))
    club = house.desk.programs.assign(house.customer().id, "club", value=PORTION * 2 + 5)
    house.desk.programs.use(club.id, order_ref="R-3")
    todo = [OfflineUse(club.id, f"R-{number}") for number in range(PORTION * 2 + 10)]
    report = house.desk.programs.use_many(todo)
    assert (report.used, report.repeated, report.refused) == (PORTION * 2 + 4, 1, 5)
    assert [each.place for each in report.refusals] == [PORTION * 2 + each for each in range(5, 10)]
    assert {each.code for each in report.refusals} == {"program.exhausted"}
    again = house.desk.programs.use_many(todo)
    assert (again.used, again.repeated, again.refused) == (0, PORTION * 2 + 5, 5)
    assert house.desk.programs.balance(club.id).available == 0


def test_what_is_wrong_in_a_portion_keeps_all_of_it_out(house: House) -> None:
    """Every fault is named by its place; what came before is kept."""
    define(house.desk, "club", PointsTerms(()))
    club = house.desk.programs.assign(house.customer().id, "club", value=PORTION * 2)
    good = [OfflineUse(club.id, f"R-{number}") for number in range(PORTION + 1)]
    odd = [OfflineUse(club.id, ""), OfflineUse("", "R-X", quantity=0), "R-Y"]
    with pytest.raises(InvalidInput) as caught:
        house.desk.programs.use_many([*good, *odd])  # type: ignore[list-item]  # that is the point
    first = PORTION + 1
    assert caught.value.fields == (
        f"uses.{first}.order_ref",
        f"uses.{first + 1}.quantity",
        f"uses.{first + 1}.assignment_id",
        f"uses.{first + 2}",
    )
    assert house.desk.programs.balance(club.id).available == PORTION
