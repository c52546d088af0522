"""Everything that the story needs around it, put up in order and taken down in the opposite one."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

from attrs import frozen

from loyaltycore import Loyalty
from loyaltycore_cardprint import HttpCardPrinter
from loyaltycore_cardvendor import RunningVendor, running_vendor
from loyaltycore_holidays import BranchHolidays
from loyaltycore_sql import SqlStorage
from order_cards.fixtures import CLOSED_EVERY
from order_cards.servers import (
    MailServer,
    running_mail_server,
    running_receiver,
    running_workers,
    write_config,
)


@frozen
class Stage:
    """What the story plays on."""

    folder: Path
    loyalty: Loyalty
    """The shop, on an SQLite database."""
    mail_server: MailServer
    """A process of its own."""
    vendor: RunningVendor
    """The card vendor, a process of its own; its webhooks come back to a server in this one."""
    stack: ExitStack
    """Takes down whatever is put up later."""

    def start_workers(self, count: int) -> list[subprocess.Popen[str]]:
        """Let worker processes begin."""
        return self.stack.enter_context(running_workers(self.folder / "loyaltycore.toml", count))


@contextmanager
def set_stage(parent: Path) -> Iterator[Stage]:
    """Put everything up in a fresh folder, and take it down at the end, whatever happens."""
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(
        tempfile.mkdtemp(prefix=f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}-", dir=parent.resolve())
    )
    with ExitStack() as stack:
        mail_server = stack.enter_context(running_mail_server(folder / "mails"))
        vendor = stack.enter_context(running_vendor(database=folder / "vendor.db", retry_seconds=0.5))
        config = write_config(folder, mail_server, vendor)
        loyalty = stack.enter_context(_open_shop(folder, vendor))
        vendor.control("settings", webhook_url=stack.enter_context(running_receiver(config)))
        yield Stage(folder, loyalty, mail_server, vendor, stack)


@contextmanager
def _open_shop(folder: Path, vendor: RunningVendor) -> Iterator[Loyalty]:
    """The shop as a till puts it together; mails are the workers' business."""
    with (
        closing(SqlStorage(f"sqlite:///{folder.as_posix()}/shop.db")) as storage,
        HttpCardPrinter(base_url=vendor.url, token=vendor.token) as printer,
    ):
        yield Loyalty(storage, card_printer=printer, calendar=BranchHolidays(closed_every=CLOSED_EVERY))
