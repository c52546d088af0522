"""What tells two commands of one name apart."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import attrs

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.settings import Option
from loyaltycore.storing.codec import to_data


def digest_of(
    branch_id: str, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str:
    """What tells two commands of one name apart: the branch, and every argument by name, defaults included.

    The same call gives the same digest in every process, whether a choice is given as a member or as its value. Values
    of different classes are different, however alike they look as text.

    Args:
        branch_id: Where the command was given.
        method: The verb as it was written, with `self`.
        args: Without `self`.

    Raises:
        InvalidInput: An argument is nested too deep.
        TypeError: The arguments do not fit the method.
    """
    try:
        bound = inspect.signature(method).bind(None, *args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{method.__qualname__}() {error}") from None
    bound.apply_defaults()
    try:
        given = {name: _plain(value) for name, value in list(bound.arguments.items())[1:]}
        text = json.dumps([branch_id, given], sort_keys=True, default=repr, ensure_ascii=True)
    except RecursionError:
        raise InvalidInput([Fault("$", "too_deep", "an argument is nested too deep")]) from None
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    """An argument as plain data: what cannot be written down by its value stands there by its key."""
    if isinstance(value, Option):
        return value.key
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(part) for part in value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    try:
        return _named(value)
    except (TypeError, ValueError):
        return repr(value)


def _named(value: Any) -> Any:
    """A value as plain data, with its class where the data alone do not tell it."""
    if attrs.has(type(value)):
        # Parts are named as well: two conditions may differ in the class of a part alone.
        parts = {field.name: _plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
        return {type(value).__name__: parts}
    return {type(value).__name__: to_data(value)} if isinstance(value, date) else to_data(value)
