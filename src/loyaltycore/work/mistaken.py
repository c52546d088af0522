"""Records that were given where a verb wants their ids."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from loyaltycore.kernel.given import shown
from loyaltycore.kernel.validation import Faults
from loyaltycore.storing.registry import Registry

_TEXTS: Final = ("str", "str | None", str, str | None)
"""Annotations of what may be an id; `from __future__ import annotations` makes texts of them."""

_KEYS: Final = ("id", "key")
"""What a record that lies in another one may be found by."""


def refuse_records(
    registry: Registry, method: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    """Refuse records in place of their ids.

    Args:
        method: The verb as it was written, with `self`.
        args: Without `self`.

    Raises:
        InvalidInput: ``record_for_id``; names each such argument and says what to give.
    """
    for value in (*args, *kwargs.values()):
        if hasattr(type(value), "__attrs_attrs__"):
            break
    else:
        return  # nearly always, and so soon
    signature = inspect.signature(method)
    try:
        bound = signature.bind(None, *args, **kwargs)
    except TypeError:
        return  # the call itself says so better
    with Faults() as faults:
        for name, value in [*bound.arguments.items()][1:]:
            parameter = signature.parameters[name]
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                for member in value:
                    if member.endswith("_id"):
                        refuse_record(faults, registry, member, value[member])
            elif parameter.annotation in _TEXTS:
                refuse_record(faults, registry, name, value)


def refuse_record(faults: Faults, registry: Registry, name: str, value: object) -> None:
    """Note that a record was given in place of its id."""
    kind = type(value)
    if not attrs.has(kind):
        return
    record_type = next((each for each in registry if each.cls is kind), None)
    if record_type is not None:
        noun, key = record_type.singular.replace(" ", "_"), record_type.key
    else:
        known = {attribute.name for attribute in attrs.fields(kind)}
        noun = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
        key = next((each for each in _KEYS if each in known), "")
    if key:
        faults.note(name, "record_for_id", f"must be text, not {shown(value)}; give its {key}: {noun}.{key}")
