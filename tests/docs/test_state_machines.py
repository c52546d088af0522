"""The tables of states say what the code does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import pytest
from attrs import evolve

from loyaltycore.cards import Cancellation, CardState, OrderState
from loyaltycore.cards.rules.cancelling import cancel_order
from loyaltycore.cards.rules.card import CardStanding, CustomerCard, standing
from loyaltycore.cards.rules.order import CardOrder
from loyaltycore.cards.rules.production import apply_status
from loyaltycore.errors import Refused
from loyaltycore.kernel.outbox import MessageState
from loyaltycore.kernel.printing import PrintState, PrintStatus
from tests.docs.pages import ROOT, table

PAGE: Final = ROOT / "docs" / "reference" / "state-machines.md"
NOW: Final = datetime(2026, 1, 15, 9, tzinfo=UTC)


def _words(cell: str) -> list[str]:
    return cell.split(", ")


def _column(heading: str, column: str) -> set[str]:
    return {word for row in table(PAGE, heading) for word in _words(row[column])}


CANCELLING: Final = [
    (OrderState(word), row["To"])
    for row in table(PAGE, "Card order")
    if row["By"] == "cards.cancel_order"
    for word in _words(row["From"])
]


@pytest.mark.parametrize("row", table(PAGE, "What the vendor says"), ids=lambda row: row["Vendor's word"])
def test_the_vendors_word_moves_order_and_card(
    row: dict[str, str], placed: tuple[CardOrder, CustomerCard]
) -> None:
    """Each row of the table is what the rule answers."""
    order, card = placed
    status = PrintStatus(order.id, "v-1", 1, PrintState(row["Vendor's word"]), "word", NOW)
    decision = apply_status(order, card, None, status, NOW)
    changed = next((saved for saved in decision.save if isinstance(saved, CustomerCard)), card)
    assert (decision.result.state.value, changed.state.value) == (row["Order"], row["Card"])


@pytest.mark.parametrize(("state", "to"), CANCELLING, ids=lambda part: getattr(part, "value", ""))
def test_what_cancelling_makes_of_an_order(
    state: OrderState, to: str, placed: tuple[CardOrder, CustomerCard]
) -> None:
    """The rows of the order's table about `cards.cancel_order` are what the rule answers."""
    order, card = placed
    said = PrintState.RECEIVED if state is OrderState.PLACED else PrintState(state.value)
    order = apply_status(order, card, None, PrintStatus(order.id, "v-1", 1, said, "word", NOW), NOW).result
    assert order.state is state
    if to.startswith("refused: "):
        with pytest.raises(Refused) as refusal:
            cancel_order(order, card, None, "anna", NOW, "")
        assert refusal.value.code == to.removeprefix("refused: ")
    else:
        assert cancel_order(order, card, None, "anna", NOW, "").result.state.value == to.split(maxsplit=1)[0]


@pytest.mark.parametrize(
    ("state", "valid_until", "expected"),
    [
        (CardState.ORDERED, None, CardStanding.NOT_ACTIVE),
        (CardState.INVALID, None, CardStanding.INVALID),
        (CardState.CANCELLED, date(2020, 1, 1), CardStanding.CANCELLED),
        (CardState.ACTIVE, date(2026, 1, 14), CardStanding.EXPIRED),
        (CardState.ACTIVE, date(2026, 1, 15), CardStanding.VALID),
    ],
)
def test_the_standing_of_a_card(
    state: CardState, valid_until: date | None, expected: CardStanding, placed: tuple[CardOrder, CustomerCard]
) -> None:
    """The rows of the table of standings, from the rule itself."""
    card = evolve(placed[1], state=state, valid_until=valid_until)
    assert standing(card, date(2026, 1, 15)) is expected


def test_the_vendors_words_stand_in_the_order_that_decides() -> None:
    """The page says that of two reports with one revision the word further down counts, and so does the rule."""
    assert [row["Vendor's word"] for row in table(PAGE, "What the vendor says")] == [
        word.value for word in PrintState
    ]


def test_the_tables_name_every_state() -> None:
    """No state and no standing is missing from the page."""
    assert _column("What the vendor says", "Vendor's word") == {state.value for state in PrintState}
    assert _column("What a card is good for", "Standing") == {kind.value for kind in CardStanding}
    assert _column("Cancellation of an order", "State") == {kind.value for kind in Cancellation}
    assert {state for state, _ in CANCELLING} == set(OrderState) - {OrderState.CANCELLED}
    page = PAGE.read_text("utf-8")
    for kinds in (OrderState, CardState, MessageState):
        assert not [kind.value for kind in kinds if f"`{kind.value}`" not in page]
