"""Answers to a completion request: they add to what the customer has and take nothing away."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.completeness.rules.answers import read_answers, read_draft
from loyaltycore.completeness.rules.assess import assess
from loyaltycore.completeness.rules.watching import Watching
from loyaltycore.customers.rules.customer import MAX_ADDRESSES, MAX_PHONES, Customer, CustomerKind
from loyaltycore.customers.rules.form import read_change
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.contact import Address, AddressKind, Phone, PhoneKind
from loyaltycore.kernel.validation import Faults
from tests.domain.completeness.forms import READING, customer, customers, watchings
from tests.domain.customers.forms import TODAY

HOME = Address("Lindenstraße 5", "10969", "Berlin", "DE")
LANDLINE = Phone("+493012345678", PhoneKind.LANDLINE)
MOBILE = Phone("+491701234567", PhoneKind.MOBILE, sms_allowed=True)

ANSWERS = {
    "salutation": "female", "title": "Dr.", "first_name": "Erika", "name_extension": "von", "last_name": "M",
    "company": "Optik", "birth_date": TODAY, "language": "de", "postal_address": HOME, "addresses": (HOME,),
    "email": "e@example.org", "landline": "030 12345678", "mobile": "0170 1234567", "phones": ("030 12345678",),
    "preferred_channel": "email", "privacy": "declined", "privacy_date": TODAY, "consent_letter": "declined",
    "consent_email": "accepted", "consent_phone": "declined", "consent_sms": "accepted", "external_number": "1",
    "customer_since": TODAY, "branch_id": "berlin", "notes": "n", "custom.shoe_size": 42, "custom.shoe": False,
    "custom.frame": "horn",
}  # fmt: skip


def answered(who: Customer, answers: dict[str, Any]) -> Customer:
    """The customer after the answers."""
    faults = Faults()
    after = read_change(faults, who, read_answers(faults, who, answers, "DE"), READING)
    faults.raise_if_any()
    return after


def codes(who: Customer, **answers: Any) -> dict[str, str]:
    """What is wrong with answers."""
    with pytest.raises(InvalidInput) as refused:
        answered(who, answers)
    return {fault.field: fault.code for fault in refused.value.faults}


@given(who=customers(), watched=watchings())
def test_answering_every_gap_completes_the_customer(who: Customer, watched: Watching) -> None:
    """An answer for each gap, under the gap's own key, leaves no gap and takes no number and address away."""
    full = len(who.phones) > MAX_PHONES - 3 or len(who.addresses) > MAX_ADDRESSES - 2
    who = evolve(who, phones=who.phones[:3], addresses=who.addresses[:2]) if full else who
    who = answered(who, {})
    gaps = [gap.field for gap in assess(who, watched, {}, TODAY).gaps]
    # A date needs its answer, and lists stand for themselves.
    given_answers = {key: ANSWERS[key] for key in gaps if key not in {"phones", "addresses"}}
    if "privacy_date" in gaps:
        given_answers["privacy"] = ANSWERS["privacy"]
    after = answered(who, given_answers)
    left = {gap.field for gap in assess(after, watched, {}, TODAY).gaps}
    assert left <= {"phones", "addresses"}
    assert {phone.number for phone in who.phones} <= {phone.number for phone in after.phones}
    assert {each for each in who.addresses if each.is_complete} <= set(after.addresses)


@given(who=customers(), nothing=st.dictionaries(st.sampled_from(list(ANSWERS)), st.none() | st.just("")))
def test_an_answer_that_was_not_given_changes_nothing(who: Customer, nothing: dict[str, Any]) -> None:
    """F59: a dialog that is passed over, or whose fields are left empty, leaves the customer as it was."""
    assert answered(who, nothing) == who


def test_a_number_is_added_to_the_others() -> None:
    """The answer to one number leaves the others, with all they are allowed."""
    who = customer(phones=[MOBILE])
    assert answered(who, {"landline": "030 12345678"}).phones == (MOBILE, LANDLINE)
    both = answered(customer(), {"landline": LANDLINE, "mobile": MOBILE})
    assert (both.landline, both.mobile) == (LANDLINE.number, MOBILE.number)


def test_a_number_that_is_there_is_not_added_twice() -> None:
    """The same number stays as it is; under another kind, its kind is corrected."""
    assert answered(customer(phones=[MOBILE]), {"mobile": "0170 1234567"}).phones == (MOBILE,)
    fax = Phone(LANDLINE.number, PhoneKind.FAX)
    assert answered(customer(phones=[fax]), {"landline": "030 12345678"}).phones == (LANDLINE,)


def test_a_number_of_another_kind_is_no_answer() -> None:
    """A landline number does not answer the question for a mobile one; every fault is named."""
    found = codes(customer(), mobile="030 12345678", landline="0170 1234567", email="nobody")
    assert found == {"mobile": "wrong_kind", "landline": "wrong_kind", "email": "bad_email"}
    assert codes(customer(), mobile="12") == {"mobile": "bad_phone"}


def test_an_address_takes_the_place_of_an_incomplete_one() -> None:
    """The residence that lacked its street is completed; other addresses stay."""
    billing = Address("Weg 1", "10115", "Berlin", "DE", AddressKind.BILLING)
    who = customer(addresses=[evolve(HOME, street=""), billing])
    assert answered(who, {"postal_address": HOME}).addresses == (billing, HOME)
    parcels = evolve(HOME, kind=AddressKind.DELIVERY)
    partly = customer(addresses=[evolve(parcels, city=""), billing])
    assert answered(partly, {"postal_address": parcels}).addresses == (billing, parcels)
    assert answered(
        customer(addresses=[parcels]), {"postal_address": evolve(parcels, extra="2. OG")}
    ).addresses == (
        parcels,
        evolve(parcels, extra="2. OG"),
    )


def test_an_address_that_no_letter_reaches_is_no_answer() -> None:
    """The answer has to fill the gap: complete, and of a kind that things are sent to."""
    assert codes(customer(), postal_address=Address("Weg 1")) == {"postal_address": "incomplete"}
    billing = evolve(HOME, kind=AddressKind.BILLING)
    assert codes(customer(), postal_address=billing) == {"postal_address": "wrong_kind"}
    assert codes(customer(), postal_address="Berlin") == {"postal_address": "wrong_type"}


def test_answers_that_no_form_knows_are_refused() -> None:
    """Unknown fields are named, the host's own under their full name."""
    unknown = {"hat": 1, "custom.hat": 2}
    assert codes(customer(), **unknown) == {"hat": "unknown_field", "custom.hat": "unknown_field"}
    assert codes(customer(), phones="030", mobile=MOBILE) == {"phones": "wrong_type"}
    assert codes(customer(), custom=3, **{"custom.shoe": True}) == {"custom": "wrong_type"}


def test_answers_of_the_host_keep_what_is_there() -> None:
    """Both ways of naming a field of the host add to the values of the customer."""
    who = customer(custom={"frame": "horn"})
    after = answered(who, {"custom.shoe_size": 42, "custom": {"shoe": False}})
    assert after.custom == {"frame": "horn", "shoe": False, "shoe_size": 42}


def test_a_draft_may_be_empty_and_may_not_be_wrong() -> None:
    """F62: while a form is filled in nothing is compulsory yet, but what is filled in is checked."""
    assert read_draft({}, READING).kind is CustomerKind.PERSON
    assert read_draft({"kind": "company"}, READING).kind is CustomerKind.COMPANY
    with pytest.raises(InvalidInput) as refused:
        read_draft({"email": "nobody", "phones": [""]}, READING)
    assert {fault.field for fault in refused.value.faults} == {"email", "phones[0]"}
