"""Where other capabilities join the end of a sale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from loyaltycore.work.capability import Point, functions
from loyaltycore.work.unit import Unit

AlsoCancels = Callable[[Unit, str, str], object]
"""Given the number of an order and the reason: ends what it sold beside assignments, in the unit that ends these."""

ALSO_CANCELS: Final = Point[AlsoCancels, tuple[AlsoCancels, ...]](
    "what cancelling a sale does besides", functions("what cancelling a sale does besides")
)
