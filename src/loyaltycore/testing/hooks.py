"""Looks at what an author's hooks give, and finds out whether an error came out of a hook or of the adapter."""

from __future__ import annotations

import functools
import inspect
import os
import sysconfig
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from traceback import walk_tb
from types import NoneType, TracebackType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

_KIT: Final = f"{Path(__file__).parent}{os.sep}"
_LIBRARY: Final = f"{sysconfig.get_path('stdlib')}{os.sep}"
_HOOK: Final = "_hook_of_the_author"
"""The local variable by which a frame of this module names its hook."""


class HookFault(TypeError):
    """A hook gave something else than it owes: nothing is known about the adapter yet."""


def looked_at(name: str, filled: Callable[..., Any], asked: Callable[..., Any]) -> Callable[..., Any]:
    """An author's hook that fails where it gives something of another kind than the suite asks for.

    Args:
        filled: The hook as the author wrote it.
        asked: The hook as the suite declares it, with its annotations.
    """
    wanted = get_type_hints(asked)["return"]

    @functools.wraps(filled)
    def hook(*arguments: Any, **named: Any) -> Any:
        _hook_of_the_author = name
        given = filled(*arguments, **named)
        if not _fits(given, wanted):
            raise HookFault(
                f"the hook `{name}` gave {_shown(given)}, and owes {_named(wanted)}{_hint(given, wanted)}"
            )
        return _Block(name, given) if isinstance(given, AbstractContextManager) else given

    return hook


class _Block:
    """A context manager of an author's, whose frames name the hook."""

    def __init__(self, name: str, block: AbstractContextManager[Any]) -> None:
        self._name = name
        self._block = block

    def __enter__(self) -> Any:
        _hook_of_the_author = self._name
        return self._block.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        _hook_of_the_author = self._name
        return self._block.__exit__(kind, error, trace)


def origin(error: BaseException) -> str:
    """Out of what an error came, in words."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    for frame in reversed(frames):
        if _HOOK in frame.f_locals:
            return f"the hook `{frame.f_locals[_HOOK]}`"
    ours = [place for place, frame in enumerate(frames) if frame.f_code.co_filename.startswith(_KIT)]
    # What the standard library calls, in a thread for example, is meant, and not the library.
    for frame in frames[max(ours, default=-1) + 1 :]:
        file = frame.f_code.co_filename
        if not file.startswith(_LIBRARY) or "-packages" in file:
            return f"`{frame.f_code.co_qualname}`"
    return "a test that used what the adapter or a hook had given"


def _fits(given: object, wanted: Any) -> bool:
    if isinstance(wanted, UnionType):
        return any(_fits(given, part) for part in get_args(wanted))
    if wanted is NoneType:  # nobody looks at it
        return True
    kind, inside = get_origin(wanted) or wanted, get_args(wanted)
    if kind is not Sequence:
        return isinstance(given, kind)
    return (
        isinstance(given, Sequence)
        and not isinstance(given, str)
        and all(isinstance(each, inside[0]) for each in given)
    )


def _shown(given: object) -> str:
    if isinstance(given, Sequence) and not isinstance(given, str | bytes):
        return f"a {type(given).__name__} of {', '.join(sorted({type(each).__name__ for each in given})) or 'nothing'}"
    return "nothing (None)" if given is None else f"a {type(given).__name__}"


def _named(wanted: Any) -> str:
    if isinstance(wanted, UnionType):
        return " or ".join(_named(part) for part in get_args(wanted) if part is not NoneType)
    kind, inside = get_origin(wanted) or wanted, get_args(wanted)
    if kind is AbstractContextManager:
        yields = "" if inside[0] is object else f" that yields a {inside[0].__name__}"
        return f"a context manager{yields}"
    return f"a list of {inside[0].__name__}" if kind is Sequence else f"a {kind.__name__}"


def _hint(given: object, wanted: Any) -> str:
    if not inspect.isgenerator(given):
        return ""
    listed = get_origin(wanted) is Sequence
    return ": return a list" if listed else ": is `@contextmanager` missing above it?"
