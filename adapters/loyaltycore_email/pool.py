"""Sessions that outlive a mail, shared by all threads."""

from __future__ import annotations

import os
import threading
import time

from attrs import define, field

from loyaltycore.errors import DeliveryFailed
from loyaltycore.ports.forking import PerProcess
from loyaltycore_email.connection import FAREWELL, Connection
from loyaltycore_email.dialling import Endpoint, dial


@define(eq=False)
class Pool:
    """Keeps idle sessions, the one used last on top.

    A session belongs to one thread from `take` or `dial` to `give_back`. They are not tied to threads: a thread that
    ends would leave its session behind, unclosed.

    A fault of the set-up is remembered for a while and raised again without asking the server: a queue of a thousand
    mails must not try a wrong password a thousand times.
    """

    endpoint: Endpoint
    idle_limit: float
    """Seconds after which an unused session is no longer used; servers close them too."""
    keep: int
    """How many idle sessions are kept."""
    setup_pause: float
    """Seconds for which a fault of the set-up is remembered."""
    _idle: list[Connection] = field(factory=list, init=False)
    _generation: int = field(default=0, init=False)
    _fault: DeliveryFailed | None = field(default=None, init=False)
    _paused_until: float = field(default=0.0, init=False)
    _lock: PerProcess[threading.Lock] = field(factory=lambda: PerProcess(threading.Lock), init=False)

    def take(self) -> Connection | None:
        """Return the session used last, or None if all are too old."""
        with self._lock.get():
            kept = self._idle.pop() if self._idle else None
            too_old = self._remove_old()
        if kept is not None and not self._is_fresh(kept):
            too_old.append(kept)
            kept = None
        _quit_all(too_old)
        return kept

    def dial(self, until: float) -> Connection:
        """Open a new session.

        Args:
            until: When it must be open, on the monotonic clock.

        Raises:
            Unreachable: It did not work now but may work later.
            DeliveryFailed: The set-up is wrong, as seen now or a short while ago.
        """
        with self._lock.get():
            fault, generation = self._fault, self._generation
            paused = fault is not None and time.monotonic() < self._paused_until
        if fault is not None and paused:
            raise DeliveryFailed(fault.code, str(fault), permanent=True)
        try:
            connection = dial(self.endpoint, until)
        except DeliveryFailed as error:
            self._remember(error)
            raise
        self._remember(None)
        connection.generation = generation
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keep a session for the next mail; close it if it is broken, one too many, or older than `close`."""
        with self._lock.get():
            wanted = connection.alive and connection.generation == self._generation and self.idle_limit > 0
            if wanted and len(self._idle) < self.keep:
                self._idle.append(connection)
                return
        _quit_all([connection])

    def close(self) -> None:
        """Close all idle sessions; those at work are closed when they are given back. Forget a fault."""
        with self._lock.get():
            idle, self._idle = self._idle, []
            self._generation += 1
            self._fault = None
        _quit_all(idle)

    def _is_fresh(self, connection: Connection) -> bool:
        ours = connection.process == os.getpid()
        return ours and time.monotonic() - connection.used_at <= self.idle_limit

    def _remove_old(self) -> list[Connection]:
        too_old = [connection for connection in self._idle if not self._is_fresh(connection)]
        self._idle = [connection for connection in self._idle if self._is_fresh(connection)]
        return too_old

    def _remember(self, fault: DeliveryFailed | None) -> None:
        with self._lock.get():
            self._fault = fault
            self._paused_until = time.monotonic() + self.setup_pause


def _quit_all(connections: list[Connection]) -> None:
    until = time.monotonic() + FAREWELL
    for connection in connections:
        connection.quit(until)
