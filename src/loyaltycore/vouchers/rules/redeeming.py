"""Redeeming vouchers, making them void, and what is said of one that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.ledger import Move, MoveKind, Purse, debit, restore, void
from loyaltycore.kernel.limiting import Limit
from loyaltycore.kernel.money import Money
from loyaltycore.programs.rules.assignment import ProgramMove
from loyaltycore.programs.rules.entering import About, Holder, Scene, entered_in
from loyaltycore.vouchers.rules.codes import GIVE_A_KEY, is_mistyped
from loyaltycore.vouchers.rules.kinds import DiscountVoucherTerms
from loyaltycore.vouchers.rules.voucher import TABLE, Voucher, VoucherState

NOT_USABLE: Final = "voucher.not_usable"
"""What strangers hear, whatever is wrong: anything else would tell them which codes exist."""
MISTYPED: Final = "voucher.mistyped"
"""Anybody could work that out from the code alone."""
UNKNOWN: Final = "voucher.unknown"
NO_KEY: Final = "voucher.no_key"


@frozen
class Checked:
    """What a code is good for."""

    reason: str
    """The code of the refusal; empty if it can be used."""
    voucher: Voucher | None = None
    """None for a stranger, and if there is none."""
    unit: str = ""
    """``uses``, or a currency; empty if it is not usable."""
    available: int = 0
    """Without what orders have set aside."""
    held: int = 0
    """What orders have set aside: whoever presents a bearer's code in an order takes it over, unless it is being paid."""

    @property
    def usable(self) -> bool:
        """Whether it can be used."""
        return not self.reason


TRIES: Final = Limit("vouchers.check", 10, timedelta(minutes=1))
"""How many codes one stranger may try."""


def why_none(code: str, *, has_keys: bool) -> str:
    """The code of the refusal where no voucher was found: without keys none can be, whatever is stored."""
    if is_mistyped(code):
        return MISTYPED
    return UNKNOWN if has_keys else NO_KEY


def why_not(voucher: Voucher, customer_id: str | None, now: datetime) -> str:
    """The code of the rule that keeps a voucher from being used; empty if nothing does."""
    # Once its customer was erased, it belongs to whoever has the code.
    if voucher.bound and voucher.customer_id not in {None, customer_id}:
        return "voucher.other_customer"
    return _REASONS.get(voucher.state(now), "")


_REASONS: Final = {
    VoucherState.VOID: "voucher.void",
    VoucherState.EXPIRED: "voucher.expired",
    VoucherState.REDEEMED: "voucher.spent",
    VoucherState.PLANNED: "voucher.not_started",
}


def checked(
    voucher: Voucher | None, customer_id: str | None, now: datetime, *, is_public: bool, none: str
) -> Checked:
    """Say what a code is good for: staff hear everything, and so does the customer to whom it is bound.

    Args:
        none: What `why_none` says of the code.
    """
    if voucher is None:
        return Checked(NOT_USABLE if is_public and none != MISTYPED else none)
    reason = why_not(voucher, customer_id, now)
    own = voucher.bound and voucher.customer_id in {customer_id} - {None}
    if reason:
        return Checked(NOT_USABLE) if is_public and not own else Checked(reason, voucher)
    purse = voucher.opened
    return Checked(
        "",
        None if is_public and not own else voucher,
        voucher.unit,
        purse.available(now),
        purse.held(now),
    )


def require_known(voucher: Voucher | None, code: str, *, has_keys: bool) -> Voucher:
    """The voucher of a code.

    Raises:
        Refused: ``voucher.mistyped``, ``.unknown`` or ``.no_key``.
    """
    if voucher is None:
        raise _refusal(why_none(code, has_keys=has_keys))
    return voucher


def require_usable(voucher: Voucher, customer_id: str | None, now: datetime, hold_id: str = "") -> None:
    """Make sure that a voucher can be used by somebody.

    Args:
        hold_id: A reservation: what is set aside under it does not expire before the hold does.

    Raises:
        Refused: ``voucher.other_customer``, ``.not_started``, ``.expired``, ``.void`` or ``.spent``.
    """
    reason = why_not(voucher, customer_id, now)
    if reason and not (reason == "voucher.expired" and voucher.opened.hold(hold_id, now)):
        raise _refusal(reason)


def require_unlimited(voucher: Voucher, terms: object) -> None:
    """Make sure that nobody counts the uses of the whole program: that is done for orders.

    Raises:
        Refused: ``voucher.limited``.
    """
    if isinstance(terms, DiscountVoucherTerms) and terms.limits:
        raise Refused(
            "voucher.limited",
            "the uses of this program are limited, and counted with orders",
            remedy="give its code to `sales.settle`",
            program=voucher.program,
        )


def refuse_for_now(wait: timedelta | None) -> None:
    """Refuse a stranger who has tried too often.

    Raises:
        Refused: ``voucher.too_many``.
    """
    if wait is not None:
        raise Refused("voucher.too_many", "too many codes were tried", remedy="wait a little", wait=wait)


def _refusal(code: str) -> Refused:
    """The refusal of a code that cannot be used."""
    message, remedy = UNUSABLE[code]
    return Refused(code, message, remedy=remedy)


