"""What it means to open a branch and to change one."""

from __future__ import annotations

from typing import Any, cast

from attrs import evolve

from loyaltycore.branches.rules.form import (
    BranchChanges,
    BranchFacts,
    PlaceCheck,
    branch_of,
    place_of,
    read_branch,
)
from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import check_names


def new_branch(branch_id: str, name: str, facts: BranchFacts, check_place: PlaceCheck | None) -> Branch:
    """A branch as a caller describes it.

    Raises:
        InvalidInput: Names every fault of every field.
    """
    check_names(Branch, facts, without=("id", "name", "version"))
    return read_branch(branch_of(branch_id, name, facts), check_place)


def open_branch(branch: Branch, known: Branch | None) -> Decision[Branch]:
    """Open a branch.

    Raises:
        Refused: ``branch.exists``.
    """
    if known is not None:
        raise Refused("branch.exists", f"there is a branch {branch.id!r} already", branch=branch.id)
    return Decision(branch, add=(branch,), notes=(Note("branch.created", after=branch),))


def change_branch(before: Branch, facts: BranchChanges, check_place: PlaceCheck | None) -> Decision[Branch]:
    """Change the given fields; nothing happens if nothing differs.

    Args:
        check_place: What knows places; asked only if the place changes.

    Raises:
        InvalidInput: Names every fault of every field.
    """
    check_names(Branch, facts, without=("id", "version"))
    given = evolve(before, **cast("dict[str, Any]", facts))
    stays = [text_of(part) for part in place_of(given)] == [*place_of(before)]
    after = read_branch(given, None if stays else check_place)
    if after == before:
        return Decision(before)
    return Decision(after, save=(after,), notes=(Note("branch.changed", before, after),))
