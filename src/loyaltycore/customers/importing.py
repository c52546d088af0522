"""Importing customers from a table file: streamed, in bounded units of work, and repeatable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from attrs import define, evolve, field, frozen

from loyaltycore.customers.numbering import Numbering
from loyaltycore.customers.rules.changes import IMPORTED, enter_customer
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.form import Reading
from loyaltycore.customers.rules.identity import KnownPeople, identity_of
from loyaltycore.customers.rules.import_report import (
    ImportProgress,
    ImportReport,
    RejectedRow,
    SkippedRow,
    Tally,
)
from loyaltycore.customers.rules.import_rows import read_row
from loyaltycore.customers.rules.importing import ReadRow, Sorting, sort_rows
from loyaltycore.customers.rules.numbers import NumberPattern
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.customers.rules.table_file import BrokenRow, Row, TableFile, open_table
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import COUNTRY_LENGTH
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.running import run_command, run_query
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

LARGEST_BATCH: Final = 1000
"""The most rows of one unit of work: a query can list no more values."""

_PORTION: Final = 65_536

Source = str | Path | BinaryIO | Iterable[bytes]
"""A path, a file opened in binary mode, or its bytes in portions."""


@frozen(kw_only=True)
class ImportSettings:
    """How a file is imported; see `Customers.import_file`."""

    columns: Mapping[str, str] | None = None
    delimiter: str | None = None
    encoding: str | None = None
    default_country: str | None = None
    batch_size: int = 500
    on_progress: Callable[[ImportProgress], object] | None = None
    on_rejected: Callable[[RejectedRow], object] | None = None
    on_skipped: Callable[[SkippedRow], object] | None = None
    dry_run: bool = False


def import_file(session: Session, source: Source, settings: ImportSettings) -> ImportReport:
    """Import a file; see `Customers.import_file`."""
    country = _check(settings) or session.branch.country
    # Each batch is a command of its own, so a key for one command cannot be meant for them; the rows are recognised.
    session = evolve(session, command_key="")
    with _opened(source) as stream:
        counted = _Counted(stream)
        table = open_table(
            counted, encoding=settings.encoding, delimiter=settings.delimiter, columns=settings.columns
        )
        return _Import(session, settings, country, table, counted).run()


@define
class _Import:
    """One import while it runs."""

    session: Session
    settings: ImportSettings
    country: str
    table: TableFile
    source: _Counted
    tally: Tally = field(factory=Tally)
    earlier: KnownPeople = field(factory=KnownPeople)
    """In a dry run, whom earlier batches would have added; otherwise nobody, because they are stored."""
    running: int = 0
    """In a dry run, the running number given last; otherwise 0, because that is stored too."""

    def run(self) -> ImportReport:
        """Import batch by batch to the end of the file."""
        while batch := list(islice(self.table, self.settings.batch_size)):
            self._batch(batch)
        return self.tally.report(self.table.ignored_columns)

    def _batch(self, batch: Sequence[Row | BrokenRow]) -> None:
        rows, rejected = self._read(batch)
        result = self._sorted(rows) if rows else Sorting()
        rejected += [self._under_header(rejection) for rejection in result.rejected]
        rejected.sort(key=lambda rejection: rejection.line)
        self.tally.count(len(batch), len(result.added), rejected, result.skipped)
        _tell(self.settings.on_rejected, rejected)
        _tell(self.settings.on_skipped, result.skipped)
        _tell(self.settings.on_progress, [self.tally.progress(self.source.count)])

    def _read(self, batch: Iterable[Row | BrokenRow]) -> tuple[list[ReadRow], list[RejectedRow]]:
        """Read rows into drafts, before the unit of work begins, so that it stays short and may run again."""
        reading = Reading(self.session.branch.local_date(self.session.house.clock.now()), self.country)
        rows, rejected = [], []
        for row in batch:
            if isinstance(row, BrokenRow):
                rejected.append(RejectedRow(row.line, "", row.code, row.message))
                continue
            try:
                rows.append(
                    ReadRow(row.line, read_row(row.values, reading, branch_id=self.session.branch.id))
                )
            except InvalidInput as error:
                faults = (RejectedRow(row.line, f.field, f.code, f.message) for f in error.faults)
                rejected += map(self._under_header, faults)
        return rows, rejected

    def _sorted(self, rows: Sequence[ReadRow]) -> Sorting:
        if not self.settings.dry_run:
            return run_command(self.session, "customers.import", "", lambda unit: self._keep(unit, rows))
        result, self.running = run_query(self.session, lambda unit: self._look(unit, rows))
        for line, customer in result.added:
            self.earlier.add(identity_of(customer, line))
        return result

    def _keep(self, unit: Unit, rows: Sequence[ReadRow]) -> Sorting:
        # The range is taken before anybody looks who is known. Two imports of one file then follow one another here, and
        # the second one finds whom the first one added, also on an engine that shows what others commit meanwhile.
        numbering = self._numbering(unit, rows)
        decisions: list[Decision[Customer]] = []

        def take_on(row: ReadRow, people: KnownPeople) -> Customer:
            number = row.draft.number or numbering.next(unless=lambda number: ("number", number) in people)
            comment = f"line {row.line}"
            decision = enter_customer(
                row.draft, unit.ids.new(), number, unit.now, action=IMPORTED, comment=comment
            )
            decisions.append(decision)
            return decision.result

        result = sort_rows(rows, (_stored_people(unit, rows),), take_on)
        unit.apply_all(decisions)
        numbering.keep()
        return result

    def _look(self, unit: Unit, rows: Sequence[ReadRow]) -> tuple[Sorting, int]:
        """Do as `_keep` does, but keep nothing."""
        numbering = self._numbering(unit, rows, behind=self.running, keep=False)

        def take_on(row: ReadRow, people: KnownPeople) -> Customer:
            number = row.draft.number or numbering.next(
                unless=lambda number: ("number", number) in people or ("number", number) in self.earlier
            )
            return evolve(row.draft, number=number)

        result = sort_rows(rows, (_stored_people(unit, rows), self.earlier), take_on)
        return result, numbering.last

    def _numbering(
        self, unit: Unit, rows: Sequence[ReadRow], *, behind: int = 0, keep: bool = True
    ) -> Numbering:
        pattern = NumberPattern.parse(self.session.options[NUMBER_PATTERN])
        needed = sum(not row.draft.number for row in rows)
        year = self.session.today(unit).year
        return Numbering(unit, pattern, year, block=max(needed, 1), behind=behind, keep=keep)

    def _under_header(self, rejection: RejectedRow) -> RejectedRow:
        """Name the column as the file does."""
        return evolve(rejection, column=self.table.columns.get(rejection.column, rejection.column))


class _Counted:
    """Bytes in portions, counted as they pass."""

    def __init__(self, source: BinaryIO | Iterable[bytes]) -> None:
        self._source = source
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        for portion in self._portions():
            # What is no bytes is refused by whoever reads it, with the right words.
            self.count += len(portion) if isinstance(portion, bytes | bytearray) else 0
            yield portion

    def _portions(self) -> Iterator[bytes]:
        read = getattr(self._source, "read", None)
        if read is not None:
            while portion := read(_PORTION):
                yield portion
        elif isinstance(self._source, Iterable) and not isinstance(self._source, bytes | bytearray):
            yield from self._source
        else:
            yield self._source


def _stored_people(unit: Unit, rows: Sequence[ReadRow]) -> KnownPeople:
    """The people in some rows whom the storage knows: three queries, however many rows there are."""
    identities = [row.identity for row in rows]
    wanted = {key for identity in identities for group in identity.wanted for key in group}
    values = {
        "number": {identity.number for identity in identities},
        "external_number": {identity.external_number for identity in identities},
        "sort_name": {
            identity.name for identity in identities if not (identity.number or identity.external_number)
        },
    }
    found = {}
    for name, some in values.items():
        for customer in unit.find(Customer, stored(name).one_of(sorted(some - {""}))) if some - {""} else ():
            identity = identity_of(customer)
            # Only namesakes who share something with a row are kept: there may be very many.
            if not wanted.isdisjoint(identity.keys):
                found[customer.id] = identity
    people = KnownPeople()
    for key in sorted(found):
        people.add(found[key])
    return people


def _opened(source: Source) -> AbstractContextManager[BinaryIO | Iterable[bytes]]:
    """Open a path and close it afterwards; a file that is already open belongs to the caller."""
    return Path(source).open("rb") if isinstance(source, str | Path) else nullcontext(source)


def _check(settings: ImportSettings) -> str:
    """Check the settings, and return the country in capitals or an empty text."""
    with Faults() as faults:
        faults.integer("batch_size", settings.batch_size, least=1, most=LARGEST_BATCH)
        country = faults.text("default_country", settings.default_country, limit=COUNTRY_LENGTH).upper()
        if country and not (len(country) == COUNTRY_LENGTH and country.isascii() and country.isalpha()):
            faults.note("default_country", "bad_country", "must be two letters of ISO 3166-1")
    return country


def _tell(listener: Callable[[Any], object] | None, news: Iterable[object]) -> None:
    if listener is not None:
        for item in news:
            listener(item)
