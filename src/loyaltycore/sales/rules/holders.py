"""What holds a purse that an order can draw on: an assignment or a voucher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from loyaltycore.kernel.ledger import Move, Purse
from loyaltycore.programs.rules.assigning import Terms
from loyaltycore.programs.rules.assignment import ProgramAssignment, ProgramMove
from loyaltycore.programs.rules.entering import About, Scene, enter, narrowed, purse_of
from loyaltycore.programs.rules.using import followed
from loyaltycore.vouchers.rules.redeeming import narrowed_voucher, with_moves
from loyaltycore.vouchers.rules.voucher import Voucher

Holder: TypeAlias = ProgramAssignment | Voucher


def purse_in(holder: Holder) -> Purse:
    """The purse that it holds."""
    return holder.opened if isinstance(holder, Voucher) else purse_of(holder)


def entered(
    holder: Holder, moves: Sequence[Move], about: About, scene: Scene
) -> tuple[Holder, tuple[ProgramMove, ...]]:
    """A holder with more of a history."""
    if isinstance(holder, Voucher):
        return with_moves(holder, list(moves), about, scene)
    after = enter(holder, moves, about, scene)
    return after.assignment, after.moves


def with_followers(holder: Holder, move: Move, terms: Terms, scene: Scene) -> list[Move]:
    """A move, with what follows from it."""
    return [move] if isinstance(holder, Voucher) else followed(holder, move, terms, scene.now)


def shown(holder: Holder) -> Holder:
    """A holder for the activities."""
    return narrowed_voucher(holder) if isinstance(holder, Voucher) else narrowed(holder)
