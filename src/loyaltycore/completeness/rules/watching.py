"""What is watched: the fields that a session's options name, and which options name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from loyaltycore.completeness.rules.fields import WatchedField
from loyaltycore.completeness.rules.options import ASK_AGAIN_MONTHS
from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.criteria import Criterion, Or
from loyaltycore.kernel.naming import unknown
from loyaltycore.kernel.settings import Option, SettingsSnapshot, Severity


@frozen
class Watch:
    """One field that is watched."""

    field: WatchedField
    watched_by: tuple[str, ...]
    """The keys of the options that watch it, in the order of a settings screen."""
    severity: Severity
    """`REQUIRE` where one of them requires it."""


@frozen
class Watching:
    """All that is watched under the settings of one session."""

    watches: tuple[Watch, ...] = ()
    """The watched fields, in the order of a form."""
    ask_again_months: int = 0
    """After how many months an open question is asked again; 0 for every time."""

    @property
    def lacking(self) -> Criterion:
        """Matches every customer with a gap, see `WatchedField.empty`; nobody if nothing is watched."""
        return Or(tuple(watch.field.lacking for watch in self.watches))

    def only(self, key: str) -> Watching:
        """Only one field; nothing if it is not watched."""
        return Watching(
            tuple(watch for watch in self.watches if watch.field.key == key), self.ask_again_months
        )


def watching(
    options: Iterable[Option[Any]], settings: SettingsSnapshot, fields: Mapping[str, WatchedField]
) -> Watching:
    """Find what is watched.

    Args:
        options: All options that are known.
        settings: The values in force in the session.
        fields: All fields that can be watched, in the order of a form.
    """
    active = [option for option in options if option.watches and settings[option]]
    if not active:
        return Watching()
    watches = (
        _watch(each, [option for option in active if each.key in option.watches]) for each in fields.values()
    )
    return Watching(tuple(watch for watch in watches if watch.watched_by), settings[ASK_AGAIN_MONTHS])


def check_watching(options: Iterable[Option[Any]], fields: Mapping[str, WatchedField]) -> None:
    """Make sure that every option watches fields that exist, and can be switched on and off.

    Raises:
        RegistrationError: An option does not; the message says which and why.
    """
    for option in options:
        if option.watches and not isinstance(option.default, bool):
            raise RegistrationError(
                f"option {option.key!r} watches fields: its default must be True or False"
            )
        for name in option.watches:
            if name not in fields:
                raise RegistrationError(f"option {option.key!r} watches: {unknown('field', name, fields)}")


def _watch(field: WatchedField, options: list[Option[Any]]) -> Watch:
    required = any(option.severity is Severity.REQUIRE for option in options)
    return Watch(
        field,
        tuple(option.key for option in options),
        Severity.REQUIRE if required else Severity.REMIND,
    )
