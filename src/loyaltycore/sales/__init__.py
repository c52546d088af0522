"""Sales: what orders cost and why; reserve, settle and refund them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.kernel.pricing.benefits import (
        AmountOff as AmountOff,
        Catalog as Catalog,
        CatalogPrice as CatalogPrice,
        Cheapest as Cheapest,
        Earning as Earning,
        ForEvery as ForEvery,
        Gift as Gift,
        Percent as Percent,
        SetPrice as SetPrice,
        percent as percent,
    )
    from loyaltycore.kernel.pricing.order import Order as Order, OrderLine as OrderLine
    from loyaltycore.kernel.pricing.parts import (
        Applied as Applied,
        Change as Change,
        Earned as Earned,
        Minimum as Minimum,
        Paid as Paid,
        QuotedLine as QuotedLine,
        TaxPart as TaxPart,
        UnitShare as UnitShare,
    )
    from loyaltycore.kernel.pricing.quote import Quote as Quote
    from loyaltycore.kernel.pricing.rule import (
        Basis as Basis,
        Choice as Choice,
        Every as Every,
        Limit as Limit,
        OnReturn as OnReturn,
        Per as Per,
        Phase as Phase,
        Rounding as Rounding,
        Rule as Rule,
        When as When,
        Where as Where,
        earning as earning,
        in_groups as in_groups,
        of_articles as of_articles,
    )
    from loyaltycore.kernel.pricing.verdict import Code as Code, Verdict as Verdict
    from loyaltycore.sales.rules.past import PastOrder as PastOrder, PastRefund as PastRefund
    from loyaltycore.sales.rules.promotions import PromotionTerms as PromotionTerms
    from loyaltycore.sales.rules.reservation import (
        Reservation as Reservation,
        ReservationState as ReservationState,
    )
    from loyaltycore.sales.rules.settlement import (
        PricedFrom as PricedFrom,
        Refund as Refund,
        RefundedTender as RefundedTender,
        SettledLine as SettledLine,
        SettledProgram as SettledProgram,
        Settlement as Settlement,
    )
    from loyaltycore.sales.rules.simulated import (
        RefundLoop as RefundLoop,
        RuleCost as RuleCost,
        Simulated as Simulated,
        TierMove as TierMove,
    )
    from loyaltycore.sales.service import Sales as Sales
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "loyaltycore.kernel.pricing.benefits": (
                "AmountOff Catalog CatalogPrice Cheapest Earning ForEvery Gift Percent SetPrice percent"
            ),
            "loyaltycore.kernel.pricing.order": "Order OrderLine",
            "loyaltycore.kernel.pricing.parts": "Applied Change Earned Minimum Paid QuotedLine TaxPart UnitShare",
            "loyaltycore.kernel.pricing.quote": "Quote",
            "loyaltycore.kernel.pricing.rule": (
                "Basis Choice Every Limit OnReturn Per Phase Rounding Rule When Where earning in_groups of_articles"
            ),
            "loyaltycore.kernel.pricing.verdict": "Code Verdict",
            ".rules.past": "PastOrder PastRefund",
            ".rules.promotions": "PromotionTerms",
            ".rules.reservation": "Reservation ReservationState",
            ".rules.settlement": "PricedFrom Refund RefundedTender SettledLine SettledProgram Settlement",
            ".rules.simulated": "RefundLoop RuleCost Simulated TierMove",
            ".service": "Sales",
        },
    )
