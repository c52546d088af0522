"""What a line in the activities says about each field of a record."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import attrs

from loyaltycore.kernel.canonical import canonical_json
from loyaltycore.storing.codec import to_data
from loyaltycore.storing.registry import RecordType
from loyaltycore.work.journal import FieldChange


def field_changes(
    record_type: RecordType[Any], before: Any | None, after: Any | None
) -> tuple[FieldChange, ...]:
    """The fields in which a record differs from what it was.

    A new record shows what it was given: no field that is empty, or as its class has it by itself.
    """
    if before is None and after is None:
        return ()
    names = record_type.shown
    if before is None:
        cls: Any = record_type.cls
        new, own = to_data(after), _own_values(cls)
        return tuple(
            [
                FieldChange(name, None, value)
                for name in names
                if (value := new[name]) not in _BLANK and value != own.get(name)
            ]
        )
    old, new = to_data(before), {} if after is None else to_data(after)
    return tuple(
        FieldChange(name, old[name], new.get(name)) for name in names if _differ(old[name], new.get(name))
    )


_BLANK: Final[tuple[Any, ...]] = (None, "", [], {})


@cache
def _own_values(cls: type[attrs.AttrsInstance]) -> Mapping[str, Any]:
    """The values, as plain data, that fields have where nobody gives one; what a factory makes is empty."""
    attributes: tuple[attrs.Attribute[Any], ...] = attrs.fields(attrs.resolve_types(cls))
    return {
        each.name: to_data(each.default, each.type)
        for each in attributes
        if each.default is not attrs.NOTHING and not isinstance(each.default, _FACTORY)
    }


_FACTORY: Final[type] = type(attrs.Factory(list))


def _differ(old: Any, new: Any) -> bool:
    """Whether two plain values differ; True differs from 1, even inside documents."""
    return old != new or (isinstance(old, list | dict) and canonical_json(old) != canonical_json(new))
