"""Processes: what is done for a customer, step by step, as a template lays it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.domain.processes.completing import OfferCheck, OfferVerdict
    from loyaltycore.domain.processes.process import Process, ProcessState, ProcessStep, StepState
    from loyaltycore.domain.processes.reloading import ReloadReport
    from loyaltycore.domain.processes.template import (
        Audience,
        OpenMandatory,
        ProcessKind,
        ProcessTemplate,
        StepTemplate,
    )
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "Audience": ".template",
            "OfferCheck": ".completing",
            "OfferVerdict": ".completing",
            "OpenMandatory": ".template",
            "Process": ".process",
            "ProcessKind": ".template",
            "ProcessState": ".process",
            "ProcessStep": ".process",
            "ProcessTemplate": ".template",
            "ReloadReport": ".reloading",
            "StepState": ".process",
            "StepTemplate": ".template",
        },
    )

__all__ = [
    "Audience",
    "OfferCheck",
    "OfferVerdict",
    "OpenMandatory",
    "Process",
    "ProcessKind",
    "ProcessState",
    "ProcessStep",
    "ProcessTemplate",
    "ReloadReport",
    "StepState",
    "StepTemplate",
]
