"""Customers: created, read and changed, with every change on record and every race noticed."""

import pytest
from hypothesis import given, strategies as st

from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.errors import EditedMeanwhile, InvalidInput, NotFound, Refused
from loyaltycore.kernel.contact import ConsentState, Phone, PhoneKind
from tests.domain.customers.bad_values import BAD_VALUES
from tests.domain.customers.forms import TODAY, valid_forms
from tests.house import THURSDAY, build_house, dump


def test_a_created_customer_can_be_read_back(house):
    """What `create` answers is what is stored, by id and by number."""
    made = house.customer(phones=["030 1234567"], privacy="accepted", notes="Zeile 1\nZeile 2 🦄")
    assert made == house.desk.customers.get(made.id) == house.desk.customers.by_number(made.number)
    assert (made.kind, made.created_at, made.version) == (CustomerKind.PERSON, THURSDAY, 1)
    assert made.phones == (Phone("+49301234567", PhoneKind.LANDLINE),)
    assert (made.privacy, made.privacy_date) == (ConsentState.ACCEPTED, TODAY)


def test_the_branch_of_the_session_is_responsible_unless_another_is_named(house):
    """A customer belongs to the branch that took the customer on, or to the one that was given."""
    house.loyalty.session("admin").branches.create("bonn", name="Optik Bonn")
    assert house.customer().branch_id == "berlin"
    assert house.customer(branch_id="bonn").branch_id == "bonn"
    assert house.customer(branch_id="").branch_id == ""


def test_an_unknown_branch_is_refused(house):
    """Neither creating nor changing makes a branch responsible that does not exist."""
    erika = house.customer()
    before = dump(house.loyalty)
    with pytest.raises(NotFound, match="branch"):
        house.customer(branch_id="nowhere")
    with pytest.raises(NotFound, match="branch"):
        house.desk.customers.change(erika.id, branch_id="nowhere")
    assert dump(house.loyalty) == before


def test_creating_is_on_record(house):
    """The first activity names actor, branch and every field that was filled."""
    made = house.customer()
    (activity,) = house.desk.activities.of_customer(made.id).items
    assert (activity.action, activity.actor, activity.branch_id) == ("customer.created", "anna", "berlin")
    changes = {change.field: (change.before, change.after) for change in activity.changes}
    assert changes["last_name"] == (None, "Mustermann")
    # Nothing of what is empty, of what nobody answered, and of what follows from other fields or from the activity.
    assert changes.keys().isdisjoint(
        {"id", "title", "consent_email", "sort_name", "number_key", "created_at"}
    )


def test_a_change_records_before_and_after_of_each_changed_field(house):
    """F222: the activity of a change holds exactly the fields that differ, with both values."""
    erika = house.customer()
    changed = house.desk.customers.change(
        erika.id, last_name="Beispiel", first_name="Erika", consent_email=ConsentState.ACCEPTED
    )
    assert changed == house.desk.customers.get(erika.id)
    assert (changed.version, changed.number, changed.created_at) == (2, erika.number, erika.created_at)
    activity = house.desk.activities.of_customer(erika.id).items[0]
    assert activity.action == "customer.changed"
    assert {change.field: (change.before, change.after) for change in activity.changes} == {
        "last_name": ("Mustermann", "Beispiel"),
        "consent_email": ("open", "accepted"),
    }


def test_a_change_that_changes_nothing_leaves_no_trace(house):
    """The same values again, or none at all: nothing is saved and nothing recorded."""
    erika = house.customer(phones=["030 1234567"])
    before = dump(house.loyalty)
    again = house.desk.customers.change(erika.id, last_name=" Mustermann ", phones=["+49 30 1234567"])
    assert again == erika
    assert house.desk.customers.change(erika.id) == erika
    assert dump(house.loyalty) == before


def test_a_change_of_what_somebody_else_changed_is_refused(house):
    """Who says which version was seen is told that it is no longer the stored one."""
    erika = house.customer()
    house.desk.customers.change(erika.id, expected_version=1, notes="zuerst")
    before = dump(house.loyalty)
    with pytest.raises(EditedMeanwhile) as caught:
        house.desk.customers.change(erika.id, expected_version=1, notes="danach")
    assert (caught.value.expected, caught.value.found, caught.value.key) == (1, 2, erika.id)
    assert dump(house.loyalty) == before
    assert house.desk.customers.change(erika.id, expected_version=2, notes="danach").notes == "danach"


