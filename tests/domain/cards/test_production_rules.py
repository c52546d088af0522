"""What one piece of news from the vendor does, word by word: to the order, to the card, and to the activities."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.cards import Cancellation, CardState, OrderState
from loyaltycore.cards.rules.order import Dealings
from loyaltycore.cards.rules.production import apply_status, reject_order
from loyaltycore.cards.rules.reports import read_report, refusal
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.printing import PrintState, PrintStatus
from tests.domain.cards.samples import CARD, LATER, NOW, OLD_CARD, ORDER, news, told, wished

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
        (PrintState.RETURNED, OrderState.RETURNED, CardState.ACTIVE),
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
        dealings=Dealings((read_report(status),)),
    )
    active = evolve(CARD, state=CardState.ACTIVE, activated_at=TAKEN_IN)
    over = evolve(
        OLD_CARD, state=CardState.INVALID, ended_at=TAKEN_IN, end_reason="replaced", ended_here=True
    )
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


@pytest.mark.parametrize(
    ("revision", "state"),
    [
        (1, OrderState.IN_PRODUCTION),
        (2, OrderState.FAILED),
        (3, OrderState.FAILED),
        (0, OrderState.IN_PRODUCTION),
    ],
)
def test_the_highest_revision_says_where_it_is(revision: int, state: OrderState) -> None:
    """A later one moves the order, an earlier one does not; of two with one revision the word further down counts."""
    order = told(news(PrintState.PRODUCED, 2), news(PrintState.FAILED, revision))
    assert order.state is state


@pytest.mark.parametrize(
    "facts", [{"revision": "2"}, {"revision": True}, {"revision": 2, "occurred_at": "now"}]
)
def test_a_report_that_cannot_be_counted_is_refused(facts: dict[str, Any]) -> None:
    """An adapter that hands over no number or no instant is told so, and nothing changes."""
    with pytest.raises(InvalidInput):
        apply_status(ORDER, CARD, None, evolve(news(PrintState.ACCEPTED), **facts), TAKEN_IN)


def test_an_instant_without_a_zone_is_read_as_utc() -> None:
    """What an adapter forgot neither holds up the news nor depends on the zone of the machine."""
    order = told(news(PrintState.DISPATCHED, occurred_at=LATER.replace(tzinfo=None)))
    assert order.dispatched_at == LATER


def test_reports_that_differ_in_their_time_alone_are_one() -> None:
    """An adapter that gives each look-up the time of the look-up reports one thing, at the time of the first."""
    sent = news(PrintState.DISPATCHED)
    for said in permutations([sent, evolve(sent, occurred_at=NOW), evolve(sent, occurred_at=TAKEN_IN)]):
        order = told(*said)
        assert (len(order.dealings.reports), order.dispatched_at) == (1, NOW)


def test_moments_are_those_of_the_vendor_and_the_first_ones() -> None:
    """Dispatch and delivery bear the vendor's time, and a repetition does not move them."""
    once = told(news(PrintState.DELIVERED, 2))
    assert (once.dispatched_at, once.delivered_at) == (LATER, LATER)
    twice = told(news(PrintState.DELIVERED, 3, occurred_at=TAKEN_IN), order=once)
    assert (twice.dispatched_at, twice.delivered_at) == (LATER, LATER)
    late = told(news(PrintState.DISPATCHED, 1, occurred_at=NOW), order=twice)
    assert (late.dispatched_at, late.delivered_at, late.state) == (NOW, LATER, OrderState.DELIVERED)
    sent = told(news(PrintState.DISPATCHED))
    assert (sent.dispatched_at, sent.delivered_at) == (LATER, None)
    back = told(news(PrintState.RETURNED))
    assert (back.dispatched_at, back.delivered_at) == (None, None)


def test_news_without_an_id_or_tracking_forget_neither() -> None:
    """What the vendor said before stays where later news do not repeat it."""
    order = told(news(PrintState.ON_HOLD, tracking="DHL 1", reason_code="late", reason="snow"))
    after = told(news(PrintState.PRODUCED, 2, vendor_id=""), order=order)
    assert (after.vendor_id, after.tracking, after.reason_code, after.reason) == (
        "v1",
        "DHL 1",
        "late",
        "snow",
    )


