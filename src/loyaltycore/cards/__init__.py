"""Customer cards: the order service, ordering, production, presenting, cancelling, replacing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.cards.rules.card import CardStanding, CardState, CustomerCard, Presentation, standing
    from loyaltycore.cards.rules.dispatch import DispatchCycle, expected_dispatch
    from loyaltycore.cards.rules.order import Cancellation, CardOrder, OrderState
    from loyaltycore.cards.rules.order_service import (
        CardCosts,
        CardOrderService,
        CardTemplate,
        DeliveryTarget,
        Slot,
        SlotSource,
    )
    from loyaltycore.cards.rules.ordering import OrderDraft, OrderRequest
    from loyaltycore.cards.rules.validity import ValidityPeriod
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Cancellation": ".rules.order",
            "CardCosts": ".rules.order_service",
            "CardOrder": ".rules.order",
            "CardOrderService": ".rules.order_service",
            "CardStanding": ".rules.card",
            "CardState": ".rules.card",
            "CardTemplate": ".rules.order_service",
            "CustomerCard": ".rules.card",
            "DeliveryTarget": ".rules.order_service",
            "DispatchCycle": ".rules.dispatch",
            "OrderDraft": ".rules.ordering",
            "OrderRequest": ".rules.ordering",
            "OrderState": ".rules.order",
            "Presentation": ".rules.card",
            "Slot": ".rules.order_service",
            "SlotSource": ".rules.order_service",
            "ValidityPeriod": ".rules.validity",
            "expected_dispatch": ".rules.dispatch",
            "standing": ".rules.card",
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
