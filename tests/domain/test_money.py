"""Money: exact in and out, no cent lost when it is split, and nothing mixed."""

import decimal
import pickle
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.money import Money, total

EXPONENTS = {"JPY": 0, "EUR": 2, "CHF": 2, "KWD": 3, "CLF": 4}

amounts = st.integers(-(10**24), 10**24)
currencies = st.sampled_from(sorted(EXPONENTS))
monies = st.builds(Money, amounts, currencies)
euros = st.builds(Money, amounts, st.just("EUR"))
weights = st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any)


@given(monies, weights)
def test_the_parts_add_up_to_the_whole(whole, shares):
    """However an amount is split, the parts sum to it exactly: no cent is lost and none is made."""
    assert total(whole.allocate(shares), whole.currency) == whole


@given(monies, weights)
def test_each_part_is_within_one_minor_unit_of_its_share(whole, shares):
    """No part is off by a whole minor unit, and a weight of zero gets nothing."""
    for part, weight in zip(whole.allocate(shares), shares, strict=True):
        assert abs(part.amount - Fraction(whole.amount * weight, sum(shares))) < 1
        assert weight or not part.amount


@given(monies, weights)
def test_a_greater_weight_never_gets_less_of_a_positive_amount(whole, shares):
    """The parts of a positive amount are in the order of their weights; equal weights differ by one at most."""
    parts = Money(abs(whole.amount), whole.currency).allocate(shares)
    ranked = sorted(zip(shares, parts, strict=True), key=lambda pair: pair[0])
    for (low, less), (high, more) in pairwise(ranked):
        assert less <= more or low == high
        assert low != high or abs(less.amount - more.amount) <= 1


def test_the_odd_cents_go_to_the_largest_remainders_first():
    """Three shares of one euro: the first gets the odd cent, the same way every time."""
    assert [part.amount for part in Money(100, "EUR").allocate([1, 1, 1])] == [34, 33, 33]
    assert [part.amount for part in Money(-100, "EUR").allocate([1, 1, 1])] == [-33, -33, -34]
    assert [part.amount for part in Money(5, "EUR").allocate([3, 7])] == [2, 3]
    assert [part.amount for part in Money(10, "EUR").allocate([0, 1])] == [0, 10]
    assert [part.amount for part in Money(10, "EUR").allocate([1, 2, 4])] == [1, 3, 6]


@pytest.mark.parametrize("shares", [[], [0, 0], [2, -1], [0.5, 0.5], ["1"], [True], [None]])
def test_bad_weights_are_refused(shares):
    """Nothing to share by, a negative weight or one that is no integer: refused, never guessed."""
    with pytest.raises(InvalidInput) as caught:
        Money(10, "EUR").allocate(shares)
    assert caught.value.codes == {"bad_weights"}


@given(euros, euros)
def test_taking_away_undoes_adding(one, other):
    """Addition and subtraction are inverses, and subtraction is addition of the negative."""
    assert one + other - other == one
    assert one - other == one + -other
    assert one + other == other + one


@given(euros, st.integers(0, 20))
def test_multiplying_is_adding_again_and_again(one, factor):
    """A multiple by an integer is the sum of that many."""
    assert one * factor == total([one] * factor, "EUR")


@given(st.lists(euros, max_size=8))
def test_the_total_is_the_sum_of_the_amounts(parts):
    """The total of many is the integer sum of their minor units, and of nothing it is zero."""
    assert total(parts, "EUR") == Money(sum(part.amount for part in parts), "EUR")


@given(monies)
def test_text_and_back_is_the_same_amount(money):
    """What `str` prints, `of` reads back, digit by digit, for any currency."""
    text, currency = str(money).split(" ")
    assert Money.of(text, currency) == money
    assert Money.of(Decimal(text), currency) == money


@given(monies)
def test_the_text_has_the_decimal_places_of_the_currency(money):
    """The number printed has as many decimal places as the minor unit, and the exact value."""
    text = str(money).split(" ")[0]
    places = EXPONENTS[money.currency]
    assert len(text.partition(".")[2]) == places == money.exponent
    assert Fraction(text) == Fraction(money.amount, 10**places)


@given(monies)
def test_the_precision_of_the_host_does_not_matter(money):
    """A host that works with few decimal digits still sees and reads every cent."""
    text, currency = str(money).split(" ")
    with decimal.localcontext() as context:
        context.prec = 3
        assert str(money) == f"{text} {currency}"
        assert Money.of(text, currency) == money


