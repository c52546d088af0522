"""Fields that can be watched: as a function of a customer and as a criterion they say the same."""

from __future__ import annotations

import pytest
from hypothesis import given

from loyaltycore.completeness.rules.assess import assess
from loyaltycore.completeness.rules.fields import DATA_GROUPS
from loyaltycore.completeness.rules.options import COMPLETENESS_OPTIONS
from loyaltycore.completeness.rules.watching import Watching
from loyaltycore.customers.rules.customer import Customer, CustomerKind
from loyaltycore.customers.rules.form import CustomerFields
from loyaltycore.customers.rules.search import lookup_keys
from loyaltycore.kernel.contact import Address
from loyaltycore.kernel.criteria import View, matches
from tests.domain.completeness.forms import FIELDS, customer, customers, watchings
from tests.domain.customers.forms import TODAY

WITHOUT_CRITERIA = {"addresses", "notes"}
VIEW = View(keys=lookup_keys)


@given(who=customers())
def test_a_storage_finds_whoever_lacks_a_field(who: Customer) -> None:
    """The criteria matches every customer whose field is empty, and only for addresses and notes anybody else."""
    for key, field in FIELDS.items():
        found = matches(field.empty, who, VIEW)
        assert found is (key in WITHOUT_CRITERIA or not field.is_filled(who)), key
        assert matches(field.lacking, who, VIEW) is (found and field.applies_to(who))


def test_addresses_and_notes_are_filled_where_there_are_any() -> None:
    """No storage can tell, so the functions alone decide; an address of any kind counts."""
    bare, full = customer(), customer(addresses=[Address("Weg 1")], notes="likes tea")
    for key in WITHOUT_CRITERIA:
        assert not FIELDS[key].is_filled(bare)
        assert FIELDS[key].is_filled(full)


@given(who=customers(), watched=watchings())
def test_whoever_has_a_gap_is_found(who: Customer, watched: Watching) -> None:
    """The criteria of all that is watched misses nobody with a gap."""
    assert matches(watched.lacking, who, VIEW) or not assess(who, watched, {}, TODAY).gaps


def test_every_field_of_the_form_can_be_watched() -> None:
    """The form, the four groups of data, and the fields of the host application; no key stands there twice."""
    form = set(CustomerFields.__annotations__) - {"custom"}
    groups = {"postal_address", "email", "landline", "mobile"}
    own = {"custom.shoe_size", "custom.shoe", "custom.frame"}
    assert set(FIELDS) == form | groups | own
    assert all(field.label and field.group for field in FIELDS.values())


FORM = {
    "Name": "kind salutation title first_name name_extension last_name company",
    "Person": "birth_date language",
    "Contact": "postal_address addresses email landline mobile phones preferred_channel",
    "Privacy": "privacy privacy_date consent_letter consent_email consent_phone consent_sms",
    "Administration": "external_number customer_since branch_id notes",
    "Fitting": "custom.shoe_size",
}
LABELS = {
    "kind": "Kind of customer",
    "birth_date": "Date of birth",
    "addresses": "Addresses",
    "email": "E-mail address",
    "landline": "Landline number",
    "mobile": "Mobile number",
    "phones": "Phone numbers",
    "privacy": "Privacy statement",
    "privacy_date": "Date of the privacy statement",
    "consent_letter": "Advertising by letter",
    "consent_email": "Advertising by e-mail",
    "consent_phone": "Advertising by phone",
    "consent_sms": "Advertising by SMS",
    "branch_id": "Branch responsible",
    "custom.shoe_size": "Shoe size",
}
PEOPLES = {"salutation", "title", "first_name", "name_extension", "birth_date"}


def test_the_fields_stand_in_the_order_and_under_the_headings_of_a_form() -> None:
    """What a form shows of each, and whose it is: a company has no first name, a person no company."""
    assert [key for keys in FORM.values() for key in keys.split()] == list(FIELDS)[:27]
    for group, keys in FORM.items():
        for key in keys.split():
            kind = (
                CustomerKind.PERSON if key in PEOPLES else CustomerKind.COMPANY if key == "company" else None
            )
            words = LABELS.get(key, key.replace("_", " ").capitalize())
            assert (FIELDS[key].label, FIELDS[key].group, FIELDS[key].only) == (words, group, kind)


def test_the_groups_of_data_have_their_words() -> None:
    """The four ways of marketing to reach somebody."""
    assert [(each.key, each.label) for each in DATA_GROUPS] == [
        ("postal_address", "Full postal address"),
        ("email", "E-mail"),
        ("landline", "Landline"),
        ("mobile", "Mobile"),
    ]


def test_every_reminder_is_off_and_stands_on_the_tab_of_customers() -> None:
    """Each option, where a settings screen shows it, and what it watches."""
    shown = [(o.key, o.default, o.tab, o.section, " ".join(o.watches)) for o in COMPLETENESS_OPTIONS]
    consents = "consent_letter consent_email consent_phone consent_sms"
    assert shown == [
        ("completeness.privacy_statement", False, "customer", "privacy", "privacy"),
        ("completeness.advertising", False, "customer", "privacy", consents),
        ("completeness.postal_address", False, "customer", "process", "postal_address"),
        ("completeness.email", False, "customer", "process", "email"),
        ("completeness.landline", False, "customer", "process", "landline"),
        ("completeness.mobile", False, "customer", "process", "mobile"),
        ("completeness.birth_date", False, "customer", "process", "birth_date"),
        ("completeness.salutation", False, "customer", "process", "salutation"),
        ("completeness.first_name", False, "customer", "process", "first_name"),
        ("completeness.ask_again_months", 0, "customer", "process", ""),
        ("processes.require_address", False, "customer", "process", "postal_address"),
    ]


def test_a_field_of_the_host_keeps_its_label_and_group() -> None:
    """What the host declared is what a form shows; the key stands in where there is no label."""
    field = FIELDS["custom.shoe_size"]
    assert (field.label, field.group) == ("Shoe size", "Fitting")
    assert FIELDS["custom.shoe"].label == "shoe"


@pytest.mark.parametrize("key", ["shoe", "shoe_size"])
def test_a_key_that_begins_another_is_not_taken_for_it(key: str) -> None:
    """``shoe`` is empty where only ``shoe_size`` is filled, and the other way round."""
    other = {"shoe": {"shoe_size": 42}, "shoe_size": {"shoe": True}}[key]
    assert matches(FIELDS[f"custom.{key}"].empty, customer(custom=other), VIEW)
