"""Reading what a person says about a template and its steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypedDict

from attrs import evolve

from loyaltycore.domain.custom_value import CustomValue
from loyaltycore.domain.processes.template import (
    ABBREVIATIONS,
    Audience,
    OpenMandatory,
    ProcessKind,
    ProcessTemplate,
    StepTemplate,
    StepValues,
)
from loyaltycore.domain.validation import Faults

NAME_LENGTH: Final = 80
DESCRIPTION_LENGTH: Final = 1000
ABBREVIATION_LENGTH: Final = 10
MOST_STEPS: Final = 100
"""A process with more steps than this is several processes."""

MOST_VALUES: Final = 50
VALUE_LENGTH: Final = 2000
VALUES_LENGTH: Final = 8000
"""Characters of all values of a step together: a template is stored as a whole, before and after each change."""

_GREATEST: Final = 2**63 - 1
_VALUE_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,79}")


class TemplateFacts(TypedDict, total=False):
    """What may be said about a template beside its key and its name; see `ProcessTemplate` for each of them."""

    kind: ProcessKind | str
    abbreviation: str
    search_key: str
    branch_id: str
    audience: Audience | str
    open_mandatory: OpenMandatory | str


class TemplateChanges(TemplateFacts, total=False):
    """What may be changed about a template."""

    name: str


class StepFacts(TypedDict, total=False):
    """What may be said about a step beside its type and its name; see `StepTemplate` for each of them."""

    description: str
    mandatory: bool
    pre_step: bool
    settings: Mapping[str, Any]


class StepChanges(StepFacts, total=False):
    """What may be changed about a step."""

    name: str


def read_template(faults: Faults, key: object, given: Mapping[str, Any]) -> ProcessTemplate:
    """Read what is said about a new template; the abbreviation is that of its kind where none is given."""
    blank = ProcessTemplate(faults.key("key", key), "", ProcessKind.OTHER, ABBREVIATIONS[ProcessKind.OTHER])
    return read_template_changes(faults, blank, {"name": "", **given})


def read_template_changes(
    faults: Faults, before: ProcessTemplate, given: Mapping[str, Any]
) -> ProcessTemplate:
    """Read the given fields over a template; the abbreviation follows the kind until somebody chooses another."""
    clean = {name: read(faults, given[name]) for name, read in _READERS.items() if name in given}
    after = evolve(before, **clean)
    if not after.abbreviation or (
        "abbreviation" not in given and before.abbreviation == ABBREVIATIONS[before.kind]
    ):
        return evolve(after, abbreviation=ABBREVIATIONS[after.kind])
    return after


def read_step(faults: Faults, before: StepTemplate, given: Mapping[str, Any]) -> StepTemplate:
    """Read the given fields over a step; its settings are read by its type."""
    name = faults.text("name", given.get("name", before.name), limit=NAME_LENGTH, required=True)
    description = given.get("description", before.description)
    return evolve(
        before,
        name=name,
        description=faults.text("description", description, limit=DESCRIPTION_LENGTH, multiline=True),
        mandatory=faults.flag("mandatory", given.get("mandatory"), default=before.mandatory),
        pre_step=faults.flag("pre_step", given.get("pre_step"), default=before.pre_step),
    )


def read_values(faults: Faults, field: str, given: object) -> StepValues:
    """Read settings or results: texts, integers, truth values and dates by name."""
    if not isinstance(given, Mapping):
        faults.note(field, "wrong_type", "must be values by name")
        return {}
    if len(given) > MOST_VALUES:
        faults.note(field, "too_many", f"must not be more than {MOST_VALUES}")
        return {}
    if sum(len(value) for value in given.values() if isinstance(value, str)) > VALUES_LENGTH:
        faults.note(field, "too_long", f"is longer than {VALUES_LENGTH} characters altogether")
        return {}
    inside = faults.at(field)
    return {
        name: _value(inside, name, value) for name, value in given.items() if _is_value_name(inside, name)
    }


def _is_value_name(faults: Faults, name: object) -> bool:
    if isinstance(name, str) and _VALUE_NAME.fullmatch(name):
        return True
    faults.note(
        str(name)[:VALUE_LENGTH], "bad_name", "must begin with a letter and have at most 80 characters"
    )
    return False


def _value(faults: Faults, name: str, value: object) -> CustomValue:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return faults.integer(name, value, least=-_GREATEST, most=_GREATEST)
    if isinstance(value, date):
        return faults.day(name, value) or ""
    return faults.text(name, value, limit=VALUE_LENGTH, multiline=True)


def _kind(faults: Faults, value: object) -> ProcessKind:
    return faults.choice("kind", value, ProcessKind) or ProcessKind.OTHER


def _text(name: str, limit: int, *, required: bool = False) -> Callable[[Faults, object], str]:
    return lambda faults, value: faults.text(name, value, limit=limit, required=required)


_READERS: Final[Mapping[str, Callable[[Faults, object], Any]]] = {
    "name": _text("name", NAME_LENGTH, required=True),
    "kind": _kind,
    "abbreviation": _text("abbreviation", ABBREVIATION_LENGTH),
    "search_key": _text("search_key", NAME_LENGTH),
    "branch_id": _text("branch_id", 40),
    "audience": lambda faults, value: faults.choice("audience", value, Audience, Audience.EVERYBODY),
    "open_mandatory": lambda faults, value: faults.choice(
        "open_mandatory", value, OpenMandatory, OpenMandatory.WARN
    ),
}
