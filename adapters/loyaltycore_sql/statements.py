"""What the six verbs need of a transaction of an SQL engine, whoever began it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from attrs import frozen
from sqlalchemy import Connection, CursorResult, Executable

from loyaltycore.errors import StorageError
from loyaltycore.ports.heeding import Heeding
from loyaltycore_sql.kinds import Kind
from loyaltycore_sql.translation import Uniques

R = TypeVar("R")


@frozen
class ContendedRow:
    """One row that several may want to change."""

    lock: Executable
    """The statement that locks it."""
    parameters: Mapping[str, Any]
    """The statement's parameters."""


class Statements(Heeding, ABC):
    """Runs statements in one transaction."""

    read_only: bool
    """Whether the transaction only reads."""

    @property
    @abstractmethod
    def kind(self) -> Kind:
        """The engine."""

    @property
    def locks_rows(self) -> bool:
        """Whether it may take row locks."""
        return self.kind.locks_rows and not self.read_only

    @property
    def skips_locked(self) -> bool:
        """Whether it may skip rows that others have locked."""
        return self.kind.skips_locked and not self.read_only

    @abstractmethod
    def execute(
        self,
        statement: Executable | str,
        parameters: Any,
        use: Callable[[CursorResult[Any]], R],
        uniques: Uniques | None = None,
    ) -> R:
        """Run one statement and consume its result.

        Args:
            statement: A text goes to the driver as it is.
            parameters: A mapping of values, or for a text a tuple; or a list of them, to run it for each.
            use: Consumes the result.
            uniques: The unique keys of the table that it writes.

        Raises:
            StorageBusy: The engine rolled the transaction back, or the connection is lost.
            DuplicateKey: One of `uniques` is taken.
        """

    def write(self, statement: Executable | str, rows: Sequence[Any], uniques: Uniques | None = None) -> int:
        """Run one statement for each row.

        Returns:
            How many rows were touched; drivers add up all executions.

        Raises:
            StorageError: As `execute`, or the transaction only reads.
        """
        if self.read_only:
            raise StorageError("this transaction only reads")
        self.note_write()
        return self.execute(statement, rows, lambda result: result.rowcount, uniques)

    @abstractmethod
    def note_write(self) -> None:
        """Remember that something is being written."""

    def contends(self, row: ContendedRow) -> None:
        """Say which row the next statements need."""

    def see_the_latest(self) -> None:
        """See from now on what others have committed meanwhile, if nothing was written yet and the engine can."""

    def take_back(self) -> bool:
        """Before an error that ends the transaction: roll back, to see what others have stored, if that is allowed.

        Returns:
            Whether it was.
        """
        return False


def run(
    connection: Connection,
    statement: Executable | str,
    parameters: Any,
    options: Mapping[str, Any] | None = None,
) -> CursorResult[Any]:
    """Run a statement of `Statements.execute` on a connection."""
    if isinstance(statement, str):
        return connection.exec_driver_sql(statement, parameters, execution_options=options)
    return connection.execute(statement, parameters, execution_options=options)
