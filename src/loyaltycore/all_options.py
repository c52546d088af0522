"""The options that the library itself knows."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.cards.rules.options import CARD_OPTIONS
from loyaltycore.completeness.rules.options import COMPLETENESS_OPTIONS
from loyaltycore.customers.rules.options import CUSTOMER_OPTIONS
from loyaltycore.kernel.settings import Option

CORE_OPTIONS: Final[tuple[Option[Any], ...]] = (*CUSTOMER_OPTIONS, *COMPLETENESS_OPTIONS, *CARD_OPTIONS)
