"""What an import of customers reports: while it runs, for each row that added nobody, and at its end."""

from __future__ import annotations

from typing import Final

from attrs import define, field, frozen

KEPT_ROWS: Final = 1000
"""How many rejections and how many skipped rows a report lists; the counts are always exact."""


@frozen
class RejectedRow:
    """One thing that is wrong with one row; nothing of the row was kept."""

    line: int
    """Physical line of the file on which the row starts, counted from 1."""
    column: str
    """The column as the file's header calls it, or the field where the file has no such column; empty where
    the row as a whole is broken."""
    code: str
    message: str
    """One sentence for a person."""


@frozen
class SkippedRow:
    """A row of a known customer; nothing of the row was kept."""

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


@define
class Tally:
    """The counts of an import while it runs."""

    rows: int = 0
    added: int = 0
    rejected_rows: int = 0
    skipped: int = 0
    rejected: list[RejectedRow] = field(factory=list)
    duplicates: list[SkippedRow] = field(factory=list)

    def count(self, rows: int, added: int, rejected: list[RejectedRow], skipped: list[SkippedRow]) -> None:
        """Add what became of some rows."""
        self.rows += rows
        self.added += added
        self.rejected_rows += len({rejection.line for rejection in rejected})
        self.skipped += len(skipped)
        self.rejected += rejected[: KEPT_ROWS - len(self.rejected)]
        self.duplicates += skipped[: KEPT_ROWS - len(self.duplicates)]

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
        )