@pytest.mark.parametrize("given", [{"reason_code": "lost"}, {"reason": "gone"}])
def test_a_new_reason_replaces_the_old_one_as_a_whole(given: dict[str, str]) -> None:
    """A code without words does not keep the words of another code, nor the other way round."""
    order = told(news(PrintState.ON_HOLD, reason_code="late", reason="snow"))
    after = told(news(PrintState.FAILED, 2, **given), order=order)
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
        (REFUSED, news(PrintState.FAILED), CONFIRMED),
        (REFUSED, news(PrintState.CANCELLED), CONFIRMED),
        (CONFIRMED, news(PrintState.PRODUCED, cancellation_refused=True), CONFIRMED),
        (CONFIRMED, news(PrintState.DISPATCHED), REFUSED),
    ],
)
def test_a_wish_to_cancel_is_settled_by_what_became_of_the_card(
    before: Cancellation, status: PrintStatus, after: Cancellation
) -> None:
    """A card that left was not cancelled whatever was said; one that was not made is; words settle a wish only."""
    assert told(status, order=wished(before)).cancellation is after


@pytest.mark.parametrize(
    ("word", "state"),
    [
        (PrintState.ON_HOLD, OrderState.CANCELLED),
        (PrintState.IN_PRODUCTION, OrderState.IN_PRODUCTION),
        (PrintState.DISPATCHED, OrderState.DISPATCHED),
        (PrintState.FAILED, OrderState.CANCELLED),
        (PrintState.CANCELLED, OrderState.CANCELLED),
    ],
)
def test_an_order_cancelled_here_is_cancelled_while_no_card_is_made(
    word: PrintState, state: OrderState
) -> None:
    """Whether we asked before or after the vendor's word: what is being made is not called cancelled."""
    assert told(news(word), order=wished(REQUESTED)).state is state
    if word is not PrintState.DISPATCHED:
        assert wished(REQUESTED, order=told(news(word))).state is state


def test_a_word_that_nobody_knows_is_noted_as_news() -> None:
    """An activity never carries the vendor's own word."""
    assert [note.action for note in apply_status(ORDER, CARD, None, news(None), TAKEN_IN).notes] == [
        "card_order.vendor_news"
    ]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (news(PrintState.PRODUCED, 2, cancellation_refused=True), ["card_order.cancellation_refused"]),
        (news(PrintState.DISPATCHED, 2), ["card_order.cancellation_refused"]),
        (news(PrintState.PRODUCED, 2), []),
        (news(PrintState.FAILED, 2), []),
    ],
)
def test_a_request_that_has_come_to_nothing_is_noted_once(status: PrintStatus, said: list[str]) -> None:
    """Beside the vendor's word, by whichever report it is known first: refused in words, or sent all the same."""
    ended = evolve(CARD, state=CardState.CANCELLED, ended_here=True)
    decision = apply_status(wished(REQUESTED), ended, None, status, TAKEN_IN)
    assert status.state
    assert [note.action for note in decision.notes] == [f"card_order.{status.state.value}", *said]
    again = apply_status(decision.result, ended, None, evolve(status, revision=3), TAKEN_IN)
    assert [note.action for note in again.notes] == [f"card_order.{status.state.value}"]
    assert (
        len(apply_status(ORDER, CARD, None, news(PrintState.PRODUCED, cancellation_refused=True), NOW).notes)
        == 1
    )


def test_a_rejected_order_and_its_card_end_together() -> None:
    """Both are saved and noted; code and words are shortened on the order and whole in the activity."""
    code, reason = "c" * 61, "r" * 501
    after = evolve(
        ORDER,
        state=OrderState.REJECTED,
        production=PrintState.REJECTED,
        reason_code="c" * 60,
        reason="r" * 500,
        dealings=Dealings((refusal(code, reason, LATER),)),
    )
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
    ended = evolve(CARD, state=CardState.CANCELLED, ended_here=True)
    decision = reject_order(ORDER, ended, "bad", "", LATER)
    assert decision.save == (decision.result,)
    assert [note.action for note in decision.notes] == ["card_order.rejected"]


def test_whoever_reports_on_an_order_has_it() -> None:
    """A refused print order is outweighed by any report, whichever comes first, and its reason with it."""
    order = told(news(PrintState.ACCEPTED))
    assert reject_order(order, CARD, "bad", "", NOW) == Decision(order)
    refused = reject_order(ORDER, CARD, "bad", "no such design", NOW).result
    assert told(news(PrintState.ACCEPTED), order=refused) == order


def test_a_refused_print_order_answers_our_request_to_cancel() -> None:
    """What the vendor does not take need not be called back."""
    after = reject_order(wished(REQUESTED), CARD, "bad", "", NOW).result
    assert (after.state, after.cancellation) == (OrderState.CANCELLED, CONFIRMED)
