"""Laws of what vendors report: the newest word decides; a card that was put out of use here never comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.cards import (
    Cancellation,
    CardOrder,
    CardState,
    CustomerCard,
    DeliveryTarget,
    OrderState,
)
from loyaltycore.cards.rules.cancelling import cancel_order, settle_cancellation
from loyaltycore.cards.rules.production import apply_status, reject_order
from loyaltycore.cards.rules.settling import settled
from loyaltycore.errors import Refused
from loyaltycore.kernel.printing import PostalAddress, PrintState, PrintStatus
from tests.house import COSTS

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
ORDER = CardOrder(
    id="o1",
    customer_id="c1",
    card_id="k1",
    service_id="chain",
    branch_id="berlin",
    template="gold",
    product="gold",
    valid_until=None,
    comment="",
    target=DeliveryTarget.CUSTOMER,
    recipient=PostalAddress("Erika", ("Weg 1",), "10115", "Berlin", "DE"),
    costs=COSTS,
    state=OrderState.PLACED,
    ordered_at=NOW,
    ordered_by="anna",
    expected_dispatch=date(2026, 1, 16),
)
CARD = CustomerCard("k1", "1", "c1", "o1", "gold", CardState.ORDERED, None, "", NOW)

LEFT = {PrintState.DISPATCHED, PrintState.DELIVERED, PrintState.RETURNED}

words = st.sampled_from([*PrintState, None])


@st.composite
def histories(draw: st.DrawFn) -> list[PrintStatus]:
    """News of one order in the order in which the vendor made them: revisions rise."""
    states = draw(st.lists(words, min_size=1, max_size=8))
    return [
        PrintStatus("o1", "v1", n + 1, state, state.value if state else "strange", NOW + timedelta(hours=n))
        for n, state in enumerate(states)
    ]


def _run(order: CardOrder, card: CustomerCard, news: list[PrintStatus]) -> tuple[CardOrder, CustomerCard]:
    for status in news:
        decision = apply_status(order, card, None, status, NOW)
        order = decision.result
        card = next((record for record in decision.save if isinstance(record, CustomerCard)), card)
    return order, card


@given(history=histories(), data=st.data())
def test_the_newest_word_decides_whatever_came_first(history: list[PrintStatus], data: st.DataObject) -> None:
    """In any order of arrival the revision and the vendor's last word are those of the newest news."""
    shuffled = data.draw(st.permutations(history))
    order, _ = _run(ORDER, CARD, list(shuffled))
    assert order.vendor_revision == history[-1].revision
    assert order.vendor_word == history[-1].raw_state


@given(history=histories())
def test_an_unknown_word_keeps_the_state(history: list[PrintStatus]) -> None:
    """A word that the adapter does not know moves neither order nor card."""
    order, card = _run(ORDER, CARD, history)
    strange = PrintStatus("o1", "v1", len(history) + 1, None, "teleported", NOW)
    after, card_after = _run(order, card, [strange])
    assert (after.state, after.production, card_after) == (order.state, order.production, card)
    assert after.vendor_word == "teleported"


@given(before=histories(), after=histories())
def test_a_cancelled_card_never_comes_back(before: list[PrintStatus], after: list[PrintStatus]) -> None:
    """Once the order is cancelled here, no news of the vendor brings the card into use."""
    order, card = _run(ORDER, CARD, before)
    try:
        decision = cancel_order(order, card, None, "anna", NOW, "")
    except Refused:
        return
    order = decision.result
    card = next((record for record in decision.save if isinstance(record, CustomerCard)), card)
    assert card.state is CardState.CANCELLED
    later = [evolve(status, revision=status.revision + len(before)) for status in after]
    order_after, card_after = _run(order, card, later)
    assert card_after.state is card.state
    assert order_after.cancellation is not Cancellation.NONE


@given(history=histories())
def test_a_card_is_active_only_after_it_was_on_its_way(history: list[PrintStatus]) -> None:
    """No card becomes usable that the vendor has not dispatched."""
    _, card = _run(ORDER, CARD, history)
    if card.state is CardState.ACTIVE:
        assert {status.state for status in history} & LEFT


@given(history=histories(), answer=st.sampled_from([Cancellation.CONFIRMED, Cancellation.REFUSED]))
def test_a_cancelled_order_costs_something_if_its_card_is_made(
    history: list[PrintStatus], answer: Cancellation
) -> None:
    """What is due follows from whether the card was made, and from the vendor's answer only while that is open."""
    order, _ = _run(ORDER, CARD, history)
    asked = settled(evolve(order, dealings=evolve(order.dealings, wish=Cancellation.REQUESTED)))
    after = settle_cancellation(asked, answer).result
    left = bool({status.state for status in history} & LEFT)
    never_made = after.production in {PrintState.REJECTED, PrintState.FAILED, PrintState.CANCELLED}
    made = left or answer is Cancellation.REFUSED
    assert after.costs_due.amount == (COSTS.total.amount if made and not never_made else 0)


@given(history=histories())
def test_a_late_rejection_does_not_undo_what_the_vendor_reported(history: list[PrintStatus]) -> None:
    """A rejected repetition of an order that the vendor has long taken changes nothing."""
    order, card = _run(ORDER, CARD, history)
    decision = reject_order(order, card, "reference_in_use", "", NOW)
    assert (decision.result, decision.save) == (order, ())
