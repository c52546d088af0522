"""Running a service verb: in one transaction, tried again where that can mend it, recognised when repeated.

A body may run several times, so it must not do anything that a rollback does not undo. What is retried:

* a lost version race, a taken unique key, a deadlock: the body reads again and decides again;
* a connection that broke at the commit: first the command's key is looked for. If it is there, the commit happened and
  its result is returned; if not, the body runs again under the same key.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import random
import sys
import threading
import time
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from attrs import Factory, define

from loyaltycore.codec import to_data
from loyaltycore.domain.commands import Command
from loyaltycore.domain.settings import Option
from loyaltycore.errors import (
    CommitUnknown,
    DuplicateKey,
    KeyReused,
    Refused,
    StaleRecord,
    StorageBusy,
    StorageError,
)
from loyaltycore.services.unit import Unit, result_reference

if TYPE_CHECKING:
    from loyaltycore.services.desk import Desk

P = ParamSpec("P")
R = TypeVar("R")


class HasDesk(Protocol):
    """A service: it works for a desk."""

    @property
    def desk(self) -> Desk:
        """The session that the service works for."""
        ...


S = TypeVar("S", bound=HasDesk)

_HIDDEN: Final = "            unit: Supplied.\n\n"
"""How a docstring describes the argument that callers do not see."""

MAX_TRIES: Final = 12
_FIRST_PAUSE: Final = 0.004
_LONGEST_PAUSE: Final = 0.25


def _worker() -> tuple[int, int]:
    """The thread and the asynchronous task that run now; a program without asyncio does not load it for this."""
    asyncio = sys.modules.get("asyncio")
    task = None
    if asyncio is not None:
        with suppress(RuntimeError):
            task = asyncio.current_task()
    return threading.get_ident(), id(task) if task else 0


@define
class OpenUnit:
    """A unit that is at work, and whose it is.

    Attributes:
        loyalty: The house.

        unit: The unit; None once it has ended.

        worker: The thread and the task in which it was opened: a task started inside a block inherits its context, but
            must not write into a transaction that may be over before the task is.
    """

    loyalty: object
    unit: Unit | None
    worker: tuple[int, int] = Factory(_worker)


_current: Final[ContextVar[OpenUnit | None]] = ContextVar("current_unit", default=None)


def open_unit(loyalty: object) -> Unit | None:
    """The unit that is open in this thread or task, if it belongs to that house."""
    held = _current.get()
    if held is None or held.loyalty is not loyalty or held.worker != _worker():
        return None
    return held.unit


@contextmanager
def opened(loyalty: object, unit: Unit) -> Iterator[Unit]:
    """Let verbs join a unit while the block lasts."""
    held = OpenUnit(loyalty, unit)
    token = _current.set(held)
    try:
        yield unit
    finally:
        held.unit = None
        _current.reset(token)
    if unit.progress.doomed:
        raise StorageError("a verb failed half way and was not heeded: nothing of this block was kept")


def join(unit: Unit, body: Callable[[Unit], R]) -> R:
    """Run a body inside a unit that is open already; when it fails half way, the whole unit is not kept."""
    before = unit.progress.writes
    try:
        return body(unit)
    except BaseException:
        unit.progress.doomed = unit.progress.doomed or unit.progress.writes != before
        raise


def refuse_inside_block(loyalty: object, what: str) -> None:
    """Refuse work that reaches beyond the database while a unit is open that may still be taken back.

    Raises:
        Refused: ``outbox.inside_transaction``.
    """
    if open_unit(loyalty) is not None:
        raise Refused(
            "outbox.inside_transaction",
            f"{what} cannot run inside a transaction block, which may still be taken back",
            remedy="call it after the block",
        )


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
            digest = _digest(desk.branch.id, signature, args, kwargs) if desk.command_key else ""
            return run_command(desk, name, digest, lambda unit: method(self, unit, *args, **kwargs))

        return _without_unit(run, method)

    return decorate


def query(method: Callable[Concatenate[S, Unit, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a method that only reads into a service verb; lost connections are dialled again."""

    @wraps(method)
    def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return run_query(self.desk, lambda unit: method(self, unit, *args, **kwargs))

    return _without_unit(run, method)


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
        if unit.wrote and self._name:
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


def _digest(
    branch_id: str, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> str:
    """What tells two commands of one name apart: the branch, and every argument by name, defaults included.

    The same call gives the same digest in every process.
    """
    bound = signature.bind(None, None, *args, **kwargs)
    bound.apply_defaults()
    given = {name: _plain(value) for name, value in list(bound.arguments.items())[2:]}
    text = json.dumps([branch_id, given], sort_keys=True, default=repr, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    """An argument as plain data: what cannot be written down by its value stands there by its key."""
    if isinstance(value, Option):
        return value.key
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(part) for part in value), key=repr)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    try:
        return to_data(value)
    except (TypeError, ValueError):
        return repr(value)


def _without_unit(run: Callable[..., R], method: Callable[..., R]) -> Callable[..., R]:
    """Show callers, documentation tools and editors the call as they write it: without the unit, with all keywords."""
    parameters = [
        p for position, p in enumerate(inspect.signature(method).parameters.values()) if position != 1
    ]
    if parameters and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD:
        parameters = _keywords(parameters, method)
    shown = cast("Any", run)
    shown.__signature__ = inspect.signature(method).replace(parameters=parameters)
    shown.__doc__ = (method.__doc__ or "").replace(_HIDDEN, "")
    return run


def _keywords(parameters: list[inspect.Parameter], method: Callable[..., Any]) -> list[inspect.Parameter]:
    """The keywords that a typed dictionary stands for, one by one."""
    annotation = str(parameters[-1].annotation)
    name = annotation.removeprefix("Unpack[").removesuffix("]")
    fields = getattr(method, "__globals__", {}).get(name)
    if not typing.is_typeddict(fields):
        return parameters
    return [
        *parameters[:-1],
        *(
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=..., annotation=_written(kind))
            for key, kind in fields.__annotations__.items()
        ),
    ]


def _written(annotation: Any) -> str:
    """An annotation as it was written."""
    return annotation.__forward_arg__ if isinstance(annotation, typing.ForwardRef) else str(annotation)
