"""An optician's articles, programs and vouchers, and one customer with a card."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from loyaltycore import Loyalty, Money
from loyaltycore.programs import DiscountTerms, Earn, PointsTerms, Quota, QuotaTerms, StoredValueTerms
from loyaltycore.sales import ForEvery, OrderLine, Phase, PromotionTerms, Rule, When, in_groups, percent
from loyaltycore.vouchers import DiscountVoucherTerms

BRANCH: Final = "berlin"
RATES: Final = {"19": 1900, "7": 700}
ARTICLES: Final = {
    "frame": OrderLine("", "Frame", Money(19900, "EUR"), groups=["frames"], tax="19"),
    "lens": OrderLine("", "Lens", Money(12000, "EUR"), groups=["lenses"], tax="7"),
    "cloth": OrderLine("", "Cloth", Money(399, "EUR"), groups=["accessories"], tax="19"),
    "gift": OrderLine("", "Gift voucher", Money(5000, "EUR")),
    "batteries": OrderLine("", "30 batteries", Money(2500, "EUR"), tax="19"),
}
"""What the till sells, as lines without an id: a real one asks its own system."""


@frozen
class Customer:
    """What somebody needs to try the till."""

    card: str
    """The number of a card."""
    gift: str
    """The code of a voucher over 50 EUR."""
    fifth: str
    """The code of a voucher for a fifth off frames."""


def set_up(loyalty: Loyalty) -> None:
    """Set the shop up, as often as you like."""
    loyalty.session("admin").branches.ensure(BRANCH, name="Optik Berlin", time_zone="Europe/Berlin")
    office = loyalty.session("admin").programs
    office.define("club", PointsTerms(Earn(1, per=Money(100, "EUR")), worth=Money(1, "EUR")), name="Club")
    office.define("friends", DiscountTerms(10, groups=["lenses"]), name="10 % off lenses")
    office.define(
        "gift", StoredValueTerms("EUR", by_code=True), name="Gift voucher", sold_by=["Gift voucher"]
    )
    office.define("fifth", DiscountVoucherTerms(percent=20, groups=["frames"]), name="A fifth off frames")
    office.define(
        "batteries",
        QuotaTerms([Quota(30, groups=["batteries"])]),
        name="30 batteries",
        sold_by=["30 batteries"],
    )
    rules = [
        Rule("three", ForEvery(2), where=in_groups("accessories"), name="Three for two"),
        Rule(
            "whole",
            percent(5),
            Phase.ORDER,
            when=When(least_amount=Money(30000, "EUR")),
            name="5 % from 300 EUR",
        ),
    ]
    office.define("promotions", PromotionTerms(rules), name="Promotions")
    office.publish("club", "friends", "gift", "fifth", "batteries", "promotions")


def enter_customer(loyalty: Loyalty) -> Customer:
    """Enter a customer who has something of everything."""
    desk = loyalty.session("anna", BRANCH)
    erika = desk.customers.create(first_name="Erika", last_name="Mustermann")
    card = desk.cards.encode(erika.id, "2000 0000 0000 0008")
    desk.programs.assign(erika.id, "club", card=card.id, value=800)
    desk.programs.assign(erika.id, "friends", card=card.id)
    desk.programs.assign(erika.id, "batteries", card=card.id)
    gift = desk.vouchers.issue("gift", Money(5000, "EUR"), customer=erika.id, reason="goodwill")
    fifth = desk.vouchers.issue("fifth", customer=erika.id, reason="goodwill")
    return Customer(card.number or "", desk.vouchers.code_of(gift.id), desk.vouchers.code_of(fifth.id))
