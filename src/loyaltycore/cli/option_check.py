"""Compares the options of a configuration section with the adapter's parameters, before it is made.

Adapters check their values themselves, but not options that they do not know; and wrong types are reported here in one
way for all.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Final

from loyaltycore.kernel.validation import Faults

_KEYWORDS: Final = frozenset({inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY})

_WORDS: Final[Mapping[type, str]] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "",
}


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
            faults.note(name, "unknown_option", f"is no option here; known are {', '.join(known) or 'none'}")
    for name, parameter in known.items():
        if name not in options and parameter.default is inspect.Parameter.empty:
            faults.note(name, "required", "must be set")
    for name, hint in _hints(factory).items():
        if name in options and name in known:
            _check_type(faults, name, options[name], hint)


def _hints(factory: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the parameters; none where they cannot be evaluated, which is no fault of the file."""
    init = factory.__init__ if inspect.isclass(factory) else factory
    try:
        return typing.get_type_hints(init, vars(sys.modules[factory.__module__]))
    except (AttributeError, KeyError, NameError, TypeError):
        return {}


def _check_type(faults: Faults, name: str, value: Any, hint: Any) -> None:
    is_union = typing.get_origin(hint) in {typing.Union, types.UnionType}
    kinds = set(typing.get_args(hint)) if is_union else {hint}
    if not kinds <= _WORDS.keys():
        return
    allowed = kinds | ({int} if float in kinds else set())
    if type(value) not in allowed:
        words = " or ".join(sorted(_WORDS[kind] for kind in kinds if _WORDS[kind]))
        faults.note(name, "wrong_type", f"must be {words}")
