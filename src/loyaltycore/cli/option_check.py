"""Compares the options of a configuration section with the adapter's parameters, before it is made.

Adapters check their values themselves, but not options that they do not know; and wrong types are reported here in one
way for all.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final

from loyaltycore.kernel.declared import WORDS, check_type, hints_of
from loyaltycore.kernel.validation import Faults

_KEYWORDS: Final = frozenset({inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY})


def check_options(faults: Faults, factory: Callable[..., Any], options: Mapping[str, Any]) -> None:
    """Note options that are unknown, missing or of a wrong type.

    Args:
        faults: Takes them under the option's name.
        factory: What makes the adapter.
        options: What it is to be made with.
    """
    parameters = inspect.signature(factory).parameters
    known = {name: parameter for name, parameter in parameters.items() if parameter.kind in _KEYWORDS}
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())
    for name in options.keys() - known.keys():
        if not takes_any:
            faults.unknown(name, "unknown_option", "option", name, known)
    for name, parameter in known.items():
        if name not in options and parameter.default is inspect.Parameter.empty:
            faults.note(name, "required", "must be set")
    for name, hint in hints_of(factory).items():
        # What a file can hold; other types are made from texts by the adapter, which checks them itself.
        if name in options and name in known and _kinds(hint) <= WORDS.keys():
            check_type(faults, name, options[name], hint)


def _kinds(hint: Any) -> set[Any]:
    is_union = typing.get_origin(hint) in {typing.Union, types.UnionType}
    return set(typing.get_args(hint)) if is_union else {hint}
