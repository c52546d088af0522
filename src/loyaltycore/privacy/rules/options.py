"""Options about what customers' data are kept."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.kernel.settings import Option

NEVER_ERASE: Final = Option(
    "privacy.never_erase",
    False,  # noqa: FBT003  the default of the option
    "Never erase a customer: one who is to go is only marked as deleted.",
    tab="customer",
    section="privacy",
)

PRIVACY_OPTIONS: Final[tuple[Option[Any], ...]] = (NEVER_ERASE,)
