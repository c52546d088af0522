"""The options that the library itself knows."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.domain.cards.options import CARD_OPTIONS
from loyaltycore.domain.completeness.options import COMPLETENESS_OPTIONS
from loyaltycore.domain.customers.options import CUSTOMER_OPTIONS
from loyaltycore.domain.settings import Option

CORE_OPTIONS: Final[tuple[Option[Any], ...]] = (*CUSTOMER_OPTIONS, *COMPLETENESS_OPTIONS, *CARD_OPTIONS)
