"""The outbox worker: takes messages under a lease, hands them over, records the outcomes.

Several workers may run at once, on several machines. A worker holds a message by moving its due time to the end of a
lease, with a version check, so two workers never hold the same one. What a crashed worker held comes due again; the key
of the message then keeps the other side from acting twice.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from loyaltycore.errors import DeliveryFailed, InvalidInput, LoyaltyError
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.outbox import (
    DETAIL_LENGTH,
    MessageState,
    OutboxMessage,
    RetryPolicy,
    finish,
    lease,
    postpone,
)
from loyaltycore.kernel.validation import Faults
from loyaltycore.kernel.words import describe
from loyaltycore.outbox.handler import Handler, HoldsFew, Outcome, Verdict
from loyaltycore.ports.logs import Log, about, word
from loyaltycore.work.running import run_command
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

_log: Final = Log("outbox")

BATCH: Final = 20
"""How many messages a worker takes at a time."""

_STATES: Final = {
    Verdict.DONE: MessageState.DONE,
    Verdict.DEAD: MessageState.DEAD,
    Verdict.WITHDRAWN: MessageState.WITHDRAWN,
}


@frozen
class DeliveryReport:
    """What a pass over the outbox did."""

    done: int = 0
    again: int = 0
    dead: int = 0
    withdrawn: int = 0
    paused: tuple[tuple[str, str], ...] = ()
    """Kinds that could not be handed over at all, with the reason."""

    @property
    def tried(self) -> int:
        """How many messages were tried."""
        return self.done + self.again + self.dead + self.withdrawn


class Worker:
    """Works through the outbox; belongs to one thread."""

    def __init__(self, session: Session, handlers: Sequence[Handler], policy: RetryPolicy) -> None:
        self.name = session.house.ids.new()
        """Under which it holds messages."""
        self._session = session
        self._handlers = tuple(handlers)
        self._policy = policy
        self._waiting: dict[str, str] = {}
        """The codes for which kinds of messages have to wait, as logged."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of messages that it can hand over."""
        return tuple(handler.kind for handler in self._handlers)

    def run_pass(
        self,
        *,
        stop: threading.Event | None = None,
        limit: int | None = None,
        on_message: Callable[[OutboxMessage, Outcome], None] | None = None,
    ) -> DeliveryReport:
        """Hand over everything that is due.

        Args:
            stop: Set it to end the pass after the message in hand; other messages held are released.
            limit: Try at most about this many messages.
            on_message: Called after each try.

        Raises:
            InvalidInput: An argument is of the wrong type; nothing has left.
        """
        with Faults() as faults:
            faults.integer("limit", limit, least=0, most=2**63)
            faults.function("on_message", on_message)
            if stop is not None:
                _check_stop(faults, stop)
        tally = _Tally()
        moved = True
        while moved and not _is_set(stop) and (limit is None or tally.tried < limit):
            moved = False
            for handler in self._handlers:
                if handler.kind in tally.paused or _is_set(stop):
                    continue
                most = handler.at_once if isinstance(handler, HoldsFew) else BATCH
                batch = self._claim(handler.kind, most if limit is None else min(most, limit - tally.tried))
                moved = moved or bool(batch)
                self._work(handler, batch, tally, stop, on_message)
        return tally.report()

    def watch(self, stop: threading.Event, *, poll_seconds: float = 1.0) -> DeliveryReport:
        """Work until `stop` is set, looking for new messages every `poll_seconds`.

        Raises:
            InvalidInput: An argument is of the wrong type; nothing has left.
        """
        with Faults() as faults:
            _check_stop(faults, stop)
            faults.seconds("poll_seconds", poll_seconds, or_zero=True)
        tally = _Tally()
        while not stop.is_set():
            try:
                tally.add(self.run_pass(stop=stop))
            except LoyaltyError as error:
                _log.error("outbox unreadable", **about(error))
            stop.wait(poll_seconds)
        return tally.report()

    def _work(
        self,
        handler: Handler,
        batch: list[OutboxMessage],
        tally: _Tally,
        stop: threading.Event | None,
        on_message: Callable[[OutboxMessage, Outcome], None] | None,
    ) -> None:
        held = deque(batch)
        try:
            while held and not (handler.kind in tally.paused or _is_set(stop) or self._is_late(held[0])):
                message = held.popleft()
                outcome = self._deliver(handler, message, tally)
                written = self._written_down(handler, message, outcome)
                if written is not None:
                    tally.count(written)
                    if on_message is not None:
                        on_message(message, written)
        finally:
            self._give_back(tuple(held))

    def _claim(self, kind: str, count: int) -> list[OutboxMessage]:
        def claim(unit: Unit) -> list[OutboxMessage]:
            due = (
                (stored("kind") == kind)
                & (stored("state") == MessageState.PENDING)
                & (stored("due_at") <= unit.now)
            )
            found = _together(
                list(unit.find(OutboxMessage, due, order_by=("due_at", "id"), limit=count, skip_locked=True))
            )
            held = [lease(message, self.name, unit.now + self._policy.lease) for message in found]
            if held:
                unit.save(*held)
            return [evolve(message, version=message.version + 1) for message in held]

        return run_command(self._session, "", "", claim)

    def _deliver(self, handler: Handler, message: OutboxMessage, tally: _Tally) -> Outcome:
        if self._was_never_written_down(message):
            return Outcome(Verdict.DEAD, code=message.code or "tried_too_often", detail=message.detail)
        try:
            outcome = handler.deliver(message)
        except DeliveryFailed as error:
            again = Outcome(Verdict.AGAIN, code=getattr(error, "code", ""), detail=error, counts=False)
            tally.paused[handler.kind] = f"{again.code}: {again.detail}"
            if self._waiting.get(handler.kind) != again.code:
                self._waiting[handler.kind] = again.code
                _log.warning("kind of message has to wait", kind=handler.kind, code=word(again.code))
            return again
        except Exception as error:  # noqa: BLE001  a fault in one adapter must not stop the others' messages
            _log.error("adapter failed", kind=message.kind, message=message.id, **about(error))
            return Outcome(Verdict.AGAIN, code="error", detail=describe(error, DETAIL_LENGTH))
        self._waiting.pop(handler.kind, None)
        if isinstance(outcome, Outcome) and outcome.is_usable:
            return outcome
        # It may have been handed over, so a person decides whether it leaves again.
        return Outcome(
            Verdict.DEAD, code="no_outcome", detail=f"the handler answered {type(outcome).__name__}"
        )

    def _written_down(self, handler: Handler, message: OutboxMessage, outcome: Outcome) -> Outcome | None:
        """Settle a message and return what was written down.

        If nothing could be, the message comes due again after its lease and does not hold up the others.
        """
        try:
            return self._settled(handler, message, outcome)
        except Exception as error:  # noqa: BLE001  the message comes due again; the others must not wait for it
            _log.error("outcome not written down", kind=message.kind, message=message.id, **about(error))
            return None

    def _settled(self, handler: Handler, message: OutboxMessage, outcome: Outcome) -> Outcome:
        try:
            after = self._settle(handler, message, outcome)
        except InvalidInput as error:
            # What the other side said cannot be stored, and never will be: the message must not leave again for that.
            _log.error("outcome cannot be stored", kind=message.kind, message=message.id, **about(error))
            why = describe(error, DETAIL_LENGTH)
            outcome = Outcome(Verdict.DEAD, code="not_recorded", detail=why, vendor_id=outcome.vendor_id)
            after = self._settle(None, message, outcome)
        if after is None:
            return outcome
        _tell(after, self._session.house.clock.now())
        return evolve(outcome, verdict=Verdict.DEAD) if after.state is MessageState.DEAD else outcome

    def _settle(
        self, handler: Handler | None, message: OutboxMessage, outcome: Outcome
    ) -> OutboxMessage | None:
        """Write the outcome down, unless somebody else has the message by now."""

        def settle(unit: Unit) -> OutboxMessage | None:
            current = unit.seek(OutboxMessage, message.id, for_update=True)
            if current is None or current.version != message.version:
                return None  # written down already, or held by another worker since our lease ran out
            if handler is not None and not self._was_never_written_down(message):
                handler.settle(unit, message, outcome)
            after = self._after(unit, message, outcome)
            unit.save(after)
            return after

        return run_command(self._session, "", "", settle)

    def _was_never_written_down(self, message: OutboxMessage) -> bool:
        """Whether each allowed try, and one more, ended before anything could be recorded."""
        return message.attempts > self._policy.max_attempts + 1

    def _after(self, unit: Unit, message: OutboxMessage, outcome: Outcome) -> OutboxMessage:
        if outcome.verdict is not Verdict.AGAIN:
            state = _STATES[outcome.verdict]
            return finish(
                message,
                state,
                unit.now,
                code=outcome.code,
                detail=outcome.detail,
                vendor_id=outcome.vendor_id,
            )
        if outcome.counts and message.attempts >= self._policy.max_attempts:
            return finish(message, MessageState.DEAD, unit.now, code=outcome.code, detail=outcome.detail)
        wait = self._policy.delay(message.attempts, random.random())  # noqa: S311  no secret
        asked = timedelta(seconds=min(outcome.retry_after or 0, self._policy.longest_delay.total_seconds()))
        kept = message if outcome.payload is None else evolve(message, payload=outcome.payload)
        # A fault that is not the message's clears at once when it clears; a named time is a lower bound.
        pause = asked if outcome.retry_after is not None and not outcome.counts else max(wait, asked)
        return postpone(
            kept, unit.now + pause, code=outcome.code, detail=outcome.detail, counts=outcome.counts
        )

    def _give_back(self, messages: Sequence[OutboxMessage]) -> None:
        def give_back(unit: Unit) -> None:
            for message in messages:
                current = unit.seek(OutboxMessage, message.id, for_update=True)
                if current is not None and current.version == message.version:
                    unit.save(
                        postpone(message, unit.now, code=message.code, detail=message.detail, counts=False)
                    )

        if messages:
            run_command(self._session, "", "", give_back)

    def _is_late(self, message: OutboxMessage) -> bool:
        """Whether too little of the lease is left to hand the message over safely."""
        left = message.due_at - self._session.house.clock.now()
        return left < self._policy.lease / 2


