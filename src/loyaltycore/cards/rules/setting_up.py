"""Setting up, changing and removing the card order service."""

from __future__ import annotations

from attrs import evolve

from loyaltycore.cards.rules.order_service import CardOrderService
from loyaltycore.kernel.decisions import Decision, Note


def set_up_service(service: CardOrderService, before: CardOrderService | None) -> Decision[CardOrderService]:
    """Set a service up in its scope, or replace what was there; nothing happens if nothing differs."""
    if before is None:
        return Decision(service, add=(service,), notes=(Note("card_service.set_up", after=service),))
    after = evolve(service, version=before.version)
    if after == before:
        return Decision(before)
    return Decision(after, save=(after,), notes=(Note("card_service.changed", before, after),))


def remove_service(before: CardOrderService) -> Decision[None]:
    """Delete a service."""
    return Decision(None, remove=(before,), notes=(Note("card_service.removed", before=before),))
