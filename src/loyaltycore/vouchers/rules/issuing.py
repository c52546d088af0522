"""Issuing vouchers: by hand, one at a time, or many of one program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from attrs import evolve, field, frozen

from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.ledger import Funding
from loyaltycore.kernel.validation import Faults
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.entering import Scene
from loyaltycore.programs.rules.kind import Opened, Opening
from loyaltycore.programs.rules.program import Program
from loyaltycore.programs.rules.stored_value import StoredValueTerms
from loyaltycore.vouchers.rules.codes import GIVE_A_KEY, CodeKey, formatted, hint_of
from loyaltycore.vouchers.rules.kinds import DiscountVoucherTerms
from loyaltycore.vouchers.rules.voucher import BatchState, Voucher, VoucherBatch

PORTION = 1000
"""How many vouchers of a batch are made in one unit of work."""


@frozen
class Issue:
    """What a voucher is issued with."""

    customer: Customer
    value: Any = None
    bound: bool = False
    card: CustomerCard | None = None
    own_code: str = ""
    """Canonical; empty for a computed one."""
    starts_on: date | None = None
    last_day: date | None = None
    comment: str = ""
    paid: bool = False
    order_ref: str = ""
    line_ref: str = ""


@frozen
class Span:
    """What it holds, and from when until when."""

    opened: Opened
    starts_at: datetime
    ends_at: datetime | None = field(default=None)


def require_voucher(terms: Terms) -> None:
    """Make sure that a program is one of vouchers.

    Raises:
        Refused: ``voucher.other_kind``.
    """
    if not isinstance(terms.terms, StoredValueTerms | DiscountVoucherTerms):
        raise Refused(
            "voucher.other_kind",
            "the program is not one of vouchers",
            remedy="assign it instead",
            program=terms.revision.program,
            kind=terms.kind.key,
        )


def require_key(keys: tuple[CodeKey, ...]) -> CodeKey:
    """The key that makes new codes.

    Raises:
        Refused: ``voucher.no_key``.
    """
    if not keys:
        raise Refused(
            "voucher.no_key",
            "there is no key from which codes could be made",
            remedy=GIVE_A_KEY,
        )
    return keys[0]


def issue(program: Program, terms: Terms, wanted: Issue, key: CodeKey, scene: Scene) -> Decision[Voucher]:
    """Issue one voucher, usable at once unless it begins later.

    Raises:
        InvalidInput: The value is missing or wrong.
        Refused: ``voucher.other_kind`` or ``voucher.other_card``.
    """
    require_voucher(terms)
    if wanted.card is not None and wanted.card.customer_id != wanted.customer.id:
        raise Refused("voucher.other_card", "the card belongs to another customer", card=wanted.card.id)
    with Faults() as faults:
        span = span_of(faults, terms, scene.now, wanted.value, wanted.starts_on, wanted.last_day)
    voucher = evolve(
        made_voucher(scene.new_id(), program, terms, span, key, wanted.own_code, scene),
        customer_id=wanted.customer.id,
        bound=wanted.bound,
        card_id=wanted.card.id if wanted.card else None,
        paid=wanted.paid,
        order_ref=wanted.order_ref,
        line_ref=wanted.line_ref,
        comment=wanted.comment,
    )
    used = () if program.used else (evolve(program, used=True),)
    return Decision(
        voucher,
        add=(voucher,),
        save=used,
        notes=(Note("voucher.issued", after=voucher, comment=wanted.comment),),
    )


def begin_batch(
    program: Program,
    terms: Terms,
    count: int,
    days: tuple[date | None, date | None],
    comment: str,
    scene: Scene,
) -> Decision[VoucherBatch]:
    """Begin a batch: its vouchers follow in portions.

    Raises:
        Refused: ``voucher.other_kind``.
    """
    require_voucher(terms)
    with Faults() as faults:
        if isinstance(terms.terms, StoredValueTerms):
            faults.note(
                "program", "no_value", "must be one of discounts: each voucher of value is issued by hand"
            )
        span = span_of(faults, terms, scene.now, None, *days)
    batch = VoucherBatch(
        id=scene.new_id(),
        program=program.id,
        revision=terms.revision.number,
        count=count,
        made=0,
        state=BatchState.MAKING,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        comment=comment,
        created_at=scene.now,
        created_by=scene.actor,
    )
    used = () if program.used else (evolve(program, used=True),)
    return Decision(
        batch, add=(batch,), save=used, notes=(Note("voucher.batch_begun", after=batch, comment=comment),)
    )


def fill_batch(
    batch: VoucherBatch, program: Program, terms: Terms, key: CodeKey, scene: Scene
) -> Decision[VoucherBatch]:
    """Make the next portion of a batch; of two who do so at once one reads again."""
    more = min(PORTION, batch.count - batch.made)
    if not more:
        return Decision(batch)
    made = batch.made + more
    after = evolve(batch, made=made, state=BatchState.DONE if made == batch.count else batch.state)
    return Decision(after, add=tuple(_of_batch(batch, program, terms, key, scene, more)), save=(after,))


def _of_batch(
    batch: VoucherBatch, program: Program, terms: Terms, key: CodeKey, scene: Scene, count: int
) -> Iterator[Voucher]:
    opened = terms.kind.open(Faults(), terms.terms, Opening(starts_on=terms.day(batch.starts_at)))[0]
    span = Span(opened, batch.starts_at, batch.ends_at)
    pattern = evolve(made_voucher(batch.id, program, terms, span, key, "", scene), batch_id=batch.id)
    for _ in range(count):
        voucher_id = scene.new_id()
        code = key.code(voucher_id)
        yield evolve(pattern, id=voucher_id, code_hash=key.hash(code), hint=hint_of(code))


def span_of(
    faults: Faults, terms: Terms, now: datetime, value: Any, starts_on: date | None, last_day: date | None
) -> Span:
    """What a voucher holds, as the terms say it or, where they leave it open, the value."""
    first = starts_on or terms.day(now)
    opened = terms.kind.open(
        faults, terms.terms, Opening(starts_on=first, value=value, funding=Funding.GRANTED)
    )
    if opened and not opened[0].credits:
        faults.note("value", "required", "must be given")
    if not opened or not opened[0].credits:
        return Span(Opened(), now)
    ends = last_day or opened[0].last_day or opened[0].credits[0].last_day
    if ends is not None and ends < first:
        faults.note("ends_on", "before_start", "lies before the first day")
    return Span(opened[0], terms.start(starts_on) if starts_on else now, terms.end(ends))


def made_voucher(
    key_of_record: str, program: Program, terms: Terms, span: Span, key: CodeKey, own_code: str, scene: Scene
) -> Voucher:
    """One of a bearer.

    Args:
        own_code: Canonical; empty for a computed one.
    """
    code = own_code or key.code(key_of_record)
    amount = span.opened.credits[0].amount
    return Voucher(
        id=key_of_record,
        program=program.id,
        revision=terms.revision.number,
        code_hash=key.hash(code),
        key_id=key.name,
        own_code=bool(own_code),
        hint=hint_of(code),
        batch_id=None,
        customer_id=None,
        bound=False,
        card_id=None,
        unit=span.opened.unit,
        amount=amount,
        balance=amount,
        paid=False,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        void_at=None,
        void_why="",
        order_ref="",
        line_ref="",
        comment="",
        issued_at=scene.now,
        issued_by=scene.actor,
    )


def code_of(voucher: Voucher, keys: tuple[CodeKey, ...]) -> str:
    """The code of a voucher, computed again, as it is printed.

    Raises:
        Refused: ``voucher.own_code``; ``voucher.no_key``: its key is missing, or has another secret by now.
    """
    if voucher.own_code:
        raise Refused(
            "voucher.own_code",
            "the code was chosen by somebody, and only its hash is stored",
            remedy="look for it where it was written down",
            hint=voucher.hint,
        )
    for key in keys:
        if key.name == voucher.key_id and key.hash(code := key.code(voucher.id)) == voucher.code_hash:
            return formatted(code)
    raise Refused(
        "voucher.no_key",
        f"the key {voucher.key_id!r} from which the code was made is missing, or has another secret",
        remedy="give it as it was, after the one for new codes: Loyalty(code_keys=[...])",
        key=voucher.key_id,
    )


def show_code(voucher: Voucher) -> Decision[Voucher]:
    """That somebody has seen the code of a voucher."""
    return Decision(voucher, notes=(Note("voucher.code_shown", about=voucher),))


def require_free(taken: Voucher | None) -> None:
    """Make sure that a code of one's own is not in use.

    Raises:
        Refused: ``voucher.code_taken``.
    """
    if taken is not None:
        raise Refused("voucher.code_taken", "another voucher has this code", voucher=taken.id)
