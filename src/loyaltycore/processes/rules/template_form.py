"""Reading what a person says about a template and its steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import Any, Final, TypeAlias, TypedDict

from attrs import evolve

from loyaltycore.kernel.custom_value import CustomValue
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.processes.rules.template import (
    ABBREVIATIONS,
    Audience,
    OpenMandatory,
    ProcessKind,
    ProcessTemplate,
    StepTemplate,
    StepValues,
)

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
    """What may be said about a template besides its key and name; see `ProcessTemplate`."""

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
    """What may be said about a step besides its type and name; see `StepTemplate`."""

    description: str
    mandatory: bool
    pre_step: bool
    settings: Mapping[str, Any]


class StepChanges(StepFacts, total=False):
    """What may be changed about a step."""

    name: str


def read_template(faults: Faults, key: object, given: Mapping[str, Any]) -> ProcessTemplate:
    """Read what is said about a new template; the abbreviation is that of its kind if none is given."""
    blank = ProcessTemplate(faults.key("key", key), "", ProcessKind.OTHER, ABBREVIATIONS[ProcessKind.OTHER])
    name = given.get("name")
    return read_template_changes(faults, blank, {**given, "name": "" if name is None else name})


def read_template_changes(
    faults: Faults, before: ProcessTemplate, given: Mapping[str, Any]
) -> ProcessTemplate:
    """Read the given fields over a template; the abbreviation follows the kind until somebody chooses another.

    None leaves a field as it is.
    """
    said = {name: value for name, value in given.items() if value is not None}
    clean = {name: read(faults, before, said[name]) for name, read in _READERS.items() if name in said}
    after = evolve(before, **clean)
    if not after.abbreviation or (
        "abbreviation" not in said and before.abbreviation == ABBREVIATIONS[before.kind]
    ):
        return evolve(after, abbreviation=ABBREVIATIONS[after.kind])
    return after


def read_step(faults: Faults, before: StepTemplate, given: Mapping[str, Any]) -> StepTemplate:
    """Read the given fields over a step, where None leaves a field as it is; its settings are read by its type."""
    said = {"name": before.name, "description": before.description}
    said |= {name: value for name, value in given.items() if value is not None}
    return evolve(
        before,
        name=faults.text("name", said["name"], limit=NAME_LENGTH, required=True),
        description=faults.text("description", said["description"], limit=DESCRIPTION_LENGTH, multiline=True),
        mandatory=faults.flag("mandatory", given.get("mandatory"), default=before.mandatory),
        pre_step=faults.flag("pre_step", given.get("pre_step"), default=before.pre_step),
    )


def read_values(faults: Faults, field: str, given: object) -> StepValues:
    """Read settings or results: texts, integers, truth values and dates by name."""
    members = faults.members(field, given, most=MOST_VALUES, none=False)
    if sum(len(text_of(value) or "") for value in members.values()) > VALUES_LENGTH:
        faults.note(field, "too_long", f"is longer than {VALUES_LENGTH} characters altogether")
        return {}
    inside = faults.at(field)
    return {
        name: _value(inside, name, value) for name, value in members.items() if _is_value_name(inside, name)
    }


def _is_value_name(faults: Faults, name: str) -> bool:
    if _VALUE_NAME.fullmatch(name):
        return True
    faults.note(name, "bad_name", "must begin with a letter and have at most 80 characters")
    return False


def _value(faults: Faults, name: str, value: object) -> CustomValue:
    kind = type(value)
    if kind is bool:
        return faults.flag(name, value)
    if issubclass(kind, int):
        return faults.integer(name, value, least=-_GREATEST, most=_GREATEST)
    if issubclass(kind, date):
        return faults.day(name, value) or ""
    return faults.text(name, value, limit=VALUE_LENGTH, multiline=True)


_Reader: TypeAlias = Callable[[Faults, ProcessTemplate, object], Any]


def _choice(name: str, kind: type[Enum]) -> _Reader:
    """Nothing chosen leaves what is there."""
    return lambda faults, before, value: faults.choice(name, value, kind, getattr(before, name))


def _text(name: str, limit: int, *, required: bool = False) -> _Reader:
    return lambda faults, _, value: faults.text(name, value, limit=limit, required=required)


_READERS: Final[Mapping[str, _Reader]] = {
    "name": _text("name", NAME_LENGTH, required=True),
    "kind": _choice("kind", ProcessKind),
    "abbreviation": _text("abbreviation", ABBREVIATION_LENGTH),
    "search_key": _text("search_key", NAME_LENGTH),
    "branch_id": _text("branch_id", 40),
    "audience": _choice("audience", Audience),
    "open_mandatory": _choice("open_mandatory", OpenMandatory),
}
