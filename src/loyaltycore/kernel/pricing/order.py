"""What is bought: an order and its lines, as the host knows them. Prices include taxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.kernel.given import as_tuple, text_of
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.validation import Faults

MOST_LINES: Final = 1000
MOST_UNITS: Final = 10_000
"""Of all lines of an order together."""
MOST_WORDS: Final = 100
"""Groups of a line; programs, codes, rates and parts to spend of an order."""
GREATEST_PRICE: Final = 10**12
"""In minor units."""
WORD_LENGTH: Final = 100
NUMBER_LENGTH: Final = 64
"""Of orders and of lines."""
WHOLE: Final = 10_000
"""All of something, in basis points."""


@frozen
class OrderLine:
    """Some units of one article."""

    id: str
    """Unique in the order; refunds name it."""
    article: str
    price: Money
    """Of one unit, taxes included."""
    quantity: int = 1
    groups: tuple[str, ...] = field(default=(), converter=as_tuple)
    """What the article belongs to; rules name groups."""
    tax: str = ""
    """A key of `Order.rates`, or empty for what bears no tax."""
    covered: Money | None = None
    """What an insurer pays of the whole line, at most; discounts come first."""
    discountable: bool = True
    delivery: bool = False
    """Whether this is the fee for delivery, which only rules for delivery reduce."""
    stored_value: bool = False
    """Whether this sells stored value, which no stored value can pay."""


@frozen
class Order:
    """What a customer buys at one time."""

    number: str
    """The host's own; a settlement is kept under it."""
    customer_id: str | None
    lines: tuple[OrderLine, ...] = field(converter=as_tuple)
    card: str | None = None
    """The id of the card presented, whose programs join."""
    programs: tuple[str, ...] = field(default=(), converter=as_tuple)
    """Assignments that join by hand, by id."""
    codes: tuple[str, ...] = field(default=(), converter=as_tuple)
    """Codes of vouchers, as typed."""
    spend: Mapping[str, int] = field(factory=dict)
    """How much of a tender to use, in its own unit, by its id or name; points are used only if named here."""
    channel: str = ""
    reference: str = ""
    """The supply that it is about, such as a hearing aid: a program for one supply joins orders about it alone."""
    rates: Mapping[str, int] = field(factory=dict)
    """The rate of each tax key, in basis points: 1900 is 19 %."""

    @property
    def currency(self) -> str:
        """The one currency of all its lines."""
        return self.lines[0].price.currency


def check_order(faults: Faults, order: Order) -> None:
    """Note everything that keeps an order from being priced."""
    faults.text("number", order.number, limit=NUMBER_LENGTH, required=True)
    faults.text("customer_id", order.customer_id, limit=WORD_LENGTH)
    faults.text("card", order.card, limit=WORD_LENGTH)
    faults.text("channel", order.channel, limit=WORD_LENGTH)
    faults.text("reference", order.reference, limit=WORD_LENGTH)
    _check_words(faults, "programs", order.programs)
    _check_words(faults, "codes", order.codes)
    _check_numbers(faults, "spend", order.spend, GREATEST_PRICE)
    rates = _check_numbers(faults, "rates", order.rates, 10 * WHOLE)
    lines = faults.items("lines", order.lines, most=MOST_LINES, what="lines", required=True)
    ids: set[object] = set()
    units = 0
    for place, line in enumerate(lines):
        if type(line) is not OrderLine:
            faults.note(f"lines[{place}]", "wrong_type", "must be an OrderLine")
            continue
        at = faults.at(f"lines[{place}]")
        _check_line(at, line, lines[0], rates)
        # Whatever is no text has been noted.
        key = text_of(line.id)
        if key in ids:
            at.note("id", "duplicate", "is the id of another line")
        ids.add(key)
        units += line.quantity if type(line.quantity) is int else 0
    if units > MOST_UNITS:
        faults.note("lines", "too_many", f"must not hold more than {MOST_UNITS:,} units")


def _check_line(faults: Faults, line: OrderLine, first: Any, rates: Mapping[str, int]) -> None:
    faults.text("id", line.id, limit=NUMBER_LENGTH, required=True)
    faults.text("article", line.article, limit=WORD_LENGTH, required=True)
    faults.integer("quantity", line.quantity, least=1, most=MOST_UNITS, required=True)
    _check_words(faults, "groups", line.groups)
    currency = getattr(getattr(first, "price", None), "currency", "")
    check_money(faults, "price", line.price, currency)
    if line.covered is not None:
        check_money(faults, "covered", line.covered, currency)
    tax = faults.text("tax", line.tax, limit=WORD_LENGTH)
    if tax and tax not in rates:
        faults.unknown("tax", "unknown_tax", "rate of the order", tax, rates)
    for name in ("discountable", "delivery", "stored_value"):
        faults.flag(name, getattr(line, name))


def check_money(faults: Faults, name: str, amount: object, currency: str = "") -> None:
    """Note what is no amount from zero on, or of another currency."""
    if type(amount) is not Money:
        faults.note(name, "wrong_type", "must be Money")
    elif not 0 <= amount.amount <= GREATEST_PRICE:
        faults.note(name, "out_of_range", f"must be between 0 and {GREATEST_PRICE:,} minor units")
    elif currency and amount.currency != currency:
        faults.note(name, "mixed_currency", f"{currency} and {amount.currency} differ")


def _check_words(faults: Faults, name: str, words: object) -> None:
    for place, word in enumerate(faults.items(name, words, most=MOST_WORDS)):
        faults.text(f"{name}[{place}]", word, limit=WORD_LENGTH, required=True)


def _check_numbers(faults: Faults, name: str, numbers: object, most: int) -> Mapping[str, int]:
    found = faults.members(name, numbers, most=MOST_WORDS)
    for key, number in found.items():
        faults.text(name, key, limit=WORD_LENGTH, required=True)
        faults.integer(f"{name}.{key}", number, least=0, most=most, required=True)
    return found
