"""Check digits: made and checked alike, and every single wrong digit shows."""

import pytest
from hypothesis import given, strategies as st

from loyaltycore.kernel.check_digits import ean13, ean13_valid, luhn, luhn_valid

DIGITS = "0123456789"
luhn_bodies = st.text(DIGITS, min_size=1, max_size=30)
ean_bodies = st.text(DIGITS, min_size=12, max_size=12)

SCHEMES = {"luhn": (luhn, luhn_valid, luhn_bodies), "ean13": (ean13, ean13_valid, ean_bodies)}


def with_one_digit_changed(data, text):
    """Draw a place and another digit for it."""
    place = data.draw(st.integers(0, len(text) - 1))
    digit = data.draw(st.sampled_from([digit for digit in DIGITS if digit != text[place]]))
    return text[:place] + digit + text[place + 1 :]


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_a_made_number_is_valid_and_one_wrong_digit_makes_it_invalid(scheme, data):
    """What was made passes the check, and no single wrong digit does, the check digit's included."""
    make, valid, bodies = SCHEMES[scheme]
    body = data.draw(bodies)
    whole = body + make(body)
    assert valid(whole)
    assert not valid(with_one_digit_changed(data, whole))


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_exactly_one_of_ten_digits_fits(scheme, data):
    """Behind any body one check digit is right and the nine others are wrong."""
    make, valid, bodies = SCHEMES[scheme]
    body = data.draw(bodies)
    assert [digit for digit in DIGITS if valid(body + digit)] == [make(body)]


@given(luhn_bodies, st.data())
def test_luhn_sees_swapped_neighbours_but_for_zero_and_nine(body, data):
    """Swapping two different neighbours shows, except 09 and 90, as the standard says."""
    whole = body + luhn(body)
    place = data.draw(st.integers(0, len(whole) - 2))
    a, b = whole[place], whole[place + 1]
    swapped = whole[:place] + b + a + whole[place + 2 :]
    assert luhn_valid(swapped) == (a == b or {a, b} == {"0", "9"})


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        pytest.param("79927398713", luhn_valid, id="the worked example of many textbooks"),
        pytest.param("4111111111111111", luhn_valid, id="a card network's test number"),
        pytest.param("4006381333931", ean13_valid, id="an EAN-13 in print"),
        pytest.param("9780306406157", ean13_valid, id="an ISBN-13"),
    ],
)
def test_known_numbers_are_valid(number, valid):
    """Numbers that were published by others pass."""
    assert valid(number)


@pytest.mark.parametrize("text", ["", "0", "12a4", "\uff11\uff12\uff18", "²²", " 18", "1.8"])
def test_what_is_no_number_is_invalid(text):
    """Nothing but ASCII digits is ever valid, and a check digit needs something to check."""
    assert not luhn_valid(text)
    assert not ean13_valid(text)


@pytest.mark.parametrize(
    ("make", "text"), [(luhn, ""), (luhn, "1a"), (luhn, "²"), (ean13, "1" * 11), (ean13, "a" * 12)]
)
def test_no_check_digit_is_made_of_what_is_no_number(make, text):
    """Making a check digit of anything else raises instead of guessing."""
    with pytest.raises(ValueError, match="digits"):
        make(text)


@pytest.mark.parametrize(
    ("make", "body", "digit"),
    [
        (luhn, "5", "9"),
        (luhn, "19", "0"),
        (luhn, "00", "0"),
        (ean13, "400638133393", "1"),
        (ean13, "0" * 12, "0"),
    ],
)
def test_short_and_even_bodies_have_their_digit(make, body, digit):
    """From one digit on, of either parity, and where the sum is a multiple of ten."""
    assert make(body) == digit