def redeem(voucher: Voucher, amount: int | Money | None, about: About, scene: Scene) -> Decision[ProgramMove]:
    """Use a voucher: one use, or an amount of money of it.

    Args:
        amount: None for one use, or for all that is left of a payment voucher.

    Raises:
        Refused: ``voucher.other_unit`` or ``voucher.spent``.
    """
    purse = voucher.opened
    available = purse.available(scene.now)
    units = _units(voucher, amount, available)
    if not 1 <= units <= available:
        held = purse.held(scene.now)
        raise Refused(
            "voucher.spent",
            f"{f'{units:,}' if units else 'all'} are asked for, {available:,} are left, and {held:,} are set aside",
            asked=units,
            available=available,
            held=held,
        )
    return _entered("voucher.redeemed", voucher, debit(voucher.opened, units, scene.now), about, scene)


def take_back(
    voucher: Voucher, move: ProgramMove, earlier: Iterable[Move], about: About, scene: Scene
) -> Decision[ProgramMove]:
    """Put back what was redeemed; what has expired since stays so.

    Raises:
        Refused: ``program.nothing_to_undo``.
    """
    back = None
    if move.kind is MoveKind.DEBIT:
        back = restore(voucher.opened, move, earlier, -move.amount, scene.now)
    if back is None:
        raise Refused("program.nothing_to_undo", "nothing of it is left to be undone", move=move.id)
    return _entered("voucher.restored", voucher, back, about, scene)


def make_void(voucher: Voucher, reason: str, scene: Scene) -> Decision[Voucher]:
    """Make a voucher void that nobody has used; nothing happens if it is void.

    Raises:
        Refused: ``voucher.redeemed`` or ``voucher.set_aside``.
    """
    if voucher.void_at is not None:
        return Decision(voucher)
    if voucher.opened.turnover.redeemed:
        raise Refused(
            "voucher.redeemed",
            "something of it has been redeemed",
            remedy="take that back first",
            voucher=voucher.id,
            redeemed=voucher.opened.turnover.redeemed,
        )
    held = voucher.opened.held(scene.now)
    if held:
        raise Refused(
            "voucher.set_aside",
            "an order has set something of it aside",
            remedy="settle or release its reservation first",
            voucher=voucher.id,
            held=held,
        )
    move = void(voucher.opened, scene.now)
    after = evolve(voucher, void_at=scene.now, void_why=reason)
    lines: tuple[ProgramMove, ...] = ()
    if move is not None:
        after, lines = with_moves(after, [move], About(comment=reason), scene)
    return Decision(
        after,
        add=lines,
        save=(after,),
        notes=(Note("voucher.voided", narrowed_voucher(voucher), narrowed_voucher(after), reason),),
    )


def _units(voucher: Voucher, amount: int | Money | None, available: int) -> int:
    if isinstance(amount, Money) and amount.currency == voucher.unit:
        return amount.amount
    if amount is None:
        return 1 if voucher.unit.islower() else available
    if isinstance(amount, Money) or voucher.unit.isupper():
        raise Refused(
            "voucher.other_unit",
            f"the voucher counts {voucher.unit}",
            unit=voucher.unit,
        )
    return amount


def _entered(action: str, voucher: Voucher, move: Move, about: About, scene: Scene) -> Decision[ProgramMove]:
    after, lines = with_moves(voucher, [move], about, scene)
    note = Note(action, narrowed_voucher(voucher), narrowed_voucher(after), about.comment)
    return Decision(lines[-1], add=lines, save=(after,), notes=(note,))


def with_moves(
    voucher: Voucher, moves: list[Move], about: About, scene: Scene
) -> tuple[Voucher, tuple[ProgramMove, ...]]:
    """A voucher with more of a history, which begins when it first moves."""
    holder = Holder(TABLE, voucher.id, voucher.customer_id)
    purse = voucher.purse
    first: tuple[ProgramMove, ...] = ()
    if purse is None:
        issued = evolve(scene, now=voucher.issued_at)
        purse, first = entered_in(holder, Purse(voucher.unit), [voucher.first_move], About(), issued)
    purse, lines = entered_in(holder, purse, moves, about, scene)
    return evolve(voucher, purse=purse, balance=purse.liability(scene.now)), (*first, *lines)


def narrowed_voucher(voucher: Voucher) -> Voucher:
    """A voucher for the activities, which show how much is left and not each lot."""
    return evolve(voucher, purse=None)


UNUSABLE: Final = {
    MISTYPED: ("the code has a typing error", "type it again"),
    UNKNOWN: ("there is no voucher with that code", ""),
    NO_KEY: ("there is no key by which codes could be found", GIVE_A_KEY),
    "voucher.other_customer": ("the voucher is another customer's", ""),
    "voucher.void": ("the voucher is void", ""),
    "voucher.expired": ("the last day of the voucher is over", ""),
    "voucher.spent": ("nothing is left of the voucher", ""),
    "voucher.not_started": ("the first day of the voucher has not come", ""),
}
"""What is said of codes that cannot be used, and what helps, by the code of the refusal."""
