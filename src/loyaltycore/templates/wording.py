"""How other services get the wording of their messages."""

from __future__ import annotations

from typing import Final

from loyaltycore.ports.logs import Log, about
from loyaltycore.templates.rules.plain import PLAIN
from loyaltycore.templates.rules.purposes import Purpose
from loyaltycore.templates.rules.template import MessageTemplate
from loyaltycore.templates.rules.wording import Wording, template_in_use
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

_log: Final = Log("templates")


def wording_of(session: Session, unit: Unit, purpose: Purpose) -> Wording:
    """The wording that the session's settings choose for a purpose.

    `MessageTemplates.in_use` shows which one it is.
    """
    name = session.options[purpose.option]
    template = template_in_use(purpose, unit.seek(MessageTemplate, name) if name else None)
    if template is None:
        return Wording(purpose)
    return Wording(purpose, template, session.house.renderer or PLAIN, _tell)


def _tell(template: MessageTemplate, error: Exception) -> None:
    _log.error("template failed", purpose=template.purpose, **about(error))
