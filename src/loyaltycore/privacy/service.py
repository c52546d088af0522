"""What a customer may ask for: to see everything that is stored, and to be erased."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final, cast

from attrs import evolve

from loyaltycore.customers.paths import is_path
from loyaltycore.customers.retaining import RETENTIONS
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.criteria import EVERYTHING, stored
from loyaltycore.kernel.given import text_of
from loyaltycore.kernel.validation import Faults
from loyaltycore.privacy.erasing import Erasing
from loyaltycore.privacy.exporting import write_archive
from loyaltycore.privacy.retaining import forget
from loyaltycore.privacy.rules.erasure import (
    DeletionMark,
    Erasure,
    ErasurePreview,
    mark_deleted,
    require_allowed,
    require_confirmed,
    require_erasing,
    unmark,
)
from loyaltycore.privacy.rules.options import NEVER_ERASE
from loyaltycore.privacy.rules.retention import Forgotten
from loyaltycore.work.blocks import refuse_inside_block
from loyaltycore.work.mistaken import refuse_record
from loyaltycore.work.paging import Page, find_page, read_portion
from loyaltycore.work.running import command, query, run_query
from loyaltycore.work.service import Service

if TYPE_CHECKING:
    from typing import IO

    from loyaltycore.work.unit import Unit

_IN_MEMORY: Final = 8_000_000
"""Bytes of an archive that are kept in memory while it is written; what is more goes to a temporary file."""


class Privacy(Service):
    """Export, erasure and what a chain does in place of it."""

    def export(self, customer_id: str, *, to: str | Path | IO[bytes]) -> None:
        """Write everything that is stored about a customer into an archive: ``customer.json``, and all files.

        It is of one moment. Memory stays flat, however much there is. Passwords, tokens and other people's data are not
        in it; customers who were merged into this one are.

        Args:
            to: A path where no file is yet, or a file opened in binary mode. If anything fails, nothing is written to it.

        Raises:
            InvalidInput: That is neither.
            NotFound: There is no such customer.
            OSError: The file cannot be made, or not be written.
        """
        with Faults() as faults:
            refuse_record(faults, self.session.house.registry, "customer_id", customer_id)
            path = str(to) if isinstance(to, Path) else text_of(to)
            if path is None and not callable(getattr(to, "write", None)):
                faults.note("to", "wrong_type", "must be a path or a file opened in binary mode")
            elif path is not None and not is_path(path):
                faults.note("to", "bad_path", "is no path")
        with SpooledTemporaryFile(_IN_MEMORY) as made:

            def write(unit: Unit) -> None:
                # It may run again, if the engine wants that.
                made.seek(0)
                made.truncate()
                write_archive(self.session.house, unit, unit.get(Customer, customer_id), made)

            run_query(self.session, write, "Privacy.export")
            made.seek(0)
            if path is None:
                shutil.copyfileobj(made, cast("IO[bytes]", to))
            else:
                with Path(path).open("xb") as stream:
                    shutil.copyfileobj(made, stream)

    @query
    def preview(self, customer_id: str) -> ErasurePreview:
        """What erasing a customer will do, what stands in its way, and the confirmation that `erase` wants.

        Raises:
            NotFound: There is no such customer.
        """
        return Erasing(self.session.house, self.unit, self.unit.get(Customer, customer_id)).preview()

    @command("privacy.erase")
    def erase(self, customer_id: str, *, confirm: str) -> Erasure:
        """Erase a customer for good: nothing brings it back.

        Every record is treated as its declaration says: it is removed, or stays for the books without what is personal.
        Messages that have not left are withdrawn. The id stays taken, and refers to nobody.

        Args:
            confirm: `ErasurePreview.confirmation`, for the customer as it is now.

        Raises:
            NotFound: There is no such customer.
            Refused: ``erase.never``, ``erase.not_confirmed``, or the first of `ErasurePreview.blockers`.
        """
        require_erasing(never=self.session.options[NEVER_ERASE])
        self.unit.claim(self.unit.get(Customer, customer_id).id)
        customer = self.unit.get(Customer, customer_id, for_update=True)
        require_confirmed(customer, confirm)
        erasing = Erasing(self.session.house, self.unit, customer)
        require_allowed(erasing.preview().blockers)
        return erasing.run()

    @command("privacy.mark")
    def mark(self, customer_id: str) -> DeletionMark:
        """Mark a customer as deleted, in a chain that never erases: everything stays as it is.

        Raises:
            NotFound: There is no such customer.
        """
        customer = self.unit.get(Customer, customer_id)
        known = next(iter(self._marks(customer)), None)
        return self.unit.apply(mark_deleted(customer, known, self.unit.now, self.unit.acting.actor))

    @command("privacy.unmark")
    def unmark(self, customer_id: str) -> None:
        """Take the mark of a deleted customer away.

        Raises:
            NotFound: There is no such customer.
        """
        customer = self.unit.get(Customer, customer_id)
        self.unit.apply(unmark(self._marks(customer)))

    def forget_old(self) -> tuple[Forgotten, ...]:
        """Remove what has been kept long enough and is needed by nothing, in small units of work: a job for once a day.

        Each kind has a period of its own. After an interruption just start again.

        Returns:
            How many records of each kind were removed.

        Raises:
            Refused: ``outbox.inside_transaction``.
        """
        refuse_inside_block(self.session.house, "forgetting")
        session = evolve(self.session, command_key="")
        return tuple(forget(session, each) for each in self.session.house.added(RETENTIONS))

    @query
    def marked(self, *, limit: int = 50, after: str = "") -> Page[DeletionMark]:
        """The customers who are marked as deleted.

        Args:
            limit: Length of a page, 1 to 500.
            after: `next` of the previous page.
        """
        with Faults() as faults:
            portion = read_portion(faults, ("id",), limit, after)
        return find_page(self.unit, DeletionMark, EVERYTHING, portion)

    def _marks(self, customer: Customer) -> tuple[DeletionMark, ...]:
        """A merged customer has the marks of both."""
        return tuple(self.unit.find(DeletionMark, stored("customer_id") == customer.id))
