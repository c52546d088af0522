"""Importing customers from a table file: streamed, in bounded units of work, and repeatable."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

from attrs import define, evolve, field, frozen

from loyaltycore.customers.aliases import Former, former_of
from loyaltycore.customers.numbering import Numbering
from loyaltycore.customers.paths import Source, is_path, made_new, opened
from loyaltycore.customers.rules.changes import IMPORTED, change_customer, entered, note_entry
from loyaltycore.customers.rules.completing import completed
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.form import Reading
from loyaltycore.customers.rules.identity import Identity, Key, KnownPeople, former_identity, identity_of
from loyaltycore.customers.rules.import_custom import PREFIX
from loyaltycore.customers.rules.import_report import (
    DroppedField,
    ImportProgress,
    ImportReport,
    RejectedRow,
    RowFault,
    SkippedRow,
    Tally,
    shown,
)
from loyaltycore.customers.rules.import_rows import Columns, columns_of, read_whole, read_without
from loyaltycore.customers.rules.importing import Complete, ReadRow, Sorting, sort_rows
from loyaltycore.customers.rules.numbers import NumberPattern, number_key
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.customers.rules.rejected_file import RejectedFile
from loyaltycore.customers.rules.table_columns import ZEROS_KEPT
from loyaltycore.customers.rules.table_file import (
    BrokenRow,
    Row,
    TableFile,
    check_table_arguments,
    open_table,
    sample,
)
from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.places import read_country
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.running import run_command, run_query
from loyaltycore.work.session import Session
from loyaltycore.work.unit import Unit

LARGEST_BATCH: Final = 1000
"""The most rows of one unit of work: a query can list no more values."""

_PORTION: Final = 65_536
_AT_ONCE: Final = 100

F = TypeVar("F", bound=RowFault)


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
    phone_notes: bool = False
    lenient: bool = False
    rejected_to: str | Path | BinaryIO | None = None
    on_dropped: Callable[[DroppedField], object] | None = None
    complete: bool = False


def import_file(session: Session, source: Source, settings: ImportSettings) -> ImportReport:
    """Import a file; see `Customers.import_file`."""
    custom = [f"{PREFIX}{each.key}" for each in session.house.custom_fields.all]
    country = _check(settings, source, custom) or session.branch.country
    # Each batch is a command of its own, so a key for one command cannot be meant for them; the rows are recognised.
    session = evolve(session, command_key="")
    with opened(source) as stream:
        counted = _Counted(stream)
        table = open_table(
            counted,
            encoding=settings.encoding,
            delimiter=settings.delimiter,
            columns=settings.columns,
            custom=custom,
        )
        head, rows = sample(table)
        columns = columns_of(
            head,
            table.columns,
            today=_today(session),
            phone_notes=settings.phone_notes,
            zeros_kept=ZEROS_KEPT in table.headers,
        )
        run = _Import(session, settings, country, table, counted, columns)
        if settings.rejected_to is None:
            return run.run(rows)
        with made_new(settings.rejected_to) as made:
            run.rejected = RejectedFile(
                made,
                table.headers,
                table.delimiter,
                zeros_kept=columns.zeros_kept,
                serial_dates={table.columns[key] for key in columns.serial_dates},
            )
            return run.run(rows)


@define
class _Import:
    """One import while it runs."""

    session: Session
    settings: ImportSettings
    country: str
    table: TableFile
    source: _Counted
    columns: Columns
    """What the columns say about their cells, as the first rows show."""
    rejected: RejectedFile | None = None
    tally: Tally = field(factory=Tally)
    earlier: KnownPeople = field(factory=KnownPeople)
    """In a dry run, whom earlier batches would have added; otherwise nobody, because they are stored."""
    completed: dict[str, Customer] = field(factory=dict)
    """In a dry run that completes, customers as it would have left them, by id or by the line that would add them."""
    running: int = 0
    """In a dry run, the running number given last; otherwise 0, because that is stored too."""

    def run(self, rows: Iterator[Row | BrokenRow]) -> ImportReport:
        """Import batch by batch to the end of the file."""
        while self._batch(islice(rows, self.settings.batch_size)):
            pass
        return self.tally.report(self.table.ignored_columns)

    def _batch(self, batch: Iterable[Row | BrokenRow]) -> int:
        """Import the rows of one batch, and return how many there were."""
        # No row is kept longer than it takes to read it, unless it may have to be written again.
        kept: dict[int, Row | BrokenRow] = {}
        count, rows, rejected = self._read(batch, kept)
        if not count:
            return 0
        result = self._sorted(rows) if rows else Sorting()
        rejected += [self._under_header(rejection) for rejection in result.rejected]
        rejected.sort(key=lambda rejection: rejection.line)
        added = {line for line, _ in result.added}
        dropped = [fault for row in rows if row.line in added for fault in row.dropped]
        self.tally.count(count, len(result.added), rejected, result.skipped, dropped)
        if self.rejected is not None and rejected:
            self.rejected.add(rejected, kept)
        _tell(self.settings.on_rejected, rejected)
        _tell(self.settings.on_dropped, dropped)
        _tell(self.settings.on_skipped, result.skipped)
        _tell(self.settings.on_progress, [self.tally.progress(self.source.count)])
        return count

    def _read(
        self, batch: Iterable[Row | BrokenRow], kept: dict[int, Row | BrokenRow]
    ) -> tuple[int, list[ReadRow], list[RejectedRow]]:
        """Read rows into drafts, before the unit of work begins, so that it stays short and may run again."""
        reading = Reading(_today(self.session), self.country, self.session.house.custom_fields)
        branch = self.session.branch.id
        read = read_without if self.settings.lenient else read_whole
        count, rows, rejected = 0, [], []
        for row in batch:
            count += 1
            if self.rejected is not None:
                kept[row.line] = row
            if isinstance(row, BrokenRow):
                rejected.append(RejectedRow(row.line, "", row.code, row.message))
                continue
            try:
                draft, faults = read(row.values, reading, branch_id=branch, columns=self.columns)
            except InvalidInput as error:
                rejected += [self._fault(RejectedRow, row, fault) for fault in error.faults]
            else:
                dropped = tuple([self._fault(DroppedField, row, fault) for fault in faults])
                rows.append(ReadRow(row.line, draft, dropped))
        return count, rows, rejected

    def _fault(self, kind: type[F], row: Row, fault: Fault) -> F:
        value = shown(row.values.get(fault.field, ""))
        column = self.table.columns.get(fault.field, fault.field)
        return kind(row.line, column, fault.code, fault.message, value)

    def _sorted(self, rows: Sequence[ReadRow]) -> Sorting:
        if not self.settings.dry_run:
            return run_command(self.session, "customers.import", "", lambda unit: self._keep(unit, rows))
        result, self.running, changed = run_query(self.session, lambda unit: self._look(unit, rows))
        for line, customer in result.added:
            draft = changed.pop(_of_line(line), customer)
            self.earlier.add(identity_of(draft, line))
            if self.settings.complete:
                self.completed[_of_line(line)] = draft
        self.completed |= changed
        return result

    def _keep(self, unit: Unit, rows: Sequence[ReadRow]) -> Sorting:
        # The range is taken before anybody looks who is known. Two imports of one file then follow one another here, and
        # the second one finds whom the first one added, also on an engine that shows what others commit meanwhile.
        numbering = self._numbering(unit, rows)
        added: dict[str, ReadRow] = {}
        people, stored_ones = self._stored(unit, rows)
        present = dict(stored_ones)

        def take_on(row: ReadRow, people: KnownPeople) -> Customer:
            number = row.draft.number or numbering.next(unless=lambda number: _number(number) in people)
            customer = entered(row.draft, unit.ids.new(), number, unit.now)
            added[customer.id], present[customer.id] = row, customer
            return customer

        result = sort_rows(rows, (people,), take_on, self._completing(present))
        decisions = chain(
            (note_entry(present[key], IMPORTED, comment=f"line {row.line}") for key, row in added.items()),
            (change_customer(before, present[key]) for key, before in stored_ones.items()),
        )
        while portion := tuple(islice(decisions, _AT_ONCE)):
            unit.apply_all(portion)
        numbering.keep()
        return result

    def _look(self, unit: Unit, rows: Sequence[ReadRow]) -> tuple[Sorting, int, dict[str, Customer]]:
        """Do as `_keep` does, but keep nothing; the last running number, and who would have been completed."""
        numbering = self._numbering(unit, rows, behind=self.running, keep=False)
        people, stored_ones = self._stored(unit, rows)
        before = ChainMap(stored_ones, self.completed)
        present = before.new_child()

        def take_on(row: ReadRow, people: KnownPeople) -> Customer:
            number = row.draft.number or numbering.next(
                unless=lambda number: _number(number) in people or _number(number) in self.earlier
            )
            customer = evolve(row.draft, number=number)
            present[_of_line(row.line)] = customer
            return customer

        result = sort_rows(rows, (people, self.earlier), take_on, self._completing(present))
        return (
            result,
            numbering.last,
            {key: each for key, each in present.maps[0].items() if each is not before.get(key)},
        )

    def _stored(self, unit: Unit, rows: Sequence[ReadRow]) -> tuple[KnownPeople, dict[str, Customer]]:
        """The people in some rows whom the storage knows, in a dry run as earlier rows would have left them."""
        found = {
            customer.id: self.completed.get(customer.id, customer)
            for customer in _known_customers(unit, rows)
        }
        wanted = {key for row in rows for group in row.identity.wanted for key in group}
        people = KnownPeople()
        kept = {}
        for key in sorted(found):
            identity = identity_of(found[key])
            # Only namesakes who share something with a row are kept: there may be very many.
            if not wanted.isdisjoint(identity.keys):
                people.add(identity)
                kept[key] = found[key]
        for former in _former(unit, rows):
            survivor = self.completed.get(former.survivor.id, former.survivor)
            people.add(former_identity(survivor.id, former.number, former.external_number))
            kept[survivor.id] = survivor
        return people, kept

    def _completing(self, present: MutableMapping[str, Customer]) -> Complete | None:
        """What fills empty fields of those present, if that was asked for."""
        if not self.settings.complete:
            return None

        def complete(row: ReadRow, known: Identity) -> tuple[Identity, tuple[str, ...]]:
            key = known.customer_id or _of_line(known.line)
            present[key], fields = completed(present[key], row.draft)
            identity = identity_of(present[key], known.line)
            return evolve(identity, customer_id=known.customer_id), fields

        return complete

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


def _today(session: Session) -> date:
    """The local date at the branch."""
    return session.branch.local_date(session.house.clock.now())


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
        source: Any = self._source
        if callable(read):
            while portion := read(_PORTION):
                yield portion
        elif issubclass(type(source), Iterable) and not isinstance(source, bytes | bytearray):
            yield from source
        else:
            yield source


def _number(number: str) -> Key:
    return ("number", number_key(number))


def _of_line(line: int) -> str:
    """In place of the id of somebody whom only the dry run has added."""
    return f"line {line}"


def _known_customers(unit: Unit, rows: Sequence[ReadRow]) -> Iterator[Customer]:
    """The customers with the numbers and names of some rows: three queries, however many rows there are."""
    identities = [row.identity for row in rows]
    values = {
        "number_key": {number_key(identity.number) for identity in identities},
        "external_number": {identity.external_number for identity in identities},
        "sort_name": {
            identity.name for identity in identities if not (identity.number or identity.external_number)
        },
    }
    for name, some in values.items():
        if some - {""}:
            yield from unit.find(Customer, stored(name).one_of(sorted(some - {""})))


def _former(unit: Unit, rows: Sequence[ReadRow]) -> Iterator[Former]:
    """The customers into whom those were merged whose numbers stand in some rows."""
    identities = [row.identity for row in rows]
    return former_of(
        unit,
        (each.number for each in identities),
        (each.external_number for each in identities),
    )


def _check(settings: ImportSettings, source: object, custom: Iterable[str]) -> str:
    """Check the settings before anything is opened, and return the country in capitals or an empty text."""
    with Faults() as faults:
        path = str(source) if isinstance(source, Path) else text_of(source)
        if path is not None and not is_path(path):
            faults.note("source", "bad_path", "is no path")
        check_table_arguments(faults, settings.encoding, settings.delimiter, settings.columns, custom)
        faults.integer("batch_size", settings.batch_size, least=1, most=LARGEST_BATCH, required=True)
        for name in ("on_progress", "on_rejected", "on_skipped", "on_dropped"):
            faults.function(name, getattr(settings, name))
        for name in ("dry_run", "phone_notes", "lenient", "complete"):
            faults.flag(name, getattr(settings, name))
        target = settings.rejected_to
        made = str(target) if isinstance(target, Path) else text_of(target)
        if made is not None and not is_path(made):
            faults.note("rejected_to", "bad_path", "is no path")
        elif target is not None and made is None and not callable(getattr(target, "write", None)):
            faults.note("rejected_to", "wrong_type", "must be a path or a file opened in binary mode")
        return read_country(faults, "default_country", settings.default_country)


def _tell(listener: Callable[[Any], object] | None, news: Iterable[object]) -> None:
    if listener is not None:
        for item in news:
            listener(item)
