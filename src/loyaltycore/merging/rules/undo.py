"""What an undo gives back, and what it leaves because it was changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import evolve

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.fields import CUSTOMER_FIELDS
from loyaltycore.errors import Refused
from loyaltycore.merging.rules.fields import NAME_OF
from loyaltycore.merging.rules.merge import Conflict, Merge, MergeState

_STORED: Final = tuple(key for key, each in CUSTOMER_FIELDS.items() if each.given or key == "number")
"""The others are derived from these, or set at the entry."""

_TOGETHER: Final = ("privacy", "privacy_date")
"""An answer and its day, which mean nothing without each other."""

_NAMING: Final = ("kind", *NAME_OF.values())


def require_done(merge: Merge) -> None:
    """Make sure that a merge was not undone yet.

    Raises:
        Refused: ``merge.undone_already``.
    """
    if merge.state is not MergeState.DONE:
        raise Refused(
            "merge.undone_already", "this merge was undone", merge=merge.id, undone_at=merge.undone_at
        )


def require_last(merge: Merge, later: Merge | None) -> None:
    """Make sure that nothing was merged since: merges are undone in reverse order.

    Raises:
        Refused: ``merge.not_the_last``.
    """
    if later is not None:
        raise Refused(
            "merge.not_the_last",
            "the survivor of this merge was merged again later",
            remedy="undo the later merge first",
            merge=merge.id,
            later=later.id,
        )


def undone(merge: Merge, now: datetime, actor: str, conflicts: tuple[Conflict, ...]) -> Merge:
    """A merge after it was undone."""
    return evolve(merge, state=MergeState.UNDONE, undone_at=now, undone_by=actor, conflicts=conflicts)


def given_back(merge: Merge, survivor: Customer) -> tuple[dict[str, Any], list[Conflict]]:
    """The fields that the survivor gets back, and those that were changed after the merge."""
    before, after = merge.survivor_before, merge.survivor_after
    values: dict[str, Any] = {}
    conflicts = []
    answered = any(getattr(survivor, key) != getattr(after, key) for key in _TOGETHER)
    for key in _STORED:
        old, new, now = (getattr(each, key) for each in (before, after, survivor))
        if key == "custom":
            values[key], found = _custom_back(old, new, now)
            conflicts += [Conflict("customers", survivor.id, f"custom.{each}", "changed") for each in found]
        elif old != new and now == new and not (key in _TOGETHER and answered):
            values[key] = old
        elif old != new:
            conflicts.append(Conflict("customers", survivor.id, key, "changed"))
    return values, [*conflicts, *_keep_named(survivor, values)]


def _keep_named(survivor: Customer, values: dict[str, Any]) -> Iterator[Conflict]:
    """Keep kind and names as they are if the name would be empty that the former kind needs."""
    given = {key: values.get(key, getattr(survivor, key)) for key in _NAMING}
    if not given[NAME_OF[given["kind"]]]:
        for key in _NAMING:
            if values.pop(key, getattr(survivor, key)) != getattr(survivor, key):
                yield Conflict("customers", survivor.id, key, "changed")


def changed_back(
    place: tuple[str, str], names: Iterable[str], now: Any | None, before: Any, after: Any | None
) -> tuple[Any, Conflict | None]:
    """A combined record as it was, with later changes of other fields; or why that cannot be.

    Args:
        place: Table and key.
        names: Of its fields.
        now: As it is stored; None if it is not there.
        before: As it was before the merge.
        after: As the merge left it; None if the merge removed it.
    """
    table, key = place
    if now is None or after is None:
        # Nobody but the merge may have removed it, and nobody may have made it anew.
        if now is None and after is None:
            return before, None
        return None, Conflict(table, key, "", "gone" if now is None else "changed")
    changes = {}
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if name == "version" or old == new:
            continue
        if getattr(now, name) != new:
            return None, Conflict(table, key, name, "changed")
        changes[name] = old
    return evolve(now, **changes), None


def _custom_back(
    old: Mapping[str, Any], new: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    values, conflicts = dict(now), []
    for key in sorted({*old, *new}):
        if old.get(key) == new.get(key):
            continue
        if now.get(key) != new.get(key):
            conflicts.append(key)
        elif key in old:
            values[key] = old[key]
        else:
            del values[key]
    return {key: values[key] for key in sorted(values)}, conflicts
