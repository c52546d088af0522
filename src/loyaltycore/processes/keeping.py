"""How long processes are kept."""

from __future__ import annotations

from collections.abc import Iterator

from loyaltycore.customers.retaining import HISTORY, Retention
from loyaltycore.processes.rules.process import Process


def kept() -> Iterator[Retention]:
    """How long it is known what was done for a customer; an open process has no end yet."""
    yield Retention("processes", Process, "ended_at", HISTORY, in_order=False)
