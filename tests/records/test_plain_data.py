"""Records as plain data for JSON: every type of the library, there and back, and what comes back with a place."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from attrs import fields
from hypothesis import given

from loyaltycore import Address, CardCosts, CardTemplate, InvalidInput, Loyalty, Money, from_data, to_data
from loyaltycore.capabilities import core_record_types
from loyaltycore.cards import CardOrder
from loyaltycore.customers import Customer
from loyaltycore.memory import MemoryStorage
from loyaltycore.sales import Applied
from loyaltycore.testing import strategies

_PLAIN = (str, int, float, bool, type(None))


def _is_plain(data: Any) -> bool:
    """Whether a JSON library of any make writes it without help."""
    if type(data) is dict:
        return all(type(key) is str and _is_plain(part) for key, part in data.items())
    if type(data) is list:
        return all(map(_is_plain, data))
    return type(data) in _PLAIN


@given(strategies.records(core_record_types()))
def test_records_of_every_type_survive_json(record: Any) -> None:
    """Nothing is lost or changed by JSON, no value needs help to be written, and keys are the names of the fields."""
    data = to_data(record)
    assert _is_plain(data)
    assert list(data) == [field.name for field in fields(type(record))]
    back = from_data(json.loads(json.dumps(data)), type(record))
    assert back == record
    assert repr(to_data(back)) == repr(data)


def test_pairs_are_lists_in_plain_data() -> None:
    """A tuple that declares each of its values is a list like any other."""
    data = to_data(Applied("r", "Rule", Money(100, "EUR"), (("1", 100),)))
    assert data["by_line"] == [["1", 100]]
    assert _is_plain(data)


def test_money_days_and_choices_in_json() -> None:
    """Money is minor units with a currency, a day is text of ISO 8601, a choice its value, and parts are nested."""
    desk = Loyalty(MemoryStorage()).session("anna")
    cost = Money(120, "EUR")
    desk.cards.setup.save(
        provider="Kartendruck", templates=[CardTemplate("gold")], costs=CardCosts(cost, cost, cost)
    )
    erika = desk.customers.create(
        last_name="Mustermann",
        birth_date="1980-02-01",
        addresses=[Address("Lindenstraße 5", "10969", "Berlin", "DE")],
    )
    order = desk.cards.order(erika.id, valid_until="2199-12-31")
    assert (erika.birth_date, order.valid_until) == (date(1980, 2, 1), date(2199, 12, 31))
    data, ordered = to_data(erika), to_data(order)
    assert (data["birth_date"], data["addresses"][0]["street"]) == ("1980-02-01", "Lindenstraße 5")
    assert ordered["costs"]["card"] == {"amount": 120, "currency": "EUR"}
    assert (ordered["state"], ordered["valid_until"]) == ("placed", "2199-12-31")
    assert from_data(ordered, CardOrder) == order


def test_pages_of_records_are_plain_data_too() -> None:
    """What a verb returns around its records can be answered as it is."""
    desk = Loyalty(MemoryStorage()).session("anna")
    erika = desk.customers.create(last_name="Mustermann")
    data = to_data(desk.customers.find(name="muster"))
    assert _is_plain(data)
    assert data["items"] == [to_data(erika)]


@pytest.mark.parametrize(
    ("change", "place"),
    [({"birth_date": "1.2.1980"}, "birth_date"), ({"birth_date": 7}, "birth_date"), ({"nme": "x"}, "nme")],
)
def test_what_fits_no_record_is_bad_input(change: dict[str, Any], place: str) -> None:
    """A fault says where data from outside do not fit."""
    data = {**to_data(Customer("c-1", last_name="Muster")), **change}
    with pytest.raises(InvalidInput) as error:
        from_data(data, Customer)
    assert any(place in f"{fault.field} {fault.message}" for fault in error.value.faults)
