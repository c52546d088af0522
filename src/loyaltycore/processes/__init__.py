"""Processes: what is done for a customer, step by step, as a template lays it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.processes.rules.completing import OfferCheck, OfferVerdict
    from loyaltycore.processes.rules.process import Process, ProcessState, ProcessStep, StepState
    from loyaltycore.processes.rules.reloading import ReloadReport
    from loyaltycore.processes.rules.template import (
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
            "Audience": ".rules.template",
            "OfferCheck": ".rules.completing",
            "OfferVerdict": ".rules.completing",
            "OpenMandatory": ".rules.template",
            "Process": ".rules.process",
            "ProcessKind": ".rules.template",
            "ProcessState": ".rules.process",
            "ProcessStep": ".rules.process",
            "ProcessTemplate": ".rules.template",
            "ReloadReport": ".rules.reloading",
            "StepState": ".rules.process",
            "StepTemplate": ".rules.template",
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
