"""Cancelling by itself: what is decided, saved, sent and noted in each state of order, message and card."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from loyaltycore.cards import Cancellation, CardOrder, CardState, OrderState
from loyaltycore.cards.rules.cancelling import cancel_order, settle_cancellation
from loyaltycore.cards.rules.order import Dealings
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.kernel.printing import PrintCancellation, PrintState
from tests.domain.cards.samples import CARD, LATER, MESSAGE, NOW, ORDER, news, told, wished

TRIED = evolve(MESSAGE, attempts=1)
LEASED = evolve(MESSAGE, attempts=1, leased_by="w1", due_at=LATER + timedelta(minutes=5))
ENDED = evolve(CARD, state=CardState.CANCELLED, ended_at=LATER, end_reason="order cancelled", ended_here=True)


def cancel(order: CardOrder = ORDER, message: OutboxMessage | None = None) -> Decision[CardOrder]:
    """Bob cancels the order three hours later."""
    return cancel_order(order, CARD, message, "bob", LATER, "wrong customer")


def test_an_order_that_never_left_is_cancelled_as_a_whole() -> None:
    """The message is called back, order and card end together, nobody is asked, and both changes are noted."""
    decision = cancel(message=MESSAGE)
    after = evolve(
        ORDER,
        state=OrderState.CANCELLED,
        cancellation=Cancellation.CONFIRMED,
        dealings=Dealings(wish=Cancellation.CONFIRMED),
        cancelled_at=LATER,
        cancelled_by="bob",
        cancel_reason="wrong customer",
    )
    withdrawn = evolve(MESSAGE, state=MessageState.WITHDRAWN, finished_at=LATER, code="cancelled")
    assert decision == Decision(
        after,
        save=(after, ENDED, withdrawn),
        notes=(
            Note("card_order.cancelled", ORDER, after, "wrong customer"),
            Note("card.cancelled", CARD, ENDED, "wrong customer"),
        ),
    )


@pytest.mark.parametrize("message", [None, TRIED, LEASED, evolve(MESSAGE, state=MessageState.DONE)])
def test_a_vendor_that_may_have_the_order_is_asked(message: OutboxMessage | None) -> None:
    """Gone, tried, under way or delivered: the wish goes out under a key of its own, about the order."""
    order = told(news(PrintState.RECEIVED))
    decision = cancel(order, message)
    assert decision.result.cancellation is Cancellation.REQUESTED
    wish = PrintCancellation("o1", "v1", "wrong customer")
    assert decision.dispatch == (Dispatch("card_print.cancel", wish, "o1.cancel", order),)


@pytest.mark.parametrize(
    ("message", "kept"), [(MESSAGE, False), (TRIED, False), (LEASED, True), (None, True)]
)
def test_only_a_message_that_nobody_holds_is_called_back(
    message: OutboxMessage | None, *, kept: bool
) -> None:
    """A worker may be handing over what it holds: that message is left alone."""
    saved = [record for record in cancel(message=message).save if isinstance(record, OutboxMessage)]
    assert (saved == []) is kept
    assert all(record.state is MessageState.WITHDRAWN for record in saved)


@pytest.mark.parametrize("state", [MessageState.DONE, MessageState.DEAD, MessageState.WITHDRAWN])
def test_a_message_at_its_end_is_not_called_back(state: MessageState) -> None:
    """What was delivered or given up keeps its end."""
    decision = cancel(message=evolve(MESSAGE, state=state))
    assert [record for record in decision.save if isinstance(record, OutboxMessage)] == []


def test_a_wish_without_a_reason_gives_the_vendor_one() -> None:
    """The vendor never reads an empty reason; our own record keeps that none was given."""
    decision = cancel_order(ORDER, CARD, None, "bob", LATER, "")
    assert decision.dispatch[0].payload.reason == "cancelled by the shop"
    assert decision.result.cancel_reason == ""


@pytest.mark.parametrize("word", [PrintState.REJECTED, PrintState.FAILED])
def test_an_order_that_came_to_nothing_is_cancelled_at_once(word: PrintState) -> None:
    """No card comes of a rejected or failed order; the vendor is told all the same, since it may take that back."""
    decision = cancel(told(news(word)))
    assert (decision.result.state, decision.result.cancellation) == (
        OrderState.CANCELLED,
        Cancellation.CONFIRMED,
    )
    assert [dispatch.kind for dispatch in decision.dispatch] == ["card_print.cancel"]
    back = told(news(PrintState.IN_PRODUCTION, 2), order=decision.result)
    assert (back.state, back.cancellation) == (OrderState.IN_PRODUCTION, Cancellation.REQUESTED)


def test_an_order_in_production_goes_on_until_the_vendor_answers() -> None:
    """Its state says what the vendor does, its cancellation what was wished."""
    decision = cancel(told(news(PrintState.IN_PRODUCTION)))
    assert (decision.result.state, decision.result.cancellation) == (
        OrderState.IN_PRODUCTION,
        Cancellation.REQUESTED,
    )


def test_a_card_that_is_out_of_use_is_not_touched_again() -> None:
    """Only the order is saved and noted where the card has had its end."""
    invalid = evolve(CARD, state=CardState.INVALID, ended_here=True)
    decision = cancel_order(ORDER, invalid, None, "bob", LATER, "")
    assert decision.save == (decision.result,)
    assert [note.action for note in decision.notes] == ["card_order.cancelled"]


@pytest.mark.parametrize(
    ("change", "code", "facts"),
    [
        (
            {"cancellation": Cancellation.REQUESTED, "state": OrderState.IN_PRODUCTION},
            "card_order.already_cancelled",
            {"order": "o1", "cancellation": "requested"},
        ),
        (
            {"state": OrderState.CANCELLED},
            "card_order.already_cancelled",
            {"order": "o1", "cancellation": "none"},
        ),
        (
            {"state": OrderState.DISPATCHED},
            "card_order.already_dispatched",
            {"order": "o1", "state": "dispatched"},
        ),
        (
            {"state": OrderState.DELIVERED},
            "card_order.already_dispatched",
            {"order": "o1", "state": "delivered"},
        ),
        (
            {"state": OrderState.RETURNED},
            "card_order.already_dispatched",
            {"order": "o1", "state": "returned"},
        ),
    ],
)
def test_what_can_no_longer_be_cancelled_is_refused(
    change: dict[str, object], code: str, facts: dict[str, str]
) -> None:
    """A second wish, an order the vendor cancelled, and a card that has left: each refusal carries its facts."""
    with pytest.raises(Refused) as refusal:
        cancel(evolve(ORDER, **change))
    assert (refusal.value.code, dict(refusal.value.facts)) == (code, facts)


ASKED = wished(Cancellation.REQUESTED, told(news(PrintState.IN_PRODUCTION)))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Cancellation.CONFIRMED, OrderState.CANCELLED), (Cancellation.REFUSED, OrderState.IN_PRODUCTION)],
)
def test_the_vendors_answer_is_written_down(outcome: Cancellation, state: OrderState) -> None:
    """A yes cancels the order, a no leaves it in production; either is noted with the vendor's words."""
    after = evolve(ASKED, cancellation=outcome, state=state, dealings=evolve(ASKED.dealings, wish=outcome))
    note = Note(f"card_order.cancellation_{outcome.value}", ASKED, after, "said so")
    assert settle_cancellation(ASKED, outcome, "said so") == Decision(after, save=(after,), notes=(note,))


