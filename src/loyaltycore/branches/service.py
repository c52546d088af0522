"""Branches: create, read, change, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, cast

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.branches import Branch, BranchChanges, BranchFacts, branch_of, read_branch
from loyaltycore.kernel.decisions import Decision, Note, Subject
from loyaltycore.kernel.validation import check_names
from loyaltycore.work.running import command, query
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.desk import Desk


@frozen
class Branches:
    """The branches of the chain.

    Attributes:
        desk: The session that asks.
    """

    desk: Desk

    @command("branches.create")
    def create(self, unit: Unit, /, branch_id: str, *, name: str, **facts: Unpack[BranchFacts]) -> Branch:
        """Open a branch.

        Args:
            unit: Supplied.

            branch_id: Technical key: lower-case letters, digits, ``-`` and ``_``.

            name: What people call it.

            **facts: See `loyaltycore.kernel.branches.BranchFacts`.

        Raises:
            InvalidInput: Every fault of every field.

            Refused: ``branch.exists``.
        """
        check_names(Branch, facts, without=("id", "name", "version"))
        branch = read_branch(branch_of(branch_id, name, facts))
        if unit.seek(Branch, branch.id) is not None:
            raise Refused("branch.exists", f"there is a branch {branch.id!r} already", branch=branch.id)
        note = Note("branch.created", Subject("branches", branch.id), after=branch)
        return unit.apply(Decision(branch, add=(branch,), notes=(note,)))

    @command("branches.change")
    def change(self, unit: Unit, /, branch_id: str, **facts: Unpack[BranchChanges]) -> Branch:
        """Change fields of a branch; sessions that are open keep the branch as they found it.

        Raises:
            NotFound: There is no such branch.

            InvalidInput: Every fault of every field.
        """
        check_names(Branch, facts, without=("id", "version"))
        before = unit.get(Branch, branch_id, for_update=True)
        after = read_branch(evolve(before, **cast("dict[str, Any]", facts)))
        if after == before:
            return before
        note = Note("branch.changed", Subject("branches", branch_id), before, after)
        return unit.apply(Decision(after, save=(after,), notes=(note,)))

    @query
    def get(self, unit: Unit, branch_id: str) -> Branch:
        """Read one branch.

        Raises:
            NotFound: There is no such branch.
        """
        return unit.get(Branch, branch_id)

    @query
    def all(self, unit: Unit) -> tuple[Branch, ...]:
        """All branches in the order of their ids."""
        return tuple(unit.find(Branch))
