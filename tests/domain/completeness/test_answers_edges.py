"""Answers that come together with the lists to which they are added, and drafts that are wrong."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from loyaltycore.completeness.rules.answers import read_answers, read_draft
from loyaltycore.completeness.rules.options import EMAIL
from loyaltycore.completeness.rules.report import Census
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import Address, AddressKind
from loyaltycore.kernel.validation import Faults
from tests.domain.completeness.forms import FIELDS, READING, customer, watch
from tests.domain.completeness.test_answers import HOME, LANDLINE, MOBILE, answered, codes
from tests.domain.customers.forms import TODAY

BILLING = Address("Weg 1", "10115", "Berlin", "DE", AddressKind.BILLING)


def test_an_answer_is_added_to_the_list_that_comes_with_it() -> None:
    """Not to what the customer had before: the list says what there is."""
    who = customer(addresses=[evolve(BILLING, street="Weg 2")], phones=["030 87654321"])
    assert answered(who, {"addresses": [BILLING], "postal_address": HOME}).addresses == (BILLING, HOME)
    numbers = {"phones": ["030 12345678"], "mobile": MOBILE}
    assert answered(who, numbers).phones == (LANDLINE, MOBILE)


def test_a_new_residence_takes_the_place_of_the_old_one() -> None:
    """There is one residence only, complete or not; of other kinds a complete address stays."""
    moved = evolve(HOME, street="Weg 9")
    assert answered(customer(addresses=[HOME, BILLING]), {"postal_address": moved}).addresses == (
        BILLING,
        moved,
    )


@pytest.mark.parametrize(
    ("lists", "found"),
    [
        ({"addresses": "Berlin"}, {"addresses": "wrong_type"}),
        ({"addresses": ["Berlin"]}, {"addresses[0]": "wrong_type"}),
        ({"phones": [7]}, {"phones[0]": "wrong_type"}),
    ],
)
def test_a_wrong_list_is_named_and_not_lost_behind_an_answer(
    lists: dict[str, Any], found: dict[str, str]
) -> None:
    """The form of the customer says what is wrong with it."""
    assert codes(customer(), postal_address=HOME, mobile=MOBILE, **lists) == found


@pytest.mark.parametrize("name", ["last_name", "company"])
def test_a_draft_may_lack_a_name_and_may_not_have_a_wrong_one(name: str) -> None:
    """That a name is too long is told at once."""
    with pytest.raises(InvalidInput) as caught:
        read_draft({name: "x" * 200}, READING)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [(name, "too_long")]


def test_a_census_takes_its_fields_as_they_come() -> None:
    """Once through them is enough, and the report holds lists that can be read again."""
    census = Census(iter(FIELDS.values()), watch(EMAIL), TODAY)
    census.count([customer(email="e@example.org")])
    report = census.report()
    assert [coverage.key for coverage in report.fields] == list(FIELDS)
    assert report == census.report()
    assert (report.coverage("email").filled, report.customers) == (1, 1)


def test_answers_are_named_by_text() -> None:
    """A key of another type is the name of no field, whatever else was answered."""
    faults = Faults()
    answers: Any = {1: "x", "mobile": MOBILE}
    assert read_answers(faults, customer(), answers, "DE").keys() == {"phones"}
    assert [(fault.field, fault.code) for fault in faults.found] == [("<int>", "unknown_field")]
