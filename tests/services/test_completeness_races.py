"""Rivals who complete the same customer: no answer is lost, on every engine."""

from __future__ import annotations

import pytest

from loyaltycore.completeness.rules.options import ASK_AGAIN_MONTHS, BIRTH_DATE, LANDLINE, MOBILE
from loyaltycore.completeness.rules.prompt import CompletionPrompt
from loyaltycore.completeness.service import remember
from loyaltycore.kernel.criteria import Query
from loyaltycore.ports.storage import Storage
from tests.bounded import at_once
from tests.faults.meeting import MeetingStorage
from tests.house import build_house

pytestmark = pytest.mark.every_engine


@pytest.mark.parametrize("asked_before", [False, True])
def test_answers_of_two_desks_are_both_kept(storage: Storage, *, asked_before: bool) -> None:
    """One adds a mobile number while the other adds a landline number: the customer has both, and one prompt."""
    meeting = MeetingStorage(storage)
    house = build_house(meeting)
    for option in (MOBILE, LANDLINE, BIRTH_DATE):
        house.desk.settings.change(option, True)
    house.desk.settings.change(ASK_AGAIN_MONTHS, 1)
    desk = house.loyalty.session("anna", "berlin")
    erika = house.customer()
    if asked_before:
        with desk.transaction() as unit:
            remember(desk, unit, erika, ["email"])
    answers = ({"mobile": "0170 1234567"}, {"landline": "030 12345678"})
    meeting.meet(2)
    at_once(2, lambda number: desk.completeness.answer(erika.id, **answers[number]))
    after = desk.customers.get(erika.id)
    assert {phone.number for phone in after.phones} == {"+491701234567", "+493012345678"}
    with storage.transaction(read_only=True) as tx:
        (prompt,) = tx.find(CompletionPrompt, Query())
    assert set(prompt.asked) == {"mobile", "landline", "birth_date"} | ({"email"} if asked_before else set())
