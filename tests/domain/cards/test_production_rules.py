"""What one piece of news from the vendor does, word by word: to the order, to the card, and to the activities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.cards import Cancellation, CardState, OrderState
from loyaltycore.cards.rules.production import apply_status, reject_order
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.printing import PrintState, PrintStatus
from tests.domain.cards.samples import CARD, LATER, NOW, OLD_CARD, ORDER, news

TAKEN_IN = LATER + timedelta(hours=1)
REQUESTED, REFUSED, CONFIRMED = Cancellation.REQUESTED, Cancellation.REFUSED, Cancellation.CONFIRMED


@pytest.mark.parametrize(
    ("word", "state", "card"),
    [
        (PrintState.RECEIVED, OrderState.PLACED, CardState.ORDERED),
        (PrintState.ACCEPTED, OrderState.PLACED, CardState.ORDERED),
        (PrintState.ON_HOLD, OrderState.PLACED, CardState.ORDERED),
        (PrintState.IN_PRODUCTION, OrderState.IN_PRODUCTION, CardState.ORDERED),
        (PrintState.PRODUCED, OrderState.IN_PRODUCTION, CardState.ORDERED),
        (PrintState.DISPATCHED, OrderState.DISPATCHED, CardState.ACTIVE),
        (PrintState.DELIVERED, OrderState.DELIVERED, CardState.ACTIVE),
        (PrintState.RETURNED, OrderState.RETURNED, CardState.ORDERED),
        (PrintState.REJECTED, OrderState.REJECTED, CardState.INVALID),
        (PrintState.FAILED, OrderState.FAILED, CardState.INVALID),
        (PrintState.CANCELLED, OrderState.CANCELLED, CardState.CANCELLED),
    ],
)
def test_each_word_moves_order_and_card(word: PrintState, state: OrderState, card: CardState) -> None:
    """Every word of the vendor has one meaning here, and is kept beside it; a changed card is saved and noted."""
    decision = apply_status(ORDER, CARD, None, news(word), TAKEN_IN)
    after, cards = decision.save[0], decision.save[1:]
    assert after is decision.result
    assert (after.state, after.production, after.vendor_word) == (state, word, word.value.upper())
    assert [saved.state for saved in cards] == ([] if card is CardState.ORDERED else [card])
    assert [note.action for note in decision.notes] == [
        f"card_order.{word.value}",
        *(f"card.{saved.state.value}" for saved in cards),
    ]


def test_a_dispatched_card_goes_into_use_and_the_old_one_out() -> None:
    """One decision holds the order, both cards, and what is to be read about each of them."""
    status = news(PrintState.DISPATCHED, 3, tracking="DHL 1", reason="on time", reason_code="ok")
    after = evolve(
        ORDER,
        state=OrderState.DISPATCHED,
        production=PrintState.DISPATCHED,
        vendor_word="DISPATCHED",
        vendor_id="v1",
        vendor_revision=3,
        tracking="DHL 1",
        reason_code="ok",
        reason="on time",
        dispatched_at=LATER,
    )
    active = evolve(CARD, state=CardState.ACTIVE, activated_at=TAKEN_IN)
    over = evolve(OLD_CARD, state=CardState.INVALID, ended_at=TAKEN_IN, end_reason="replaced")
    assert apply_status(ORDER, CARD, OLD_CARD, status, TAKEN_IN) == Decision(
        after,
        save=(after, active, over),
        notes=(
            Note("card_order.dispatched", ORDER, after, "on time"),
            Note("card.active", CARD, active),
            Note("card.invalid", OLD_CARD, over),
        ),
    )


@pytest.mark.parametrize(("word", "card"), [(PrintState.PRODUCED, CARD), (PrintState.DELIVERED, OLD_CARD)])
def test_the_old_card_goes_only_when_the_new_one_comes(word: PrintState, card: Any) -> None:
    """A card in production replaces nothing yet, and one in use has replaced it already."""
    decision = apply_status(ORDER, card, evolve(OLD_CARD, id="k9"), news(word), TAKEN_IN)
    assert [record for record in decision.save if record.id == "k9"] == []


@pytest.mark.parametrize(("known", "told", "counts"), [(2, 1, 0), (2, 2, 0), (2, 3, 1), (0, 1, 1)])
def test_only_a_higher_revision_counts(known: int, told: int, counts: int) -> None:
    """The same revision again and an older one decide nothing."""
    order = evolve(ORDER, vendor_revision=known)
    assert len(apply_status(order, CARD, None, news(PrintState.ACCEPTED, told), TAKEN_IN).save) == counts


def test_moments_are_those_of_the_vendor_and_the_first_ones() -> None:
    """Dispatch and delivery bear the vendor's time, and a repetition does not move them."""
    once = apply_status(ORDER, CARD, None, news(PrintState.DELIVERED), TAKEN_IN).result
    assert (once.dispatched_at, once.delivered_at) == (LATER, LATER)
    again = news(PrintState.DELIVERED, 2, occurred_at=TAKEN_IN)
    twice = apply_status(once, CARD, None, again, TAKEN_IN).result
    assert (twice.dispatched_at, twice.delivered_at) == (LATER, LATER)
    sent = apply_status(ORDER, CARD, None, news(PrintState.DISPATCHED), TAKEN_IN).result
    assert (sent.dispatched_at, sent.delivered_at) == (LATER, None)
    back = apply_status(ORDER, CARD, None, news(PrintState.RETURNED), TAKEN_IN).result
    assert (back.dispatched_at, back.delivered_at) == (None, None)


