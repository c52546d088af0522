"""One vendor process for the tests of a module; every test uses references of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, running_vendor

Printer = Callable[..., HttpCardPrinter]


@pytest.fixture(scope="module")
def vendor() -> Iterator[RunningVendor]:
    """The reference vendor; cards stay where they are until a test moves them."""
    with running_vendor() as running:
        yield running


@pytest.fixture(scope="module")
def make_printer(vendor: RunningVendor) -> Iterator[Printer]:
    """Makes printers for the vendor, with any options, and closes them."""
    made: list[HttpCardPrinter] = []

    def make(**options: Any) -> HttpCardPrinter:
        given = {"base_url": vendor.url, "token": vendor.token, "webhook_secrets": (vendor.secret,)}
        made.append(HttpCardPrinter(**(given | options)))
        return made[-1]

    yield make
    for printer in made:
        printer.close()


@pytest.fixture(scope="module")
def printer(make_printer: Printer) -> HttpCardPrinter:
    """The printer as a shop would set it up."""
    return make_printer()
