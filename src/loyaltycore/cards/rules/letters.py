"""The mails about cards.

Names and other texts from outside appear as they are in the plain part and escaped in the HTML part; none of them ever
ends a header.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from loyaltycore.cards.rules.options import CONFIRMATION_TEMPLATE
from loyaltycore.cards.rules.order import CardOrder
from loyaltycore.cards.rules.order_service import CardTemplate, DeliveryTarget
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.kernel.branches import Branch
from loyaltycore.kernel.contact import Channel
from loyaltycore.kernel.messages import Email
from loyaltycore.kernel.rendering import MessageText, Placeholder, PlaceholderKind
from loyaltycore.templates.rules.people import BRANCH, CUSTOMER, about_branch, about_customer
from loyaltycore.templates.rules.purposes import Purpose
from loyaltycore.templates.rules.wording import Wording, language_of

_GERMAN: Final = MessageText(
    Channel.EMAIL,
    "de",
    """{{ greeting }}

Ihre Kundenkarte „{{ card.name }}“ ist bestellt. Sie wird voraussichtlich am {{ order.dispatch }} versandt\
{% if order.to_branch %} und liegt dann bei uns bereit{% else %} und kommt zu Ihnen nach Hause{% endif %}.\
{% if order.valid_until %} Sie gilt bis einschließlich {{ order.valid_until }}.{% endif %}

Mit freundlichen Grüßen
{% if branch.name %}{{ branch.name }}{% endif %}
""",
    "Ihre Kundenkarte ist bestellt",
)

_ENGLISH: Final = MessageText(
    Channel.EMAIL,
    "en",
    """{{ greeting }}

Your customer card “{{ card.name }}” has been ordered. It is expected to be dispatched on {{ order.dispatch }}\
{% if order.to_branch %} to our branch{% else %} to your address{% endif %}.\
{% if order.valid_until %} It is valid until {{ order.valid_until }} inclusive.{% endif %}

Kind regards
{% if branch.name %}{{ branch.name }}{% endif %}
""",
    "Your customer card has been ordered",
)

CARD_ORDERED: Final = Purpose(
    "card.ordered",
    "A customer has ordered a card",
    CONFIRMATION_TEMPLATE,
    (
        *CUSTOMER,
        Placeholder("card.name", "Gold", says="Of the card template"),
        Placeholder("order.dispatch", date(2026, 1, 16), PlaceholderKind.DATE, says="Expected"),
        Placeholder(
            "order.valid_until",
            date(2028, 12, 31),
            PlaceholderKind.DATE,
            may_be_empty=True,
            says="Last day of validity",
        ),
        Placeholder(
            "order.to_branch",
            False,  # noqa: FBT003  an example
            PlaceholderKind.FLAG,
            says="Whether the card goes to the branch",
        ),
        *BRANCH,
    ),
    (_GERMAN, _ENGLISH),
)

SHIPPED: Final = Wording(CARD_ORDERED)


def confirmation_mail(
    customer: Customer,
    order: CardOrder,
    template: CardTemplate,
    branch: Branch,
    message_id: str,
    wording: Wording = SHIPPED,
) -> Email:
    """The mail that tells a customer that a card was ordered: in the language of the branch to those who say none."""
    written = wording.write(
        Channel.EMAIL,
        customer.language or language_of(branch.country),
        lambda language: _data(customer, order, template, branch, language),
        branch.time_zone,
    )
    return Email(
        message_id=message_id,
        to=(customer.email,),
        subject=written.message.subject,
        text=written.message.text,
        html=written.message.html,
        reply_to=branch.email,
        template=written.template,
    )


def _data(
    customer: Customer, order: CardOrder, template: CardTemplate, branch: Branch, language: str
) -> Mapping[str, Any]:
    return {
        **about_customer(customer, language),
        "card": {"name": template.name},
        "order": {
            "dispatch": order.expected_dispatch,
            "valid_until": order.valid_until,
            "to_branch": order.target is DeliveryTarget.BRANCH,
        },
        **about_branch(branch),
    }


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
