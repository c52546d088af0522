"""Completeness: what customers' data lack, asking for it, and the report over all customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.completeness.records import COMPLETION_PROMPTS
from loyaltycore.completeness.rules.options import COMPLETENESS_OPTIONS
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.completeness.service import DataCompleteness


def _service() -> type[DataCompleteness]:
    from loyaltycore.completeness.service import DataCompleteness

    return DataCompleteness


def _check(house: House) -> None:
    """Refuse options that watch fields which nobody has declared."""
    others = [
        option for option in house.known_options.all if option.watches and option not in COMPLETENESS_OPTIONS
    ]
    if others:
        # Few programs have such options, and the others need not load what can be watched.
        from loyaltycore.completeness.rules.fields import watchable
        from loyaltycore.completeness.rules.watching import check_watching

        check_watching(others, watchable(house.custom_fields))


CAPABILITY: Final = Capability(
    name="completeness",
    service=_service,
    records=(COMPLETION_PROMPTS,),
    options=COMPLETENESS_OPTIONS,
    check=_check,
)
