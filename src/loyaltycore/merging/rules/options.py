"""Options about merging customers."""

from __future__ import annotations

from typing import Any, Final

from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.kernel.settings import Option
from loyaltycore.kernel.validation import Faults
from loyaltycore.merging.rules.plan import unknown_choices


def _check_fields(faults: Faults, text: str) -> None:
    if wrong := unknown_choices(text, CUSTOMER_FIELDS):
        faults.note("merging.must_choose", "unknown_field", wrong)


MUST_CHOOSE: Final = Option(
    "merging.must_choose",
    "",
    "Fields, with commas between them, about which somebody has to decide when two customers who differ in them are "
    "merged; the others keep the survivor's value unless somebody chooses otherwise.",
    tab="customer",
    section="merging",
    check=_check_fields,
)

MERGING_OPTIONS: Final[tuple[Option[Any], ...]] = (MUST_CHOOSE,)
