"""Settings: read what the session was opened with, change what the next sessions will see."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from attrs import evolve, frozen

from loyaltycore.errors import NotFound
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.decisions import Decision, Note, Subject
from loyaltycore.kernel.settings import Option, SettingSet, scope_of
from loyaltycore.work.running import command, query
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from loyaltycore.desk import Desk

T = TypeVar("T", str, int, bool)


@frozen
class Settings:
    """The options of the chain and of its branches.

    Attributes:
        desk: The session that asks.
    """

    desk: Desk

    def __getitem__(self, option: Option[T]) -> T:
        """The value that was in force when this session was opened."""
        return self.desk.options[option]

    @property
    def known(self) -> tuple[Option[str] | Option[int] | Option[bool], ...]:
        """All options, with tab, section and description, for a settings screen."""
        return self.desk.loyalty.options.all

    @command("settings.change")
    def change(self, unit: Unit, option: Option[T], value: T | None, *, branch: str | None = None) -> None:
        """Set an option for the sessions opened from now on; open ones, this one included, keep theirs.

        Args:
            unit: Supplied.

            option: One of `known`.

            value: The new value; None takes the setting back, so that the chain's value or the default counts again.

            branch: The branch for which it is set; None for the whole chain.

        Raises:
            NotFound: Unknown option or branch.

            InvalidInput: The value does not fit.
        """
        if option not in self.desk.loyalty.options:
            raise NotFound("option", getattr(option, "key", option))
        if branch is not None:
            unit.get(Branch, branch)
        scope = scope_of(branch)
        before = unit.seek(SettingSet, scope, for_update=True)
        values = dict(before.values) if before else {}
        values.pop(option.key, None)
        if value is not None:
            values[option.key] = option.read(value)
        after = evolve(before, values=values) if before else SettingSet(scope, values)
        note = Note("settings.changed", Subject("settings", scope), before, after, comment=option.key)
        if before is None:
            unit.apply(Decision(None, add=(after,), notes=(note,)))
        elif after != before:
            unit.apply(Decision(None, save=(after,), notes=(note,)))

    @query
    def stored(self, unit: Unit, option: Option[T], *, branch: str | None = None) -> T | None:
        """What is stored in one scope right now, or None where nothing is set there."""
        held = unit.seek(SettingSet, scope_of(branch))
        value: T | None = held.values.get(option.key) if held else None
        return value
