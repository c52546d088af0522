"""Importing codes that were made elsewhere, in portions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Final

from loyaltycore.kernel.criteria import stored
from loyaltycore.kernel.validation import Faults, read_iterator
from loyaltycore.programs.reading import scene_of, terms_of
from loyaltycore.programs.records import COMMENT_LENGTH
from loyaltycore.programs.rules.defining import require_in_force
from loyaltycore.programs.rules.program import Program
from loyaltycore.vouchers.batches import Batches
from loyaltycore.vouchers.rules import importing
from loyaltycore.vouchers.rules.codes import hashes
from loyaltycore.vouchers.rules.importing import ForeignCode, ImportedCodes
from loyaltycore.vouchers.rules.issuing import require_key
from loyaltycore.vouchers.rules.voucher import Voucher, VoucherBatch
from loyaltycore.work.running import command, run_command
from loyaltycore.work.unit import Unit

_LOOKED_UP: Final = 1000
"""How many hashes are looked for at once."""
_LARGEST: Final = 500


class Importing(Batches):
    """Codes from elsewhere."""

    def import_codes(
        self,
        program: str,
        codes: Iterable[str | ForeignCode],
        *,
        paid: bool = False,
        comment: str = "",
    ) -> ImportedCodes:
        """Take over codes that were made elsewhere, for bearers; each is stored as a hash.

        One that is known, from here or from the same list, is reported and never issued again, so an import that was
        interrupted is just begun again. What is wrong with a code is reported and keeps no other one out.

        Args:
            codes: Any number of them, read bit by bit: texts, or `ForeignCode` where values or last days differ.
            paid: Whether they were sold.

        Raises:
            InvalidInput: Names every fault of the other arguments, what is no code at all, or what is wrong with the first
                hundreds if all of them are wrong. What came before a portion that is refused is kept.
            Refused: ``program.undefined``, ``program.not_published``, ``voucher.other_kind`` or ``voucher.no_key``.
        """
        with Faults() as faults:
            sold = faults.flag("paid", paid)
            given = read_iterator(faults, "codes", codes, "codes")
        size = max(1, min(_LARGEST, _LOOKED_UP // max(1, len(self.keys))))
        portion = importing.read_codes(tuple(islice(given, size)), 0)
        batch = self._begin_import(program, comment, portion if len(portion) == size else ())
        report, first = ImportedCodes(batch.id), 0
        while portion:
            taking = partial(self._take, batch_id=batch.id, portion=portion, first=first, paid=sold)
            report = report.plus(run_command(self.session, "", "", taking))
            first += len(portion)
            portion = importing.read_codes(tuple(islice(given, size)), first)
        run_command(self.session, "", "", partial(_end, batch_id=batch.id))
        return report

    @command("vouchers.import_codes")
    def _begin_import(self, program: str, comment: str, many: Sequence[ForeignCode]) -> VoucherBatch:
        with Faults() as faults:
            says = faults.text("comment", comment, limit=COMMENT_LENGTH)
        require_key(self.keys)
        found = require_in_force(self.unit.seek(Program, program, for_update=True), program)
        terms = terms_of(self.session.house, self.unit, found.id, found.revision)
        scene = scene_of(self.unit)
        decision = importing.begin_import(found, terms, says, scene)
        importing.require_some(many, terms, scene)
        return self.unit.apply(decision)

    def _take(
        self, unit: Unit, batch_id: str, portion: Sequence[ForeignCode], first: int, *, paid: bool
    ) -> ImportedCodes:
        batch = unit.get(VoucherBatch, batch_id, for_update=True)
        program = unit.get(Program, batch.program)
        terms = terms_of(self.session.house, unit, batch.program, batch.revision)
        scene = scene_of(unit)
        clean, rejected = importing.read_foreign(portion, first, terms, scene)
        wanted = [each for code in clean for each in hashes(self.keys, code.code)]
        found = unit.find(Voucher, stored("code_hash").one_of(wanted)) if wanted else ()
        known = {voucher.code_hash for voucher in found}
        decision = importing.take_codes(batch, program, terms, clean, known, self.keys, scene, paid=paid)
        return unit.apply(decision).plus(rejected)


def _end(unit: Unit, batch_id: str) -> VoucherBatch:
    return unit.apply(importing.end_import(unit.get(VoucherBatch, batch_id, for_update=True)))
