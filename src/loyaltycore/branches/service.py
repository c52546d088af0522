"""Branches: create, read, change, list."""

from __future__ import annotations

from typing import Unpack

from loyaltycore.branches.knowing import check_place
from loyaltycore.branches.rules.changes import change_branch, new_branch, open_branch
from loyaltycore.branches.rules.form import BranchChanges, BranchFacts, PlaceCheck
from loyaltycore.kernel.branches import Branch
from loyaltycore.ports.places import SupportsPlaces
from loyaltycore.work.house import weekdays_of
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
        branch = new_branch(branch_id, name, facts, self._check_place)
        return self.unit.apply(open_branch(branch, self.unit.seek(Branch, branch.id)))

    @command("branches.ensure")
    def ensure(self, branch_id: str, *, name: str, **facts: Unpack[BranchFacts]) -> Branch:
        """Open a branch unless there is one with this key, which stays as it is: for a script that is run again.

        Raises:
            InvalidInput: Names every fault of every field.
        """
        branch = new_branch(branch_id, name, facts, self._check_place)
        return self.unit.seek(Branch, branch.id) or self.unit.apply(open_branch(branch, None))

    @command("branches.change")
    def change(self, branch_id: str, **facts: Unpack[BranchChanges]) -> Branch:
        """Change fields of a branch; open sessions keep the branch as they found it.

        Raises:
            NotFound: There is no such branch.
            InvalidInput: Names every fault of every field.
        """
        before = self.unit.get(Branch, branch_id, for_update=True)
        return self.unit.apply(change_branch(before, facts, self._check_place))

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

    @property
    def _check_place(self) -> PlaceCheck | None:
        """What judges places; None for a calendar of the host's own, which may call them as it likes."""
        calendar = self.session.house.calendar
        if isinstance(calendar, SupportsPlaces):
            return calendar.check_place
        return check_place if calendar is weekdays_of else None
