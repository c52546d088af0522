"""What an order costs, to the last cent of each unit, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

from attrs import asdict, field, frozen

from loyaltycore.kernel.canonical import canonical_json
from loyaltycore.kernel.money import Money
from loyaltycore.kernel.pricing.order import WHOLE, Order
from loyaltycore.kernel.pricing.parts import (
    Applied,
    Change,
    Earned,
    FreeGift,
    Minimum,
    Paid,
    QuotedLine,
    TaxPart,
    Use,
)
from loyaltycore.kernel.pricing.verdict import Verdict, written

Row = tuple[str, str]

_WORDS: Final = {
    "listed": ("Sum", "Summe"),
    "covered": ("Insurer", "Kostenträger"),
    "due": ("To pay", "Zu zahlen"),
    "tax": ("contains {key} % tax", "enthält {key} % Steuer"),
    "points": ("Points", "Punkte"),
}


@frozen
class Quote:
    """What an order costs. Making one changes nothing."""

    order: Order
    lines: tuple[QuotedLine, ...]
    discounts: tuple[Applied, ...]
    tenders: tuple[Paid, ...]
    earned: tuple[Earned, ...]
    taxes: tuple[TaxPart, ...]
    uses: tuple[Use, ...]
    gifts: tuple[FreeGift, ...]
    minima: tuple[Minimum, ...]
    """Of rules that mind if too much of the order comes back."""
    verdicts: tuple[Verdict, ...]
    """Of all candidates, in the order in which they are judged, then of the tenders."""
    _nearest: Callable[[Quote, int], tuple[Change, ...]] = field(eq=False, repr=False)

    @property
    def listed(self) -> Money:
        """What it costs before any rule."""
        return self._sum([line.listed for line in self.lines])

    @property
    def discount(self) -> Money:
        """What all rules take off together."""
        return self._sum([line.discount for line in self.lines])

    @property
    def price(self) -> Money:
        """After discounts."""
        return self.listed - self.discount

    @property
    def covered(self) -> Money:
        """What the insurer pays."""
        return self._sum([line.covered for line in self.lines])

    @property
    def tendered(self) -> Money:
        """What stored value and points pay."""
        return self._sum([line.tendered for line in self.lines])

    @property
    def due(self) -> Money:
        """What the customer still pays."""
        return self._sum([line.due for line in self.lines])

    @property
    def earns(self) -> int:
        """All points together."""
        return sum(each.points for each in self.earned)

    @property
    def digest(self) -> str:
        """The same for two quotes exactly if they are about the same order and come to the same."""
        lines = tuple(sorted(self.lines, key=lambda line: line.line.id))
        order = (self.order.number, self.order.customer_id)
        facts = (*order, lines, self.discounts, self.tenders, self.earned)
        return sha256(canonical_json(_plain(facts)).encode()).hexdigest()

    def verdict(self, rule_id: str) -> Verdict | None:
        """The verdict about one rule or tender; None if it has nothing to do with the order."""
        return next((verdict for verdict in self.verdicts if verdict.rule == rule_id), None)

    def nearest(self, most: int = 3) -> tuple[Change, ...]:
        """Find what would make rules apply that fall short: the cheapest changes, one for each rule.

        Args:
            most: How many to answer with, up to `MOST_CHANGES`.
        """
        return self._nearest(self, most)

    def receipt(self, language: str = "en") -> str:
        """Print it as a table, in English or German (``de``)."""
        return table(rows_of(self, german=language.lower().startswith("de")))

    def _sum(self, amounts: Sequence[Money]) -> Money:
        return Money(sum(amount.amount for amount in amounts), self.order.currency)

    def __str__(self) -> str:
        return self.receipt()


def _plain(value: Any) -> Any:
    if hasattr(value, "__attrs_attrs__"):
        return asdict(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def rows_of(quote: Quote, *, german: bool) -> Iterator[Row | None]:
    """The lines of a receipt: what it is, and how much; None is a rule."""

    def money(amount: Money) -> str:
        return written(amount, german=german)

    def word(name: str) -> str:
        return _WORDS[name][german]

    for line in quote.lines:
        yield f"{line.line.quantity} x {line.line.article}", money(line.listed)
    yield None
    yield word("listed"), money(quote.listed)
    for each in quote.discounts:
        yield f"  {each.title}", money(-each.amount)
    if quote.covered.amount:
        yield word("covered"), money(-quote.covered)
    for paid in quote.tenders:
        yield paid.title, money(-paid.amount)
    yield None
    yield word("due"), money(quote.due)
    for part in quote.taxes:
        rate = f"{quote.order.rates[part.key] / (WHOLE // 100):g}"
        yield f"  {word('tax').format(key=rate.replace('.', ',') if german else rate)}", money(part.tax)
    if quote.earns:
        yield word("points"), f"+{quote.earns}"


def table(rows: Iterator[Row | None]) -> str:
    """Set rows in two columns, names to the left and amounts to the right."""
    taken = list(rows)
    left = max(len(row[0]) for row in taken if row)
    right = max(len(row[1]) for row in taken if row)
    lines = (f"{row[0]:<{left}}  {row[1]:>{right}}" if row else "-" * (left + right + 2) for row in taken)
    return "\n".join(lines)
