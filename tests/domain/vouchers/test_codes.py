"""Codes of vouchers: what catches typing errors, and what cannot be told from outside."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.errors import RegistrationError
from loyaltycore.vouchers import CodeKey
from loyaltycore.vouchers.rules.codes import ALPHABET, LENGTH, canonical, formatted, is_mistyped

KEY = CodeKey("2026", "an old secret, only for tests")
ids = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=40)


@settings(max_examples=100)
@given(ids)
def test_a_code_is_what_was_printed_however_it_is_typed(voucher_id: str) -> None:
    """Law 29: case, blanks, hyphens of any kind and full-width signs do not matter."""
    code = KEY.code(voucher_id)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    assert not is_mistyped(code)
    shown = formatted(code)
    assert canonical(shown) == code
    assert canonical("  " + shown.lower().replace("-", " \u2013 ")) == code
    assert canonical("".join(chr(ord(sign) + 0xFEE0) for sign in code)) == code


@settings(max_examples=60)
@given(ids, st.integers(0, LENGTH - 1))
def test_every_wrong_sign_and_every_swap_of_neighbours_is_caught(voucher_id: str, place: int) -> None:
    """Law 29: also in the check sign, and signs that no code has."""
    code = KEY.code(voucher_id)
    for sign in ALPHABET + "01IOÄ":
        wrong = code[:place] + sign + code[place + 1 :]
        assert is_mistyped(wrong) == (sign != code[place])
    if place + 1 < LENGTH:
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert is_mistyped(swapped) == (code[place] != code[place + 1])


def test_codes_and_hashes_follow_from_the_key() -> None:
    """The same voucher has the same code; another key makes another one, and no hash is a code."""
    other = CodeKey("2027", "another secret, only for tests")
    assert KEY.code("v-1") == KEY.code("v-1") != other.code("v-1")
    assert KEY.code("v-1") != KEY.code("v-2")
    assert KEY.hash(KEY.code("v-1")) != other.hash(KEY.code("v-1"))
    assert "secret" not in repr(KEY)


@pytest.mark.parametrize("secret", ["short", "x" * 200, "ein langes Geheimnis mit ä, nur hier", None])
def test_a_secret_that_could_be_guessed_is_refused(secret: str) -> None:
    """24 to 128 printable ASCII characters."""
    with pytest.raises(RegistrationError):
        CodeKey("2026", secret)
