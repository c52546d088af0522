"""What follows from the fields of a customer by itself."""

from datetime import date

from attrs import evolve
from hypothesis import given

from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.customers.rules.form import Reading, read_new
from loyaltycore.kernel.contact import Address, AddressKind, Phone, PhoneKind
from loyaltycore.kernel.validation import Faults
from tests.domain.customers.forms import TODAY, valid_forms

HOME = Address("Lindenstraße 5", "10969", "Berlin", "DE")
PARCELS = Address("Packstation 12", "8010", "Graz", "AT", AddressKind.DELIVERY)


def customer(**fields):
    """A customer as the form makes one."""
    return read_new(Faults(), {"last_name": "M", **fields}, Reading(TODAY, "DE"))


@given(valid_forms())
def test_deriving_twice_is_deriving_once(form):
    """A customer of the form has every derived field already, and each says what the given fields say."""
    made = customer(**form)
    assert with_derived(made) == made
    assert made.has_post is (made.postal_address is not None)
    assert bool(made.birthday) is (made.birth_date is not None)
    numbers = {phone.number for phone in made.phones if phone.kind is PhoneKind.MOBILE}
    assert made.mobile in (numbers or {""})


def test_a_person_sorts_by_surname_and_a_company_by_its_name():
    """As in a phone book, umlauts written out; the contact person stands behind the company."""
    assert customer(last_name="Müller", first_name="Änne", company="Optik").sort_name == "mueller aenne"
    optician = {"kind": "company", "company": "Brillen & Co", "last_name": "Öz", "first_name": "Ida"}
    assert customer(**optician).sort_name == "brillen co oez ida"
    made = customer(**optician)
    assert with_derived(evolve(made, sort_name="")) == made


def test_where_things_are_sent_to_is_what_counts():
    """Postal code and country are those of the address that a letter goes to, a delivery address before the home."""
    assert (customer(addresses=[HOME]).postal_code, customer(addresses=[HOME]).country) == ("10969", "DE")
    both = customer(addresses=[HOME, PARCELS])
    assert (both.postal_code, both.country, both.has_post) == ("8010", "AT", True)


def test_an_incomplete_address_is_known_but_gets_no_post():
    """Where no address is complete, the likely one still tells the postal code; an old residence tells nothing."""
    partly = customer(addresses=[evolve(HOME, street="")])
    assert (partly.postal_code, partly.has_post) == ("10969", False)
    moved = customer(addresses=[evolve(HOME, kind=AddressKind.OLD_RESIDENCE)])
    assert (moved.postal_code, moved.has_post) == ("", False)


def test_a_complete_address_tells_more_than_a_preferred_one():
    """A delivery address that lacks its town does not hide the home that a letter reaches; nobody's country is empty."""
    both = customer(addresses=[evolve(PARCELS, city=""), HOME])
    assert (both.postal_code, both.country, both.has_post) == ("10969", "DE", True)
    nowhere = customer()
    assert (nowhere.postal_code, nowhere.country, nowhere.has_post) == ("", "", False)
    assert (nowhere.birthday, nowhere.mobile, nowhere.landline) == ("", "", "")


def test_the_first_number_of_each_kind():
    """Mobile and landline are the first number of their kind; a fax is neither."""
    phones = [
        Phone("+493022222222", PhoneKind.FAX),
        Phone("+493011111111", PhoneKind.LANDLINE),
        Phone("+491701111111", PhoneKind.MOBILE),
        Phone("+491702222222", PhoneKind.MOBILE),
    ]
    made = customer(phones=phones)
    assert (made.mobile, made.landline) == ("+491701111111", "+493011111111")


def test_a_birthday_has_no_year():
    """The birthday is month and day, so that it can be looked for in every year."""
    assert customer(birth_date=date(1964, 2, 29)).birthday == "02-29"
    assert customer().birthday == ""
