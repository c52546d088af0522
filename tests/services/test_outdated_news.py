"""What customers are told of an appointment is looked at once more before it leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore.booking import Appointment
from loyaltycore.memory import MemoryMailer, MemorySmsGateway
from tests.house import House, build_house
from tests.services.test_notifying import MOBILE, booked, desk


def sent(house: House) -> list[str]:
    """The subjects of the mails that leave now."""
    mailer = house.mailer
    assert isinstance(mailer, MemoryMailer)
    before = len(mailer.sent)
    house.loyalty.deliver()
    return [mail.subject for mail in mailer.sent[before:]]


def move(house: House, appointment: Appointment) -> None:
    """Give it another time."""
    desk(house).move(appointment.id, appointment.starts_at + timedelta(hours=2))


def test_a_confirmation_does_not_outlive_a_move(house: House) -> None:
    """F153: who has booked is not told a time that is no longer right, nor given a link that leads nowhere."""
    appointment, _ = booked(house, MOBILE, email="erika@example.org")
    move(house, appointment)
    assert sent(house) == []
    desk(house).notify(appointment.id, by="email")
    assert len(sent(house)) == 1


def test_a_confirmation_does_not_outlive_a_cancellation(house: House) -> None:
    """F154: but that it is cancelled is told."""
    appointment, _ = booked(house, MOBILE, email="erika@example.org")
    desk(house).cancel(appointment.id)
    assert sent(house) == []
    desk(house).notify(appointment.id, by="email")
    assert len(sent(house)) == 1


@pytest.mark.parametrize("way", ["email", "sms"])
def test_news_do_not_outlive_the_next_move(way: str) -> None:
    """Of two moves, the last one is told."""
    house = build_house(sms=MemorySmsGateway())
    appointment, _ = booked(house, MOBILE, email="erika@example.org")
    sent(house)
    move(house, appointment)
    desk(house).notify(appointment.id, by=way)
    move(house, desk(house).get(appointment.id))
    desk(house).notify(appointment.id, by=way)
    report = house.loyalty.deliver()
    assert (report.done, report.withdrawn) == (1, 1)


def test_nothing_is_withheld_while_the_appointment_stands(house: House) -> None:
    """The staff confirm it, and give it to a customer: it is the same appointment."""
    appointment, _ = booked(house, MOBILE, email="erika@example.org")
    desk(house).confirm(appointment.id)
    assert len(sent(house)) == 1
