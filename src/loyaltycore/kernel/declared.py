"""Whether values are of the types that a class or a function declares for them."""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final

from loyaltycore.kernel.given import members_of, text_of
from loyaltycore.kernel.validation import Faults

WORDS: Final[Mapping[Any, str]] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    type(None): "",
}
"""What people call the plain types."""

_MOST_MEMBERS: Final = 1000
_VOWELS: Final = ("A", "E", "I", "O")
"""Names of types that begin with one of them have `an` before them."""


def check_types(faults: Faults, given: object) -> None:
    """Note each field of an attrs value whose value is not of the declared type.

    What is declared as a protocol, or in any other way that cannot be checked, is left alone.
    """
    kind = type(given)
    hints = _evaluated(kind, kind)
    for field in kind.__attrs_attrs__:  # type: ignore[attr-defined]  # an attrs class
        if field.init and field.name in hints:
            check_type(faults, field.name, getattr(given, field.name), hints[field.name])


def settle_types(faults: Faults, given: object) -> None:
    """Do as `check_types`, for a value that is being made, and keep its texts as nothing but texts."""
    check_types(faults, given)
    for field in type(given).__attrs_attrs__:  # type: ignore[attr-defined]  # an attrs class
        text = text_of(getattr(given, field.name)) if field.init else None
        if text is not None:
            object.__setattr__(given, field.name, text)


def check_type(faults: Faults, name: str, value: object, hint: Any) -> None:
    """Note a value that is not of a type."""
    if inspect.isclass(hint) and issubclass(hint, Enum):
        if value is None or text_of(value) == "":
            faults.note(name, "required", "must not be empty")
        faults.choice(name, value, hint)
    elif not fits(value, hint):
        faults.note(name, "wrong_type", f"must be {_in_words(hint)}")


def hints_of(made: Callable[..., Any]) -> dict[str, Any]:
    """The types that a class or function declares, by name; none where they cannot be evaluated."""
    return _evaluated(made.__init__ if inspect.isclass(made) else made, made)


def _evaluated(declaring: Any, home: Any) -> dict[str, Any]:
    try:
        return typing.get_type_hints(declaring, vars(sys.modules[home.__module__]))
    except (AttributeError, KeyError, NameError, TypeError):
        return {}


def fits(value: object, hint: Any) -> bool:
    """Whether a value is of a type: a whole number is also a number, and true and false are neither."""
    kind = type(value)
    if hint is Any:
        return True
    if hint is None or hint is float:
        return kind in ({int, float} if hint is float else {type(None)})
    if hint in WORDS and hint is not str:
        return kind is hint
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return any(fits(value, each) for each in inner)
    if origin in {tuple, frozenset} and inner:
        return issubclass(kind, origin) and _fit(tuple(origin.__iter__(value)), inner)
    return _fits_class(value, origin or hint)


def _fit(items: tuple[Any, ...], inner: tuple[Any, ...]) -> bool:
    """Whether the parts of a tuple or a frozen set are of its types; `...` and a set stand for any number of them."""
    one_kind = len(inner) == 1 or inner[-1] is Ellipsis
    expected = inner[:1] * len(items) if one_kind else inner
    return len(items) == len(expected) and all(map(fits, items, expected))


def _fits_class(value: object, kind: Any) -> bool:
    if kind is Callable:
        return callable(value)
    if kind is Mapping:
        return members_of(value, _MOST_MEMBERS) is not None
    if not inspect.isclass(kind) or getattr(kind, "_is_protocol", False):
        return True
    return issubclass(type(value), kind)


def _in_words(hint: Any) -> str:
    origin = typing.get_origin(hint)
    kinds = typing.get_args(hint) if origin in {typing.Union, types.UnionType} else (hint,)
    words = [WORDS.get(kind, _named(kind)) for kind in kinds]
    return " or ".join(word for word in words if word)


def _named(kind: Any) -> str:
    origin = typing.get_origin(kind)
    if origin in {tuple, frozenset}:
        return f"a {origin.__name__} in which each is {_in_words(typing.get_args(kind)[0])}"
    name = str(getattr(origin or kind, "__name__", kind))
    article = "an" if name.startswith(_VOWELS) else "a"
    return "a mapping" if origin is Mapping else f"{article} {name}"
