"""The words by which enumerations are stored, sent and set: a renamed one would orphan what there is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import Enum

import pytest

from loyaltycore.cards import CardState, CustomerCard, DeliveryTarget
from loyaltycore.cards.rules.dispatch import DispatchCycle
from loyaltycore.cards.rules.numbers import NumberScheme
from loyaltycore.cards.rules.order_service import SlotSource
from loyaltycore.completeness.rules.assess import FieldState
from loyaltycore.completeness.rules.prompt import CompletionPrompt
from loyaltycore.kernel.criteria import Op
from loyaltycore.kernel.custom_fields import FieldKind
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.messages import Email, SmsText
from loyaltycore.kernel.printing import (
    BEFORE_PRODUCTION,
    Encoding,
    EncodingKind,
    PostalAddress,
    PrintOrder,
    PrintState,
    PrintStatus,
)
from loyaltycore.processes import ProcessStep, StepTemplate
from loyaltycore.selections.rules.catalogue import ValueType
from loyaltycore.selections.rules.conditions import Operator

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (DispatchCycle, "daily weekly monthly"),
        (DeliveryTarget, "customer branch"),
        (SlotSource, "card_number customer_name customer_number valid_until"),
        (
            PrintState,
            "received accepted on_hold in_production produced dispatched delivered returned rejected failed"
            " cancelled",
        ),
        (EncodingKind, "text ean13 code128 qr magstripe_track1 magstripe_track2 magstripe_track3"),
        (NumberScheme, "luhn ean13"),
        (FieldKind, "text integer date flag choice"),
        (FieldState, "unwatched present missing"),
        (ValueType, "text name email phone integer date day_of_year flag choice"),
        (
            Operator,
            "is is_not one_of not_one_of begins less at_most more at_least between is_empty is_filled",
        ),
        (Op, "eq ne lt le gt ge"),
    ],
)
def test_the_words_are_those_that_are_stored(kind: type[Enum], words: str) -> None:
    """Every word of each enumeration, in its order."""
    assert [member.value for member in kind] == words.split()


def test_nothing_is_made_before_production() -> None:
    """Three states in which a vendor has only taken the order in."""
    assert frozenset({PrintState.RECEIVED, PrintState.ACCEPTED, PrintState.ON_HOLD}) == BEFORE_PRODUCTION


def test_what_is_not_said_is_empty() -> None:
    """Values that pass between the parts hold nothing that nobody said."""
    assert CustomerCard("k1", "1", "c1", "o1", "gold", CardState.ORDERED, date(2026, 1, 1), "", NOW) == (
        CustomerCard(
            "k1",
            "1",
            "c1",
            "o1",
            "gold",
            CardState.ORDERED,
            date(2026, 1, 1),
            "",
            NOW,
            None,
            None,
            "",
            ended_here=False,
        )
    )
    address = PostalAddress("Erika", ("Weg 1",), "10115", "Berlin", "DE")
    assert address == PostalAddress("Erika", ("Weg 1",), "10115", "Berlin", "DE", company="")
    assert Encoding(EncodingKind.QR, "1") == Encoding(EncodingKind.QR, "1", "")
    assert PrintOrder("o1", "gold", (), address) == PrintOrder(
        "o1", "gold", (), address, bulk=False, cover_letter="", letter_variables=(), language="", comment=""
    )
    assert PrintStatus("o1", "v1", 1, None, "X", NOW) == PrintStatus(
        "o1", "v1", 1, None, "X", NOW, reason_code="", reason="", tracking="", cancellation_refused=False
    )
    assert Email("m1", ("a@b",), "s", "t") == Email("m1", ("a@b",), "s", "t", "", "", "", "", ())
    assert SmsText("m1", "+49", "t") == SmsText("m1", "+49", "t", at_most_once=True)
    assert Note("a") == Note("a", None, None, "")
    assert Decision(1) == Decision(1, add=(), save=(), remove=(), dispatch=(), notes=())


def test_values_that_hold_mappings_can_stand_in_sets() -> None:
    """Their hash leaves the mapping out, of which each has one of its own."""
    step = StepTemplate("a", "task", "A")
    done = ProcessStep("a", "task", "A")
    asked = CompletionPrompt("c1", "c1")
    assert len({step, StepTemplate("a", "task", "A"), done, asked, CompletionPrompt("c1", "c1")}) == 3
    assert (step.settings, done.settings, done.result, asked.asked) == ({}, {}, {}, {})
    assert done.result is not ProcessStep("a", "task", "A").result
