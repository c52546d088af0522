"""Running a service verb: in one transaction, retried if that can help, recognised when repeated.

A body may run several times, so it must not do anything that a rollback does not undo. What is retried:

* a lost version race, a taken unique key, a deadlock: the body reads again and decides again;
* a connection that broke at the commit: first the command's trace is looked up. If it is there, the commit happened and
  its result is returned; if not, the body runs again under the same key.

All tries of a verb share one budget: twelve of them, and after ten seconds none but the second begins any more.
"""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

from loyaltycore.errors import (
    CommitUnknown,
    DuplicateKey,
    KeyReused,
    RegistrationError,
    StaleRecord,
    StorageBusy,
)
from loyaltycore.work.blocks import join, open_unit, opened
from loyaltycore.work.calls import digest_of
from loyaltycore.work.journal import NAME_LENGTH, CommandTrace
from loyaltycore.work.service import Service
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit, result_reference

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Service)

MAX_TRIES: Final = 12
ENOUGH: Final = 10.0
"""Seconds after which no try begins any more. Only the second one always does: a lost answer can take longer, and another
host may be ready."""
_FIRST_PAUSE: Final = 0.004
_LONGEST_PAUSE: Final = 0.25


def command(name: str) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Make a method of a service that changes something into a verb; it reaches its unit of work as `self.unit`.

    Args:
        name: Stable dotted name, at most 60 characters, for example ``cards.order``.

    Raises:
        RegistrationError: There is no such name, or what is decorated is no plain method.
    """
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH:
        raise RegistrationError(f'{name!r} is no name of a command: @command("invoices.write")')

    def decorate(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        _require_method(method)

        @wraps(method)
        def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            session = self.session
            digest = digest_of(session.branch.id, method, args, kwargs) if session.command_key else ""
            return run_command(session, name, digest, lambda unit: method(self.bound(unit), *args, **kwargs))

        cast("Any", run).command = name
        return run

    return decorate


def query(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a method of a service that only reads into a verb; lost connections are dialled again.

    Raises:
        RegistrationError: It is no plain method.
    """
    _require_method(method)

    @wraps(method)
    def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return run_query(self.session, lambda unit: method(self.bound(unit), *args, **kwargs))

    return run


def run_command(session: Session, name: str, digest: str, body: Callable[[Unit], R]) -> R:
    """Run a body that writes; the module says what is retried.

    Args:
        name: The command's name; empty for work that leaves no trace because running it again is harmless.
        digest: What tells two commands of one name apart.
    """
    joined = _joined(session)
    if joined is not None:
        return join(joined, body)
    return cast("R", _Attempts(session, name, digest, body).run())


def run_query(session: Session, body: Callable[[Unit], R]) -> R:
    """Run a body that only reads: a write in it is refused, also where it joins a unit that writes."""
    joined = _joined(session)
    if joined is not None:
        with opened(session.house, joined.reading()) as reading:
            return body(reading)
    begun = time.monotonic()
    for tries in range(1, MAX_TRIES + 1):
        try:
            with (
                session.house.storage.transaction(read_only=True) as tx,
                opened(session.house, session.begin(tx, "")) as unit,
            ):
                return body(unit)
        except (StorageBusy, CommitUnknown):
            if _was_last(tries, begun):
                raise
            pause(tries)
    raise AssertionError("unreachable")


class _Attempts:
    """The tries of one command: they share its key, so that at most one of them counts."""

    def __init__(self, session: Session, name: str, digest: str, body: Callable[[Unit], Any]) -> None:
        self._session = session
        self._name = name
        self._digest = digest
        self._body = body
        self._key = session.command_key or session.house.ids.new()
        self._unproven: list[Any] = []
        """Results of tries whose commit got no answer."""

    def run(self) -> Any:
        begun = time.monotonic()
        for tries in range(1, MAX_TRIES + 1):
            try:
                return self._once()
            except CommitUnknown:
                if _was_last(tries, begun):
                    raise
            except (DuplicateKey, StaleRecord, StorageBusy) as error:
                # A trace that lands late shows itself as a taken command key: the next try finds and returns it.
                if _was_last(tries, begun):
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
            with self._session.house.storage.transaction() as tx:
                result = self._within(self._session.begin(tx, self._key))
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
        with opened(self._session.house, unit):
            result = self._body(unit)
        # Under a caller's key also that nothing had to be done is an answer, which a repetition must not outdo.
        if self._name and (unit.wrote or self._session.command_key):
            unit.add(self._trace(unit, result))
        return result

    def _earlier(self, unit: Unit) -> CommandTrace | None:
        """The trace of this very command, looked up only if there can be one."""
        if not self._name or not (self._session.command_key or self._unproven):
            return None
        return unit.seek(CommandTrace, self._key)

    def _replay(self, unit: Unit, earlier: CommandTrace) -> Any:
        if not self._session.command_key:
            return self._proven(earlier)
        # Under a caller's key the trace may be that of the caller's repetition, and none of our tries was kept.
        if (earlier.name, earlier.digest) != (self._name, self._digest):
            raise KeyReused(self._key, earlier.name)
        if not earlier.result_table:
            return None
        record_type = self._session.house.registry.named(earlier.result_table)
        return unit.get(record_type.cls, earlier.result_key)

    def _proven(self, earlier: CommandTrace) -> Any:
        """The result of the unanswered try that the stored trace belongs to; if several look alike, the last."""
        wanted = (earlier.result_table, earlier.result_key)
        registry = self._session.house.registry
        tries = reversed(self._unproven)
        return next(
            (result for result in tries if result_reference(registry, result) == wanted), self._unproven[-1]
        )

    def _trace(self, unit: Unit, result: Any) -> CommandTrace:
        table, key = result_reference(self._session.house.registry, result)
        acting = unit.acting
        return CommandTrace(self._key, self._name, acting.actor, self._digest, table, key, acting.now)


def _require_method(method: object) -> None:
    """Refuse what would run after its unit has ended, or without a service."""
    odd = inspect.iscoroutinefunction(method) or inspect.isgeneratorfunction(method)
    if odd or inspect.isasyncgenfunction(method) or not inspect.isfunction(method):
        raise RegistrationError(f"{method!r} is no plain method: a verb answers when its work is done")


def _was_last(tries: int, begun: float) -> bool:
    """Whether a verb gives up after that many tries."""
    return tries == MAX_TRIES or (tries > 1 and time.monotonic() - begun > ENOUGH)


def pause(tries: int) -> None:
    """Wait before the next try, with doubling and jitter, so that rivals do not meet again."""
    time.sleep(random.uniform(0.5, 1) * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries))  # noqa: S311  no secret


def _joined(session: Session) -> Unit | None:
    """The unit already open in this thread or task, seen by this session."""
    unit = open_unit(session.house)
    return unit.seen_by(session.actor, session.branch.id) if unit is not None else None
