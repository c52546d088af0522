"""Process templates: which steps a process of some kind has, and under which rules."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from attrs import field, frozen

from loyaltycore.errors import NotFound
from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.naming import meant

StepValues = Mapping[str, CustomValue]
"""Settings and results of steps: texts, integers, truth values and dates by name."""


def with_kinds(values: StepValues) -> Mapping[str, tuple[type, CustomValue]]:
    """What settings and results are compared by: True differs from 1."""
    return {name: (type(value), value) for name, value in values.items()}


class ProcessKind(Enum):
    """What a process is about."""

    HEARING_SUPPLY = "hearing_supply"
    COCHLEA = "cochlea"
    OTOPLASTIC = "otoplastic"
    GLASSES = "glasses"
    CONTACT_LENS = "contact_lens"
    REFRACTION = "refraction"
    CUSTOMER_CARD = "customer_card"
    ACTION = "action"
    REPAIR = "repair"
    SERVICE = "service"
    SERVICE_CONTRACT = "service_contract"
    OTHER = "other"


ABBREVIATIONS: Final[Mapping[ProcessKind, str]] = {
    ProcessKind.HEARING_SUPPLY: "HG",
    ProcessKind.COCHLEA: "CI",
    ProcessKind.OTOPLASTIC: "OT",
    ProcessKind.GLASSES: "BR",
    ProcessKind.CONTACT_LENS: "KL",
    ProcessKind.REFRACTION: "RF",
    ProcessKind.CUSTOMER_CARD: "KK",
    ProcessKind.ACTION: "AK",
    ProcessKind.REPAIR: "RE",
    ProcessKind.SERVICE: "SE",
    ProcessKind.SERVICE_CONTRACT: "SV",
    ProcessKind.OTHER: "SO",
}
"""The abbreviation of a kind, unless a template names another."""


class Audience(Enum):
    """For whom a process may be started, by age."""

    EVERYBODY = "everybody"
    CHILD = "child"
    ADULT = "adult"


class OpenMandatory(Enum):
    """What becomes of an offer while mandatory steps are open."""

    WARN = "warn"
    """It is completed, with a warning."""

    BLOCK = "block"
    """It is refused."""


@frozen
class StepTemplate:
    """One step of a template. Its place among the steps is its order."""

    id: str
    """Technical key, unique in its template; it never changes, and steps of processes carry it too."""
    type: str
    """The step type's key, for example ``assign_property``."""
    name: str
    """What people call it; short."""
    description: str = ""
    """What it is for, or empty."""
    mandatory: bool = False
    """Whether it must be done; see `OpenMandatory`."""
    pre_step: bool = False
    """Whether no other step can be worked on before it is done."""
    settings: StepValues = field(factory=dict, eq=with_kinds, hash=False)
    """What its type needs to know."""


@frozen
class ProcessTemplate:
    """What processes of one sort consist of."""

    id: str
    """Technical key, for example ``new-supply``; it never changes."""
    name: str
    """What people call it, unique."""
    kind: ProcessKind
    """What such a process is about."""
    abbreviation: str
    """A few letters that stand for it on a screen."""
    search_key: str = ""
    """A further word by which it is found, or empty."""
    branch_id: str = ""
    """The only branch in which it can be started; empty for all."""
    audience: Audience = Audience.EVERYBODY
    """For whom it can be started."""
    open_mandatory: OpenMandatory = OpenMandatory.WARN
    """What becomes of an offer while mandatory steps are open; applies to running processes too."""
    steps: tuple[StepTemplate, ...] = ()
    """In their order."""
    retired: Mapping[str, str] = field(factory=dict, hash=False)
    """The keys of steps that were removed after a process had been started, with their types: such a key never stands
    for a step of another type."""
    hidden: bool = False
    """Whether it can no longer be started."""
    used: bool = False
    """Whether a process was ever started from it; never reset."""
    version: int = 1

    def step(self, step_id: str) -> StepTemplate:
        """The step with an id.

        Raises:
            NotFound: There is none.
        """
        wanted = text_of(step_id)
        for step in self.steps:
            if step.id == wanted:
                return step
        raise NotFound("template_step", step_id, meant(step_id, (step.id for step in self.steps)))

    def is_visible_in(self, branch_id: str) -> bool:
        """Whether it can be chosen in a branch; the head office (empty) sees all."""
        return not self.branch_id or not branch_id or self.branch_id == branch_id
