"""A storage that counts its calls, and lets something terrible happen before or after one of them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from attrs import frozen

from loyaltycore.errors import CommitUnknown
from loyaltycore.ports.storage import Storage
from loyaltycore.storing.registry import Registry

BEFORE: Final = "before"
AFTER: Final = "after"
SIDES: Final = (BEFORE, AFTER)


class Crashed(BaseException):
    """The process is gone: no handler of `Exception` may see it."""


def crash() -> None:
    """End the work as if the process had died."""
    raise Crashed


def kill_yourself() -> None:
    """Die of SIGKILL, at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def lose_the_answer() -> None:
    """Say that nobody knows what became of the commit."""
    raise CommitUnknown("the connection broke")


@frozen
class Peril:
    """Something terrible at one point."""

    number: int
    """At which call, counted from 0."""
    side: str
    happens: Callable[[], None] = crash


class PerilousStorage:
    """Hands everything on to a storage that is bound already."""

    def __init__(self, inner: Storage, peril: Peril | None = None) -> None:
        self.inner = inner
        self.calls: list[str] = []
        """What was called so far: ``begin``, the verbs of the transaction, ``commit``."""
        self.peril = peril
        """What is going to happen, or None."""
        self.on_commit: Callable[[], None] = lambda: None
        """Called after each commit of a unit that may write."""
        self.dead = False
        """Whether the process is gone: then nothing is called any more, not even by who cleans up."""

    def bind(self, registry: Registry) -> None:
        """Do nothing: the inner one is bound."""

    def arm(self, peril: Peril | None) -> None:
        """Count from 0 again, with this peril ahead."""
        self.calls.clear()
        self.peril = peril

    @contextmanager
    def transaction(self, *, read_only: bool = False) -> Iterator[Any]:
        """Open a unit of work; its end is a call, too."""
        with ExitStack() as stack:
            tx = self.call("begin", lambda: stack.enter_context(self.inner.transaction(read_only=read_only)))
            yield _PerilousTransaction(self, tx)
            self._strike(BEFORE, "end" if read_only else "commit")
        if not read_only:
            self.on_commit()
        self._strike(AFTER)

    def call(self, label: str, work: Callable[[], Any]) -> Any:
        """Carry out one call."""
        self._strike(BEFORE, label)
        result = work()
        self._strike(AFTER)
        return result

    def _strike(self, side: str, label: str = "") -> None:
        if self.dead:
            raise Crashed
        if label:
            self.calls.append(label)
        peril = self.peril
        if peril is not None and (peril.number, peril.side) == (len(self.calls) - 1, side):
            self.peril = None
            self.dead = peril.happens is crash
            peril.happens()


class _PerilousTransaction:
    """A transaction whose verbs are counted."""

    def __init__(self, house: PerilousStorage, tx: Any) -> None:
        self._house = house
        self._tx = tx

    def find(self, *arguments: Any) -> Iterator[Any]:
        """Read all at once, so that the call has an end."""
        return iter(self._house.call("find", lambda: list(self._tx.find(*arguments))))

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._tx, name)
        return lambda *args, **kwargs: self._house.call(name, lambda: verb(*args, **kwargs))
