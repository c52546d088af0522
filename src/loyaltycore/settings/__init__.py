"""Settings: the options of the chain, overridden per branch, seen by the sessions opened afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.kernel.settings import (
        Option as Option,
        SettingsSnapshot as SettingsSnapshot,
        Severity as Severity,
    )
    from loyaltycore.settings.service import Settings as Settings
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "..kernel.settings": "Option SettingsSnapshot Severity",
            ".service": "Settings",
        },
    )
