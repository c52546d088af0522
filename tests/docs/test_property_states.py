"""The tables of properties and of what customers have of them say what the rules do."""

from __future__ import annotations

from typing import Any, Final

import pytest

from loyaltycore.errors import Refused
from loyaltycore.properties.rules.defining import delete_property
from tests.docs.pages import ROOT, table
from tests.domain.properties.shelf import Shelf, kind_of

PAGE: Final = ROOT / "docs" / "reference" / "state-machines.md"

_REACHED_BY: Final[dict[str, list[tuple[Any, ...]]]] = {
    "nothing": [],
    "current": [("assign", "a")],
    "ended": [("assign", "a"), ("unassign", "a")],
}
_ACTS: Final[dict[str, list[tuple[Any, ...]]]] = {
    "properties.assign": [("assign", "a")],
    "properties.assign with the same value": [("assign", "a")],
    "properties.assign with another value, where the property has a single one": [("assign", "b")],
    "properties.unassign": [("unassign", "a")],
    "anything": [("assign", "a"), ("assign", "b"), ("unassign", "a"), ("hide", "a"), ("delete",)],
}


def _state(shelf: Shelf) -> str:
    """The state of the first value that the customer was given."""
    first = next(iter(shelf.rows.values()), None)
    if first is None:
        return "nothing"
    return "current" if first.slot is not None else "ended"


@pytest.mark.parametrize(
    "row", table(PAGE, "Value of a customer"), ids=lambda row: f"{row['From']}-{row['By']}"
)
def test_what_becomes_of_a_value_of_a_customer(row: dict[str, str]) -> None:
    """Each row of the table is what the rules answer."""
    expected = row["From"] if row["To"] == "stays" else row["To"]
    for act in _ACTS[row["By"]]:
        shelf = Shelf()
        for step in _REACHED_BY[row["From"]]:
            shelf.act(*step)
        assert _state(shelf) == row["From"]
        shelf.act(*act)
        assert _state(shelf) == expected


def _deleted(**facts: Any) -> str:
    """What deleting a property comes to, in the words of the table."""
    try:
        delete_property(kind_of(**facts))
    except Refused as refusal:
        return f"refused: {refusal.code}"
    return "nothing"


def test_what_deleting_makes_of_a_property() -> None:
    """The rows about `properties.delete` are what the rule answers."""
    rows = {row["From"]: row["To"] for row in table(PAGE, "Property") if row["By"] == "properties.delete"}
    assert rows["unused"].startswith(_deleted())
    assert rows["unused"].endswith(_deleted(system=True).removeprefix("refused: "))
    assert rows["used"] == _deleted(used=True)
