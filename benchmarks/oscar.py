"""Quoting an order of 50 lines under 100 offers, beside django-oscar with the same offers in its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from benchmarks.django_site import set_up_django
from benchmarks.timing import Result, at_least, processor, seconds
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.benefits import Percent
from loyaltycore.kernel.pricing.book import Book
from loyaltycore.kernel.pricing.engine import quote
from loyaltycore.kernel.pricing.order import Order, OrderLine
from loyaltycore.kernel.pricing.rule import Rule, Where
from loyaltycore.kernel.pricing.standing import Standing

LINES, OFFERS, QUANTITY = 50, 100, 2
FACTOR = 1000
ROUNDS = 9


def run() -> Iterator[Result]:
    """Each offer takes ten percent off one article; half of the offers are about nothing in the order."""
    order = Order(
        "R-1",
        None,
        [OrderLine(str(n), f"a{n}", Money(_price(n) * 100, "EUR"), QUANTITY) for n in range(LINES)],
    )
    rules = [Rule(f"o{n:03}", Percent(1000), where=Where(articles=[f"a{n}"])) for n in range(OFFERS)]
    book, now = Book(rules), Standing(datetime(2026, 11, 30, 12, tzinfo=UTC))
    apply_offers = _oscar()
    theirs = seconds(apply_offers, processor)
    ours = min(seconds(lambda: quote(book, order, now), processor) for _ in range(ROUNDS))
    found, wanted = quote(book, order, now).discount, apply_offers()
    if found.amount != wanted * 100:
        raise AssertionError(f"the engine takes off {found}, django-oscar {wanted}")
    yield at_least(f"quote, {LINES} lines, {OFFERS} offers", ours, theirs, FACTOR)


def _price(number: int) -> int:
    # Whole tens, so that nobody has to round.
    return 10 * (number + 1)


def _oscar() -> Callable[[], Decimal]:
    """A basket of django-oscar; each call applies all offers and answers with what they take off."""
    set_up_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from oscar.core.loading import get_class, get_model

    def make(app: str, model: str, **fields: Any) -> Any:
        return get_model(app, model).objects.create(**fields)

    kind = make("catalogue", "ProductClass", name="Goods", requires_shipping=False, track_stock=False)
    partner = make("partner", "Partner", name="Shop")
    products = [
        make("catalogue", "Product", title=f"a{n}", product_class=kind, upc=str(n)) for n in range(LINES)
    ]
    for number, product in enumerate(products):
        stock = {"partner": partner, "partner_sku": str(number), "price": Decimal(_price(number))}
        make("partner", "StockRecord", product=product, **stock)
    for number in range(OFFERS):
        about = make("offer", "Range", name=f"r{number}", slug=f"r{number}")
        if number < LINES:
            about.add_product(products[number])
        condition = make("offer", "Condition", range=about, type="Count", value=1)
        benefit = make("offer", "Benefit", range=about, type="Percentage", value=10)
        names = {"name": f"o{number}", "slug": f"o{number}", "priority": number}
        make("offer", "ConditionalOffer", condition=condition, benefit=benefit, offer_type="Site", **names)
    basket = make("basket", "Basket")
    basket.strategy = get_class("partner.strategy", "Selector")().strategy()
    for product in products:
        basket.add_product(product, quantity=QUANTITY)

    def apply_offers() -> Decimal:
        basket.reset_offer_applications()
        get_class("offer.applicator", "Applicator")().apply(basket)
        return Decimal(basket.total_discount)

    return apply_offers
