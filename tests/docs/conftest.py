"""What the tables of states are tried on."""

from __future__ import annotations

import pytest

from loyaltycore.cards import CardOrder, CustomerCard
from tests.house import House


@pytest.fixture
def placed(house: House) -> tuple[CardOrder, CustomerCard]:
    """An order that was just placed, and its card."""
    house.set_up_cards()
    order = house.desk.cards.order(house.customer().id)
    return order, house.desk.cards.get(order.card_id)
