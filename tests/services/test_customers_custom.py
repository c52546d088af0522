"""Fields of the host on the customer: stored, on record, and found through their lookup keys."""

from datetime import date

import pytest

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import InvalidInput
from loyaltycore.kernel.criteria import Query, key_between
from loyaltycore.kernel.custom_fields import CustomField, FieldKind, custom_key
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from tests.house import build_house, dump

FIELDS = (
    CustomField("shoe_size", FieldKind.INTEGER),
    CustomField("fitted_on", FieldKind.DATE),
    CustomField("vip", FieldKind.FLAG),
    CustomField("frame"),
)


def test_custom_values_are_stored_with_their_types(storage: Storage):
    """What a host's fields hold is read back as it was given, and a change takes over what it names."""
    house = build_house(storage, custom_fields=FIELDS)
    given = {"shoe_size": 42, "fitted_on": date(2026, 1, 2), "vip": True, "frame": "Größe M 🦄"}
    erika = house.customer(custom=given)
    assert erika.custom == house.desk.customers.get(erika.id).custom == given
    after = house.desk.customers.change(erika.id, custom={"shoe_size": 43, "vip": None})
    assert after.custom == {"shoe_size": 43, "fitted_on": date(2026, 1, 2), "frame": "Größe M 🦄"}
    assert house.desk.customers.get(erika.id) == after
    (change,) = house.desk.activities.of_customer(erika.id).items[0].changes
    assert (change.field, change.after["shoe_size"], change.after["fitted_on"]) == (
        "custom",
        43,
        {"$date": "2026-01-02"},
    )


def test_customers_are_found_by_a_range_of_custom_values(storage: Storage):
    """Numbers and dates of a host's field are looked up by range, negative numbers included."""
    house = build_house(storage, custom_fields=FIELDS)
    made = {size: house.customer(custom={"shoe_size": size}) for size in (-3, 0, 42, 43)}
    house.customer(custom={"frame": "42"})
    house.customer()
    where = key_between("custom", custom_key("shoe_size", -2), custom_key("shoe_size", 43))
    with house.loyalty.storage.transaction(read_only=True) as tx:
        found = {customer.id for customer in tx.find(Customer, Query(where))}
    assert found == {made[0].id, made[42].id}


def test_a_field_that_was_not_declared_is_refused():
    """A value for an unknown field, or of another type, changes nothing."""
    house = build_house(MemoryStorage(), custom_fields=FIELDS)
    erika = house.customer(custom={"vip": False})
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as caught:
        house.desk.customers.change(erika.id, custom={"hat": 1, "shoe_size": "42"})
    assert caught.value.fields == ("custom.hat", "custom.shoe_size")
    assert dump(house.loyalty) == before
