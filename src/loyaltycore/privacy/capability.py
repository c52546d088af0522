"""Privacy: export, erasure, and how long things are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.privacy.records import DELETION_MARKS, ERASURES
from loyaltycore.privacy.rules.options import PRIVACY_OPTIONS
from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.privacy.service import Privacy


def _service() -> type[Privacy]:
    from loyaltycore.privacy.service import Privacy

    return Privacy


CAPABILITY: Final = Capability(
    name="privacy", service=_service, records=(ERASURES, DELETION_MARKS), options=PRIVACY_OPTIONS
)
