"""Selections saved, changed and deleted."""

from __future__ import annotations

from typing import Final

from loyaltycore.domain.selections import FieldCondition
from tests.faults.verbs.verb import Run, Verb

_GROWN_UP: Final = FieldCondition("age", "at_least", 18)


_IDS: Final[dict[str, str]] = {}
"""The id of what was saved beforehand: whoever repeats a deletion can no longer ask for it."""


def _saved(run: Run) -> None:
    _IDS["saved"] = run.free.selections.save("grown up", _GROWN_UP).id


VERBS: Final = (
    Verb("selection saved", lambda run: run.desk.selections.save("grown up", _GROWN_UP), "selections.save"),
    Verb(
        "selection changed",
        lambda run: run.desk.selections.change(_IDS["saved"], comment="of age"),
        "selections.change",
        _saved,
    ),
    Verb(
        "selection deleted",
        lambda run: run.desk.selections.delete(_IDS["saved"]),
        "selections.delete",
        _saved,
    ),
)
