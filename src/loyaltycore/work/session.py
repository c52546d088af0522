"""The session: who works, where, and with which settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Self, TypeVar

from attrs import evolve, field, frozen

from loyaltycore.errors import RegistrationError
from loyaltycore.kernel.branches import HEAD_OFFICE, Branch
from loyaltycore.kernel.given import shown
from loyaltycore.kernel.settings import SettingsSnapshot
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.blocks import block, clear_the_way, join, open_unit
from loyaltycore.work.committing import Timing, tell_committed
from loyaltycore.work.house import House
from loyaltycore.work.loops import warn_if_blocking
from loyaltycore.work.records import COMMAND_KEY_LENGTH
from loyaltycore.work.unit import Acting, Progress, Unit

if TYPE_CHECKING:
    from loyaltycore.kernel.calendar import BusinessCalendar
    from loyaltycore.ports.storage import Transaction

S = TypeVar("S")


@frozen(slots=False)
class Session:
    """A session at one workstation; it never changes, so threads may share it."""

    house: House = field(repr=False)
    actor: str
    """Who works here; every change is logged under this name."""
    branch: Branch
    """The head office if the session has no branch."""
    options: SettingsSnapshot = field(repr=False)
    """The settings when the session was opened."""
    command_key: str = field(default="", repr=False)
    """The key for the next command, see `keyed`; empty otherwise."""

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """The working days of this branch."""
        return self.house.calendar(self.branch)

    def today(self, unit: Unit) -> date:
        """The local date of this branch at the instant of a unit."""
        return self.branch.local_date(unit.now)

    def service(self, kind: Callable[[Self], S]) -> S:
        """The service of a capability, such as one of the host application: ``desk.service(Invoices)``.

        Raises:
            RegistrationError: No capability of the house has that service.
        """
        if not self.house.offers(kind):
            name = kind.__name__ if isinstance(kind, type) else shown(kind)
            raise RegistrationError(
                f"{name} is the service of no capability: give one with `service=lambda: {name}` to Loyalty"
            )
        return kind(self)

    def keyed(self, key: str) -> Self:
        """The same session, for one command under a key of the caller's choice.

        A till that does not know whether its call arrived repeats it under the same key: it gets the first call's
        result, and nothing happens twice.

        Args:
            key: 1 to 64 characters, chosen once per intended command.

        Raises:
            InvalidInput: The key is empty or too long.
        """
        with Faults() as faults:
            clean = faults.text("key", key, limit=COMMAND_KEY_LENGTH, required=True)
        return evolve(self, command_key=clean)

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        """Run several verbs in one unit of work: all of them are kept, or none.

        Nothing is retried inside a block: a lost race raises `StaleRecord`, `DuplicateKey` or `StorageBusy`, and the
        caller runs the whole block again. Verbs and further blocks in the same thread or task join an open block; if
        one of them fails half way, the outer block keeps nothing, even if the error is caught inside it.

        Raises:
            Refused: ``transaction.awaited``; the block awaited something. ``transaction.elsewhere``; it was left in
                another thread or task than it was opened in, or this one was started inside a block of another one.
        """
        outer = open_unit(self.house)
        if outer is not None:
            with join(outer.seen_by(self.actor, self.branch.id)) as unit:
                yield unit
            return
        warn_if_blocking(self.house)
        clear_the_way()
        command = self.house.ids.new()
        own = block(self.house, self.house.storage.transaction(), lambda tx: self.begin(tx, command))
        with Timing(self.house, "transaction"), own as unit:
            yield unit
        tell_committed(self.house, unit.progress)

    def begin(self, tx: Transaction, command: str) -> Unit:
        """Wrap a transaction of the storage with who acts, where and when."""
        house = self.house
        acting = Acting(self.actor, self.branch.id, house.clock.now(), command)
        progress = Progress(is_told=house.after_commit is not None)
        return Unit(tx, house.registry, acting, house.ids, house.tokens, progress)


def own_session(house: House, actor: str) -> Session:
    """A session of the house itself, without branch or settings."""
    return Session(house, actor, HEAD_OFFICE, SettingsSnapshot())
