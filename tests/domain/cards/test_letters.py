"""The mails about cards, word by word in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.cards import DeliveryTarget
from loyaltycore.cards.rules.letters import confirmation_mail, information_mail
from loyaltycore.customers.rules.customer import CustomerKind, Salutation
from loyaltycore.kernel.messages import Email
from tests.domain.cards.samples import BRANCH, CUSTOMER, ORDER
from tests.house import GOLD

FULL = evolve(ORDER, valid_until=date(2028, 1, 31), expected_dispatch=date(2026, 3, 2))


def text_of(order: Any = ORDER, **facts: Any) -> str:
    """The plain part of the mail to a customer of whom those facts are known."""
    return confirmation_mail(evolve(CUSTOMER, **facts), order, GOLD, BRANCH, "m1").text


def test_a_german_mail() -> None:
    """Every part of it, with a validity, as the customer gets it."""
    customer = evolve(CUSTOMER, salutation=Salutation.FEMALE, title="Dr.", name_extension="von")
    text = (
        "Sehr geehrte Frau Dr. von Mustermann,\n\n"
        "Ihre Kundenkarte „Gold“ ist bestellt. Sie wird voraussichtlich am 02.03.2026 versandt"
        " und kommt zu Ihnen nach Hause. Sie gilt bis einschließlich 31.01.2028.\n\n"
        "Mit freundlichen Grüßen\nOptik Berlin\n"
    )
    html = (
        '<!doctype html><html lang="de"><body><p>Sehr geehrte Frau Dr. von Mustermann,</p>'
        "<p>Ihre Kundenkarte „Gold“ ist bestellt. Sie wird voraussichtlich am 02.03.2026 versandt"
        " und kommt zu Ihnen nach Hause. Sie gilt bis einschließlich 31.01.2028.</p>"
        "<p>Mit freundlichen Grüßen<br>Optik Berlin</p></body></html>"
    )
    assert confirmation_mail(customer, FULL, GOLD, BRANCH, "m1") == Email(
        message_id="m1",
        to=("erika@example.org",),
        subject="Ihre Kundenkarte ist bestellt",
        text=text,
        html=html,
        reply_to="laden@example.org",
    )


def test_an_english_mail() -> None:
    """Every part of it; dates are written with the name of the month."""
    mail = confirmation_mail(evolve(CUSTOMER, language="en"), FULL, GOLD, BRANCH, "m1")
    assert mail.subject == "Your customer card has been ordered"
    assert mail.text == (
        "Dear Erika Mustermann,\n\n"
        "Your customer card “Gold” has been ordered. It is expected to be dispatched on 2 March 2026"
        " to your address. It is valid until 31 January 2028 inclusive.\n\n"
        "Kind regards\nOptik Berlin\n"
    )
    assert mail.html.startswith('<!doctype html><html lang="en"><body><p>Dear Erika')


@pytest.mark.parametrize(
    ("language", "greeting"), [("", "Guten Tag"), ("de", "Guten Tag"), ("en", "Dear"), ("fr", "Dear")]
)
def test_german_is_for_those_who_speak_it_or_say_nothing(language: str, greeting: str) -> None:
    """Everybody else reads English."""
    assert text_of(language=language).startswith(f"{greeting} Erika Mustermann,\n")


@pytest.mark.parametrize(("country", "greeting"), [("AT", "Guten Tag"), ("LI", "Guten Tag"), ("GB", "Dear")])
def test_who_says_no_language_reads_that_of_the_branch(country: str, greeting: str) -> None:
    """As in every other message."""
    there = evolve(BRANCH, country=country)
    mail = confirmation_mail(evolve(CUSTOMER, language=""), ORDER, GOLD, there, "m1")
    assert mail.text.startswith(f"{greeting} Erika Mustermann,\n")


@pytest.mark.parametrize(
    ("salutation", "german", "english"),
    [
        (Salutation.FEMALE, "Sehr geehrte Frau Mustermann,", "Dear Ms Mustermann,"),
        (Salutation.MALE, "Sehr geehrter Herr Mustermann,", "Dear Mr Mustermann,"),
        (Salutation.DIVERSE, "Guten Tag Erika Mustermann,", "Dear Erika Mustermann,"),
        (None, "Guten Tag Erika Mustermann,", "Dear Erika Mustermann,"),
    ],
)
def test_people_are_greeted_as_they_wish(salutation: Salutation | None, german: str, english: str) -> None:
    """By surname where the salutation is formal, else by the full name."""
    assert text_of(salutation=salutation).splitlines()[0] == german
    assert text_of(salutation=salutation, language="en").splitlines()[0] == english


def test_companies_are_greeted_without_a_name() -> None:
    """Nobody knows who reads the mail there."""
    firm = {"kind": CustomerKind.COMPANY, "company": "Optik AG", "salutation": Salutation.FEMALE}
    assert text_of(**firm).startswith("Sehr geehrte Damen und Herren,\n")
    assert text_of(**firm, language="en").startswith("Dear Sir or Madam,\n")


def test_a_card_for_the_branch_is_fetched_there() -> None:
    """The mail says so in either language."""
    order = evolve(ORDER, target=DeliveryTarget.BRANCH)
    assert " versandt und liegt dann bei uns bereit.\n" in text_of(order)
    assert " on 16 January 2026 to our branch.\n" in text_of(order, language="en")


def test_without_a_validity_nothing_is_said_about_one() -> None:
    """The sentence before ends the paragraph."""
    assert "nach Hause.\n\n" in text_of()
    assert "to your address.\n\n" in text_of(language="en")


@pytest.mark.parametrize(
    ("month", "name"),
    [
        (1, "January"), (2, "February"), (3, "March"), (4, "April"), (5, "May"), (6, "June"), (7, "July"),
        (8, "August"), (9, "September"), (10, "October"), (11, "November"), (12, "December"),
    ],
)  # fmt: skip
def test_months_have_their_english_names(month: int, name: str) -> None:
    """Whatever the locale of the process."""
    order = evolve(ORDER, expected_dispatch=date(2026, month, 9))
    assert f" on 9 {name} 2026 " in text_of(order, language="en")


def test_texts_from_outside_are_escaped_in_html_only() -> None:
    """The plain part holds the name as it is."""
    mail = confirmation_mail(evolve(CUSTOMER, last_name="<b>&"), ORDER, GOLD, BRANCH, "m1")
    assert "Erika <b>&" in mail.text
    assert "Erika &lt;b&gt;&amp;" in mail.html


def test_a_request_for_information() -> None:
    """Who asks, where, and what; it has no HTML part, and answers go to the branch."""
    assert information_mail("Costs?\n\n", BRANCH, "anna", "cards@example.org", "m2") == Email(
        message_id="m2",
        to=("cards@example.org",),
        subject="Request for information about customer cards",
        text="Please send us information about customer cards.\nBranch: Optik Berlin\nAsked by: anna\n\nCosts?\n",
        reply_to="laden@example.org",
    )
    bare = information_mail("", evolve(BRANCH, name=""), "anna", "cards@example.org", "m2")
    assert bare.text.endswith("Branch: -\nAsked by: anna\n")
