"""Record types of message templates."""

from __future__ import annotations

from loyaltycore.storing.registry import RecordType
from loyaltycore.templates.rules.template import MessageTemplate, TemplateVersion

MESSAGE_TEMPLATES = RecordType(
    cls=MessageTemplate,
    table="message_templates",
    noun="message template",
    indexes=(("purpose", "id"),),
    lengths={"purpose": 64},
)

TEMPLATE_VERSIONS = RecordType(
    cls=TemplateVersion,
    table="message_template_versions",
    noun="version of a message template",
    unique=(("template_id", "number"),),
    lengths={"template_id": 40, "purpose": 64, "saved_by": 100},
)
