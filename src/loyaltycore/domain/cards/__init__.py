"""Customer cards: the order service, ordering, production, presenting, cancelling, replacing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Cancellation": ".order",
            "CardCosts": ".order_service",
            "CardOrder": ".order",
            "CardOrderService": ".order_service",
            "CardStanding": ".card",
            "CardState": ".card",
            "CardTemplate": ".order_service",
            "CustomerCard": ".card",
            "DeliveryTarget": ".order_service",
            "DispatchCycle": ".dispatch",
            "OrderDraft": ".ordering",
            "OrderRequest": ".ordering",
            "OrderState": ".order",
            "Presentation": ".card",
            "Slot": ".order_service",
            "SlotSource": ".order_service",
            "ValidityPeriod": ".validity",
            "expected_dispatch": ".dispatch",
            "standing": ".card",
        },
    )

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