def test_news_without_an_id_or_tracking_forget_neither() -> None:
    """What the vendor said before stays where later news do not repeat it."""
    order = evolve(ORDER, vendor_id="v1", tracking="DHL 1", reason_code="late", reason="snow")
    after = apply_status(order, CARD, None, news(PrintState.PRODUCED, vendor_id=""), TAKEN_IN).result
    assert (after.vendor_id, after.tracking, after.reason_code, after.reason) == (
        "v1",
        "DHL 1",
        "late",
        "snow",
    )


@pytest.mark.parametrize("given", [{"reason_code": "lost"}, {"reason": "gone"}])
def test_a_new_reason_replaces_the_old_one_as_a_whole(given: dict[str, str]) -> None:
    """A code without words does not keep the words of another code, nor the other way round."""
    order = evolve(ORDER, reason_code="late", reason="snow")
    after = apply_status(order, CARD, None, news(PrintState.FAILED, **given), TAKEN_IN).result
    assert (after.reason_code, after.reason) == (given.get("reason_code", ""), given.get("reason", ""))


def test_long_words_are_shortened_to_what_the_storage_holds() -> None:
    """60 characters of a word or a code, 200 of an id, 500 of a reason; what a person reads is no longer."""
    long = "x" * 501
    status = news(
        PrintState.REJECTED, vendor_id=long, raw_state=long, tracking=long, reason_code=long, reason=long
    )
    decision = apply_status(ORDER, CARD, None, status, TAKEN_IN)
    after, card = decision.save
    assert (len(after.vendor_word), len(after.reason_code)) == (60, 60)
    assert (len(after.vendor_id), len(after.tracking)) == (200, 200)
    assert (len(after.reason), len(decision.notes[0].comment)) == (500, 500)
    assert card.end_reason == "the order was " + "x" * 60


@pytest.mark.parametrize("word", [PrintState.REJECTED, PrintState.FAILED, PrintState.CANCELLED])
def test_a_card_that_will_not_come_ends(word: PrintState) -> None:
    """Its end bears the moment at which the news were taken in, and says why."""
    (_, card) = apply_status(ORDER, CARD, None, news(word), TAKEN_IN).save
    cancelled = word is PrintState.CANCELLED
    assert (card.ended_at, card.end_reason) == (
        TAKEN_IN,
        "the vendor cancelled the order" if cancelled else f"the order was {word.value.upper()}",
    )


