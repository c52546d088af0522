"""What stands in the way of merging or erasing a customer, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from loyaltycore.errors import Refused


@frozen
class Blocker:
    """A reason for which a merge or an erasure will be refused."""

    code: str
    """Stable dotted word, for example ``erase.card_on_order``."""
    message: str
    remedy: str = ""
    """What would make it possible."""
    facts: Mapping[str, Any] = field(factory=dict, hash=False, repr=False)

    def refusal(self) -> Refused:
        """The refusal that it becomes."""
        return Refused(self.code, self.message, remedy=self.remedy, **self.facts)
