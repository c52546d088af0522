"""Options of programs."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.kernel.settings import Option
from loyaltycore.kernel.validation import Faults


def _check_count(faults: Faults, value: int) -> None:
    faults.integer(PER_CARD.key, value, least=1, most=100)


PER_CARD: Final = Option(
    "programs.per_card",
    5,
    "How many different programs one card can carry.",
    tab="customer",
    section="programs",
    check=_check_count,
)

PROGRAM_OPTIONS: Final[tuple[Option[Any], ...]] = (PER_CARD,)
