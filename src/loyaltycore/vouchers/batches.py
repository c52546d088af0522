"""Vouchers by the thousand: made in portions, exported as often as needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.reading import scene_of, terms_of
from loyaltycore.programs.records import COMMENT_LENGTH
from loyaltycore.programs.rules.defining import require_in_force
from loyaltycore.programs.rules.program import Program
from loyaltycore.vouchers.keys import CODE_KEYS
from loyaltycore.vouchers.rules import issuing
from loyaltycore.vouchers.rules.codes import CodeKey
from loyaltycore.vouchers.rules.exporting import exported, line_of
from loyaltycore.vouchers.rules.voucher import Voucher, VoucherBatch
from loyaltycore.work.running import command, query, run_command
from loyaltycore.work.service import Service
from loyaltycore.work.streaming import portions
from loyaltycore.work.unit import Unit

MOST_CODES = 10_000_000
"""Of one batch: far fewer than would let anybody guess one."""


class Batches(Service):
    """Batches of vouchers."""

    @property
    def keys(self) -> tuple[CodeKey, ...]:
        """The secrets from which codes are computed, the one that makes them first."""
        return self.session.house.added(CODE_KEYS)

    def generate(
        self,
        program: str,
        count: int,
        *,
        starts_on: date | str | None = None,
        ends_on: date | str | None = None,
        comment: str = "",
    ) -> VoucherBatch:
        """Make many vouchers of one program, for bearers, in units of work of a thousand.

        After an interruption `resume` goes on, and so does the same call under the same key.

        Args:
            count: 1 to 10,000,000.
            starts_on: Their first day; None for now.
            ends_on: Their last day; None for what the terms say.

        Raises:
            InvalidInput: Names every fault of the arguments.
            Refused: ``program.undefined``, ``program.not_published``, ``voucher.other_kind`` or ``voucher.no_key``.
        """
        return self.resume(self._begin(program, count, starts_on, ends_on, comment).id)

    def resume(self, batch_id: str) -> VoucherBatch:
        """Go on with a batch until it is done.

        Raises:
            NotFound: There is no such batch.
            Refused: ``voucher.no_key``.
        """
        batch = self.batch(batch_id)
        while batch.made < batch.count:
            batch = run_command(self.session, "", "", partial(self._fill, batch_id=batch.id))
        return batch

    @query
    def batch(self, batch_id: str) -> VoucherBatch:
        """Read one batch.

        Raises:
            NotFound: There is no such batch.
        """
        return self.unit.get(VoucherBatch, batch_id)

    def export_codes(self, batch_id: str) -> Iterator[str]:
        """The codes of a batch, one after the other, as they are printed; that they were exported is written down.

        Raises:
            NotFound: There is no such batch.
        """
        return (issuing.code_of(each, self.keys) for each in self._exported(batch_id))

    def export_csv(self, batch_id: str) -> Iterator[str]:
        """The codes of a batch as lines of a CSV file with a heading, in which no cell is a formula.

        Raises:
            NotFound: There is no such batch.
        """
        yield "code,program,last_day\r\n"
        for each in self._exported(batch_id):
            zone = self.session.branch.time_zone
            yield line_of(each, issuing.code_of(each, self.keys), zone)

    @command("vouchers.generate")
    def _begin(
        self,
        program: str,
        count: int,
        starts_on: date | str | None,
        ends_on: date | str | None,
        comment: str,
    ) -> VoucherBatch:
        with Faults() as faults:
            many = faults.integer("count", count, least=1, most=MOST_CODES, required=True)
            days = faults.day("starts_on", starts_on), faults.day("ends_on", ends_on)
            says = faults.text("comment", comment, limit=COMMENT_LENGTH)
        issuing.require_key(self.keys)
        found = require_in_force(self.unit.seek(Program, program, for_update=True), program)
        terms = terms_of(self.session.house, self.unit, found.id, found.revision)
        return self.unit.apply(issuing.begin_batch(found, terms, many, days, says, scene_of(self.unit)))

    def _fill(self, unit: Unit, batch_id: str) -> VoucherBatch:
        batch = unit.get(VoucherBatch, batch_id, for_update=True)
        program = unit.get(Program, batch.program)
        terms = terms_of(self.session.house, unit, batch.program, batch.revision)
        key = issuing.require_key(self.keys)
        return unit.apply(issuing.fill_batch(batch, program, terms, key, scene_of(unit)))

    @command("vouchers.export")
    def _record_export(self, batch_id: str) -> None:
        self.unit.apply(exported(self.unit.get(VoucherBatch, batch_id)))

    def _exported(self, batch_id: str) -> Iterator[Voucher]:
        self._record_export(batch_id)
        for some in portions(self.session, Voucher, stored("batch_id") == batch_id, issuing.PORTION):
            yield from some
