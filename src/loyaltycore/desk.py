"""The session: one workstation, with the person at it, the branch it stands in, and the settings it was opened with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.settings import SettingsSnapshot
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.blocks import open_unit, opened
from loyaltycore.work.records import COMMAND_KEY_LENGTH
from loyaltycore.work.unit import Acting, Unit

if TYPE_CHECKING:
    from loyaltycore.activities.service import Activities
    from loyaltycore.branches.service import Branches
    from loyaltycore.cards.service import Cards
    from loyaltycore.completeness.service import DataCompleteness
    from loyaltycore.customers.service import Customers
    from loyaltycore.kernel.calendar import BusinessCalendar
    from loyaltycore.loyalty import Loyalty
    from loyaltycore.ports.storage import Transaction
    from loyaltycore.processes.service import Processes
    from loyaltycore.properties.service import Properties
    from loyaltycore.selections.service import Selections
    from loyaltycore.settings.service import Settings


@frozen(slots=False)
class Desk:
    """A session at one workstation; made by `Loyalty.session`.

    A desk may be shared between threads: it holds nothing that changes. Each capability is loaded by the property that
    opens it, when it is first used.

    Attributes:
        loyalty: The house.

        actor: Who works here; every change is recorded under this name.

        branch: Where; the head office stands for a session without a branch.

        options: The settings as they were when the session was opened.

        command_key: The key for the next command, see `keyed`; empty otherwise.
    """

    loyalty: Loyalty = field(repr=False)
    actor: str
    branch: Branch
    options: SettingsSnapshot = field(repr=False)
    command_key: str = field(default="", repr=False)

    @cached_property
    def customers(self) -> Customers:
        """Create, read, change, find and import customers."""
        from loyaltycore.customers.service import Customers

        return Customers(self)

    @cached_property
    def completeness(self) -> DataCompleteness:
        """What customers' data lack, asking for it, and the report over all customers."""
        from loyaltycore.completeness.service import DataCompleteness

        return DataCompleteness(self)

    @cached_property
    def cards(self) -> Cards:
        """Order cards, present them, and what happens to them."""
        from loyaltycore.cards.service import Cards

        return Cards(self)

    @cached_property
    def properties(self) -> Properties:
        """Define properties and give their values to customers."""
        from loyaltycore.properties.service import Properties

        return Properties(self)

    @cached_property
    def processes(self) -> Processes:
        """Start processes, work on their steps, complete their offers; and the templates behind them."""
        from loyaltycore.processes.service import Processes

        return Processes(self)

    @cached_property
    def selections(self) -> Selections:
        """Who fits a condition, and conditions that are saved."""
        from loyaltycore.selections.service import Selections

        return Selections(self)

    @cached_property
    def branches(self) -> Branches:
        """The branches of the chain."""
        from loyaltycore.branches.service import Branches

        return Branches(self)

    @cached_property
    def settings(self) -> Settings:
        """The options of the chain and of its branches."""
        from loyaltycore.settings.service import Settings

        return Settings(self)

    @cached_property
    def activities(self) -> Activities:
        """The change feed."""
        from loyaltycore.activities.service import Activities

        return Activities(self)

    @cached_property
    def calendar(self) -> BusinessCalendar:
        """The working days of this branch."""
        return self.loyalty.calendar(self.branch)

    def today(self, unit: Unit) -> date:
        """The local date of this branch at the instant of a unit."""
        return self.branch.local_date(unit.now)

    def keyed(self, key: str) -> Desk:
        """The same desk for one command under a key of the caller's.

        A till that does not know whether its call arrived repeats it under the same key: the first call's result comes
        back and nothing happens twice.

        Args:
            key: 1 to 64 characters, chosen once per intended command.

        Raises:
            InvalidInput: The key is empty or too long.
        """
        faults = Faults()
        clean = faults.text("key", key, limit=COMMAND_KEY_LENGTH, required=True)
        faults.raise_if_any()
        return evolve(self, command_key=clean)

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        """Put several verbs into one unit of work: all of them are kept, or none.

        Nothing is tried again inside such a block: a lost race reaches the caller as `StaleRecord`, `DuplicateKey` or
        `StorageBusy`, who then runs the whole block again. An open block is joined by a further one and by all verbs of
        the same thread or task; when one of them fails half way, the outer block keeps nothing, even if the error was
        caught inside it.
        """
        outer = open_unit(self.loyalty)
        if outer is not None:
            before = outer.progress.writes
            try:
                yield outer.seen_by(self.actor, self.branch.id)
            except BaseException:
                outer.progress.doomed = outer.progress.doomed or outer.progress.writes != before
                raise
            return
        with self.loyalty.storage.transaction() as tx:
            unit = self.unit(tx, self.loyalty.ids.new())
            with opened(self.loyalty, unit):
                yield unit

    def unit(self, tx: Transaction, command: str) -> Unit:
        """Wrap a transaction of the storage with who acts, where and when."""
        loyalty = self.loyalty
        acting = Acting(self.actor, self.branch.id, loyalty.clock.now(), command)
        return Unit(tx, loyalty.registry, acting, loyalty.ids, loyalty.tokens)
