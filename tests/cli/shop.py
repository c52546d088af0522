"""A shop in a folder, worked by the command line as real processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from loyaltycore import Address, CardCosts, CardTemplate, Loyalty, Money
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.outbox import OutboxMessage
from loyaltycore_cardvendor import RunningVendor
from tests.bounded import running

PATIENCE = 30.0
COSTS = CardCosts(card=Money(120, "EUR"), print=Money(80, "EUR"), dispatch=Money(95, "EUR"))

STORAGE = """
[storage]
use = "sql"
url = "sqlite:///{folder}/shop.db"
"""

PRINTER = """
[card_printer]
use = "http"
base_url = "{vendor.url}"
token = "{vendor.token}"
webhook_secrets = ["{vendor.secret}"]
"""


@frozen
class Shop:
    """A folder with a configuration; the database lies in it, too."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "loyaltycore.toml"

    def run(
        self, *arguments: str, cwd: Path | None = None, said: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; what is said to it comes from standard input."""
        return subprocess.run(
            [sys.executable, "-m", "loyaltycore.cli", "--config", str(self.config), *arguments],
            input=said,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            cwd=cwd or self.folder,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Run one command while the block lasts, and end it then."""
        command = [sys.executable, "-m", "loyaltycore.cli", "--config", str(self.config), *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with running(command, text=True, encoding="utf-8", cwd=self.folder, **pipes) as process:
            yield process

    @contextmanager
    def opened(self) -> Iterator[Loyalty]:
        """The shop in this process."""
        with open_loyalty(self.config, upgrade=True) as loyalty:
            yield loyalty

    def messages(self) -> list[OutboxMessage]:
        """The whole outbox."""
        with self.opened() as loyalty, loyalty.storage.transaction(read_only=True) as tx:
            return list(tx.find(OutboxMessage, Query()))


def make_shop(folder: Path, vendor: RunningVendor | None = None) -> Shop:
    """Write the configuration, and set the shop up."""
    shop = Shop(folder)
    text = STORAGE.format(folder=folder.as_posix())
    shop.config.write_text(text + (PRINTER.format(vendor=vendor) if vendor else ""), "utf-8")
    with shop.opened():
        return shop


def order_cards(loyalty: Loyalty, count: int) -> list[str]:
    """Open a branch and order so many cards, without mails; answers the ids of the orders."""
    office = loyalty.session("admin")
    office.branches.create("berlin", name="Optik Berlin", subdivision="BE")
    office.cards.setup.save(provider="Druck", templates=[CardTemplate("gold")], costs=COSTS)
    desk = loyalty.session("anna", "berlin")
    home = Address("Lindenstraße 5", "10969", "Berlin", "DE")
    orders = []
    for number in range(count):
        customer = desk.customers.create(last_name=f"Muster{number}", addresses=[home])
        orders.append(desk.cards.order(customer.id).id)
    return orders


def wait_for(done: Callable[[], bool]) -> None:
    """Wait until something is the case."""
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, "that took too long"
        time.sleep(0.02)
