"""What the tests of the examples share: a shop that has invoices, and a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from invoices import invoicing
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports import Storage
from tests.examples.browsing import BROWSER, missing
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chrome]:
    """Skipped where Chromium and its driver are not installed; an error instead where it was asked for."""
    why = missing()
    if why and os.environ.get("CI") and os.environ.get("LOYALTYCORE_TEST_CHROMIUM") == "1":
        pytest.fail(f"these tests were asked for, but {why}")
    if why:
        pytest.skip(why)
    with BROWSER.browser() as driver:
        yield driver
