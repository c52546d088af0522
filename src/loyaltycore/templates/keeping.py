"""How long former texts are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from loyaltycore.customers.retaining import FORMER_TEXTS, Retention
from loyaltycore.kernel.criteria import stored
from loyaltycore.templates.rules.template import TemplateVersion
from loyaltycore.work.unit import Unit


def kept() -> Iterator[Retention]:
    """How long it is known how a message was worded."""
    # Their keys begin with the template's, so they are in no order of time.
    yield Retention("former texts", TemplateVersion, "saved_at", FORMER_TEXTS, in_order=False, needed=_valid)


def _valid(unit: Unit, versions: tuple[TemplateVersion, ...], before: datetime) -> frozenset[str]:
    """Those in whose place there was no other one yet at that moment."""
    templates = sorted({each.template_id for each in versions})
    old = (stored("template_id").one_of(templates)) & (stored("saved_at") < before)
    latest = dict.fromkeys(templates, 0)
    for each in unit.find(TemplateVersion, old):
        latest[each.template_id] = max(each.number, latest[each.template_id])
    return frozenset(each.id for each in versions if each.number == latest[each.template_id])
