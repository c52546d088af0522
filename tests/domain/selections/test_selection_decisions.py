"""What is decided when a selection is saved, changed or deleted, and days of birth at their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from attrs import evolve

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.selections.rules.conditions import AllOf, Relative
from loyaltycore.selections.rules.days import age_on
from loyaltycore.selections.rules.selection import (
    Selection,
    change_selection,
    delete_selection,
    save_selection,
)

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
SAVED = Selection("s1", "Everybody", '{"kind":"all_of","parts":[]}', NOW, "anna", comment="for letters")
OTHER = evolve(SAVED, id="s2")


def test_a_selection_is_saved_with_its_comment() -> None:
    """It is added, and the note carries what it is for."""
    note = Note("selection.saved", after=SAVED, comment="for letters")
    assert save_selection(SAVED, None) == Decision(SAVED, add=(SAVED,), notes=(note,))
    assert SAVED.where == AllOf()
    bare = Selection("s1", "Everybody", "{}", NOW, "anna")
    assert (bare.comment, bare.version) == ("", 1)


def test_a_change_is_kept_and_noted_and_no_change_is_not() -> None:
    """Before and after stand in the note; a selection is no namesake of itself."""
    after = evolve(SAVED, comment="")
    note = Note("selection.changed", SAVED, after)
    assert change_selection(SAVED, after, SAVED) == Decision(after, save=(after,), notes=(note,))
    assert change_selection(SAVED, SAVED, None) == Decision(SAVED)


def test_a_name_is_taken_once() -> None:
    """Saving and changing are refused with the selection that has the name."""
    for ask in (lambda: save_selection(SAVED, OTHER), lambda: change_selection(SAVED, SAVED, OTHER)):
        with pytest.raises(Refused) as refusal:
            ask()
        assert (refusal.value.code, dict(refusal.value.facts)) == (
            "selection.name_taken",
            {"selection": "s2"},
        )


def test_a_selection_is_deleted_with_a_note() -> None:
    """What it was stands in the note."""
    note = Note("selection.deleted", before=SAVED)
    assert delete_selection(SAVED) == Decision(None, remove=(SAVED,), notes=(note,))


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(2000, 1, 15), date(2026, 1, 14), 25),
        (date(2000, 1, 15), date(2026, 1, 15), 26),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2026, 1, 15), date(2026, 1, 15), 0),
    ],
)
def test_people_grow_older_on_their_birthday(born: date, today: date, age: int) -> None:
    """On the day itself, and on 1 March where there is no 29 February."""
    assert age_on(today, born) == age


def test_a_relative_day_of_nothing_is_today() -> None:
    """Each unit is zero unless it is said."""
    assert Relative() == Relative(days=0, months=0, years=0)
    assert Relative().on(date(2026, 1, 31)) == date(2026, 1, 31)