class _Tally:
    """Counts outcomes."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(Verdict, 0)
        self.paused: dict[str, str] = {}

    @property
    def tried(self) -> int:
        return sum(self.counts.values())

    def count(self, outcome: Outcome) -> None:
        self.counts[outcome.verdict] += 1

    def add(self, report: DeliveryReport) -> None:
        self.counts[Verdict.DONE] += report.done
        self.counts[Verdict.AGAIN] += report.again
        self.counts[Verdict.DEAD] += report.dead
        self.counts[Verdict.WITHDRAWN] += report.withdrawn
        self.paused = dict(report.paused)

    def report(self) -> DeliveryReport:
        return DeliveryReport(
            done=self.counts[Verdict.DONE],
            again=self.counts[Verdict.AGAIN],
            dead=self.counts[Verdict.DEAD],
            withdrawn=self.counts[Verdict.WITHDRAWN],
            paused=tuple(self.paused.items()),
        )


def _tell(message: OutboxMessage, now: datetime) -> None:
    """Log what became of a message."""
    facts = {
        "kind": message.kind,
        "message": message.id,
        "about": f"{message.about_table}/{message.about_key}",
        "tries": message.attempts,
        "code": word(message.code),
    }
    match message.state:
        case MessageState.DEAD:
            _log.error("message given up", **facts)
        case MessageState.PENDING:
            _log.info("message put back", **facts, seconds=round((message.due_at - now).total_seconds()))
        case MessageState.WITHDRAWN:
            _log.info("message withdrawn", **facts)
        case MessageState.DONE:
            _log.info("message delivered", **facts)


def _together(due: list[OutboxMessage]) -> list[OutboxMessage]:
    """The messages to hold at once: one whose lease ran out without an outcome goes alone.

    It may have killed its worker, and then messages held together with it would use up their tries for nothing.
    """
    lost = next((place for place, message in enumerate(due) if message.leased_by), len(due))
    return due[: max(lost, 1)]


def _check_stop(faults: Faults, stop: object) -> None:
    if not (callable(getattr(stop, "is_set", None)) and callable(getattr(stop, "wait", None))):
        faults.note("stop", "wrong_type", "must be a threading.Event")


def _is_set(stop: threading.Event | None) -> bool:
    return stop is not None and stop.is_set()
