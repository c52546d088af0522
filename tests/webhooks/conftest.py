"""A shop in memory whose printer believes what is signed with the secret of the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from loyaltycore import Loyalty
from loyaltycore.memory import MemoryStorage
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import new_secret
from tests.cli.shop import order_cards


@pytest.fixture
def secret() -> str:
    """What vendor and shop share."""
    return new_secret()


@pytest.fixture
def printer(secret: str) -> Iterator[HttpCardPrinter]:
    """The real adapter; its vendor is never called."""
    with HttpCardPrinter(base_url="http://127.0.0.1:9/v1", token="t", webhook_secrets=[secret]) as printer:
        yield printer


@pytest.fixture
def loyalty(printer: HttpCardPrinter) -> Loyalty:
    """The shop."""
    return Loyalty(MemoryStorage(), card_printer=printer)


@pytest.fixture
def order(loyalty: Loyalty) -> str:
    """An order."""
    return order_cards(loyalty, 1)[0]
