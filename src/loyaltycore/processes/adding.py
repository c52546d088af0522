"""Where other capabilities join the completion of an offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from attrs import frozen

from loyaltycore.work.capability import Point, functions

if TYPE_CHECKING:
    # What is loaded at every start says where to add, and no more.
    from loyaltycore.kernel.pricing.order import Order
    from loyaltycore.processes.rules.process import Process
    from loyaltycore.work.session import Session
    from loyaltycore.work.unit import Unit


@frozen
class CompletedOffer:
    """An offer that is being completed; what is done then is stored with it or not at all."""

    session: Session
    unit: Unit
    process: Process
    """As it was before."""
    offer: Order
    cards: Mapping[str, str]
    """Ids of cards by the ids of lines; an empty id stands for no card."""


Completion = Callable[[CompletedOffer], None]

COMPLETIONS: Final = Point[Completion, tuple[Completion, ...]](
    "what completing an offer does", functions("what completing an offer does")
)
