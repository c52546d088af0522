"""What an import of customers tells: while it runs, for each row that added nobody, and at its end."""

from __future__ import annotations

from typing import Final

from attrs import define, field, frozen

KEPT_ROWS: Final = 1000
"""How many rejections and how many skipped rows a report lists; the counts are always exact."""


@frozen
class RejectedRow:
    """One thing that is wrong with one row; nothing of the row was kept.

    Attributes:
        line: Physical line of the file on which the row starts, counted from 1.

        column: The column as the file's header calls it, or the field where the file has no such column; empty where
            the row as a whole is broken.

        code: Stable word.

        message: One sentence for a person.
    """

    line: int
    column: str
    code: str
    message: str


@frozen
class SkippedRow:
    """A row that is somebody who is known already; nothing of the row was kept.

    Attributes:
        line: Physical line of the file on which the row starts, counted from 1.

        by: By what: ``number``, ``external_number``, ``birth_date``, ``email``, ``phone``, ``address`` or ``name``.

        duplicate_of: The id of the customer who is known; empty where a dry run added nobody.

        number: That customer's number.

        earlier_line: In a dry run, the line of the same file that would have added the customer; otherwise 0.
    """

    line: int
    by: str
    duplicate_of: str
    number: str
    earlier_line: int = 0


@frozen
class ImportProgress:
    """How far an import is.

    Attributes:
        rows: Rows dealt with.

        bytes_read: Bytes read from the file; a little ahead of the rows.

        added: Customers added.

        skipped: Rows that were known already.

        rejected: Rows that were refused.
    """

    rows: int
    bytes_read: int
    added: int
    skipped: int
    rejected: int


@frozen
class ImportReport:
    """What became of a file. Every row was added, skipped or rejected.

    Attributes:
        rows: Rows in the file, blank ones and the header left out.

        added: Customers added; in a dry run, who would be.

        skipped: Rows that were known already.

        rejected_rows: Rows that were refused.

        rejected: What was wrong with them, in the order of the file; the first thousand.

        duplicates: The rows that were known already and who they are, in the order of the file; the first thousand.

        ignored_columns: Columns of the file that no field takes.
    """

    rows: int
    added: int
    skipped: int
    rejected_rows: int
    rejected: tuple[RejectedRow, ...]
    duplicates: tuple[SkippedRow, ...]
    ignored_columns: tuple[str, ...]


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
