"""Where capabilities add what makes a request to book suspicious."""

from __future__ import annotations

from typing import Final

from loyaltycore.booking.rules.suspicion import Suspects
from loyaltycore.work.capability import Point, functions

SUSPICIONS: Final = Point[Suspects, tuple[Suspects, ...]](
    "what makes a booking suspicious", functions("what makes a booking suspicious")
)
"""Functions that say what is suspicious about a request, beside the library's own."""
