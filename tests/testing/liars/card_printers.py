"""Card printers that are wrong in one way each, made from the honest one."""

from __future__ import annotations

from typing import Final

from tests.testing.liars.honest_printer import HonestPrinter
from tests.testing.liars.liar import Liar
from tests.testing.liars.printers_cancelling import CANCELLING_LIARS
from tests.testing.liars.printers_keys import KEY_LIARS
from tests.testing.liars.printers_memories import MEMORY_LIARS
from tests.testing.liars.printers_news import NEWS_LIARS
from tests.testing.liars.printers_orders import ORDER_LIARS
from tests.testing.liars.printers_trouble import TROUBLE_LIARS
from tests.testing.liars.printers_webhooks import WEBHOOK_LIARS

PRINTER_LIARS: Final[tuple[Liar[HonestPrinter], ...]] = tuple(
    Liar.of(cls, cls)
    for liars in (
        ORDER_LIARS,
        KEY_LIARS,
        CANCELLING_LIARS,
        NEWS_LIARS,
        WEBHOOK_LIARS,
        TROUBLE_LIARS,
        MEMORY_LIARS,
    )
    for cls in liars
)
"""Printers that are wrong in one way each; see `HonestPrinter` for what they are wrong in."""
