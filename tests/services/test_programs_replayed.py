"""What is stored of programs and vouchers: the history makes the purse again, on every engine."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

import pytest

from loyaltycore import Loyalty, Money, Refused
from loyaltycore.kernel.criteria import Query, stored
from loyaltycore.kernel.ledger import Purse, replay
from loyaltycore.ports.storage import Storage
from loyaltycore.programs import (
    Earn,
    PointsTerms,
    ProgramAssignment,
    ProgramMove,
    days,
    months,
    period,
    unused_for,
)
from loyaltycore.vouchers import Voucher
from tests.faults.scene import CODE_KEYS
from tests.house import House, build_house
from tests.services.programs import GIFT, define

KINDS = (
    PointsTerms(Earn(1, per=Money(100, "EUR"), after=days(3)), expiry=period(months(1), round_up="month")),
    PointsTerms(Earn(2, per=Money(100, "EUR")), expiry=unused_for(months(2))),
)


def live(house: House, random: Random, steps: int) -> None:
    """Do something at random with points and a gift card, again and again."""
    programs, vouchers = house.desk.programs, house.desk.vouchers
    erika = house.customer()
    rows = [programs.assign(erika.id, f"club-{number}").id for number in range(len(KINDS))]
    code = vouchers.code_of(
        vouchers.issue("gift", Money(9000, "EUR"), customer=erika.id, reason="x", ends_on="2026-06-30").id
    )
    moves: list[str] = []

    def undo() -> Any:
        return programs.undo(random.choice(moves), amount=random.choice([None, 5]), beyond="deficit")

    acts = {
        "earn": lambda row: programs.earn(
            row, Money(100 * random.randint(1, 50), "EUR"), order_ref=f"R-{len(moves)}"
        ),
        "use": lambda row: programs.use(row, quantity=random.randint(1, 40)),
        "adjust": lambda row: programs.adjust(row, random.choice([-7, 20]), reason="x"),
        "undo": lambda _: undo() if moves else None,
        "redeem": lambda _: vouchers.redeem(code, amount=Money(random.randint(1, 900), "EUR")),
        "wait": lambda _: house.clock.advance(days=random.randint(1, 20)),
        "sweep": lambda _: programs.sweep(),
    }
    for _ in range(steps):
        name = random.choice(list(acts))
        with suppress(Refused):
            done = acts[name](random.choice(rows))
            moves += [done.id] if name in {"earn", "use", "adjust"} and done is not None else []


def held(loyalty: Loyalty) -> list[tuple[Purse | None, list[ProgramMove]]]:
    """All purses, each with its history."""
    with loyalty.storage.transaction(read_only=True) as tx:
        holders: list[Any] = [*tx.find(ProgramAssignment, Query()), *tx.find(Voucher, Query())]
        return [
            (each.purse, list(tx.find(ProgramMove, Query(stored("holder_id") == each.id, ("seq",)))))
            for each in holders
        ]


@pytest.mark.every_engine
@pytest.mark.parametrize("seed", [1, 2])
def test_the_stored_history_makes_the_stored_purse_again(storage: Storage, seed: int) -> None:
    """Laws 1 and 2: as it comes back from the engine, to the last lot and the last microsecond; and all adds up to zero."""
    house = build_house(storage, code_keys=CODE_KEYS)
    define(house.desk, "gift", GIFT)
    for number, terms in enumerate(KINDS):
        define(house.desk, f"club-{number}", terms)
    live(house, Random(seed), 60)  # noqa: S311  the same life on every engine
    purses = held(house.loyalty)
    assert len(purses) == 3
    for purse, history in purses:
        assert purse is not None
        assert history
        assert replay(purse.unit, history) == purse
        assert sum(lot.left for lot in purse.lots) - purse.deficit + purse.turnover.total == 0
        assert history[-1].balance == purse.balance(history[-1].at)
