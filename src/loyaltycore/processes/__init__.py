"""Processes: what is done for a customer, step by step, from a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyaltycore.processes.rules.completing import OfferCheck as OfferCheck, OfferVerdict as OfferVerdict
    from loyaltycore.processes.rules.process import (
        Process as Process,
        ProcessState as ProcessState,
        ProcessStep as ProcessStep,
        StepState as StepState,
    )
    from loyaltycore.processes.rules.reloading import ReloadReport as ReloadReport
    from loyaltycore.processes.rules.template import (
        Audience as Audience,
        OpenMandatory as OpenMandatory,
        ProcessKind as ProcessKind,
        ProcessTemplate as ProcessTemplate,
        StepTemplate as StepTemplate,
        StepValues as StepValues,
    )
    from loyaltycore.processes.service import Processes as Processes
    from loyaltycore.processes.starting import StartDraft as StartDraft, Started as Started
    from loyaltycore.processes.steps.registry import STEP_TYPES as STEP_TYPES
    from loyaltycore.processes.steps.step_type import (
        StepType as StepType,
        StepWork as StepWork,
        refuse_others as refuse_others,
    )
    from loyaltycore.processes.templates import ProcessTemplates as ProcessTemplates
    from loyaltycore.processes.worklist import OpenSteps as OpenSteps, StepCount as StepCount
else:
    from loyaltycore._lazy import lazy_names

    __getattr__, __dir__, __all__ = lazy_names(
        __name__,
        {
            ".rules.completing": "OfferCheck OfferVerdict",
            ".rules.process": "Process ProcessState ProcessStep StepState",
            ".rules.reloading": "ReloadReport",
            ".rules.template": "Audience OpenMandatory ProcessKind ProcessTemplate StepTemplate StepValues",
            ".service": "Processes",
            ".starting": "StartDraft Started",
            ".steps.registry": "STEP_TYPES",
            ".steps.step_type": "StepType StepWork refuse_others",
            ".templates": "ProcessTemplates",
            ".worklist": "OpenSteps StepCount",
        },
    )
