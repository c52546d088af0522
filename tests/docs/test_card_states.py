"""The table of a card's states says what the rules do, and the lists of states in the rules know every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from attrs import evolve

from loyaltycore.cards import CardOrder, CardState, CustomerCard
from loyaltycore.cards.rules.cancelling import cancel_order
from loyaltycore.cards.rules.card import activate_card, follow, invalidate_card
from loyaltycore.cards.rules.production import apply_status
from loyaltycore.cards.rules.replacing import FOLLOWING, REPLACEABLE, require_replaceable
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision
from loyaltycore.kernel.printing import PrintState, PrintStatus
from tests.docs.pages import ROOT, table

PAGE: Final = ROOT / "docs" / "reference" / "state-machines.md"
NOW: Final = datetime(2026, 1, 15, 9, tzinfo=UTC)

Act = Callable[[CardOrder, CustomerCard], CustomerCard]


def _kept(card: CustomerCard, decision: Decision[object]) -> CustomerCard:
    """The card as a decision keeps it."""
    return next((each for each in decision.save if isinstance(each, CustomerCard)), card)


def _vendor_says(state: PrintState) -> Act:
    def act(order: CardOrder, card: CustomerCard) -> CustomerCard:
        status = PrintStatus(order.id, "v-1", 1, state, "word", NOW)
        return _kept(card, apply_status(order, card, None, status, NOW))

    return act


def _followed(_: CardOrder, card: CustomerCard) -> CustomerCard:
    return next((after for _, after in follow(card, NOW)), card)


ACTS: Final[dict[str, tuple[Act, ...]]] = {
    "cards.activate": (lambda _, card: activate_card(card, None, NOW).result,),
    "the vendor dispatches the card": (_vendor_says(PrintState.DISPATCHED),),
    "the vendor takes its word back": (_vendor_says(PrintState.ACCEPTED),),
    "cards.invalidate, or its follower comes into use": (
        lambda _, card: invalidate_card(card, NOW, "lost").result,
        _followed,
    ),
    "the vendor rejects the order or fails to make the card": (
        _vendor_says(PrintState.REJECTED),
        _vendor_says(PrintState.FAILED),
    ),
    "its order is cancelled, here or by the vendor": (
        lambda order, card: _kept(card, cancel_order(order, card, None, "anna", NOW, "")),
        _vendor_says(PrintState.CANCELLED),
    ),
}
CARDS: Final[dict[str, list[dict[str, Any]]]] = {
    "ordered": [{"state": CardState.ORDERED}],
    "active": [{"state": CardState.ACTIVE, "activated_at": NOW}],
    "ended by the vendor": [{"state": CardState.INVALID}, {"state": CardState.CANCELLED}],
    "ended here": [
        {"state": state, "ended_here": True} for state in (CardState.INVALID, CardState.CANCELLED)
    ],
}
"""How a card may be found, in the words of the table."""
ROWS: Final = [row for row in table(PAGE, "Customer card") if row["From"] != "nothing"]
CASES: Final = [
    (facts, act, row["To"].split(",")[0] if name in row["From"].split(", ") else facts["state"].value)
    for row in ROWS
    for act in ACTS.get(row["By"], ())
    for name, cards in CARDS.items()
    for facts in cards
]


@pytest.mark.parametrize(("facts", "act", "to"), CASES)
def test_a_card_moves_as_its_table_says(
    facts: dict[str, Any], act: Act, to: str, placed: tuple[CardOrder, CustomerCard]
) -> None:
    """Each row is what the rules do in its states, and in the others nothing happens: they refuse, or nothing changes."""
    order, card = placed[0], evolve(placed[1], **facts)
    try:
        after = act(order, card).state.value
    except Refused:
        after = card.state.value
        assert to == after
    assert after == to


def test_every_row_is_tried() -> None:
    """A row that is added has its acts here, and the last one says what all the others leave to it."""
    assert {row["By"] for row in ROWS} == {*ACTS, "anything"}
    assert ROWS[-1] == {"From": "ended here", "By": "anything", "To": "stays"}
    assert table(PAGE, "Customer card")[0] == {"From": "nothing", "By": "an order is placed", "To": "ordered"}


# What each state means for a new card; a state that is added has to be decided upon here.
REPLACED: Final = {
    CardState.ORDERED: (False, True),
    CardState.ACTIVE: (True, True),
    CardState.INVALID: (True, False),
    CardState.CANCELLED: (False, False),
}


@pytest.mark.parametrize("state", CardState)
def test_whether_a_card_can_be_followed_and_follows(
    state: CardState, placed: tuple[CardOrder, CustomerCard]
) -> None:
    """What is or was in use can be replaced; what is in use or on its way counts as the follower of another card."""
    replaceable, follows = REPLACED[state]
    card = evolve(placed[1], state=state, activated_at=NOW)
    assert (state in REPLACEABLE, state in FOLLOWING) == (replaceable, follows)
    if replaceable:
        require_replaceable(card, None)
    else:
        with pytest.raises(Refused):
            require_replaceable(card, None)
