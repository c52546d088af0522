"""What must not be under way at the moment at which a process is copied by `fork`.

SQLite keeps in the memory of a process which locks on a file that process holds, and the locks themselves do not pass
to a copy. A copy that inherited an open connection would trust locks that it does not have. So all idle connections are
closed before a fork, and transactions are waited for.

A thread that connects to a server may hold locks of the library that encrypts, which reads certificates then. A copy made
at that moment inherits the locks without the thread that would free them, and its first connection would wait for ever.
"""

from __future__ import annotations

import os
from collections import Counter
from threading import Condition, Lock, get_ident
from time import monotonic
from typing import Final
from weakref import WeakValueDictionary

from sqlalchemy import Engine

from loyaltycore.errors import StorageBusy, StorageError
from loyaltycore.ports.forking import PerProcess

_LONGEST_WAIT: Final = 2.0
"""Seconds for which a fork waits for the transactions of other threads."""


class Gate:
    """What is waited for passes it, in and out: every transaction on one SQLite database, say. A fork shuts it."""

    def __init__(self, engine: Engine | None, timeout: float, *, torn: bool = False) -> None:
        """Make a gate that is open.

        Args:
            engine: Whose idle connections a fork closes; None for none, as they would be lost with a database in memory.
            timeout: Seconds to wait for a fork before `StorageBusy`.
            torn: This process was forked amid a transaction, so nobody may pass.
        """
        self._engine = engine
        self._timeout = timeout
        self._torn = torn
        self._inside: Counter[int] = Counter()
        self._moved = Condition()
        self._shut = False
        _GATES[id(self)] = self

    def enter(self) -> int:
        """Begin a transaction in this thread.

        Returns:
            What `leave` needs.

        Raises:
            StorageError: This process was forked amid a transaction.
            StorageBusy: Somebody forks, and it takes too long.
        """
        if self._torn:
            raise StorageError(
                "this process was forked during a transaction on SQLite and cannot use that database: "
                "fork between transactions"
            )
        me = get_ident()
        with self._moved:
            # Those inside already must not wait for a fork that waits for them.
            if not self._moved.wait_for(lambda: not self._shut or me in self._inside, self._timeout):
                raise StorageBusy("this process is being forked")
            self._inside[me] += 1
        return me

    def leave(self, who: int) -> None:
        """End a transaction."""
        with self._moved:
            self._inside[who] -= 1
            if not self._inside[who]:
                del self._inside[who]
            self._moved.notify_all()

    def shut(self, deadline: float) -> None:
        """Before a fork: let nobody in, and wait until the other threads have left."""
        self._moved.acquire()
        self._shut = True
        mine = {get_ident()}
        self._moved.wait_for(lambda: self._inside.keys() <= mine, max(0.0, deadline - monotonic()))
        if self._engine is not None:
            self._engine.dispose()

    def reopen(self) -> None:
        """After a fork, in the process that forked: go on."""
        self._shut = False
        self._moved.notify_all()
        self._moved.release()

    def in_child(self, engine: Engine | None) -> Gate:
        """The gate of a process that was forked from the one to which this belongs."""
        return Gate(engine, self._timeout, torn=self._torn or bool(self._inside))


_GATES: Final[WeakValueDictionary[int, Gate]] = WeakValueDictionary()


class _Forking:
    """Shuts all gates around a fork."""

    def __init__(self) -> None:
        self._one_at_a_time = Lock()
        self._shut: list[Gate] = []

    def before(self) -> None:
        """Shut them."""
        self._one_at_a_time.acquire()
        deadline = monotonic() + _LONGEST_WAIT
        for gate in [found for each in _GATES.valuerefs() if (found := each())]:
            self._shut.append(gate)
            gate.shut(deadline)

    def in_parent(self) -> None:
        """Open them again."""
        while self._shut:
            self._shut.pop().reopen()
        self._one_at_a_time.release()

    def in_child(self) -> None:
        """Forget them: the child makes its own."""
        self._shut.clear()
        _GATES.clear()
        self._one_at_a_time.release()


CONNECTING: Final = PerProcess(lambda: Gate(None, _LONGEST_WAIT))
"""Every thread that connects to a server passes it."""

_FORKING: Final = _Forking()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_FORKING.before, after_in_parent=_FORKING.in_parent, after_in_child=_FORKING.in_child
    )
