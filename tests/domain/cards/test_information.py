"""Asking for information about cards: what is kept and sent, and who is missing."""

from __future__ import annotations

import pytest

from loyaltycore.cards.rules.information import InformationRequest, request_information
from loyaltycore.cards.rules.letters import information_mail
from loyaltycore.cards.rules.options import (
    CARD_OPTIONS,
    CONFIRMATION_TEMPLATE,
    INFORMATION_EMAIL,
    NUMBER_PREFIX,
    NUMBER_SCHEME,
)
from loyaltycore.errors import InvalidInput, Refused
from loyaltycore.kernel.decisions import Decision, Dispatch, Note
from tests.domain.cards.samples import BRANCH, NOW


def test_a_wish_is_kept_mailed_and_noted() -> None:
    """The text in normal form, the address too, and one mail under a key of its own."""
    request = InformationRequest("i1", "berlin", "anna", NOW, "Costs?\nWhen?", "Cards@example.org")
    mail = information_mail("Costs?\nWhen?", BRANCH, "anna", "Cards@example.org", "i1.information")
    assert request_information(
        "i1", BRANCH, "anna", NOW, " Costs?\r\nWhen? ", " Cards@EXAMPLE.org "
    ) == Decision(
        request,
        add=(request,),
        dispatch=(Dispatch("email.send", mail, "i1.information", request),),
        notes=(Note("card_information.requested", after=request),),
    )
    assert request.version == 1


@pytest.mark.parametrize("nobody", ["", None])
def test_a_wish_to_nobody_is_refused(nobody: object) -> None:
    """Without an address there is nobody to ask."""
    with pytest.raises(Refused) as refusal:
        request_information("i1", BRANCH, "anna", NOW, "", nobody)
    assert refusal.value.code == "card_information.no_recipient"


@pytest.mark.parametrize(
    ("text", "to", "found"),
    [
        ("x" * 2001, "cards@example.org", [("text", "too_long")]),
        (1, "nobody", [("text", "wrong_type"), ("to", "bad_email")]),
        ("x" * 2000, "x" * 255, [("to", "too_long")]),
    ],
)
def test_a_wrong_wish_hears_every_fault(text: object, to: object, found: list[tuple[str, str]]) -> None:
    """Each with its field and its code."""
    with pytest.raises(InvalidInput) as caught:
        request_information("i1", BRANCH, "anna", NOW, text, to)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == found


def test_the_options_about_cards() -> None:
    """Their keys, their defaults and their place on a screen, in this order; an address is checked where one is set."""
    assert CARD_OPTIONS == (NUMBER_SCHEME, NUMBER_PREFIX, INFORMATION_EMAIL, CONFIRMATION_TEMPLATE)
    assert [(option.key, option.default) for option in CARD_OPTIONS] == [
        ("cards.number_scheme", "luhn"),
        ("cards.number_prefix", ""),
        ("cards.information_email", ""),
        ("cards.confirmation_template", ""),
    ]
    assert {(option.tab, option.section) for option in CARD_OPTIONS} == {("customer", "cards")}
    assert INFORMATION_EMAIL.read("") == ""
    assert INFORMATION_EMAIL.read("cards@example.org") == "cards@example.org"
    with pytest.raises(InvalidInput) as caught:
        INFORMATION_EMAIL.read("nobody")
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("cards.information_email", "bad_email")
    ]
