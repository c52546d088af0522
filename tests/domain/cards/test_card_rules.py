"""Rules of cards: numbers, validity, standing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.cards import CardStanding, CardState, CustomerCard, ValidityPeriod, standing
from loyaltycore.cards.rules.card import ended
from loyaltycore.cards.rules.numbers import NumberScheme, card_number, chance_digits, is_well_formed
from loyaltycore.cards.rules.options import NUMBER_PREFIX, NUMBER_SCHEME
from loyaltycore.cards.rules.validity import read_validity
from loyaltycore.errors import InvalidInput, Refused
from loyaltycore.kernel.validation import Faults

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
CARD = CustomerCard("k1", "1", "c1", "o1", "gold", CardState.ACTIVE, None, "", NOW)
days = st.dates(date(2020, 1, 1), date(2060, 12, 31))


@given(scheme=st.sampled_from(NumberScheme), data=st.data())
def test_a_number_is_well_formed_and_a_slip_of_one_digit_shows(
    scheme: NumberScheme, data: st.DataObject
) -> None:
    """Every number passes its own check, and no number with one wrong digit does."""
    prefix = data.draw(st.sampled_from(["", "2", "21", "299"]))
    count = chance_digits(scheme, prefix)
    number = card_number(scheme, prefix, data.draw(st.text("0123456789", min_size=count, max_size=count)))
    assert is_well_formed(number)
    assert len(number) == {NumberScheme.LUHN: 16, NumberScheme.EAN13: 13}[scheme]
    position = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[position]]))
    assert not is_well_formed(number[:position] + other + number[position + 1 :])


def test_an_ean_outside_the_store_prefixes_is_refused() -> None:
    """An EAN-13 that starts with 4 is somebody's article."""
    with pytest.raises(Refused, match="article of somebody else"):
        card_number(NumberScheme.EAN13, "40", "0" * 10)


@pytest.mark.parametrize("bad", ["4x", "1234", "٣", 5])
def test_the_prefix_option_leaves_room_for_chance(bad: object) -> None:
    """A prefix is digits, and leaves nine digits to chance in either scheme."""
    with pytest.raises(InvalidInput):
        NUMBER_PREFIX.read(bad)
    assert NUMBER_PREFIX.read("299") == "299"


def test_the_scheme_option_knows_two_schemes() -> None:
    """Nothing but luhn and ean13 can be set."""
    assert NUMBER_SCHEME.read("ean13") == "ean13"
    with pytest.raises(InvalidInput):
        NUMBER_SCHEME.read("random")


@given(start=days, months=st.integers(1, 600))
def test_a_period_ends_on_the_same_day_of_the_month_or_its_last(start: date, months: int) -> None:
    """BGB §§ 187, 188: the last day bears the number of the first, or is the month's last where it is shorter."""
    last = ValidityPeriod(months).last_day(start)
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == months
    assert last.day == start.day or (last.day < start.day and (last + timedelta(days=1)).day == 1)


@given(start=days, months=st.integers(1, 600))
def test_a_period_to_the_months_end_ends_with_the_month(start: date, months: int) -> None:
    """To the month's end: the next day is the first of a month, and no day is lost."""
    last = ValidityPeriod(months, to_month_end=True).last_day(start)
    assert (last + timedelta(days=1)).day == 1
    assert last >= ValidityPeriod(months).last_day(start)


@given(day=days, today=days)
def test_a_validity_is_never_in_the_past_and_includes_its_last_day(day: date, today: date) -> None:
    """A date is accepted exactly when it is not before today, and then today's card is good."""
    faults = Faults()
    read = read_validity(faults, day, None, today)
    assert (read == day) == (day >= today)
    assert bool(faults.found) == (day < today)
    good = standing(evolve(CARD, valid_until=day), today) is CardStanding.VALID
    assert good == (today <= day)


def test_a_validity_is_given_once() -> None:
    """A date and a period together are a fault."""
    faults = Faults()
    assert read_validity(faults, date(2030, 1, 1), ValidityPeriod(3), date(2026, 1, 1)) is None
    assert [fault.code for fault in faults.found] == ["both_given"]


@pytest.mark.parametrize("months", [0, -1, 601, 2.5, "3", True])
def test_a_period_has_whole_months(months: object) -> None:
    """One to 600 whole months, nothing else."""
    faults = Faults()
    assert read_validity(faults, None, ValidityPeriod(months), date(2026, 1, 1)) is None  # wrong on purpose
    assert faults.found


@given(state=st.sampled_from(CardState), valid_until=st.none() | days, today=days)
def test_only_an_active_card_within_its_validity_is_good(
    state: CardState, valid_until: date | None, today: date
) -> None:
    """The stored state comes first; only an active card can expire, and it never forgets its state by doing so."""
    card = evolve(CARD, state=state, valid_until=valid_until)
    verdict = standing(card, today)
    if state is CardState.ACTIVE:
        expired = valid_until is not None and today > valid_until
        assert verdict is (CardStanding.EXPIRED if expired else CardStanding.VALID)
    else:
        assert verdict not in {CardStanding.VALID, CardStanding.EXPIRED}


@given(state=st.sampled_from(CardState), end=st.sampled_from([CardState.INVALID, CardState.CANCELLED]))
def test_the_first_end_of_a_card_stands(state: CardState, end: CardState) -> None:
    """A card that is out of use keeps the way and the reason of its end."""
    card = evolve(CARD, state=state)
    once = ended(card, end, NOW, "first")
    assert once.state is end
    assert ended(once, CardState.CANCELLED, NOW + timedelta(days=1), "second") is once
