"""Settings: the options of the chain, overridden per branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.settings.records import SETTINGS
from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.settings.service import Settings


def _service() -> type[Settings]:
    from loyaltycore.settings.service import Settings

    return Settings


CAPABILITY: Final = Capability(name="settings", service=_service, records=(SETTINGS,))
