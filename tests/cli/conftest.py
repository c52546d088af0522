"""A shop of its own for each test, with a card vendor where a test asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loyaltycore_cardvendor import RunningVendor, running_vendor
from tests.cli.shop import Shop, make_shop


@pytest.fixture
def vendor() -> Iterator[RunningVendor]:
    """The reference vendor, a process of its own that moves nothing by itself."""
    with running_vendor(retry_seconds=0.2) as vendor:
        yield vendor


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop without a vendor."""
    return make_shop(tmp_path)


@pytest.fixture
def card_shop(tmp_path: Path, vendor: RunningVendor) -> Shop:
    """A shop that orders its cards from the vendor."""
    return make_shop(tmp_path, vendor)
