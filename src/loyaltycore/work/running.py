"""Running a service verb: in one transaction, retried if that can help, recognised when repeated.

Inside a block a command joins the unit that is open, and nothing is retried. Elsewhere its body may run several times,
so it must not do anything that a rollback does not undo. What is retried:

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

from attrs import frozen

from loyaltycore.errors import (
    CommitUnknown,
    DuplicateKey,
    EditedMeanwhile,
    KeyReused,
    LoyaltyError,
    NotFound,
    Refused,
    RegistrationError,
    StaleRecord,
    StorageBusy,
    StorageError,
)
from loyaltycore.kernel.given import shown
from loyaltycore.ports.logs import Log, about
from loyaltycore.work.blocks import OpenUnit, clear_the_way, join, open_unit
from loyaltycore.work.calls import digest_of
from loyaltycore.work.committing import Timing, tell_committed
from loyaltycore.work.journal import NAME_LENGTH, CommandTrace
from loyaltycore.work.loops import warn_if_blocking
from loyaltycore.work.mistaken import refuse_records
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
_log: Final = Log("verbs")

_REFUSALS: Final = (Refused, NotFound, EditedMeanwhile)
"""What a command may meet because the same one, under its key, has been done since it looked for its trace: where a read
shows what others have committed meanwhile."""

_FIRST_PAUSE: Final = 0.004
_LONGEST_PAUSE: Final = 0.25


def command(name: str) -> Callable[[Callable[Concatenate[S, P], R]], Callable[Concatenate[S, P], R]]:
    """Make a method of a service that changes something into a verb; it reaches its unit of work as `self.unit`.

    Args:
        name: Stable dotted name, at most 60 characters, for example ``cards.order``.

    Raises:
        RegistrationError: There is no such name, or what is decorated is no plain method.
    """
    if type(name) is not str or not 0 < len(name) <= NAME_LENGTH:
        raise RegistrationError(f'{shown(name)} is no name of a command: @command("invoices.write")')

    def decorate(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
        _require_method(method)

        @wraps(method)
        def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
            session = self.session
            refuse_records(session.house.registry, method, args, kwargs)
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
        refuse_records(self.session.house.registry, method, args, kwargs)
        name = method.__qualname__
        return run_query(self.session, lambda unit: method(self.bound(unit), *args, **kwargs), name)

    return run


def run_command(session: Session, name: str, digest: str, body: Callable[[Unit], R]) -> R:
    """Run a body that writes; the module says what is retried.

    Args:
        name: The command's name; empty for work that leaves no trace because running it again is harmless.
        digest: What tells two commands of one name apart.
    """
    joined = _joined(session)
    if joined is None:
        return cast("R", _Attempts(session, name, digest, body).run())
    # What a command calls is part of that command, and a key belongs to one.
    key = "" if joined.progress.key else session.command_key
    if not (name and key):
        with join(joined) as unit:
            return _at_work(unit, name, body)
    with join(joined.under(key)) as unit:
        return cast("R", _Signed(session, name, digest, key).once(unit, body))


def run_query(session: Session, body: Callable[[Unit], R], name: str = "") -> R:
    """Run a body that only reads: a write in it is refused, also where it joins a unit that writes.

    Args:
        name: What the log calls it.
    """
    joined = _joined(session)
    if joined is not None:
        with OpenUnit(session.house, joined.reading()) as reading:
            return body(reading)
    with Timing(session.house, name) as timing:
        while True:
            try:
                with (
                    session.house.storage.transaction(read_only=True) as tx,
                    OpenUnit(session.house, session.begin(tx, "")) as unit,
                ):
                    return body(unit)
            except (StorageBusy, CommitUnknown) as error:
                if _gives_up(timing, error):
                    raise
            pause(timing.tries)
            timing.tries += 1


def _at_work(unit: Unit, name: str, body: Callable[[Unit], R]) -> R:
    """Run the body of a command; what it calls has its key."""
    progress = unit.progress
    before, outer = progress.writes, progress.key
    progress.key = outer or unit.acting.command
    try:
        result = body(unit)
    finally:
        progress.key = outer
    if name and progress.writes != before:
        progress.commands += (name,)
    return result


@frozen
class _Signed:
    """A command under its key."""

    session: Session
    name: str
    digest: str
    key: str
    """The caller's, or a fresh one."""

    def once(self, unit: Unit, body: Callable[[Unit], Any]) -> Any:
        """Run the body and leave a trace, or answer what the command of that trace has answered.

        That nothing had to be done is an answer, too, which a repetition must not outdo.
        """
        earlier = self.earlier(unit)
        if earlier is None:
            before = unit.progress.writes
            try:
                result = _at_work(unit, self.name, body)
            except _REFUSALS:
                earlier = self.earlier(unit) if unit.progress.writes == before else None
                if earlier is None:
                    raise
            else:
                unit.add(self.trace(unit, result))
                return result
        return self.answer(unit, earlier)

    def earlier(self, unit: Unit) -> CommandTrace | None:
        """The trace of a command with this key."""
        return unit.seek(CommandTrace, self.key)

    def answer(self, unit: Unit, earlier: CommandTrace) -> Any:
        """What the first command answered.

        Raises:
            KeyReused: It was another one.
            NotFound: Its result has been removed since.
        """
        if (earlier.name, earlier.digest) != (self.name, self.digest):
            raise KeyReused(self.key, earlier.name)
        if not earlier.result_table:
            return None
        record_type = self.session.house.registry.named(earlier.result_table)
        return unit.get(record_type.cls, earlier.result_key)

    def trace(self, unit: Unit, result: Any) -> CommandTrace:
        """The trace of this command."""
        table, key = result_reference(self.session.house.registry, result)
        acting = unit.acting
        return CommandTrace(self.key, self.name, acting.actor, self.digest, table, key, acting.now)


