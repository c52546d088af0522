"""Calls as callers write them: what the signature shows, and what tells two commands of one name apart."""

from __future__ import annotations

import hashlib
import inspect
import json
import typing
from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar, cast

import attrs

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.settings import Option
from loyaltycore.storing.codec import to_data

R = TypeVar("R")

_HIDDEN: Final = "            unit: Supplied.\n\n"
"""How a docstring describes the argument that callers do not see."""


def without_unit(run: Callable[..., R], method: Callable[..., R]) -> Callable[..., R]:
    """Show callers, documentation tools and editors the call as they write it: without the unit, with all keywords."""
    parameters = [
        p for position, p in enumerate(inspect.signature(method).parameters.values()) if position != 1
    ]
    if parameters and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD:
        parameters = _keywords(parameters, method)
    shown = cast("Any", run)
    shown.__signature__ = inspect.signature(method).replace(parameters=parameters)
    shown.__doc__ = (method.__doc__ or "").replace(_HIDDEN, "")
    return run


def check_call(shown: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Tell a caller whose arguments do not fit what is wrong with the call as the signature shows it.

    Python's own error would count the unit, which callers do not see.

    Raises:
        TypeError: They do not fit.
    """
    try:
        inspect.signature(shown).bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{shown.__qualname__}() {error}") from None


def _keywords(parameters: list[inspect.Parameter], method: Callable[..., Any]) -> list[inspect.Parameter]:
    """The keywords that a typed dictionary stands for, one by one."""
    annotation = str(parameters[-1].annotation)
    name = annotation.removeprefix("Unpack[").removesuffix("]")
    fields = getattr(method, "__globals__", {}).get(name)
    if not typing.is_typeddict(fields):
        return parameters
    return [
        *parameters[:-1],
        *(
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=..., annotation=_written(kind))
            for key, kind in fields.__annotations__.items()
        ),
    ]


def _written(annotation: Any) -> str:
    """An annotation as it was written."""
    return annotation.__forward_arg__ if isinstance(annotation, typing.ForwardRef) else str(annotation)


def digest_of(
    branch_id: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str:
    """What tells two commands of one name apart: the branch, and every argument by name, defaults included.

    The same call gives the same digest in every process, and does so whether a choice is given as a member or as its
    value. Values of different classes are different, however alike they look when they are written down.

    Raises:
        InvalidInput: An argument is nested too deep to be told from others.
    """
    bound = signature.bind(None, None, *args, **kwargs)
    bound.apply_defaults()
    try:
        given = {name: _plain(value) for name, value in list(bound.arguments.items())[2:]}
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
