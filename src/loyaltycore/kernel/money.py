"""Money: integer minor units and a currency.

No cent is ever lost: `allocate` splits by largest remainder, so that the parts always add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import total_ordering
from typing import Final

from attrs import frozen

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.given import items_of

# ISO 4217 currencies whose minor unit is not a hundredth.
_EXPONENTS: Final = {
    **dict.fromkeys(["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"], 0),
    **dict.fromkeys(["UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


MOST_SHARES: Final = 1_000_000
"""Into how many parts an amount can be split."""

_CURRENCY_LENGTH: Final = 3

# Far beyond any sum of a shop, and small enough that a hostile "1e999999" never becomes an integer.
_MOST_DIGITS: Final = 30
# An amount of so many digits in major units, in the finest minor unit that a currency has.
_MINOR_DIGITS: Final = _MOST_DIGITS + max(_EXPONENTS.values())
_MOST: Final = 10**_MINOR_DIGITS
# Our own context: the host's precision must not round an amount. A lost digit is an error here, never a rounding.
_EXACT: Final = Context(prec=2 * _MOST_DIGITS, traps=[Inexact, InvalidOperation])


@frozen
@total_ordering
class Money:
    """An amount in the minor unit of a currency.

    Example:
        >>> Money(250, "EUR") + Money(99, "EUR")
        Money(amount=349, currency='EUR')
        >>> str(Money(-5, "EUR"))
        '-0.05 EUR'
    """

    amount: int
    """Integer count of minor units (cents for EUR); may be negative."""
    currency: str
    """Three capital letters of ISO 4217."""

    def __attrs_post_init__(self) -> None:
        """Refuse floats and malformed currencies."""
        if type(self.amount) is not int:
            raise InvalidInput([Fault("amount", "wrong_type", "must be an integer count of minor units")])
        if not -_MOST < self.amount < _MOST:
            raise InvalidInput([Fault("amount", "out_of_range", f"has more than {_MINOR_DIGITS} digits")])
        if not (
            type(self.currency) is str
            and len(self.currency) == _CURRENCY_LENGTH
            and self.currency.isascii()
            and self.currency.isalpha()
            and self.currency.isupper()
        ):
            raise InvalidInput(
                [Fault("currency", "bad_currency", "must be three capital letters of ISO 4217")]
            )

    @classmethod
    def of(cls, value: str | int | Decimal, currency: str) -> Money:
        """Read a decimal value in major units.

        Args:
            value: For example ``"12.50"``; floats are refused, and no digit may be lost.
            currency: Three capital letters of ISO 4217.

        Raises:
            InvalidInput: The value is not a number, has more than 30 digits before the point, or is finer than the
                currency's minor unit.
        """
        zero = cls(0, currency)
        if type(value) is bool or not issubclass(type(value), str | int | Decimal):
            raise InvalidInput([Fault("value", "wrong_type", "must be text, an integer or a Decimal")])
        # So long a number takes its time to be read.
        number = _decimal(value) if not _is_vast(value) else Decimal(_MOST)
        if number.adjusted() >= _MOST_DIGITS:
            raise InvalidInput([Fault("value", "out_of_range", f"has more than {_MOST_DIGITS} digits")])
        try:
            minor = number.scaleb(zero.exponent, context=_EXACT).quantize(Decimal(1), context=_EXACT)
        except Inexact:
            raise InvalidInput(
                [Fault("value", "too_fine", f"is finer than the minor unit of {currency}")]
            ) from None
        return cls(int(minor), currency)

    @property
    def exponent(self) -> int:
        """How many decimal places the currency has."""
        return _EXPONENTS.get(self.currency, 2)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: int) -> Money:
        if type(factor) is not int:
            raise InvalidInput(
                [Fault("factor", "wrong_type", "must be an integer; use allocate() for shares")]
            )
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __str__(self) -> str:
        digits = f"{abs(self.amount):0{self.exponent + 1}d}"
        whole, cut = digits[: len(digits) - self.exponent], digits[len(digits) - self.exponent :]
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{whole}{'.' if cut else ''}{cut} {self.currency}"

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Split by weights so that the parts add up exactly to the whole.

        Args:
            weights: Non-negative integers with a positive sum; one part each.

        Returns:
            One amount per weight; each within one minor unit of its exact share.

        Raises:
            InvalidInput: A weight is negative or not an integer, or all are zero.
        """
        taken = items_of(weights, MOST_SHARES + 1) or ()
        good = len(taken) <= MOST_SHARES and all(
            type(weight) is int and 0 <= weight < _MOST for weight in taken
        )
        total = sum(taken) if good else 0
        if total <= 0:
            raise InvalidInput(
                [Fault("weights", "bad_weights", "must be non-negative integers with a positive sum")]
            )
        weights = taken
        shares = [divmod(self.amount * weight, total) for weight in weights]
        rest = self.amount - sum(share for share, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))
        lucky = set(by_remainder[:rest])
        return tuple(Money(share + (i in lucky), self.currency) for i, (share, _) in enumerate(shares))

    def _same(self, other: Money) -> None:
        if not isinstance(other, Money):
            raise InvalidInput([Fault("currency", "wrong_type", "only money adds to money")])
        if self.currency != other.currency:
            raise InvalidInput(
                [Fault("currency", "mixed_currency", f"{self.currency} and {other.currency} differ")]
            )


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add up amounts of one currency; nothing adds up to zero."""
    return sum(amounts, start=Money(0, currency))


def _is_vast(value: str | int | Decimal) -> bool:
    return type(value) is int and not -_MOST <= value <= _MOST


def _decimal(value: str | int | Decimal) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InvalidInput([Fault("value", "not_a_number", "is not a number")])
    return number
