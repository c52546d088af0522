"""Codes that were made elsewhere: each is stored as a hash, and none that is known is issued again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from attrs import evolve, frozen

from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.entering import Scene
from loyaltycore.programs.rules.program import Program
from loyaltycore.vouchers.rules.codes import CodeKey, hashes, read_own_code
from loyaltycore.vouchers.rules.issuing import made_voucher, require_voucher, span_of
from loyaltycore.vouchers.rules.voucher import BatchState, Voucher, VoucherBatch

KEPT_PLACES: Final = 1000
"""How many codes that were not taken a report lists, of each sort; the counts are always exact."""


@frozen
class ForeignCode:
    """A code that was made elsewhere."""

    code: str
    value: Money | None = None
    """What is left of it, for a payment voucher."""
    ends_on: date | None = None
    """Its last day; None for what the terms say."""


@frozen
class RejectedCode:
    """A code that cannot be taken."""

    place: int
    """Among all that were given, from 0 on."""
    field: str
    code: str
    """Of the fault."""
    message: str


@frozen
class ImportedCodes:
    """What became of foreign codes."""

    batch_id: str
    made: int = 0
    known: int = 0
    """How many there were already: they stay as they are."""
    known_places: tuple[int, ...] = ()
    """Where they stood among all that were given; the first 1,000."""
    rejected: int = 0
    rejections: tuple[RejectedCode, ...] = ()
    """The first 1,000 faults."""

    def plus(self, other: ImportedCodes) -> ImportedCodes:
        """Both together."""
        return ImportedCodes(
            self.batch_id,
            self.made + other.made,
            self.known + other.known,
            (*self.known_places, *other.known_places)[:KEPT_PLACES],
            self.rejected + other.rejected,
            (*self.rejections, *other.rejections)[:KEPT_PLACES],
        )


@frozen
class Clean:
    """A foreign code that can be taken."""

    place: int
    code: str
    """Canonical."""
    given: ForeignCode


def begin_import(program: Program, terms: Terms, comment: str, scene: Scene) -> Decision[VoucherBatch]:
    """Begin a batch of foreign codes.

    Raises:
        Refused: ``voucher.other_kind``.
    """
    require_voucher(terms)
    batch = VoucherBatch(
        id=scene.new_id(),
        program=program.id,
        revision=terms.revision.number,
        count=0,
        made=0,
        state=BatchState.MAKING,
        starts_at=scene.now,
        ends_at=None,
        comment=comment,
        created_at=scene.now,
        created_by=scene.actor,
    )
    used = () if program.used else (evolve(program, used=True),)
    note = Note("voucher.batch_begun", after=batch, comment=comment)
    return Decision(batch, add=(batch,), save=used, notes=(note,))


def read_codes(given: Sequence[object], first: int) -> list[ForeignCode]:
    """Make sure that all of a portion are codes.

    Raises:
        InvalidInput: Something is no code at all.
    """
    codes = []
    with Faults() as faults:
        for place, each in enumerate(given, first):
            if isinstance(each, str | ForeignCode):
                codes.append(ForeignCode(each) if isinstance(each, str) else each)
            else:
                faults.note(f"codes.{place}", "wrong_type", "must be a text, or a ForeignCode")
    return codes


def read_foreign(
    given: Sequence[ForeignCode], first: int, terms: Terms, scene: Scene
) -> tuple[list[Clean], ImportedCodes]:
    """Read codes: those that can be taken, and what is wrong with the others."""
    clean, rejections, rejected = [], [], 0
    for place, each in enumerate(given, first):
        faults = Faults()
        code = read_own_code(faults, each.code)
        last = faults.day("ends_on", each.ends_on)
        span_of(faults, terms, scene.now, each.value, None, last)
        if not faults.found:
            clean.append(Clean(place, code, evolve(each, ends_on=last)))
        rejected += bool(faults.found)
        rejections += [RejectedCode(place, fault.field, fault.code, fault.message) for fault in faults.found]
    return clean, ImportedCodes("", rejected=rejected, rejections=tuple(rejections[:KEPT_PLACES]))


def require_some(many: Sequence[ForeignCode], terms: Terms, scene: Scene) -> None:
    """Make sure that not all of the first codes are wrong: then it is another list, or another column of it.

    Raises:
        InvalidInput: Names the faults.
    """
    clean, report = read_foreign(many, 0, terms, scene)
    if many and not clean:
        with Faults() as faults:
            for each in report.rejections:
                faults.at(f"codes.{each.place}").note(each.field, each.code, each.message)


def take_codes(
    batch: VoucherBatch,
    program: Program,
    terms: Terms,
    clean: Sequence[Clean],
    known: Collection[str],
    keys: Sequence[CodeKey],
    scene: Scene,
    *,
    paid: bool,
) -> Decision[ImportedCodes]:
    """Make a voucher of each code that nobody knows.

    Args:
        known: The hashes of codes that there are.
    """
    seen, made, places = set(known), [], []
    for each in clean:
        possible = hashes(keys, each.code)
        if not seen.isdisjoint(possible):
            places.append(each.place)
            continue
        seen.add(possible[0])
        made.append(_made(batch, program, terms, each, keys[0], scene, paid=paid))
    total = batch.made + len(made)
    after = evolve(batch, count=total, made=total)
    report = ImportedCodes(batch.id, len(made), len(places), tuple(places))
    return Decision(report, add=tuple(made), save=(after,) if made else ())


def end_import(batch: VoucherBatch) -> Decision[VoucherBatch]:
    """Say that all codes have been read."""
    if batch.state is BatchState.DONE:
        return Decision(batch)
    after = evolve(batch, state=BatchState.DONE)
    return Decision(after, save=(after,))


def _made(
    batch: VoucherBatch,
    program: Program,
    terms: Terms,
    each: Clean,
    key: CodeKey,
    scene: Scene,
    *,
    paid: bool,
) -> Voucher:
    span = span_of(Faults(), terms, scene.now, each.given.value, None, each.given.ends_on)
    voucher = made_voucher(scene.new_id(), program, terms, span, key, each.code, scene)
    return evolve(voucher, batch_id=batch.id, paid=paid)
