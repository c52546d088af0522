"""Running a service verb: in one transaction, tried again where that can mend it, recognised when repeated.

A body may run several times, so it must not do anything that a rollback does not undo. What is retried:

* a lost version race, a taken unique key, a deadlock: the body reads again and decides again;
* a connection that broke at the commit: first the command's key is looked for. If it is there, the commit happened and
  its result is returned; if not, the body runs again under the same key.
"""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from loyaltycore.errors import (
    CommitUnknown,
    DuplicateKey,
    KeyReused,
    StaleRecord,
    StorageBusy,
)
from loyaltycore.kernel.commands import Command
from loyaltycore.work.blocks import join, open_unit, opened
from loyaltycore.work.calls import check_call, digest_of, without_unit
from loyaltycore.work.unit import Unit, result_reference

if TYPE_CHECKING:
    from loyaltycore.desk import Desk

P = ParamSpec("P")
R = TypeVar("R")


class HasDesk(Protocol):
    """A service: it works for a desk."""

    @property
    def desk(self) -> Desk:
        """The session that the service works for."""
        ...


S = TypeVar("S", bound=HasDesk)

MAX_TRIES: Final = 12
_FIRST_PAUSE: Final = 0.004
_LONGEST_PAUSE: Final = 0.25


def command(
    name: str,
) -> Callable[[Callable[Concatenate[S, Unit, P], R]], Callable[Concatenate[S, P], R]]:
    """Make a method that changes something into a service verb.

    The method takes a `Unit` after `self`; callers do not see it.

    Args:
        name: Stable dotted name, for example ``cards.order``.
    """

    def decorate(method: Callable[Concatenate[S, Unit, P], R]) -> Callable[Concatenate[S, P], R]:
        signature = inspect.signature(method)

        @wraps(method)
        def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            desk = self.desk
            try:
                digest = digest_of(desk.branch.id, signature, args, kwargs) if desk.command_key else ""
                return run_command(desk, name, digest, lambda unit: method(self, unit, *args, **kwargs))
            except TypeError:
                check_call(run, (self, *args), kwargs)
                raise

        return without_unit(run, method)

    return decorate


def query(method: Callable[Concatenate[S, Unit, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a method that only reads into a service verb; lost connections are dialled again."""

    @wraps(method)
    def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return run_query(self.desk, lambda unit: method(self, unit, *args, **kwargs))
        except TypeError:
            check_call(run, (self, *args), kwargs)
            raise

    return without_unit(run, method)


def run_command(desk: Desk, name: str, digest: str, body: Callable[[Unit], R]) -> R:
    """Run a body that writes; see the module's own words for what is retried.

    Args:
        desk: The session.

        name: The command's name; empty for work that leaves no trace because running it again is harmless.

        digest: What tells two commands of one name apart.

        body: The work.
    """
    joined = _joined(desk)
    if joined is not None:
        return join(joined, body)
    return cast("R", _Attempts(desk, name, digest, body).run())


def run_query(desk: Desk, body: Callable[[Unit], R]) -> R:
    """Run a body that only reads."""
    joined = _joined(desk)
    if joined is not None:
        return join(joined, body)
    for tries in range(1, MAX_TRIES + 1):
        try:
            with desk.loyalty.storage.transaction(read_only=True) as tx:
                return body(desk.unit(tx, ""))
        except (StorageBusy, CommitUnknown):
            if tries == MAX_TRIES:
                raise
            pause(tries)
    raise AssertionError("unreachable")


class _Attempts:
    """The tries of one command: they share its key, so that at most one of them counts."""

    def __init__(self, desk: Desk, name: str, digest: str, body: Callable[[Unit], Any]) -> None:
        self._desk = desk
        self._name = name
        self._digest = digest
        self._body = body
        self._key = desk.command_key or desk.loyalty.ids.new()
        self._unproven: list[Any] = []
        """Results of tries whose commit was not answered."""

    def run(self) -> Any:
        for tries in range(1, MAX_TRIES + 1):
            try:
                return self._once()
            except CommitUnknown:
                if tries == MAX_TRIES:
                    raise
            except (DuplicateKey, StaleRecord, StorageBusy) as error:
                # A trace that lands late shows itself as a taken command key: the next try finds and returns it.
                if tries == MAX_TRIES:
                    if self._unproven:
                        # That the last try kept nothing says nothing about the one that got no answer.
                        raise CommitUnknown(f"a commit got no answer, and then: {error}") from error
                    raise
            pause(tries)
        raise AssertionError("unreachable")

    def _once(self) -> Any:
        done = False
        result: Any = None
        try:
            with self._desk.loyalty.storage.transaction() as tx:
                result = self._within(self._desk.unit(tx, self._key))
                done = True
        except CommitUnknown:
            if done:
                self._unproven.append(result)
            raise
        return result

    def _within(self, unit: Unit) -> Any:
        earlier = self._earlier(unit)
        if earlier is not None:
            return self._replay(unit, earlier)
        with opened(self._desk.loyalty, unit):
            result = self._body(unit)
        # Under a caller's key also that nothing had to be done is an answer, which a repetition must not outdo.
        if self._name and (unit.wrote or self._desk.command_key):
            unit.add(self._trace(unit, result))
        return result

    def _earlier(self, unit: Unit) -> Command | None:
        """The trace of this very command, looked for only where there can be one."""
        if not self._name or not (self._desk.command_key or self._unproven):
            return None
        return unit.seek(Command, self._key)

    def _replay(self, unit: Unit, earlier: Command) -> Any:
        if not self._desk.command_key:
            return self._proven(earlier)
        # Under a caller's key the trace may be that of the caller's repetition, and none of our tries was kept.
        if (earlier.name, earlier.digest) != (self._name, self._digest):
            raise KeyReused(self._key, earlier.name)
        if not earlier.result_table:
            return None
        record_type = self._desk.loyalty.registry.named(earlier.result_table)
        return unit.get(record_type.cls, earlier.result_key)

    def _proven(self, earlier: Command) -> Any:
        """The result of that unanswered try which the stored trace belongs to: the last one, where they look alike."""
        wanted = (earlier.result_table, earlier.result_key)
        registry = self._desk.loyalty.registry
        tries = reversed(self._unproven)
        return next(
            (result for result in tries if result_reference(registry, result) == wanted), self._unproven[-1]
        )

    def _trace(self, unit: Unit, result: Any) -> Command:
        table, key = result_reference(self._desk.loyalty.registry, result)
        acting = unit.acting
        return Command(self._key, self._name, acting.actor, self._digest, table, key, acting.now)


def pause(tries: int) -> None:
    """Wait before the next try: doubling, with jitter, so that rivals do not meet again."""
    time.sleep(random.uniform(0.5, 1) * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries))  # noqa: S311  no secret


def _joined(desk: Desk) -> Unit | None:
    """The unit that is open already in this thread or task, in this session's hands."""
    unit = open_unit(desk.loyalty)
    return unit.seen_by(desk.actor, desk.branch.id) if unit is not None else None
