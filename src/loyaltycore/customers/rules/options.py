"""Options about customers."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.customers.rules.numbers import check_pattern
from loyaltycore.kernel.settings import Option

NUMBER_PATTERN: Final = Option(
    "customers.number_pattern",
    "{n:6}{c}",
    "How customer numbers look: fixed text, {yyyy} or {yy} for the year, {n:6} for the running number with at least "
    "six digits (compulsory), {c} for a check digit at the end.",
    tab="customer",
    section="number",
    check=check_pattern,
)

CUSTOMER_OPTIONS: Final[tuple[Option[Any], ...]] = (NUMBER_PATTERN,)
