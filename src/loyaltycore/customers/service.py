"""Customers: create, read, change, find, count, import."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, Unpack

from loyaltycore.customers.aliases import holder_of
from loyaltycore.customers.numbering import Numbering
from loyaltycore.customers.rules.changes import (
    change_customer,
    enter_customer,
    require_free,
    require_version,
)
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.finding import CustomerFilters, read_filters
from loyaltycore.customers.rules.form import CustomerFields, Reading, read_change, read_new, read_number
from loyaltycore.customers.rules.numbers import NumberPattern
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.errors import NotFound
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.criteria import Criterion
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query
from loyaltycore.work.service import Service
from loyaltycore.work.session import Session
from loyaltycore.work.streaming import portions
from loyaltycore.work.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

    from loyaltycore.customers.paths import Source
    from loyaltycore.customers.rules.import_report import (
        DroppedField,
        ImportProgress,
        ImportReport,
        RejectedRow,
        SkippedRow,
    )

_PORTION: Final = 500


class Customers(Service):
    """The customers of the chain."""

    @command("customers.create")
    def create(self, *, number: str | None = None, **fields: Unpack[CustomerFields]) -> Customer:
        """Enter a new customer.

        Args:
            number: A number of the caller's choice; None takes the next one by the chain's pattern.
            **fields: See `CustomerFields`. A last name or a company is required; the responsible branch defaults to
                this session's.

        Raises:
            InvalidInput: Names every fault of every field.
            NotFound: There is no such branch.
            Refused: ``customer.number_taken``.
        """
        with Faults() as faults:
            chosen = read_number(faults, number)
            draft = read_new(
                faults, {"branch_id": self.session.branch.id, **fields}, reading_of(self.session, self.unit)
            )
        self._check_branch(draft)
        customer_number = self._chosen(chosen) if chosen else self._next()
        return self.unit.apply(enter_customer(draft, self.unit.ids.new(), customer_number, self.unit.now))

    @command("customers.change")
    def change(
        self,
        customer_id: str,
        *,
        expected_version: int | None = None,
        **fields: Unpack[CustomerFields],
    ) -> Customer:
        """Change the given fields of a customer; if nothing differs, nothing is saved or logged.

        Args:
            expected_version: The version that the caller saw; None accepts any.
            **fields: See `CustomerFields`.

        Raises:
            NotFound: There is no such customer or branch.
            EditedMeanwhile: Somebody else has changed the customer since the caller read it.
            InvalidInput: Names every fault of every field.
        """
        before = self.unit.get(Customer, customer_id, for_update=True)
        with Faults() as faults:
            expected = faults.integer("expected_version", expected_version, least=1, most=2**31)
            after = read_change(faults, before, fields, reading_of(self.session, self.unit))
        require_version(before, expected)
        if after.branch_id != before.branch_id:
            self._check_branch(after)
        return self.unit.apply(change_customer(before, after))

    @query
    def get(self, customer_id: str) -> Customer:
        """Read one customer.

        Raises:
            NotFound: There is no such customer.
        """
        return self.unit.get(Customer, customer_id)

    @query
    def by_number(self, number: str) -> Customer:
        """Read the customer with a number.

        Args:
            number: As typed or scanned; case and the symbology identifier of a scanner do not matter.

        Raises:
            NotFound: Nobody has it.
        """
        clean = read_number(Faults(), number)
        holder = holder_of(self.unit, clean) if clean else None
        if holder is None:
            raise NotFound("customer", number)
        return holder

    @query
    def find(self, *, limit: int = 50, after: str = "", **filters: Unpack[CustomerFilters]) -> Page[Customer]:
        """Find customers, in alphabetical order; without a filter, all of them.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page, for the same filters.
            **filters: See `CustomerFilters`; all those given must hold.

        Raises:
            InvalidInput: Names every fault of every argument.
        """
        with Faults() as faults:
            where = self._where(faults, filters)
            portion = read_portion(faults, ("sort_name",), limit, after)
        return find_page(self.unit, Customer, where, portion)

    def each(self, **filters: Unpack[CustomerFilters]) -> Iterator[Customer]:
        """Read all customers whom `find` returns for the same filters, one by one, in the order of their ids.

        They are read in portions, so memory stays flat and nothing is held up. A customer who changes in the meantime
        comes once or, if the filters no longer fit, not at all.

        Raises:
            InvalidInput: Names every fault of every filter.
        """
        with Faults() as faults:
            where = self._where(faults, filters)
        return chain.from_iterable(portions(self.session, Customer, where, _PORTION))

    @query
    def count(self, **filters: Unpack[CustomerFilters]) -> int:
        """Count the customers whom `find` returns for the same filters.

        Raises:
            InvalidInput: Names every fault of every filter.
        """
        with Faults() as faults:
            where = self._where(faults, filters)
        return self.unit.count(Customer, where)

    def import_file(
        self,
        source: Source,
        *,
        columns: Mapping[str, str] | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
        default_country: str | None = None,
        batch_size: int = 500,
        on_progress: Callable[[ImportProgress], object] | None = None,
        on_rejected: Callable[[RejectedRow], object] | None = None,
        on_skipped: Callable[[SkippedRow], object] | None = None,
        dry_run: bool = False,
        phone_notes: bool = False,
        lenient: bool = False,
        rejected_to: str | Path | BinaryIO | None = None,
        on_dropped: Callable[[DroppedField], object] | None = None,
        complete: bool = False,
    ) -> ImportReport:
        """Import customers from a CSV file, row by row, in units of work of `batch_size` rows.

        A row adds a customer, is known already (see `loyaltycore.customers.rules.identity`), or is rejected as a whole,
        unless the import is lenient.
        Importing the same file again adds nobody, so after an interruption just start again.

        Args:
            source: A path, a file opened in binary mode, or its bytes in portions. It is never held in memory as a
                whole.
            columns: Maps headers to fields, for headers that are not recognised; an empty field ignores the column.
            delimiter: One character; None detects it.
            encoding: None detects it.
            default_country: ISO 3166-1 alpha-2 for rows that name no country; None takes the branch's.
            batch_size: Rows of one unit of work, 1 to 1000.
            on_progress: Called after each unit of work. If it raises, the import ends there.
            on_rejected: Called with each rejection, in file order; the report lists the first thousand.
            on_skipped: Called with each row that was known already; the report lists the first thousand.
            dry_run: Whether to report what an import would do and keep nothing. Unlike an import, this has to remember
                whom it would have added: some hundred bytes each.
            phone_notes: Whether a cell with a phone number and words beside it goes to the notes too, instead of being
                refused.
            lenient: Whether a row is taken without its faulty fields, as long as name and number are right. The report
                lists the fields.
            rejected_to: A path where no file is yet, or a file opened in binary mode, for the rejected rows and what is
                wrong with each: CSV that can be mended and imported with the same arguments.
            on_dropped: Called with each faulty field without which a row was added; the report lists the first thousand.
            complete: Whether rows of known customers fill those fields of theirs that are empty, names and numbers
                excepted.

        Raises:
            InvalidInput: The file as a whole cannot be read, or an argument is wrong. Nothing was imported.
            OSError: The file cannot be opened, or that for rejected rows cannot be made.
        """
        # Reading tables is a quarter of the library, and most programs never do.
        from loyaltycore.customers.importing import ImportSettings, import_file  # noqa: PLC0415  few programs import files

        settings = ImportSettings(
            columns=columns,
            delimiter=delimiter,
            encoding=encoding,
            default_country=default_country,
            batch_size=batch_size,
            on_progress=on_progress,
            on_rejected=on_rejected,
            on_skipped=on_skipped,
            dry_run=dry_run,
            phone_notes=phone_notes,
            lenient=lenient,
            rejected_to=rejected_to,
            on_dropped=on_dropped,
            complete=complete,
        )
        return import_file(self.session, source, settings)

    def _where(self, faults: Faults, filters: Mapping[str, object]) -> Criterion:
        """What filters mean; the number of a merged customer means the survivor."""
        where = read_filters(faults, filters, self.session.branch.country)
        number = filters.get("number")
        if faults.found or text_of(number) in {None, ""}:
            return where
        try:
            holder = self.by_number(text_of(number) or "")
        except NotFound:
            return where
        return read_filters(faults, {**filters, "number": holder.number}, self.session.branch.country)

    def _check_branch(self, customer: Customer) -> None:
        if customer.branch_id and customer.branch_id != self.session.branch.id:
            self.unit.get(Branch, customer.branch_id)

    def _chosen(self, number: str) -> str:
        require_free(number, holder_of(self.unit, number))
        return number

    def _next(self) -> str:
        pattern = NumberPattern.parse(self.session.options[NUMBER_PATTERN])
        numbering = Numbering(self.unit, pattern, self.today.year)
        number = numbering.next()
        numbering.keep()
        return number


def reading_of(session: Session, unit: Unit) -> Reading:
    """The context in which a session reads customer forms."""
    return Reading(session.today(unit), session.branch.country, session.house.custom_fields)
