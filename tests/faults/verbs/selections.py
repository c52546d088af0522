"""Selections of customers saved, changed and deleted."""

from __future__ import annotations

from typing import Final

from loyaltycore.selections import AllOf
from tests.faults.verbs.verb import Run, Verb

_IDS: Final[dict[str, str]] = {}
"""What `_saved` has made: when it was deleted it cannot be looked up any more."""


def _saved(run: Run) -> None:
    _IDS["selection"] = run.free.selections.save("everybody", AllOf()).id


VERBS: Final = (
    Verb("selection saved", lambda run: run.desk.selections.save("everybody", AllOf()), "selections.save"),
    Verb(
        "selection changed",
        lambda run: run.desk.selections.change(_IDS["selection"], name="all"),
        "selections.change",
        _saved,
    ),
    Verb(
        "selection deleted",
        lambda run: run.desk.selections.delete(_IDS["selection"]),
        "selections.delete",
        _saved,
    ),
)
