"""The counts of an import: exact to the end, and lists that stop growing."""

from __future__ import annotations

from loyaltycore.customers.rules.import_report import (
    KEPT_ROWS,
    DroppedField,
    ImportProgress,
    ImportReport,
    RejectedRow,
    SkippedRow,
    Tally,
)


def rejected(*lines: int) -> list[RejectedRow]:
    """A fault on each line."""
    return [RejectedRow(line, "email", "bad_email", "is not an e-mail address") for line in lines]


def skipped(*lines: int) -> list[SkippedRow]:
    """A known customer on each line."""
    return [SkippedRow(line, "email", "c1", "1") for line in lines]


def dropped(*lines: int) -> list[DroppedField]:
    """A field left out on each line."""
    return [DroppedField(line, "email", "bad_email", "is not an e-mail address") for line in lines]


def test_an_import_counts_rows_and_not_faults() -> None:
    """Two faults of one row are one rejected row; portion after portion adds up."""
    tally = Tally()
    assert tally.report(()) == ImportReport(0, 0, 0, 0, (), (), ())
    tally.count(4, 1, rejected(2, 2, 3), skipped(4))
    tally.count(3, 2, rejected(6), skipped())
    assert tally.progress(99) == ImportProgress(rows=7, bytes_read=99, added=3, skipped=1, rejected=3)
    assert tally.report(("hat",)) == ImportReport(
        rows=7,
        added=3,
        skipped=1,
        rejected_rows=3,
        rejected=(*rejected(2, 2, 3), *rejected(6)),
        duplicates=tuple(skipped(4)),
        ignored_columns=("hat",),
    )


def test_only_the_first_thousand_are_listed() -> None:
    """Of rejections, known rows and fields left out alike, while the counts go on."""
    tally = Tally()
    for start in (0, 600, 1200):
        lines = range(start, start + 600)
        tally.count(1200, 0, rejected(*lines), skipped(*lines), dropped(*lines))
    report = tally.report(())
    assert (report.rejected_rows, report.skipped, report.dropped_fields) == (1800, 1800, 1800)
    for listed in (report.rejected, report.duplicates, report.dropped):
        assert [row.line for row in listed] == list(range(KEPT_ROWS))


def test_a_row_that_is_known_from_before_names_no_line() -> None:
    """The line of the same file is zero unless a dry run says otherwise."""
    assert skipped(2)[0].earlier_line == 0
