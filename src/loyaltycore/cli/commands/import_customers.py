"""``loyaltycore import-customers``: imports customers from a table file; may be repeated."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from loyaltycore.cli.command import Command
from loyaltycore.cli.opening import open_loyalty
from loyaltycore.cli.progress import Progress
from loyaltycore.cli.saying import on_one_line, say
from loyaltycore.customers import ImportProgress, ImportReport, SkippedRow
from loyaltycore.errors import Fault, InvalidInput


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = parser.add_argument
    # Made absolute here, because the command itself works in the folder of the configuration.
    add(
        "file",
        type=lambda text: Path(text).absolute(),
        metavar="FILE",
        help="semicolon, comma or tab; any encoding",
    )
    add("--branch", metavar="KEY", help="the branch responsible for them")
    add(
        "--column",
        action="append",
        default=[],
        metavar="HEADER=FIELD",
        help="for a header that is not understood by itself, and once for each; without a field the column is ignored",
    )
    add("--encoding", help="for example cp1252; found by itself otherwise")
    add("--delimiter", help="found by itself otherwise")
    add("--lenient", action="store_true", help="take a row without its faulty fields, and say so")
    add(
        "--rejected",
        type=lambda text: Path(text).absolute(),
        metavar="FILE",
        help="write the rejected rows there, to be mended and imported again; the file must not exist yet",
    )
    add("--complete", action="store_true", help="fill empty fields of customers who are known already")
    add("--known", action="store_true", help="list the rows of customers who are known already")
    add("--phone-notes", action="store_true", help="put words beside a phone number into the notes")
    add("--dry-run", action="store_true", help="say what would happen, and keep nothing")
    parser.epilog = "Ends with 1 where a row was rejected; the others are kept."


def run(options: argparse.Namespace) -> int:
    """Import, show the progress, and say what became of the file."""
    columns = _read_columns(options.column)
    size = max(1, options.file.stat().st_size)
    with open_loyalty(options.config) as loyalty, Progress("importing") as progress:

        def show(state: ImportProgress) -> None:
            # The bytes run a little ahead of the rows.
            progress.show(min(0.99, state.bytes_read / size), f"{state.rows:,} rows")

        def tell(line: str) -> None:
            progress.clear()
            say(on_one_line(line))

        def show_known(row: SkippedRow) -> None:
            who = f"customer {row.number}" if row.number else f"line {row.earlier_line}"
            tell(f"line {row.line}: known by {row.by.replace('_', ' ')} as {who}")

        report = loyalty.session(options.actor, options.branch).customers.import_file(
            options.file,
            columns=columns,
            encoding=options.encoding,
            delimiter=options.delimiter,
            dry_run=options.dry_run,
            phone_notes=options.phone_notes,
            on_progress=show,
            on_rejected=lambda row: tell(row.text),
            lenient=options.lenient,
            complete=options.complete,
            rejected_to=options.rejected,
            on_dropped=lambda fault: tell(f"{fault.text}: left out"),
            on_skipped=show_known if options.known else None,
        )
        progress.show(1, f"{report.rows:,} rows")
    _say_report(report, dry_run=options.dry_run)
    return 1 if report.rejected_rows else 0


def _read_columns(given: Iterable[str]) -> dict[str, str]:
    columns = {}
    for text in given:
        header, mark, field = text.rpartition("=")
        if not mark or not header:
            raise InvalidInput([Fault("--column", "bad_column", f"must be HEADER=FIELD, not {text!r}")])
        columns[header] = field
    return columns


def _say_report(report: ImportReport, *, dry_run: bool) -> None:
    added = "would be added" if dry_run else "added"
    was = "would be" if dry_run else "were"
    say(
        f"{report.rows:,} rows: {report.added:,} {added}, {report.skipped:,} known already, "
        f"{report.rejected_rows:,} rejected"
    )
    if report.completed:
        say(f"{report.completed:,} rows of known customers: empty fields {was} filled")
    if report.dropped_fields:
        say(f"{report.dropped_fields:,} faulty fields left out of rows that {was} added")
    if report.ignored_columns:
        say(on_one_line(f"columns that no field takes: {', '.join(report.ignored_columns)}"))


COMMAND: Final = Command(
    "import-customers",
    "take customers on from a CSV file; who is known already is passed over",
    configure,
    run,
)