@pytest.mark.parametrize(
    ("before", "status", "after"),
    [
        (Cancellation.NONE, news(PrintState.CANCELLED), CONFIRMED),
        (Cancellation.NONE, news(PrintState.DISPATCHED), Cancellation.NONE),
        (Cancellation.NONE, news(PrintState.FAILED), Cancellation.NONE),
        (Cancellation.NONE, news(PrintState.ACCEPTED, cancellation_refused=True), Cancellation.NONE),
        (REQUESTED, news(PrintState.CANCELLED), CONFIRMED),
        (REQUESTED, news(PrintState.DISPATCHED), REFUSED),
        (REQUESTED, news(PrintState.DELIVERED), REFUSED),
        (REQUESTED, news(PrintState.RETURNED), REFUSED),
        (REQUESTED, news(PrintState.REJECTED), CONFIRMED),
        (REQUESTED, news(PrintState.FAILED), CONFIRMED),
        (REQUESTED, news(PrintState.PRODUCED), REQUESTED),
        (REQUESTED, news(PrintState.PRODUCED, cancellation_refused=True), REFUSED),
        (REQUESTED, news(None), REQUESTED),
        (REFUSED, news(PrintState.PRODUCED), REFUSED),
        (REFUSED, news(PrintState.FAILED), REFUSED),
        (REFUSED, news(PrintState.CANCELLED), CONFIRMED),
        (CONFIRMED, news(PrintState.PRODUCED, cancellation_refused=True), CONFIRMED),
        (CONFIRMED, news(PrintState.DISPATCHED), REFUSED),
    ],
)
def test_a_wish_to_cancel_is_settled_by_what_became_of_the_card(
    before: Cancellation, status: PrintStatus, after: Cancellation
) -> None:
    """A card that left was not cancelled whatever was said; one that was not made is; words settle a wish only."""
    order = evolve(ORDER, cancellation=before)
    assert apply_status(order, CARD, None, status, TAKEN_IN).result.cancellation is after


def test_an_order_cancelled_here_stays_cancelled() -> None:
    """What the vendor does with it stands in its production."""
    order = evolve(ORDER, state=OrderState.CANCELLED, cancellation=REQUESTED)
    after = apply_status(order, CARD, None, news(PrintState.IN_PRODUCTION), TAKEN_IN).result
    assert (after.state, after.production) == (OrderState.CANCELLED, PrintState.IN_PRODUCTION)


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (news(PrintState.PRODUCED, cancellation_refused=True), "card_order.cancellation_refused"),
        (news(None), "card_order.vendor_news"),
    ],
)
def test_news_that_are_no_state_have_words_of_their_own(status: PrintStatus, action: str) -> None:
    """A refused wish and a word that nobody knows are noted as what they are."""
    assert [note.action for note in apply_status(ORDER, CARD, None, status, TAKEN_IN).notes] == [action]


def test_a_rejected_order_and_its_card_end_together() -> None:
    """Both are saved and noted; code and words are shortened on the order and whole in the activity."""
    code, reason = "c" * 61, "r" * 501
    after = evolve(ORDER, state=OrderState.REJECTED, reason_code="c" * 60, reason="r" * 500)
    card = evolve(CARD, state=CardState.INVALID, ended_at=LATER, end_reason="the order was rejected")
    assert reject_order(ORDER, CARD, code, reason, LATER) == Decision(
        after,
        save=(after, card),
        notes=(
            Note("card_order.rejected", ORDER, after, reason),
            Note("card.invalid", CARD, card),
        ),
    )


def test_a_rejection_does_not_touch_a_card_that_is_out_of_use() -> None:
    """Only the order is saved and noted then."""
    decision = reject_order(ORDER, evolve(CARD, state=CardState.CANCELLED), "bad", "", LATER)
    assert decision.save == (decision.result,)
    assert [note.action for note in decision.notes] == ["card_order.rejected"]


@pytest.mark.parametrize("change", [{"vendor_revision": 1}, {"state": OrderState.CANCELLED}])
def test_a_rejection_that_comes_too_late_changes_nothing(change: dict[str, Any]) -> None:
    """The vendor has spoken of the order already, or it was cancelled here."""
    order = evolve(ORDER, **change)
    assert reject_order(order, CARD, "bad", "", NOW) == Decision(order)
