"""Valid customer forms for properties."""

import unicodedata
from datetime import date, timedelta

from hypothesis import strategies as st

from loyaltycore.customers.rules.customer import LENGTHS, CustomerKind, Salutation
from loyaltycore.customers.rules.languages import LANGUAGES
from loyaltycore.kernel.contact import Address, AddressKind, Channel, ConsentState, Phone, PhoneKind
from loyaltycore.kernel.validation import EARLIEST_DATE

TODAY = date(2026, 1, 15)
"""The local date of the forms, and of the house that the service tests start from."""

_printable = st.characters(exclude_categories=("C", "Z", "M"))
"""Marks are left out: composing them is what reading a text does."""


def texts(limit, *, min_size=0):
    """Texts in the form in which reading leaves them."""
    words = st.lists(st.text(_printable, min_size=1, max_size=8), min_size=min_size, max_size=4)
    return (
        words.map(" ".join)
        .map(lambda text: unicodedata.normalize("NFC", text))
        .filter(lambda text: len(text) <= limit)
    )


phones = st.builds(
    Phone,
    st.one_of(
        st.integers(0, 9_999_999).map(lambda n: f"+49170{n:07d}"),
        st.integers(1_000_000, 9_999_999).map(lambda n: f"+4930{n}"),
    ),
    st.sampled_from(PhoneKind),
    st.booleans(),
)
addresses = st.builds(
    Address,
    street=texts(100),
    postal_code=texts(12),
    city=texts(60),
    country=st.sampled_from(["", "DE", "AT", "CH", "FR"]),
    kind=st.sampled_from([kind for kind in AddressKind if kind is not AddressKind.RESIDENCE]),
    extra=texts(100),
    recipient=texts(100),
)
emails = st.builds(
    "{}@{}.example.org".format, st.from_regex(r"[a-zA-Z0-9]{1,12}", fullmatch=True), st.sampled_from("ab")
)
consents = st.sampled_from(ConsentState)


days = st.none() | st.dates(EARLIEST_DATE, TODAY)


@st.composite
def valid_forms(draw):
    """Forms of every field, in the form in which reading leaves them."""
    kind = draw(st.sampled_from(CustomerKind))
    privacy = draw(consents)
    answered = st.dates(TODAY - timedelta(days=900), TODAY)
    return {
        "kind": kind,
        "last_name": draw(texts(LENGTHS["last_name"], min_size=int(kind is CustomerKind.PERSON))),
        "first_name": draw(texts(LENGTHS["first_name"])),
        "company": draw(texts(LENGTHS["company"], min_size=int(kind is CustomerKind.COMPANY))),
        "salutation": draw(st.none() | st.sampled_from(Salutation)),
        "title": draw(texts(LENGTHS["title"])),
        "name_extension": draw(texts(LENGTHS["name_extension"])),
        "email": draw(st.just("") | emails),
        "phones": tuple(draw(st.lists(phones, max_size=6, unique_by=lambda phone: phone.number))),
        "addresses": tuple(draw(st.lists(addresses, max_size=4, unique=True))),
        "birth_date": draw(days),
        "language": draw(st.just("") | st.sampled_from(sorted(LANGUAGES))),
        "notes": draw(texts(LENGTHS["notes"])),
        "preferred_channel": draw(st.none() | st.sampled_from(Channel)),
        "privacy": privacy,
        "privacy_date": None if privacy is ConsentState.OPEN else draw(answered),
        "consent_letter": draw(consents),
        "consent_email": draw(consents),
        "consent_phone": draw(consents),
        "consent_sms": draw(consents),
        "external_number": draw(texts(LENGTHS["external_number"])),
        "customer_since": draw(days),
        "branch_id": draw(st.sampled_from(["", "berlin"])),
    }
