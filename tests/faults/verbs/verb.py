"""What a verb is: something that writes, with what goes before it and how it is repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attrs import evolve, frozen

from loyaltycore import Loyalty
from loyaltycore.desk import Desk
from loyaltycore.ports.storage import Storage
from tests.faults.scene import Facts, open_run

KEY: Final = "till-1"
FIRST, SECOND, THIRD = 1, 2, 3
"""The processes that prepare, run and repeat a verb."""


@frozen
class Run:
    """What a verb is given."""

    loyalty: Loyalty
    desk: Desk
    """A desk whose next command has a key."""
    facts: Facts
    """What is in the scene."""

    @property
    def free(self) -> Desk:
        """The same desk without a key, for what goes before or takes several commands."""
        return evolve(self.desk, command_key="")


Act = Callable[[Run], Any]


def open_verb(storage: Storage, facts: Facts, process: int) -> Run:
    """What a verb is given in one of the processes."""
    loyalty, desk = open_run(storage, facts, process)
    return Run(loyalty, desk.keyed(KEY), facts)


def nothing(_: Run) -> None:
    """Do nothing beforehand."""


@frozen
class Verb:
    """One verb that writes."""

    name: str
    """For people, and as the id of the test."""
    act: Act
    command: str = ""
    """The name of its command; empty for what leaves no trace."""
    first: Act = nothing
    again: Act | None = None
    """How it is repeated after a crash; None for the same call under the same key."""
    repeatable: bool = True
    """Whether repeating it after it was kept changes nothing."""
    units: int = 1
    """How many commits change something; 0 for as many as it takes."""
    without: tuple[str, ...] = ()
    """Columns in which a repetition may differ from an undisturbed run."""

    def repeat(self, run: Run) -> Any:
        """Repeat it as a caller would after a crash."""
        return (self.again or self.act)(run)
