"""Presenting cards: whom a number leads to, or why to nobody."""

from __future__ import annotations

from datetime import date

import pytest

from loyaltycore import InvalidInput, Refused
from loyaltycore.cards import (
    CardStanding,
)
from tests.house import House, dump
from tests.services.steps import active, ordered


def test_presenting_an_active_card_finds_the_customer(house: House) -> None:
    """F19 the other way round: a good card leads to its customer, blanks and hyphens in the number do not matter."""
    _, card = active(house)
    number = f"{card.number[:4]} {card.number[4:8]}-{card.number[8:]}"
    presented = house.desk.cards.present(number)
    assert presented.accepted
    assert presented.require().id == card.customer_id


def test_presenting_says_why_not(house: House) -> None:
    """Unknown, not yet active, invalid, cancelled: each has a word of its own, and no customer is given away."""
    order, coming = ordered(house)
    assert house.desk.cards.present("1234567890123452").standing is CardStanding.UNKNOWN
    assert house.desk.cards.present(coming.number).standing is CardStanding.NOT_ACTIVE
    house.desk.cards.cancel_order(order.id)
    cancelled = house.desk.cards.present(coming.number)
    assert (cancelled.standing, cancelled.customer) == (CardStanding.CANCELLED, None)
    with pytest.raises(Refused) as refusal:
        cancelled.require()
    assert refusal.value.code == "card.cancelled"
    _, used = active(house)
    house.desk.cards.invalidate(used.id, reason="lost")
    assert house.desk.cards.present(used.number).standing is CardStanding.INVALID


def test_a_slip_of_one_digit_is_told_from_a_number_that_nobody_has(house: House) -> None:
    """A wrong check digit is worth another reading; a good number that is unknown is not, and no good card is misread."""
    _, card = active(house)
    slipped = card.number[:-1] + str((int(card.number[-1]) + 1) % 10)
    present = house.desk.cards.present
    assert [present(number).misread for number in (slipped, "", "1234567890123452", card.number)] == [
        True,
        True,
        False,
        False,
    ]
    for number, remedy in ((slipped, "read or type it again"), ("1234567890123452", "")):
        with pytest.raises(Refused) as refusal:
            present(number).require()
        assert (refusal.value.code, refusal.value.remedy) == ("card.unknown", remedy)


def test_an_expired_card_is_refused_the_day_after_its_last_day(house: House) -> None:
    """F19: the last day is included by the branch's own calendar date; the day after the card is refused."""
    _, card = active(house, valid_until=date(2026, 1, 20))
    house.clock.instant = house.clock.instant.replace(day=20, hour=22, minute=59)
    assert house.desk.cards.present(card.number).accepted
    house.clock.advance(minutes=1)  # midnight in Berlin
    assert house.desk.cards.present(card.number).standing is CardStanding.EXPIRED


def test_presenting_changes_nothing(house: House) -> None:
    """F20, the half that concerns cards: expiry changes nothing that is stored, so it limits nothing but the card."""
    _, card = active(house, valid_until=date(2026, 1, 20))
    house.clock.advance(days=30)
    before = dump(house.loyalty)
    assert house.desk.cards.present(card.number).standing is CardStanding.EXPIRED
    assert dump(house.loyalty) == before


@pytest.mark.parametrize("frame", ["{}", "\x02{}\x03\r\n", " {}\t", "\ufeff{}", "{}\u00a0"])
def test_what_a_scanner_adds_around_a_number_does_not_matter(house: House, frame: str) -> None:
    """Control characters, blanks of all kinds and full-width digits are read past."""
    _, card = active(house)
    wide = card.number.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    for number in (card.number, "\u2011".join(card.number), wide):
        assert house.desk.cards.present(frame.format(number)).accepted


@pytest.mark.parametrize("modifier", "0123456789AZaz")
@pytest.mark.parametrize("code", "ACEFGILQXZdez")
def test_the_identifier_of_a_symbology_is_no_part_of_a_number(house: House, code: str, modifier: str) -> None:
    """ISO/IEC 15424: a scanner may say before the number what kind of code it read, whatever frame it puts around both."""
    _, card = active(house)
    sent = f"]{code}{modifier}{card.number}"
    for frame in ("{}", "\x02{}\x03\r\n", " {}"):
        presented = house.desk.cards.present(frame.format(sent))
        assert (presented.standing, presented.number) == (CardStanding.VALID, card.number)


@pytest.mark.parametrize("number", ["", "x" * 500, "\x00", "🙂", "1' OR '1'='1"])
def test_a_number_that_nobody_has_is_unknown(house: House, number: str) -> None:
    """Whatever a scanner reads, the answer is a standing and never an error."""
    assert house.desk.cards.present(number).standing is CardStanding.UNKNOWN


@pytest.mark.parametrize("number", [7, None, b"1"])
def test_a_number_is_text(house: House, number: object) -> None:
    """What is no text at all is an input error."""
    with pytest.raises(InvalidInput):
        house.desk.cards.present(number)  # wrong on purpose
