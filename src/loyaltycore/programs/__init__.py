"""Loyalty programs: kinds and terms, what customers have of them, and its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.kernel.ledger import Beyond as Beyond, Funding as Funding, Purse as Purse
    from loyaltycore.programs.holders import HOLDERS as HOLDERS
    from loyaltycore.programs.kinds import PROGRAM_KINDS as PROGRAM_KINDS
    from loyaltycore.programs.rules.answers import (
        Balance as Balance,
        Due as Due,
        Offer as Offer,
        Presented as Presented,
    )
    from loyaltycore.programs.rules.assignment import (
        AssignmentState as AssignmentState,
        ProgramAssignment as ProgramAssignment,
        ProgramMove as ProgramMove,
    )
    from loyaltycore.programs.rules.closing import Held as Held, ProgramPeriod as ProgramPeriod
    from loyaltycore.programs.rules.discounts import (
        DiscountTerms as DiscountTerms,
        WarrantyTerms as WarrantyTerms,
    )
    from loyaltycore.programs.rules.expected import (
        ExpectedBreakage as ExpectedBreakage,
        MonthOfIssue as MonthOfIssue,
    )
    from loyaltycore.programs.rules.issuer import Issuer as Issuer
    from loyaltycore.programs.rules.kind import (
        Award as Award,
        Credit as Credit,
        Opened as Opened,
        Opening as Opening,
        Pays as Pays,
        ProgramKind as ProgramKind,
        Use as Use,
    )
    from loyaltycore.programs.rules.many import (
        OfflineUse as OfflineUse,
        RefusedUse as RefusedUse,
        UseReport as UseReport,
    )
    from loyaltycore.programs.rules.memberships import (
        Extra as Extra,
        MembershipTerms as MembershipTerms,
        Module as Module,
        monthly_fee as monthly_fee,
    )
    from loyaltycore.programs.rules.options import PER_CARD as PER_CARD
    from loyaltycore.programs.rules.periods import (
        Expiry as Expiry,
        Period as Period,
        RoundUp as RoundUp,
        days as days,
        months as months,
        period as period,
        until as until,
        unused_for as unused_for,
    )
    from loyaltycore.programs.rules.points import Earn as Earn, PointsTerms as PointsTerms
    from loyaltycore.programs.rules.program import (
        Program as Program,
        ProgramRevision as ProgramRevision,
        ProgramState as ProgramState,
        SoldBy as SoldBy,
    )
    from loyaltycore.programs.rules.quotas import Quota as Quota, QuotaTerms as QuotaTerms
    from loyaltycore.programs.rules.reporting import Expiring as Expiring, Liability as Liability
    from loyaltycore.programs.rules.statistics import RuleUses as RuleUses, Statistics as Statistics
    from loyaltycore.programs.rules.stored_value import (
        StoredValueTerms as StoredValueTerms,
        VoucherTax as VoucherTax,
    )
    from loyaltycore.programs.rules.tiers import (
        Standing as Standing,
        StepDown as StepDown,
        Tier as Tier,
        Tiers as Tiers,
    )
    from loyaltycore.programs.service import Programs as Programs
    from loyaltycore.programs.used import (
        RULES_OF as RULES_OF,
        Span as Span,
        UsedRules as UsedRules,
    )
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "loyaltycore.kernel.ledger": "Beyond Funding Purse",
            ".holders": "HOLDERS",
            ".kinds": "PROGRAM_KINDS",
            ".rules.answers": "Balance Due Offer Presented",
            ".rules.assignment": "AssignmentState ProgramAssignment ProgramMove",
            ".rules.closing": "Held ProgramPeriod",
            ".rules.discounts": "DiscountTerms WarrantyTerms",
            ".rules.expected": "ExpectedBreakage MonthOfIssue",
            ".rules.issuer": "Issuer",
            ".rules.kind": "Award Credit Opened Opening Pays ProgramKind Use",
            ".rules.many": "OfflineUse RefusedUse UseReport",
            ".rules.memberships": "Extra MembershipTerms Module monthly_fee",
            ".rules.options": "PER_CARD",
            ".rules.periods": "Expiry Period RoundUp days months period until unused_for",
            ".rules.points": "Earn PointsTerms",
            ".rules.program": "Program ProgramRevision ProgramState SoldBy",
            ".rules.quotas": "Quota QuotaTerms",
            ".rules.reporting": "Expiring Liability",
            ".rules.statistics": "RuleUses Statistics",
            ".rules.stored_value": "StoredValueTerms VoucherTax",
            ".rules.tiers": "Standing StepDown Tier Tiers",
            ".service": "Programs",
            ".used": "RULES_OF Span UsedRules",
        },
    )
