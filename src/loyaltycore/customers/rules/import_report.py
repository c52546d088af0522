"""What an import of customers reports: while it runs, for each row that added nobody, and at its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import define, field, frozen

from loyaltycore.customers.rules.model import Evidence
from loyaltycore.kernel.showing import showing

KEPT_ROWS: Final = 1000
"""How many rejections, skipped rows and dropped fields a report lists, each; the counts are always exact."""


LONGEST_VALUE: Final = 60
"""How many characters of a faulty cell are shown."""


def shown(cell: str) -> str:
    r"""A cell on one line: shortened, and with escapes for what a terminal would not show.

    Example:
        >>> shown("Mu\x07ster\n")
        'Mu\\x07ster\\n'
    """
    text = cell[:LONGEST_VALUE] + ("…" if len(cell) > LONGEST_VALUE else "")
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text
    )


@frozen(repr=False)
class RowFault:
    """One thing that is wrong with one row of a file."""

    __repr__ = showing("line", "column", "code")

    line: int
    """Physical line of the file on which the row starts, counted from 1."""
    column: str
    """The column as the file's header calls it, or the field where the file has no such column; empty where
    the row as a whole is broken."""
    code: str
    message: str
    """One sentence for a person, of which the cell is the subject."""
    value: str = ""
    """The cell, as `shown` shows it; empty where nothing stood in it, or where it says no more than the message."""

    @property
    def text(self) -> str:
        """Where, what and why, on one line."""
        column = f", {shown(self.column)}" if self.column else ""
        value = f"'{self.value}' " if self.value else ""
        return f"line {self.line}{column}: {value}{self.message} [{self.code}]"


@frozen(repr=False)
class RejectedRow(RowFault):
    """One fault of a row of which nothing was kept."""


@frozen(repr=False)
class DroppedField(RowFault):
    """A faulty field without which the row was taken."""


@frozen
class SkippedRow:
    """A row of a known customer; nothing of the row was kept but what filled empty fields."""

    line: int
    """Physical line of the file on which the row starts, counted from 1."""
    by: str
    """By what: ``number``, ``external_number``, ``birth_date``, ``email``, ``phone``, ``address`` or
    ``name``."""
    duplicate_of: str
    """The id of the known customer; empty if only the dry run would have added them."""
    number: str
    earlier_line: int = 0
    """In a dry run, the line of the same file that would have added the customer; otherwise 0."""
    completed: tuple[str, ...] = ()
    """The fields of the customer that the row has filled; none unless that was asked for."""
    reasons: tuple[Evidence, ...] = ()
    """What each field says for and against it; nothing for a row that was recognised by a number."""


@frozen
class ImportProgress:
    """How far an import is."""

    rows: int
    bytes_read: int
    """Bytes read from the file; a little ahead of the rows."""
    added: int
    skipped: int
    """Rows that were known already."""
    rejected: int


@frozen
class ImportReport:
    """What became of a file. Every row was added, skipped or rejected."""

    rows: int
    """Rows in the file, blank ones and the header left out."""
    added: int
    """Customers added; in a dry run, those who would be."""
    skipped: int
    """Rows that were known already."""
    rejected_rows: int
    rejected: tuple[RejectedRow, ...]
    """What was wrong with them, in the order of the file; the first thousand."""
    duplicates: tuple[SkippedRow, ...]
    """The skipped rows and who they are, in the order of the file; the first thousand."""
    ignored_columns: tuple[str, ...]
    """Columns of the file that belong to no field."""
    dropped_fields: int = 0
    """Faulty fields without which rows were added; 0 unless that was asked for."""
    dropped: tuple[DroppedField, ...] = ()
    """Which ones, in the order of the file; the first thousand."""
    completed: int = 0
    """Skipped rows that have filled empty fields of the customer; 0 unless that was asked for."""


@define
class Tally:
    """The counts of an import while it runs."""

    rows: int = 0
    added: int = 0
    rejected_rows: int = 0
    skipped: int = 0
    rejected: list[RejectedRow] = field(factory=list)
    duplicates: list[SkippedRow] = field(factory=list)
    dropped_fields: int = 0
    dropped: list[DroppedField] = field(factory=list)
    completed: int = 0

    def count(
        self,
        rows: int,
        added: int,
        rejected: list[RejectedRow],
        skipped: list[SkippedRow],
        dropped: Sequence[DroppedField] = (),
    ) -> None:
        """Add what became of some rows."""
        self.rows += rows
        self.added += added
        self.rejected_rows += len({rejection.line for rejection in rejected})
        self.skipped += len(skipped)
        self.completed += sum(bool(row.completed) for row in skipped)
        self.rejected += rejected[: KEPT_ROWS - len(self.rejected)]
        self.duplicates += skipped[: KEPT_ROWS - len(self.duplicates)]
        self.dropped_fields += len(dropped)
        self.dropped += dropped[: KEPT_ROWS - len(self.dropped)]

    def progress(self, bytes_read: int) -> ImportProgress:
        """How far the import is."""
        return ImportProgress(self.rows, bytes_read, self.added, self.skipped, self.rejected_rows)

    def report(self, ignored_columns: tuple[str, ...]) -> ImportReport:
        """The end of it."""
        return ImportReport(
            self.rows,
            self.added,
            self.skipped,
            self.rejected_rows,
            tuple(self.rejected),
            tuple(self.duplicates),
            ignored_columns,
            self.dropped_fields,
            tuple(self.dropped),
            self.completed,
        )
