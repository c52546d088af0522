"""The mails about cards, in the customer's language: German, or English for everybody else.

Names and other texts from outside appear as they are in the plain part and escaped in the HTML part; they never reach a
header, because subjects contain none of them.
"""

from __future__ import annotations

from datetime import date
from html import escape
from string import Template
from typing import Final

from loyaltycore.cards.rules.order import CardOrder
from loyaltycore.cards.rules.order_service import CardTemplate, DeliveryTarget
from loyaltycore.customers.rules.customer import Customer, CustomerKind, Salutation
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.messages import Email

_SUBJECT: Final = {"de": "Ihre Kundenkarte ist bestellt", "en": "Your customer card has been ordered"}

_BODY: Final = {
    "de": Template(
        "$greeting\n\nIhre Kundenkarte „$card“ ist bestellt. Sie wird voraussichtlich am $day versandt$target.$valid\n\n"
        "Mit freundlichen Grüßen\n$branch\n"
    ),
    "en": Template(
        "$greeting\n\nYour customer card “$card” has been ordered. It is expected to be dispatched on $day$target."
        "$valid\n\nKind regards\n$branch\n"
    ),
}

_TARGET: Final = {
    "de": {
        DeliveryTarget.CUSTOMER: " und kommt zu Ihnen nach Hause",
        DeliveryTarget.BRANCH: " und liegt dann bei uns bereit",
    },
    "en": {DeliveryTarget.CUSTOMER: " to your address", DeliveryTarget.BRANCH: " to our branch"},
}

_GREETING: Final = {
    "de": {
        Salutation.FEMALE: "Sehr geehrte Frau $name,",
        Salutation.MALE: "Sehr geehrter Herr $name,",
        Salutation.DIVERSE: "Guten Tag $name,",
        None: "Guten Tag $name,",
    },
    "en": {
        Salutation.FEMALE: "Dear Ms $name,",
        Salutation.MALE: "Dear Mr $name,",
        Salutation.DIVERSE: "Dear $name,",
        None: "Dear $name,",
    },
}


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def confirmation_mail(
    customer: Customer, order: CardOrder, template: CardTemplate, branch: Branch, message_id: str
) -> Email:
    """The mail that tells a customer that a card was ordered."""
    language = "de" if customer.language in {"", "de"} else "en"
    text = _BODY[language].substitute(
        greeting=_greeting(customer, language),
        card=template.name,
        day=_date(order, language),
        target=_TARGET[language][order.target],
        valid=_valid(order, language),
        branch=branch.name,
    )
    return Email(
        message_id=message_id,
        to=(customer.email,),
        subject=_SUBJECT[language],
        text=text,
        html=_html(text, language),
        reply_to=branch.email,
    )


def information_mail(text: str, branch: Branch, actor: str, recipient: str, message_id: str) -> Email:
    """The mail that asks for information about customer cards while no order service is set up."""
    lines = (
        "Please send us information about customer cards.",
        f"Branch: {branch.name or '-'}",
        f"Asked by: {actor}",
        "",
        text,
    )
    return Email(
        message_id=message_id,
        to=(recipient,),
        subject="Request for information about customer cards",
        text="\n".join(lines).rstrip() + "\n",
        reply_to=branch.email,
    )


def _greeting(customer: Customer, language: str) -> str:
    if customer.kind is CustomerKind.COMPANY:
        return {"de": "Sehr geehrte Damen und Herren,", "en": "Dear Sir or Madam,"}[language]
    formal = customer.salutation in {Salutation.FEMALE, Salutation.MALE}
    surname = " ".join(part for part in (customer.title, customer.name_extension, customer.last_name) if part)
    name = surname if formal else customer.display_name
    return Template(_GREETING[language][customer.salutation]).substitute(name=name)


def _date(order: CardOrder, language: str) -> str:
    day = order.expected_dispatch
    return f"{day:%d.%m.%Y}" if language == "de" else _english(day)


def _valid(order: CardOrder, language: str) -> str:
    if order.valid_until is None:
        return ""
    day = order.valid_until
    if language == "de":
        return f" Sie gilt bis einschließlich {day:%d.%m.%Y}."
    return f" It is valid until {_english(day)} inclusive."


def _english(day: date) -> str:
    # Not by strftime, whose month names follow the locale of the host's process.
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _html(text: str, language: str) -> str:
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.strip().split("\n\n"))
    body = "".join(f"<p>{part}</p>" for part in paragraphs)
    return f'<!doctype html><html lang="{language}"><body>{body}</body></html>'
