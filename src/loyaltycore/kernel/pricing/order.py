"""What is bought: an order and its lines, as the host knows them. Prices include taxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from loyaltycore.kernel.given import as_tuple
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
    """Whether this sells stored value, which no stored value can pay and no rule reduces: it is worth its price."""


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


def read_order(faults: Faults, order: Order) -> Order:
    """Read an order: nothing but plain texts, numbers and amounts, or faults."""
    rates = _numbers(faults, "rates", order.rates, 10 * WHOLE)
    given = faults.items("lines", order.lines, most=MOST_LINES, what="lines", required=True)
    currency = _currency_of(given)
    lines = tuple(_read_line(faults.at(f"lines[{n}]"), line, currency, rates) for n, line in enumerate(given))
    _check_together(faults, lines)
    return Order(
        faults.text("number", order.number, limit=NUMBER_LENGTH, required=True),
        faults.text("customer_id", order.customer_id, limit=WORD_LENGTH) or None,
        lines,
        faults.text("card", order.card, limit=WORD_LENGTH) or None,
        _words(faults, "programs", order.programs),
        _words(faults, "codes", order.codes),
        _numbers(faults, "spend", order.spend, GREATEST_PRICE),
        faults.text("channel", order.channel, limit=WORD_LENGTH),
        faults.text("reference", order.reference, limit=WORD_LENGTH),
        rates,
    )


def _currency_of(lines: tuple[Any, ...]) -> str:
    price = lines[0].price if lines and type(lines[0]) is OrderLine else None
    return price.currency if type(price) is Money else ""


def _read_line(faults: Faults, line: Any, currency: str, rates: Mapping[str, int]) -> OrderLine:
    if type(line) is not OrderLine:
        faults.note("$", "wrong_type", "must be an OrderLine")
        return _NO_LINE
    check_money(faults, "price", line.price, currency)
    if line.covered is not None:
        check_money(faults, "covered", line.covered, currency)
    tax = faults.text("tax", line.tax, limit=WORD_LENGTH)
    if tax and tax not in rates:
        faults.unknown("tax", "unknown_tax", "rate in the order's rates for", tax, rates)
    return OrderLine(
        faults.text("id", line.id, limit=NUMBER_LENGTH, required=True),
        faults.text("article", line.article, limit=WORD_LENGTH, required=True),
        line.price,
        faults.integer("quantity", line.quantity, least=1, most=MOST_UNITS, required=True),
        _words(faults, "groups", line.groups),
        tax,
        line.covered,
        faults.flag("discountable", line.discountable, default=True),
        faults.flag("delivery", line.delivery),
        faults.flag("stored_value", line.stored_value),
    )


def _check_together(faults: Faults, lines: Sequence[OrderLine]) -> None:
    ids: set[str] = set()
    for place, line in enumerate(lines):
        if line.id and line.id in ids:
            faults.at(f"lines[{place}]").note("id", "duplicate", "is the id of another line")
        ids.add(line.id)
    if sum(line.quantity for line in lines) > MOST_UNITS:
        faults.note("lines", "too_many", f"must not hold more than {MOST_UNITS:,} units")


def check_money(faults: Faults, name: str, amount: object, currency: str = "") -> None:
    """Note what is no amount from zero on, or of another currency."""
    if type(amount) is not Money:
        faults.note(name, "wrong_type", "must be Money")
    elif not 0 <= amount.amount <= GREATEST_PRICE:
        faults.note(name, "out_of_range", f"must be between 0 and {GREATEST_PRICE:,} minor units")
    elif currency and amount.currency != currency:
        faults.note(name, "mixed_currency", f"{currency} and {amount.currency} differ")


def _words(faults: Faults, name: str, words: object) -> tuple[str, ...]:
    return tuple(
        faults.text(f"{name}[{place}]", word, limit=WORD_LENGTH, required=True)
        for place, word in enumerate(faults.items(name, words, most=MOST_WORDS))
    )


def _numbers(faults: Faults, name: str, numbers: object, most: int) -> dict[str, int]:
    found = faults.members(name, numbers, most=MOST_WORDS)
    return {
        faults.text(name, key, limit=WORD_LENGTH, required=True): faults.integer(
            f"{name}.{key}", number, least=0, most=most, required=True
        )
        for key, number in found.items()
    }


_NO_LINE: Final = OrderLine("", "", Money(0, "EUR"))
