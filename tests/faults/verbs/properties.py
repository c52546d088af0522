"""Properties defined, changed, assigned and taken away."""

from __future__ import annotations

from typing import Final

from loyaltycore.properties.rules.property_type import PropertyValue
from tests.faults.verbs.verb import Run, Verb

_VALUES: Final = (PropertyValue("round", label="Round"), PropertyValue("square", label="Square"))


def _defined(run: Run) -> None:
    run.free.properties.define("frame", name="Frame", values=_VALUES)


def _hidden(run: Run) -> None:
    _defined(run)
    run.free.properties.hide("frame")


def _assigned(run: Run) -> None:
    _defined(run)
    run.free.properties.assign(run.facts["erika"], "frame", "round")


VERBS: Final = (
    Verb(
        "property defined",
        lambda run: run.desk.properties.define("frame", name="Frame", values=_VALUES),
        "properties.define",
    ),
    Verb(
        "property defined unless there is one",
        lambda run: run.desk.properties.ensure("frame", name="Frame", values=_VALUES),
        "properties.ensure",
    ),
    Verb(
        "property changed",
        lambda run: run.desk.properties.change("frame", name="Frames"),
        "properties.change",
        _defined,
    ),
    Verb(
        "value added",
        lambda run: run.desk.properties.add_value("frame", "oval"),
        "properties.add_value",
        _defined,
    ),
    Verb(
        "value changed",
        lambda run: run.desk.properties.change_value("frame", "round", label="Circle"),
        "properties.change_value",
        _defined,
    ),
    Verb(
        "values put into another order",
        lambda run: run.desk.properties.order_values("frame", ["square", "round"]),
        "properties.order_values",
        _defined,
    ),
    Verb("property hidden", lambda run: run.desk.properties.hide("frame"), "properties.hide", _defined),
    Verb("property shown", lambda run: run.desk.properties.show("frame"), "properties.show", _hidden),
    Verb("property deleted", lambda run: run.desk.properties.delete("frame"), "properties.delete", _defined),
    Verb(
        "first value assigned",
        lambda run: run.desk.properties.assign(run.facts["erika"], "frame", "round"),
        "properties.assign",
        _defined,
    ),
    Verb(
        "value exchanged",
        lambda run: run.desk.properties.assign(run.facts["erika"], "frame", "square"),
        "properties.assign",
        _assigned,
    ),
    Verb(
        "value taken away",
        lambda run: run.desk.properties.unassign(run.facts["erika"], "frame"),
        "properties.unassign",
        _assigned,
    ),
)
