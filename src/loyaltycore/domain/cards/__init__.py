"""Customer cards: the order service, ordering, production, presenting, cancelling, replacing."""

from __future__ import annotations

from loyaltycore.domain.cards.card import CardStanding, CardState, CustomerCard, Presentation, standing
from loyaltycore.domain.cards.dispatch import DispatchCycle, expected_dispatch
from loyaltycore.domain.cards.order import Cancellation, CardOrder, OrderState
from loyaltycore.domain.cards.order_service import (
    CardCosts,
    CardOrderService,
    CardTemplate,
    DeliveryTarget,
    Slot,
    SlotSource,
)
from loyaltycore.domain.cards.ordering import OrderDraft, OrderRequest
from loyaltycore.domain.cards.validity import ValidityPeriod

__all__ = [
    "Cancellation",
    "CardCosts",
    "CardOrder",
    "CardOrderService",
    "CardStanding",
    "CardState",
    "CardTemplate",
    "CustomerCard",
    "DeliveryTarget",
    "DispatchCycle",
    "OrderDraft",
    "OrderRequest",
    "OrderState",
    "Presentation",
    "Slot",
    "SlotSource",
    "ValidityPeriod",
    "expected_dispatch",
    "standing",
]
