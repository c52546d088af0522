"""What the tests of the invoices share: a shop that has them."""

from __future__ import annotations

import pytest

from invoices import invoicing
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import Storage
from tests.examples.invoicing import Ledger
from tests.house import House, build_house


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def shop(storage: Storage, ledger: Ledger) -> House:
    """A house with invoices on that storage."""
    return build_house(storage, capabilities=[invoicing(ledger)])


@pytest.fixture
def memory_shop(ledger: Ledger) -> House:
    """The same in memory, for what does not depend on the storage."""
    return build_house(MemoryStorage(), capabilities=[invoicing(ledger)])
