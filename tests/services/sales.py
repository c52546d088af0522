"""Orders as the tests of services have them."""

from __future__ import annotations

from typing import Any

from loyaltycore import Money
from loyaltycore.programs import (
    Earn,
    PointsTerms,
    ProgramAssignment,
)
from loyaltycore.sales import Order, OrderLine
from tests.house import House

RATES = {"19": 1900, "7": 700}


def euros(amount: int) -> Money:
    return Money(amount, "EUR")


FRAME = OrderLine("1", "frame-7", euros(19900), groups=["frames"], tax="19")
TIPS = OrderLine("2", "tips", euros(333), 3, groups=["accessories"], tax="19")
CLUB = PointsTerms(Earn(1, per=euros(100)), worth=euros(1))


def order(customer: str | None, *lines: OrderLine, number: str = "R-42", **more: Any) -> Order:
    return Order(number, customer, lines or (FRAME, TIPS), rates=RATES, **more)


def gift(house: House, customer: str, cents: int) -> ProgramAssignment:
    """Stored value of a customer."""
    return house.desk.programs.assign(customer, "gift", value=euros(cents))


def left(house: House, row: ProgramAssignment) -> int:
    return house.desk.programs.balance(row.id).available
