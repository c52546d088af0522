"""Finding customers who may be the same: on demand, at creation, and not any more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore import Address
from loyaltycore.customers import Customer
from loyaltycore.errors import InvalidInput, Refused
from loyaltycore.merging import Strength, finding
from tests.house import House, build_house


@pytest.mark.every_engine
def test_doubles_are_found(house: House) -> None:
    """F195: by e-mail, phone, date of birth, sound and place; the likeliest first, each with its reasons."""
    erika = house.customer(birth_date="1980-02-01", phones=["0170 1234567"])
    twice = house.customer(last_name="Musterman", birth_date="1980-02-01", email="", addresses=[])
    phone = house.customer(
        first_name="Max", last_name="Beispiel", email="", addresses=[], phones=["+491701234567"]
    )
    house.customer(
        first_name="Ida",
        last_name="Beispiel",
        email="",
        addresses=[Address("Weg 1", "80331", "München", "DE")],
    )
    found = house.desk.merging.duplicates_of(erika.id)
    assert [each.customer.id for each in found] == [twice.id, phone.id]
    assert found[0].strength is Strength.LIKELY
    assert {each.field for each in found[0].evidence if each.weight > 0} == {
        "last_name",
        "first_name",
        "birth_date",
    }


def test_doubles_are_offered_at_creation(house: House) -> None:
    """F195: a form that is being filled in is compared before anybody is entered, and nothing is stored."""
    erika = house.customer(birth_date="1980-02-01")
    found = house.desk.merging.duplicates_like(
        first_name="Erika", last_name="Mustermann", birth_date=date(1980, 2, 1)
    )
    assert [(each.customer.id, each.strength) for each in found] == [(erika.id, Strength.STRONG)]
    assert house.desk.merging.duplicates_like(last_name="Nobody") == ()
    with pytest.raises(InvalidInput, match="birth_date"):
        house.desk.merging.duplicates_like(last_name="Muster", birth_date="yesterday")


def test_who_is_two_is_no_candidate_again(house: House) -> None:
    """Once somebody has said so, neither is a candidate for the other; it follows a merge and is undone with it."""
    erika, erica = house.customer(), house.customer(first_name="Erica")
    third = house.customer(email="other@example.org", first_name="E.")
    merging = house.desk.merging
    said = merging.not_duplicates(erika.id, erica.id)
    assert merging.not_duplicates(erica.id, erika.id) == said
    assert erica.id not in {each.customer.id for each in merging.duplicates_of(erika.id)}
    assert erika.id not in {each.customer.id for each in merging.duplicates_of(erica.id)}
    done = merging.execute(merging.plan(survivor=third.id, loser=erica.id))
    assert third.id not in {each.customer.id for each in merging.duplicates_of(erika.id)}
    assert list(merging.all_duplicates()) == []
    moved = merging.not_duplicates(third.id, erika.id)
    assert (moved.id, merging.not_duplicates(erika.id, erica.id)) == (said.id, moved)
    merging.undo(done.id)
    assert third.id in {each.customer.id for each in merging.duplicates_of(erika.id)}
    with pytest.raises(Refused) as caught:
        merging.not_duplicates(erika.id, erika.id)
    assert caught.value.code == "merge.same_customer"


people = st.lists(
    st.fixed_dictionaries(
        {
            "last_name": st.sampled_from(["Müller", "Mueller", "Meier", "Weiß", "Anna", "Bertha"]),
            "first_name": st.sampled_from(["", "Anna", "Ben", "Berta", "Müller"]),
            "company": st.sampled_from(["", "", "Ring AG"]),
            "birth_date": st.none() | st.sampled_from(["1980-02-01", "1990-02-01"]),
            "email": st.sampled_from(["", "a@example.org", "A@example.org"]),
            "phones": st.lists(st.sampled_from(["0170 1234567", "+49 170 7654321"]), max_size=1),
            "addresses": st.lists(st.sampled_from([Address("Ring 9", "10969", "Berlin", "DE")]), max_size=1),
        }
    ),
    min_size=2,
    max_size=5,
)


@given(people)
@settings(max_examples=100)
def test_whoever_shares_the_obvious_is_found_either_way(forms: list[dict[str, Any]]) -> None:
    """The same e-mail, phone, or last name and date of birth or address is always a candidate, for either of the two."""
    house = build_house()
    stored = [house.customer(**form) for form in forms]
    found = {
        each.id: {candidate.customer.id for candidate in house.desk.merging.duplicates_of(each.id)}
        for each in stored
    }
    for one in stored:
        for other in stored:
            obvious = (
                (one.email and one.email.lower() == other.email.lower())
                or {each.number for each in one.phones} & {each.number for each in other.phones}
                or (one.birth_date and (one.last_name, one.birth_date) == (other.last_name, other.birth_date))
                or (one.last_name == other.last_name and _share_their_address_alone(one, other))
            )
            if one.id != other.id and obvious:
                assert other.id in found[one.id]
            assert (other.id in found[one.id]) == (one.id in found[other.id])


def _share_their_address_alone(one: Customer, other: Customer) -> bool:
    """Whether they live together, and nothing else of both is known."""
    known = [(one.birth_date, other.birth_date), (one.email, other.email), (one.phones, other.phones)]
    return bool(one.addresses and one.addresses == other.addresses) and not any(all(pair) for pair in known)


def test_a_date_of_very_many_hides_nobody_of_the_name(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those who share a date that stands for none, and a letter, those of the same last name are compared."""
    monkeypatch.setattr(finding, "MOST_COMPARED", 2)
    for last_name in ("Maier", "Mann", "Moser"):
        house.customer(last_name=last_name, first_name="Max", birth_date="1900-01-01", email="", addresses=[])
    erika = house.customer(birth_date="1900-01-01", email="", addresses=[])
    found = house.desk.merging.duplicates_like(
        last_name="Mustermann", first_name="Walter", birth_date="1900-01-01"
    )
    assert [each.customer.id for each in found if each.customer.last_name == "Mustermann"] == [erika.id]
