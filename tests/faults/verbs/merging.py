"""Customers merged, and merges undone."""

from __future__ import annotations

from typing import Final

from loyaltycore.merging import MergePlan
from loyaltycore.properties import PropertyValue
from tests.faults.verbs.verb import Run, Verb

_VALUES: Final = (PropertyValue("round"), PropertyValue("square"))


def _doubled(run: Run) -> None:
    """A second customer who has a value of the same property as the first one."""
    double = run.free.customers.create(number="D1", first_name="Erica", last_name="Muster")
    run.free.properties.define("frame", name="Frame", values=_VALUES)
    run.free.properties.assign(run.facts["erika"], "frame", "round")
    run.free.properties.assign(double.id, "frame", "square")
    run.free.properties.define("size", name="Size", values=_VALUES)
    run.free.properties.assign(double.id, "size", "square")


def _plan(run: Run) -> MergePlan:
    # Only a merged customer answers to the number by then, and a repetition gives the plan that it gave.
    loser = run.free.customers.by_number("D1").id
    return run.free.merging.plan(survivor=run.facts["erika"], loser=loser).take("first_name")


def _merged(run: Run) -> None:
    _doubled(run)
    run.free.merging.execute(_plan(run))


def _undo(run: Run) -> None:
    run.desk.merging.undo(run.free.merging.of_customer(run.facts["erika"]).items[0].id)


VERBS: Final = (
    Verb(
        "customers merged",
        lambda run: run.desk.merging.execute(_plan(run)),
        "merging.execute",
        _doubled,
        repeatable=False,
    ),
    Verb(
        "two said to be two",
        lambda run: run.desk.merging.not_duplicates(
            run.facts["erika"], run.free.customers.by_number("D1").id
        ),
        "merging.not_duplicates",
        _doubled,
    ),
    Verb("merge undone", _undo, "merging.undo", _merged),
)
