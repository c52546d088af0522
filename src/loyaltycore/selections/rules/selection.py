"""The saved selection, and what it means to save, change and delete one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from attrs import frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.showing import showing
from loyaltycore.selections.rules.conditions import Condition
from loyaltycore.selections.rules.json_form import loads

NAME_LENGTH: Final = 100
COMMENT_LENGTH: Final = 500


@frozen(repr=False)
class Selection:
    """A condition under a name."""

    __repr__ = showing("id", "name")

    id: str
    name: str
    """What people call it, unique."""
    condition: str
    """The condition in its JSON form, one line."""
    created_at: datetime
    """When it was first saved."""
    created_by: str
    comment: str = ""
    """What it is for, or empty."""
    version: int = 1

    @property
    def where(self) -> Condition:
        """The condition."""
        return loads(self.condition)


def save_selection(selection: Selection, taken: Selection | None) -> Decision[Selection]:
    """Enter a new selection.

    Args:
        selection: The selection, checked.
        taken: The selection that has this name already.

    Raises:
        Refused: ``selection.name_taken``.
    """
    _require_free(selection, taken)
    note = Note("selection.saved", after=selection, comment=selection.comment)
    return Decision(selection, add=(selection,), notes=(note,))


def change_selection(before: Selection, after: Selection, taken: Selection | None) -> Decision[Selection]:
    """Save a changed selection; nothing happens if nothing differs.

    Raises:
        Refused: ``selection.name_taken``.
    """
    _require_free(after, taken)
    if after == before:
        return Decision(before)
    note = Note("selection.changed", before, after)
    return Decision(after, save=(after,), notes=(note,))


def delete_selection(selection: Selection) -> Decision[None]:
    """Delete a selection; no customer is touched."""
    note = Note("selection.deleted", before=selection)
    return Decision(None, remove=(selection,), notes=(note,))


def _require_free(selection: Selection, taken: Selection | None) -> None:
    if taken is not None and taken.id != selection.id:
        raise Refused(
            "selection.name_taken",
            f"there is a selection {selection.name!r} already",
            remedy="choose another name, or change that selection",
            selection=taken.id,
        )