@given(st.integers(-(10**29), 10**29), currencies)
def test_whole_units_are_read_from_integers(units, currency):
    """An integer counts major units."""
    assert Money.of(units, currency) == Money(units * 10 ** EXPONENTS[currency], currency)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("12.345", "too_fine"),
        ("1e-999999", "too_fine"),
        ("0." + "0" * 70 + "1", "too_fine"),
        ("1e999999", "out_of_range"),
        ("9" * 31, "out_of_range"),
        (10**30, "out_of_range"),
        ("NaN", "not_a_number"),
        ("sNaN", "not_a_number"),
        ("-Infinity", "not_a_number"),
        ("", "not_a_number"),
        ("12,50", "not_a_number"),
        ("12 EUR", "not_a_number"),
        (12.5, "wrong_type"),
        (True, "wrong_type"),
        (None, "wrong_type"),
    ],
)
def test_what_is_no_exact_amount_is_refused(value, code):
    """Finer than a cent, beyond all bounds, no number or a float: each with its own code, never rounded."""
    with pytest.raises(InvalidInput) as caught:
        Money.of(value, "EUR")
    assert caught.value.codes == {code}


@pytest.mark.parametrize("currency", ["eur", "EU", "EURO", "", "E1R", "ÄÖÜ", None, 978])
def test_a_currency_is_three_capital_letters(currency):
    """Anything but three ASCII capitals is refused."""
    with pytest.raises(InvalidInput) as caught:
        Money(1, currency)
    assert caught.value.codes == {"bad_currency"}


@pytest.mark.parametrize("amount", [1.0, "1", True, None, Decimal(1)])
def test_an_amount_is_an_integer(amount):
    """A float, a text, a truth value or a Decimal is no count of minor units."""
    with pytest.raises(InvalidInput) as caught:
        Money(amount, "EUR")
    assert caught.value.codes == {"wrong_type"}


@pytest.mark.parametrize(
    "mix",
    [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b, lambda a, b: a > b],
)
@pytest.mark.parametrize("other", [Money(1, "USD"), 1, "1 EUR", None])
def test_nothing_is_mixed(mix, other):
    """Other currencies, numbers and texts neither add to money nor compare with it."""
    with pytest.raises(InvalidInput) as caught:
        mix(Money(1, "EUR"), other)
    assert caught.value.fields == ("currency",)


@pytest.mark.parametrize("factor", [0.5, "2", True, Decimal(2)])
def test_a_factor_is_an_integer(factor):
    """Shares are made by `allocate`; a multiplication takes integers alone."""
    with pytest.raises(InvalidInput) as caught:
        Money(100, "EUR") * factor
    assert caught.value.fields == ("factor",)


@given(euros, euros)
def test_money_is_ordered_by_its_amount(one, other):
    """Money of one currency sorts as its minor units do, and equal values are one and the same key."""
    assert (one < other) == (one.amount < other.amount)
    assert (one <= other) == (one.amount <= other.amount)
    assert len({one, Money(one.amount, "EUR")}) == 1


def test_equality_asks_for_the_currency_too():
    """One euro is not one dollar, and comparing them for equality is allowed."""
    assert Money(1, "EUR") != Money(1, "USD")
    assert Money(1, "EUR") != 1


@given(monies)
def test_money_pickles(money):
    """A value that crosses a process border arrives equal."""
    assert pickle.loads(pickle.dumps(money)) == money  # noqa: S301  our own bytes


@pytest.mark.parametrize(
    ("exponent", "codes"),
    [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (2, "EUR USD CHF GBP PLN CZK DKK SEK NOK HUF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ],
)
def test_the_minor_units_are_those_of_the_standard(exponent, codes):
    """Each currency of ISO 4217 whose minor unit is no hundredth, and some of the others."""
    assert {Money(0, code).exponent for code in codes.split()} == {exponent}


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: Money(1.0, "EUR"), ("amount", "wrong_type")),
        (lambda: Money(1, "eur"), ("currency", "bad_currency")),
        (lambda: Money.of(1.5, "EUR"), ("value", "wrong_type")),
        (lambda: Money.of("x", "EUR"), ("value", "not_a_number")),
        (lambda: Money.of("1e30", "EUR"), ("value", "out_of_range")),
        (lambda: Money.of("0.001", "EUR"), ("value", "too_fine")),
        (lambda: Money(1, "EUR") * 0.5, ("factor", "wrong_type")),
        (lambda: Money(1, "EUR").allocate([]), ("weights", "bad_weights")),
        (lambda: Money(1, "EUR") + 1, ("currency", "wrong_type")),
        (lambda: Money(1, "EUR") + Money(1, "USD"), ("currency", "mixed_currency")),
    ],
)
def test_each_fault_names_what_is_wrong(make, found):
    """One fault, with its field and its code."""
    with pytest.raises(InvalidInput) as caught:
        make()
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [found]


def test_thirty_digits_before_the_point_are_read():
    """The greatest amount, to the last cent and of either sign."""
    whole = "9" * 30
    assert Money.of(f"{whole}.99", "EUR") == Money(int(whole + "99"), "EUR")
    assert Money.of(f"-{whole}.9999", "CLF") == Money(-int(whole + "9999"), "CLF")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(5, "JPY"), "5 JPY"),
        (Money(-1234, "JPY"), "-1234 JPY"),
        (Money(0, "EUR"), "0.00 EUR"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(123456, "KWD"), "123.456 KWD"),
    ],
)
def test_amounts_look_as_people_write_them(money, text):
    """A point stands only where there are decimal places behind it."""
    assert str(money) == text
