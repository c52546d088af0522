"""Branches: create, read, change, list."""

from __future__ import annotations

from typing import Unpack

from loyaltycore.branches.rules.changes import change_branch, new_branch, open_branch
from loyaltycore.branches.rules.form import BranchChanges, BranchFacts
from loyaltycore.kernel.branches import Branch
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service


class Branches(Service):
    """The branches of the chain."""

    @command("branches.create")
    def create(self, branch_id: str, *, name: str, **facts: Unpack[BranchFacts]) -> Branch:
        """Open a branch.

        Args:
            branch_id: Technical key: lower-case letters, digits, ``-`` and ``_``.
            **facts: See `BranchFacts`.

        Raises:
            InvalidInput: Names every fault of every field.
            Refused: ``branch.exists``.
        """
        branch = new_branch(branch_id, name, facts)
        return self.unit.apply(open_branch(branch, self.unit.seek(Branch, branch.id)))

    @command("branches.change")
    def change(self, branch_id: str, **facts: Unpack[BranchChanges]) -> Branch:
        """Change fields of a branch; open sessions keep the branch as they found it.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: Names every fault of every field.
        """
        return self.unit.apply(change_branch(self.unit.get(Branch, branch_id, for_update=True), facts))

    @query
    def get(self, branch_id: str) -> Branch:
        """Read one branch.

        Raises:
            NotFound: There is no such branch.
        """
        return self.unit.get(Branch, branch_id)

    @query
    def all(self) -> tuple[Branch, ...]:
        """All branches in the order of their ids."""
        return tuple(self.unit.find(Branch))
