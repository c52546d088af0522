"""Message templates: the shop's own words for mails and texts to customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.kernel.contact import Channel as Channel
    from loyaltycore.kernel.rendering import (
        Link as Link,
        MessageText as MessageText,
        Placeholder as Placeholder,
        PlaceholderKind as PlaceholderKind,
        WrittenMessage as WrittenMessage,
    )
    from loyaltycore.templates.adding import PURPOSES as PURPOSES
    from loyaltycore.templates.rules.purposes import Purpose as Purpose
    from loyaltycore.templates.rules.template import (
        MessageTemplate as MessageTemplate,
        TemplateVersion as TemplateVersion,
    )
    from loyaltycore.templates.rules.trying import Preview as Preview
    from loyaltycore.templates.rules.wording import Wording as Wording, Written as Written
    from loyaltycore.templates.service import InUse as InUse, MessageTemplates as MessageTemplates
    from loyaltycore.templates.wording import wording_of as wording_of
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "..kernel.contact": "Channel",
            "..kernel.rendering": "Link MessageText Placeholder PlaceholderKind WrittenMessage",
            ".adding": "PURPOSES",
            ".rules.purposes": "Purpose",
            ".rules.template": "MessageTemplate TemplateVersion",
            ".rules.trying": "Preview",
            ".rules.wording": "Wording Written",
            ".service": "InUse MessageTemplates",
            ".wording": "wording_of",
        },
    )
