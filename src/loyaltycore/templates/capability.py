"""Message templates: how the shop words what it writes to customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyaltycore.templates.records import MESSAGE_TEMPLATES, TEMPLATE_VERSIONS
from loyaltycore.work.capability import Capability

if TYPE_CHECKING:
    from loyaltycore.templates.service import MessageTemplates


def _service() -> type[MessageTemplates]:
    from loyaltycore.templates.service import MessageTemplates

    return MessageTemplates


CAPABILITY: Final = Capability(
    name="templates", service=_service, records=(MESSAGE_TEMPLATES, TEMPLATE_VERSIONS)
)
