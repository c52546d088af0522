"""Delivery: the worker, the handlers that hand messages over, and what vendors report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.kernel.fates import (
        FateState as FateState,
        MessageFate as MessageFate,
        Reported as Reported,
    )
    from loyaltycore.kernel.outbox import MessageState as MessageState, OutboxMessage as OutboxMessage
    from loyaltycore.outbox.handler import (
        HANDLERS as HANDLERS,
        Handler as Handler,
        HoldsFew as HoldsFew,
        Outcome as Outcome,
        Verdict as Verdict,
        outcome_of as outcome_of,
    )
    from loyaltycore.outbox.news import (
        NEWS as NEWS,
        Intake as Intake,
        NewsSource as NewsSource,
        TakesQueries as TakesQueries,
    )
    from loyaltycore.outbox.service import (
        COUNTED as COUNTED,
        REQUEUE_CHECKS as REQUEUE_CHECKS,
        Counted as Counted,
        Outbox as Outbox,
        RequeueCheck as RequeueCheck,
        Status as Status,
    )
    from loyaltycore.outbox.upkeep import Pruned as Pruned
    from loyaltycore.outbox.worker import DeliveryReport as DeliveryReport, Worker as Worker
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            "..kernel.fates": "FateState MessageFate Reported",
            "..kernel.outbox": "MessageState OutboxMessage",
            ".handler": "HANDLERS Handler HoldsFew Outcome Verdict outcome_of",
            ".news": "Intake NEWS NewsSource TakesQueries",
            ".service": "COUNTED Counted Outbox REQUEUE_CHECKS RequeueCheck Status",
            ".upkeep": "Pruned",
            ".worker": "DeliveryReport Worker",
        },
    )
