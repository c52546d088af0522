"""A shop with everything around it as processes of their own: workers, a webhook receiver, a vendor, a mail server."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from attrs import define, field

from loyaltycore import Loyalty
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, VendorFailed, new_secret, running_vendor
from loyaltycore_sql import SqlStorage
from tests.adapters.cardprint.proxy import Proxy, proxy
from tests.adapters.email.servers import MailServer
from tests.faults.moods import TOWARDS_THE_SHOP, TOWARDS_THE_VENDOR, Moods
from tests.faults.prefork import Child, Prefork
from tests.house import COSTS, GOLD, SHOP
from tests.listening import free_ports

LEASE: Final = 4.0
"""Seconds. Half of it is longer than the slowest hand-over; what a killed worker held comes due after it."""

_TIMEOUTS: Final = (0.5, 0.7)
_DEADLINE: Final = 1.2
_TOKEN: Final = "token-of-the-vendor"

_CONFIG: Final = """
[storage]
use = "sql"
url = "{url}"

[mailer]
use = "smtp"
host = "127.0.0.1"
port = {mail_port}
security = "none"
sender = "laden@example.org"
connect_timeout = 1.0
answer_timeout = 1.5

[card_printer]
use = "http"
base_url = "{base_url}"
token = "{token}"
webhook_secrets = ["{secret}"]
timeouts = [{connect}, {read}]
deadline = {deadline}
"""


@define
class Town:
    """Everything that runs."""

    loyalty: Loyalty
    """The shop in this process: its tills, and whoever looks after it."""
    vendor: RunningVendor
    mail: MailServer
    to_vendor: Moods
    """The moods of the network between workers and vendor."""
    to_shop: Moods
    """The moods of the network between vendor and receiver."""
    prefork: Prefork
    config: Path
    """The configuration that they read."""
    receiver_port: int
    _vendor_turn: threading.Lock = field(factory=threading.Lock)

    def start_worker(self) -> Child:
        """``loyaltycore deliver --watch`` with two workers."""
        return self._command("deliver", "--watch", "--poll", "0.2", "--workers", "2")

    def start_receiver(self) -> Child:
        """``loyaltycore receive-webhooks`` at the port that the vendor's calls are handed on to."""
        return self._command("receive-webhooks", "--port", str(self.receiver_port))

    def kill_vendor(self) -> None:
        """Kill the vendor at whatever it is doing, and start it again."""
        with self._vendor_turn:
            self.vendor.kill()
            # While nobody listens at its port, a connection of somebody else's may use it for a moment.
            for _ in range(20):
                with suppress(VendorFailed):
                    self.vendor.restart()
                    return
                time.sleep(0.1)
            raise VendorFailed("the vendor does not come back")

    def _command(self, *arguments: str) -> Child:
        return self.prefork.start("command_line", ["--config", str(self.config), *arguments], LEASE)


def end(child: Child) -> int:
    """Ask a command to end; answers its exit code."""
    os.kill(child.pid, signal.SIGTERM)
    code: int = child.result()
    return code


@contextmanager
def open_town(url: str, folder: Path, prefork: Prefork, chance: random.Random) -> Iterator[Town]:
    """Start everything but workers and receivers, on an empty database."""
    secret, (port,) = new_secret(), free_ports(1)
    to_vendor = Moods(TOWARDS_THE_VENDOR, random.Random(chance.random()), silence=1.0)  # noqa: S311  repeatable
    to_shop = Moods(TOWARDS_THE_SHOP, random.Random(chance.random()), silence=1.0)  # noqa: S311  repeatable
    with ExitStack() as stack:
        shop = stack.enter_context(proxy(f"http://127.0.0.1:{port}/webhooks/card-printer", to_shop))
        vendor = stack.enter_context(
            running_vendor(
                database=folder / "vendor.db",
                webhook_url=shop.url,
                token=_TOKEN,
                secret=secret,
                step_seconds=0.25,
                retry_seconds=0.1,
            )
        )
        vendor.control("settings", double_webhooks=True, shuffle_webhooks=True)
        (folder / "smtp").mkdir()
        mail = MailServer(folder / "smtp", [{"name": "plain"}])
        stack.callback(mail.stop)
        front: Proxy = stack.enter_context(proxy(vendor.url, to_vendor))
        config = folder / "loyaltycore.toml"
        config.write_text(_config(url, mail, front.url, secret), "utf-8")
        storage = SqlStorage(url)
        stack.callback(storage.close)
        printer = stack.enter_context(closing(_printer(front.url, secret)))
        loyalty = Loyalty(storage, card_printer=printer)
        _set_up(loyalty)
        yield Town(loyalty, vendor, mail, to_vendor, to_shop, prefork, config, port)


def _config(url: str, mail: MailServer, base_url: str, secret: str) -> str:
    return _CONFIG.format(
        url=url,
        mail_port=mail.ports["plain"],
        base_url=base_url,
        token=_TOKEN,
        secret=secret,
        connect=_TIMEOUTS[0],
        read=_TIMEOUTS[1],
        deadline=_DEADLINE,
    )


def _printer(base_url: str, secret: str) -> HttpCardPrinter:
    return HttpCardPrinter(
        base_url=base_url, token=_TOKEN, webhook_secrets=(secret,), timeouts=_TIMEOUTS, deadline=_DEADLINE
    )


def _set_up(loyalty: Loyalty) -> None:
    head = loyalty.session("admin")
    head.branches.create("berlin", name="Optik Berlin", address=SHOP, email="laden@example.org")
    head.cards.setup.save(provider="Kartendruck GmbH", templates=[GOLD], costs=COSTS)