@pytest.mark.parametrize(
    ("order", "outcome"),
    [
        (ASKED, Cancellation.REQUESTED),
        (ORDER, Cancellation.REFUSED),
        (wished(Cancellation.CONFIRMED, ASKED), Cancellation.REFUSED),
        (wished(Cancellation.REFUSED, ASKED), Cancellation.CONFIRMED),
    ],
)
def test_an_answer_that_settles_nothing_changes_nothing(order: CardOrder, outcome: Cancellation) -> None:
    """A vendor that still thinks, and an answer that nobody waits for."""
    assert settle_cancellation(order, outcome) == Decision(order)


@pytest.mark.parametrize("outcome", [Cancellation.CONFIRMED, Cancellation.REFUSED])
def test_an_answer_that_the_news_outweighs_is_kept_in_silence(outcome: Cancellation) -> None:
    """The card has left: that answers the request, whatever is said, but it is no longer waited for."""
    sent = told(news(PrintState.DISPATCHED, 2), order=ASKED)
    decision = settle_cancellation(sent, outcome)
    assert (decision.result.cancellation, decision.notes) == (Cancellation.REFUSED, ())
    assert decision.result.dealings.wish is outcome


def test_a_card_that_the_vendor_ended_is_cancelled_with_its_order() -> None:
    """What the vendor might take back is final from now on."""
    invalid = evolve(CARD, state=CardState.INVALID, ended_at=NOW, end_reason="the order was failed")
    decision = cancel_order(told(news(PrintState.FAILED)), invalid, None, "bob", LATER, "")
    assert decision.save[1] == ENDED


def test_an_answer_without_words_is_noted_without_words() -> None:
    """The detail is optional and empty by default."""
    assert settle_cancellation(ASKED, Cancellation.CONFIRMED).notes[0].comment == ""


def test_a_lease_that_has_run_out_holds_nothing() -> None:
    """A crashed worker's message can be called back, and the vendor is asked because it was tried."""
    decision = cancel(message=evolve(LEASED, due_at=NOW))
    assert any(isinstance(record, OutboxMessage) for record in decision.save)
    assert decision.result.cancellation is Cancellation.REQUESTED