@pytest.mark.parametrize("version", ["1", 0, -1, True, 1.0])
def test_an_expected_version_that_is_none_is_refused(house, version):
    """A version is a positive integer; anything else is a fault beside those of the fields."""
    erika = house.customer()
    with pytest.raises(InvalidInput) as caught:
        house.desk.customers.change(erika.id, expected_version=version, email="x")
    assert caught.value.fields == ("expected_version", "email")


@pytest.mark.parametrize("name", ["unit", "desk", "customer", "number", "id"])
def test_names_that_are_no_fields_are_faults(house, name):
    """A change takes fields of a customer and nothing else, whatever the name."""
    erika = house.customer()
    with pytest.raises(InvalidInput) as caught:
        house.desk.customers.change(erika.id, **{name: "x"})
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [(name, "unknown_field")]


@pytest.mark.parametrize("key", ["", "nobody", "' OR 1=1", "a" * 300, "a\x00b", None, 7])
def test_nobody_is_found_under_a_wrong_key(house, key):
    """Any key that no customer has is not found, whatever it looks like."""
    house.customer()
    for call in (house.desk.customers.get, house.desk.customers.by_number, house.desk.customers.change):
        with pytest.raises(NotFound):
            call(key)


def test_every_bad_value_is_refused_and_changes_nothing(house):
    """Each field with each kind of bad value gives one `InvalidInput` with that fault, and storage stays as it was."""
    erika = house.customer(privacy="accepted")
    before = dump(house.loyalty)
    for name, value, code in BAD_VALUES:
        if name == "number":
            continue
        given_fields = {"last_name": "Muster", "privacy": "accepted", name: value}
        for call in (
            lambda fields=given_fields: house.desk.customers.create(**fields),
            lambda fields={name: value}: house.desk.customers.change(erika.id, **fields),
        ):
            with pytest.raises(InvalidInput) as caught:
                call()
            assert [(fault.field, fault.code) for fault in caught.value.faults] == [(name, code)]
    assert dump(house.loyalty) == before


def test_all_faults_of_a_call_come_together(house):
    """Number, fields and unknown names that are wrong are named in one error."""
    with pytest.raises(InvalidInput) as caught:
        house.desk.customers.create(number="", last_name=1, email="x", nickname="y")
    assert caught.value.fields == ("number", "last_name", "email", "nickname")


@pytest.mark.parametrize("number", [7, "", "x" * 41, "1\r\n2"])
def test_a_bad_number_is_refused(house, number):
    """A number of the caller's choice must be usable."""
    with pytest.raises(InvalidInput) as caught:
        house.customer(number=number)
    assert caught.value.fields == ("number",)


def test_a_number_that_somebody_has_is_refused(house):
    """Two customers never have the same number, and the refusal names who has it."""
    erika = house.customer(number="K-1")
    before = dump(house.loyalty)
    with pytest.raises(Refused) as caught:
        house.customer(number=" K-1 ")
    assert caught.value.code == "customer.number_taken"
    assert caught.value.facts == {"number": "K-1", "customer": erika.id}
    assert dump(house.loyalty) == before


def test_several_verbs_in_one_unit_are_kept_or_dropped_together(house):
    """Inside `transaction` two customers get two numbers, and a failing block keeps neither."""
    with house.desk.transaction():
        numbers = {house.customer().number, house.customer().number}
    assert numbers == {"0000018", "0000026"}
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput), house.desk.transaction():
        house.customer(notes=f"kept for {house.customer().id} alone", title=7)
    assert dump(house.loyalty) == before


def test_a_repeated_call_under_the_same_key_creates_one_customer(house):
    """A till that repeats a call under the same key gets the first customer back."""
    desk = house.desk.keyed("till-1-17")
    assert desk.customers.create(last_name="Muster").id == desk.customers.create(last_name="Muster").id
    assert house.desk.customers.count() == 1


@given(valid_forms(), valid_forms(), st.data())
def test_what_was_given_is_what_is_read(form, other, data):
    """Create, then change any fields: reading gives the changed fields as given and the others as they were."""
    house = build_house()
    made = house.desk.customers.create(**form)
    names = data.draw(st.sets(st.sampled_from(sorted(other))))
    names -= {"kind", "last_name", "company", "privacy", "privacy_date"}
    change = {name: other[name] for name in names}
    house.desk.customers.change(made.id, **change)
    stored = house.desk.customers.get(made.id)
    assert {name: getattr(stored, name) for name in form} == {**form, **change}
    assert isinstance(stored, Customer)