class _Try:
    """A try whose body has run to its end."""

    def __init__(self, result: Any, unit: Unit | None) -> None:
        self.result = result
        self.unit = unit
        """What it did; None if an earlier call had done it."""


class _Attempts:
    """The tries of one command: they share its key, so that at most one of them counts."""

    def __init__(self, session: Session, name: str, digest: str, body: Callable[[Unit], Any]) -> None:
        self._session = session
        self._name = name
        self._body = body
        self._signed = _Signed(session, name, digest, session.command_key or session.house.ids.new())
        self._unproven: list[_Try] = []
        """Tries whose commit got no answer."""

    def run(self) -> Any:
        with Timing(self._session.house, self._name) as timing:
            kept = self._try(timing)
        if kept.unit is not None:
            tell_committed(self._session.house, kept.unit.progress)
        return kept.result

    def _try(self, timing: Timing) -> _Try:
        while True:
            try:
                return self._once()
            except CommitUnknown as error:
                if _gives_up(timing, error):
                    raise
            except (DuplicateKey, StaleRecord, StorageBusy) as error:
                # A trace that lands late shows itself as a taken command key: the next try finds and returns it.
                if _gives_up(timing, error):
                    if self._unproven:
                        # That the last try kept nothing says nothing about the one that got no answer.
                        raise CommitUnknown(f"a commit got no answer, and then: {error}") from error
                    raise
            pause(timing.tries)
            timing.tries += 1

    def _once(self) -> _Try:
        done: _Try | None = None
        try:
            with self._session.house.storage.transaction() as tx:
                done = self._within(self._session.begin(tx, self._signed.key))
        except CommitUnknown:
            if done is not None:
                self._unproven.append(done)
            raise
        return done

    def _within(self, unit: Unit) -> _Try:
        earlier = self._earlier(unit)
        if earlier is not None:
            return self._replay(unit, earlier)
        try:
            with OpenUnit(self._session.house, unit):
                result = _at_work(unit, self._name, self._body)
        except _REFUSALS:
            earlier = None if unit.wrote else self._earlier(unit)
            if earlier is None:
                raise
            return self._replay(unit, earlier)
        # Under a caller's key also that nothing had to be done is an answer, which a repetition must not outdo.
        if self._name and (unit.wrote or self._session.command_key):
            unit.add(self._signed.trace(unit, result))
        return _Try(result, unit)

    def _earlier(self, unit: Unit) -> CommandTrace | None:
        """The trace of this very command, looked up only if there can be one."""
        if not self._name or not (self._session.command_key or self._unproven):
            return None
        return self._signed.earlier(unit)

    def _replay(self, unit: Unit, earlier: CommandTrace) -> _Try:
        if not self._session.command_key:
            return self._proven(earlier) or self._unproven[-1]
        # Under a caller's key the trace may be that of the caller's repetition, and none of our tries was kept.
        ours = self._proven(earlier)
        kept = ours.unit if ours and ours.unit and ours.unit.now == earlier.at else None
        return _Try(self._signed.answer(unit, earlier), kept)

    def _proven(self, earlier: CommandTrace) -> _Try | None:
        """The unanswered try that the stored trace belongs to; if several look alike, the last."""
        wanted = (earlier.result_table, earlier.result_key)
        registry = self._session.house.registry
        return next(
            (done for done in reversed(self._unproven) if result_reference(registry, done.result) == wanted),
            None,
        )


def _require_method(method: object) -> None:
    """Refuse what would run after its unit has ended, or without a service."""
    odd = inspect.iscoroutinefunction(method) or inspect.isgeneratorfunction(method)
    if odd or inspect.isasyncgenfunction(method) or not inspect.isfunction(method):
        raise RegistrationError(f"{shown(method)} is no plain method: a verb answers when its work is done")


def _gives_up(timing: Timing, error: LoyaltyError) -> bool:
    """Whether a verb gives up after that many tries; the log has both."""
    last = timing.tries == MAX_TRIES or (timing.tries > 1 and time.monotonic() - timing.begun > ENOUGH)
    facts = {"verb": timing.name, "tries": timing.tries, **about(error)}
    if last:
        _log.warning("verb gave up", **facts)
    elif isinstance(error, StorageError):
        _log.info("verb tried again", **facts)
    else:
        _log.debug("verb tried again", **facts)
    return last


def pause(tries: int) -> None:
    """Wait before the next try, with doubling and jitter, so that rivals do not meet again."""
    time.sleep(random.uniform(0.5, 1) * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**tries))  # noqa: S311  no secret


def _joined(session: Session) -> Unit | None:
    """The unit already open in this thread or task, seen by this session; if there is none, the way for a new one is clear."""
    unit = open_unit(session.house)
    if unit is not None:
        return unit.seen_by(session.actor, session.branch.id)
    warn_if_blocking(session.house)
    clear_the_way()
    return None
