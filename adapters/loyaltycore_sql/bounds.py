"""No answer of PostgreSQL is waited for without end: its driver bounds only the time in which a connection is opened."""

from __future__ import annotations

from collections.abc import Generator
from math import inf
from time import monotonic
from typing import Any

from psycopg import Connection, OperationalError


class BoundedConnection(Connection[Any]):
    """A connection that is closed when the server has said nothing for too long."""

    silence: float = inf
    """Seconds for which the server may say nothing."""

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """Wait until the driver has what it waits for.

        Raises:
            OperationalError: The server said nothing for too long.
        """
        try:
            return super().wait(self._watch(gen), *args, **kwargs)
        except _Silence:
            # The answer may still come, and would be taken for that of the next statement.
            self.close()
            raise OperationalError(f"no answer within {self.silence:g} seconds") from None

    def _watch(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """Go through the driver's steps. It is told several times a second that nothing has come."""
        heard = monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    heard = monotonic()
                elif monotonic() - heard > self.silence:
                    raise _Silence
                wanted = gen.send(ready)
        except StopIteration as done:
            return done.value


class _Silence(Exception):
    """The server has said nothing for too long."""
