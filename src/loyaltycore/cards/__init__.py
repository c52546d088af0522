"""Customer cards: the order service, ordering, production, presenting, cancelling, replacing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.cards.records import CARD_ORDERS as CARD_ORDERS, CARDS as CARDS
    from loyaltycore.cards.rules.card import (
        CardStanding as CardStanding,
        CardState as CardState,
        CustomerCard as CustomerCard,
        Presentation as Presentation,
        invalidate_card as invalidate_card,
        standing as standing,
    )
    from loyaltycore.cards.rules.dispatch import (
        DispatchCycle as DispatchCycle,
        expected_dispatch as expected_dispatch,
    )
    from loyaltycore.cards.rules.information import InformationRequest as InformationRequest
    from loyaltycore.cards.rules.options import (
        INFORMATION_EMAIL as INFORMATION_EMAIL,
        NUMBER_PREFIX as NUMBER_PREFIX,
        NUMBER_SCHEME as NUMBER_SCHEME,
    )
    from loyaltycore.cards.rules.order import (
        Cancellation as Cancellation,
        CardOrder as CardOrder,
        OrderState as OrderState,
    )
    from loyaltycore.cards.rules.order_service import (
        CardCosts as CardCosts,
        CardOrderService as CardOrderService,
        CardTemplate as CardTemplate,
        DeliveryTarget as DeliveryTarget,
        Slot as Slot,
        SlotSource as SlotSource,
    )
    from loyaltycore.cards.rules.ordering import OrderDraft as OrderDraft, OrderRequest as OrderRequest
    from loyaltycore.cards.rules.validity import ValidityPeriod as ValidityPeriod
    from loyaltycore.cards.service import Cards as Cards
    from loyaltycore.cards.setup import CardSetup as CardSetup
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".records": "CARDS CARD_ORDERS",
            ".rules.card": "CardStanding CardState CustomerCard Presentation invalidate_card standing",
            ".rules.dispatch": "DispatchCycle expected_dispatch",
            ".rules.information": "InformationRequest",
            ".rules.options": "INFORMATION_EMAIL NUMBER_PREFIX NUMBER_SCHEME",
            ".rules.order": "Cancellation CardOrder OrderState",
            ".rules.order_service": "CardCosts CardOrderService CardTemplate DeliveryTarget Slot SlotSource",
            ".rules.ordering": "OrderDraft OrderRequest",
            ".rules.validity": "ValidityPeriod",
            ".service": "Cards",
            ".setup": "CardSetup",
        },
    )
