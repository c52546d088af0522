"""Privacy: export, erasure, and how long things are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.retaining import CHANGE_LOG, HISTORY, RETENTIONS, Retention
from loyaltycore.kernel.criteria import stored
from loyaltycore.privacy.records import DELETION_MARKS, ERASURES
from loyaltycore.privacy.rules.options import PRIVACY_OPTIONS
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.privacy.service import Privacy


def _service() -> type[Privacy]:
    from loyaltycore.privacy.service import Privacy

    return Privacy


def _retentions(_: House) -> Iterator[Retention]:
    from loyaltycore.work.journal import Activity

    customer = stored("customer_id")
    yield Retention("change log", Activity, "at", CHANGE_LOG, customer.is_null())
    yield Retention("customer history", Activity, "at", HISTORY, ~customer.is_null())


CAPABILITY: Final = Capability(
    name="privacy",
    service=_service,
    records=(ERASURES, DELETION_MARKS),
    options=PRIVACY_OPTIONS,
    adds=(RETENTIONS.by(_retentions),),
)
