"""Settings: read what this session was opened with, change what later sessions see."""

from __future__ import annotations

from typing import Any, TypeVar

from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.settings import Option, SettingSet, scope_of
from loyaltycore.settings.rules.changes import change_setting
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service

T = TypeVar("T", str, int, bool)


class Settings(Service):
    """The options of the chain and of its branches."""

    def __getitem__(self, option: Option[T]) -> T:
        """The value that was in force when this session was opened.

        Raises:
            NotFound: Unknown option.
            InvalidInput: That is no option.
        """
        self.session.house.known_options.require(option)
        return self.session.options[option]

    @property
    def known(self) -> tuple[Option[Any], ...]:
        """All options, with tab, section and description, for a settings screen."""
        return self.session.house.known_options.all

    def option(self, key: str) -> Option[Any]:
        """The option with that key, for example ``completeness.email``.

        Raises:
            NotFound: There is none; says which one may have been meant.
        """
        return self.session.house.known_options.named(key)

    @command("settings.change")
    def change(self, option: Option[T], value: T | None, *, branch: str | None = None) -> None:
        """Set an option for sessions opened afterwards; open ones keep theirs, this one included.

        Args:
            option: One of `known`; where only its key is at hand, `option` finds it.
            value: None removes the setting, so that the chain's value or the default applies again.
            branch: None for the whole chain.

        Raises:
            NotFound: Unknown option or branch.
            InvalidInput: The value does not fit, or that is no option.
        """
        scope = self._scope(option, branch)
        before = self.unit.seek(SettingSet, scope, for_update=True)
        self.unit.apply(change_setting(before, scope, option, value))

    @query
    def stored(self, option: Option[T], *, branch: str | None = None) -> T | None:
        """What is set right now for exactly this branch, or for the chain; None if nothing is.

        Raises:
            NotFound: Unknown option or branch.
            InvalidInput: That is no option.
        """
        held = self.unit.seek(SettingSet, self._scope(option, branch))
        value: T | None = held.values.get(option.key) if held else None
        return value

    def _scope(self, option: object, branch: str | None) -> str:
        self.session.house.known_options.require(option)
        return scope_of(None if branch is None else self.unit.get(Branch, branch).id)
