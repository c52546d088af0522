"""Message templates: how the shop words what it writes to customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from loyaltycore.customers.retaining import RETENTIONS, Retention
from loyaltycore.templates.records import MESSAGE_TEMPLATES, TEMPLATE_VERSIONS
from loyaltycore.work.capability import Capability
from loyaltycore.work.house import House

if TYPE_CHECKING:
    from loyaltycore.templates.service import MessageTemplates


def _service() -> type[MessageTemplates]:
    from loyaltycore.templates.service import MessageTemplates

    return MessageTemplates


def _retentions(_: House) -> Iterator[Retention]:
    from loyaltycore.templates.keeping import kept

    yield from kept()


CAPABILITY: Final = Capability(
    name="templates",
    service=_service,
    records=(MESSAGE_TEMPLATES, TEMPLATE_VERSIONS),
    adds=(RETENTIONS.by(_retentions),),
)
