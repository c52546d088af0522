"""What is decided about one card: activating, ending, replacing, presenting."""

from __future__ import annotations

import pytest
from attrs import evolve

from loyaltycore.cards import CardStanding, CardState, CustomerCard, Presentation
from loyaltycore.cards.rules.card import activate_card, activated, ended, follow, invalidate_card
from loyaltycore.cards.rules.replacing import require_replaceable, step_aside
from loyaltycore.errors import Refused
from loyaltycore.kernel.decisions import Decision, Note
from tests.domain.cards.samples import CARD, CUSTOMER, LATER, OLD_CARD

ACTIVE = evolve(CARD, state=CardState.ACTIVE, activated_at=LATER)


def test_a_card_starts_without_a_history() -> None:
    """An ordered card was neither activated nor ended, and is the first version of itself."""
    card = CustomerCard("k1", "1", "c1", "o1", "gold", CardState.ORDERED, None, "", LATER)
    assert (card.activated_at, card.ended_at, card.end_reason, card.version) == (None, None, "", 1)


def test_activating_puts_one_card_into_use_and_the_old_one_out() -> None:
    """Both are saved and noted: the new one active, the one that it follows invalid."""
    replaced = evolve(
        OLD_CARD, state=CardState.INVALID, ended_at=LATER, end_reason="replaced", ended_here=True
    )
    assert activate_card(CARD, OLD_CARD, LATER) == Decision(
        ACTIVE,
        save=(ACTIVE, replaced),
        notes=(
            Note("card.activated", CARD, ACTIVE),
            Note("card.replaced", OLD_CARD, replaced),
        ),
    )


@pytest.mark.parametrize("replaced", [None, evolve(OLD_CARD, state=CardState.INVALID, ended_here=True)])
def test_activating_alone_touches_one_card(replaced: CustomerCard | None) -> None:
    """Where nothing is followed, or only what is out of use already, one card changes."""
    assert follow(replaced, LATER) == []
    assert activate_card(CARD, replaced, LATER).save == (ACTIVE,)


@pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.INVALID, CardState.CANCELLED])
def test_only_an_ordered_card_is_activated(state: CardState) -> None:
    """The refusal says in which state the card is; without the refusal, the card stays as it is."""
    card = evolve(CARD, state=state)
    assert activated(card, LATER) is card
    with pytest.raises(Refused) as refusal:
        activate_card(card, None, LATER)
    assert (refusal.value.code, dict(refusal.value.facts)) == ("card.not_ordered", {"state": state.value})


def test_an_end_says_what_when_and_why() -> None:
    """State, moment and reason of the end are kept."""
    over = ended(ACTIVE, CardState.CANCELLED, LATER, "lost")
    assert over == evolve(
        ACTIVE, state=CardState.CANCELLED, ended_at=LATER, end_reason="lost", ended_here=True
    )


def test_invalidating_ends_a_card_and_notes_the_reason() -> None:
    """The card is saved as invalid, and its activity carries what the person said."""
    after = evolve(ACTIVE, state=CardState.INVALID, ended_at=LATER, end_reason="lost", ended_here=True)
    note = Note("card.invalidated", ACTIVE, after, "lost")
    assert invalidate_card(ACTIVE, LATER, "lost") == Decision(after, save=(after,), notes=(note,))


@pytest.mark.parametrize("state", [CardState.INVALID, CardState.CANCELLED])
def test_a_card_ends_once(state: CardState) -> None:
    """Invalidating a card that was put out of use here is refused with its state."""
    with pytest.raises(Refused) as refusal:
        invalidate_card(evolve(CARD, state=state, ended_here=True), LATER, "again")
    assert (refusal.value.code, dict(refusal.value.facts)) == ("card.already_ended", {"state": state.value})


@pytest.mark.parametrize("state", [CardState.INVALID, CardState.CANCELLED])
def test_what_the_vendor_ended_can_be_ended_for_good(state: CardState) -> None:
    """The vendor may take its word back; staff who say that a card is lost need not wait for that."""
    card = evolve(CARD, state=state, ended_at=LATER, end_reason="the order was failed")
    after = invalidate_card(card, LATER, "lost").result
    assert (after.state, after.end_reason, after.ended_here) == (CardState.INVALID, "lost", True)
    assert step_aside(card, LATER, "", keep=False).result.ended_here
    assert not step_aside(card, LATER, "", keep=True).result.ended_here


@pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.INVALID])
def test_a_card_that_is_or_was_in_use_can_be_replaced(state: CardState) -> None:
    """Nothing is refused for a card in use, nor for one that was taken out of use."""
    require_replaceable(evolve(OLD_CARD, state=state), None)


@pytest.mark.parametrize(
    "card",
    [
        CARD,
        evolve(CARD, state=CardState.INVALID),
        evolve(OLD_CARD, state=CardState.CANCELLED),
        evolve(OLD_CARD, state=CardState.ORDERED),
    ],
)
def test_a_card_that_was_never_used_or_was_cancelled_is_not_replaced(card: CustomerCard) -> None:
    """Never in use, never made, or ended with its order: the refusal says in which state the card is."""
    with pytest.raises(Refused) as refusal:
        require_replaceable(card, None)
    assert (refusal.value.code, dict(refusal.value.facts)) == (
        "card.not_replaceable",
        {"state": card.state.value},
    )


def test_a_card_is_followed_once() -> None:
    """The refusal names the card and the one that follows it already."""
    with pytest.raises(Refused) as refusal:
        require_replaceable(OLD_CARD, CARD)
    assert (refusal.value.code, dict(refusal.value.facts)) == (
        "card.already_replaced",
        {"card": "k0", "follower": "k1"},
    )


def test_a_good_card_gives_its_customer() -> None:
    """Presenting a valid card is accepted and leads to the customer."""
    shown = Presentation(CardStanding.VALID, "1", CUSTOMER, ACTIVE)
    assert shown.accepted
    assert shown.require() is CUSTOMER


@pytest.mark.parametrize("standing", [standing for standing in CardStanding if standing.value != "valid"])
def test_a_bad_card_is_refused_with_its_standing(standing: CardStanding) -> None:
    """Every other standing is a refusal of its own, with the number that was read."""
    shown = Presentation(standing, "1")
    assert not shown.accepted
    with pytest.raises(Refused) as refusal:
        shown.require()
    assert (refusal.value.code, dict(refusal.value.facts)) == (
        f"card.{standing.value}",
        {"number": "1", "standing": standing.value},
    )


def test_the_words_of_states_are_those_that_are_stored() -> None:
    """Databases hold these words: a renamed one would orphan every card."""
    assert [state.value for state in CardState] == ["ordered", "active", "invalid", "cancelled"]
    assert [standing.value for standing in CardStanding] == [
        "valid", "unknown", "not_active", "expired", "invalid", "cancelled",
    ]  # fmt: skip
