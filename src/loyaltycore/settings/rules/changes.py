"""What it means to change a setting."""

from __future__ import annotations

from typing import TypeVar

from attrs import evolve

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.settings import Option, SettingSet

T = TypeVar("T", str, int, bool)


def change_setting(
    before: SettingSet | None, scope: str, option: Option[T], value: T | None
) -> Decision[None]:
    """Set an option in one scope; None removes the setting. Nothing happens if nothing differs.

    Raises:
        InvalidInput: The value does not fit.
    """
    values = dict(before.values) if before else {}
    values.pop(option.key, None)
    if value is not None:
        values[option.key] = option.read(value)
    after = evolve(before, values=values) if before else SettingSet(scope, values)
    note = Note("settings.changed", before, after, comment=option.key)
    if before is None:
        return Decision(None, add=(after,), notes=(note,))
    return Decision(None, save=(after,), notes=(note,)) if after != before else Decision(None)
