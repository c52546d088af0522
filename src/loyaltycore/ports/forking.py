"""For adapters that hold connections or locks: a process that was forked must not use those of the one it copies."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, Generic, TypeAlias, TypeVar

from attrs import define, field

T = TypeVar("T")

Process: TypeAlias = tuple[int, int]
"""A process: its number, and how many forks lie between it and the first one. A number alone may be given out again."""


class _Generation:
    """How many forks this process is away from the one that loaded this module."""

    def __init__(self) -> None:
        self.count = 0

    def advance(self) -> None:
        """Note that this is a child."""
        self.count += 1


_GENERATION: Final = _Generation()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_GENERATION.advance)


def this_process() -> Process:
    """What tells this process from the one that it was forked from."""
    return os.getpid(), _GENERATION.count


@define(eq=False)
class PerProcess(Generic[T]):
    """A thing that every process makes for itself: a lock, or a pool of connections.

    What was inherited is kept, although it is never used again: if it were thrown away, it might say goodbye on a
    connection that is still the parent's.

    >>> import threading
    >>> lock = PerProcess(threading.Lock)
    >>> with lock.get():
    ...     pass
    """

    _make: Callable[[], T]
    _follow: Callable[[T], T] | None = None
    """Makes it from the one that was inherited, if anything of that is needed."""
    _made: dict[Process, T] = field(factory=dict, init=False)

    def get(self) -> T:
        """This process's own."""
        here = this_process()
        made = self._made.get(here)
        if made is None:
            # Of several threads that come here at the same time all get the same.
            made = self._made.setdefault(here, self._fresh())
        return made

    def _fresh(self) -> T:
        inherited = list(self._made.values())
        if self._follow is None or not inherited:
            return self._make()
        return self._follow(inherited[-1])
