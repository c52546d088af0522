"""What a line in the activities says about each field of a record."""

from __future__ import annotations

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
    if before is not None:
        old, new = to_data(before), {} if after is None else to_data(after)
        return tuple(
            FieldChange(name, old[name], new.get(name))
            for name in record_type.shown
            if _differ(old[name], new.get(name))
        )
    return () if after is None else _given(record_type, after)


def _given(record_type: RecordType[Any], record: Any) -> tuple[FieldChange, ...]:
    cls: Any = record_type.cls
    own, kinds = _own_values(cls), record_type.field_map
    changes = []
    for name in record_type.shown:
        value = getattr(record, name)
        # Most fields are as their class has them.
        if value != own[name] and value not in _BLANK:
            plain = value if type(value) is str else to_data(value, kinds[name].type)
            changes.append(FieldChange(name, None, plain))
    return tuple(changes)


_BLANK: Final[tuple[Any, ...]] = (None, "", (), {})


@cache
def _own_values(cls: type[attrs.AttrsInstance]) -> dict[str, Any]:
    """The value that each field has where nobody gives one; what a factory makes is empty."""
    return {name: attribute.default for name, attribute in attrs.fields_dict(cls).items()}


def _differ(old: Any, new: Any) -> bool:
    """Whether two plain values differ; True differs from 1, even inside documents."""
    return old != new or (isinstance(old, list | dict) and canonical_json(old) != canonical_json(new))
