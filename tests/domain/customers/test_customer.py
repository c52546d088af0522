"""What a customer says of itself: names, addresses, consents."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from attrs import evolve

from loyaltycore.customers.rules.customer import LENGTHS, Customer, CustomerKind, Salutation, with_changes
from loyaltycore.kernel.contact import Address, AddressKind, Channel, ConsentState

HOME = Address("Lindenstraße 5", "10969", "Berlin", "DE")


def customer(**facts: Any) -> Customer:
    """A customer of whom only those facts are known."""
    given = {"last_name": "", "first_name": "", "company": "", "kind": CustomerKind.PERSON, **facts}
    return Customer(id="c1", number="1", created_at=datetime(2026, 1, 15, tzinfo=UTC), **given)


def test_a_customer_of_whom_nothing_is_known() -> None:
    """Every question is open, every list empty, and it is the first version of itself."""
    bare = customer()
    answers = (bare.privacy, bare.consent_letter, bare.consent_email, bare.consent_phone, bare.consent_sms)
    assert set(answers) == {ConsentState.OPEN}
    texts = (
        bare.title, bare.name_extension, bare.email, bare.language, bare.notes, bare.external_number,
        bare.branch_id, bare.birthday, bare.postal_code, bare.country, bare.mobile, bare.landline,
    )  # fmt: skip
    assert set(texts) == {""}
    assert (bare.phones, bare.addresses, bare.custom, bare.has_post, bare.version) == ((), (), {}, False, 1)
    days = (bare.birth_date, bare.privacy_date, bare.customer_since)
    assert {*days, bare.salutation, bare.preferred_channel} == {None}


@pytest.mark.parametrize("changes", [{}, {"id": "c2"}, {"custom": {"a": 1}, "number": "7", "version": 3}])
def test_changes_are_those_of_evolve(changes: dict[str, Any]) -> None:
    """The named fields change, and no others; an unknown one is a mistake."""
    before = customer(last_name="Muster", custom={"b": 2}, addresses=(HOME,))
    assert with_changes(before, **changes) == evolve(before, **changes)
    with pytest.raises(KeyError):
        with_changes(before, nickname="Eri")


@pytest.mark.parametrize(
    ("facts", "person", "shown"),
    [
        ({"last_name": "Goethe"}, "Goethe", "Goethe"),
        (
            {"title": "Dr.", "first_name": "Johann", "name_extension": "von", "last_name": "Goethe"},
            "Dr. Johann von Goethe",
            "Dr. Johann von Goethe",
        ),
        ({"last_name": "Goethe", "company": "Weimar AG"}, "Goethe", "Goethe"),
        (
            {"kind": CustomerKind.COMPANY, "last_name": "Goethe", "company": "Weimar AG"},
            "Goethe",
            "Weimar AG",
        ),
    ],
)
def test_people_and_companies_are_called_by_their_own_name(
    facts: dict[str, Any], person: str, shown: str
) -> None:
    """Title, first name, extension and last name, whatever of them there is; or the company."""
    assert (customer(**facts).person_name, customer(**facts).display_name) == (person, shown)


@pytest.mark.parametrize(
    ("length", "name"),
    [
        (40, "Dr. Johann Wolfgang von Goethe"),
        (30, "Dr. Johann Wolfgang von Goethe"),
        (29, "Johann Wolfgang von Goethe"),
        (26, "Johann Wolfgang von Goethe"),
        (25, "J. W. von Goethe"),
        (16, "J. W. von Goethe"),
        (15, "von Goethe"),
        (1, "von Goethe"),
    ],
)
def test_a_name_becomes_shorter_step_by_step(length: int, name: str) -> None:
    """Without the title, with initials, without the first name; never cut."""
    goethe = customer(
        title="Dr.", first_name="Johann Wolfgang", name_extension="von", last_name="Goethe", company="Weimar"
    )
    assert goethe.name_within(length) == name


def test_the_name_of_a_company_is_never_shortened() -> None:
    """Whoever prints it may refuse it."""
    firm = customer(kind=CustomerKind.COMPANY, company="Weimar AG", last_name="Goethe")
    assert firm.name_within(3) == "Weimar AG"


def test_letters_go_to_the_preferred_kind_of_address_that_is_complete() -> None:
    """Delivery address, residence, second residence; a bill's address and an old one never."""
    by_kind = {kind: Address("Weg 1", "10115", "Berlin", "DE", kind) for kind in AddressKind}
    assert customer(addresses=tuple(by_kind.values())).postal_address == by_kind[AddressKind.DELIVERY]
    others = (by_kind[AddressKind.SECOND_RESIDENCE], HOME, Address("Weg 1", kind=AddressKind.DELIVERY))
    assert customer(addresses=others).postal_address == HOME
    assert customer(addresses=others[:1]).postal_address == others[0]
    never = (by_kind[AddressKind.BILLING], by_kind[AddressKind.OLD_RESIDENCE])
    assert customer(addresses=never).postal_address is None


def test_each_channel_has_its_own_consent() -> None:
    """And the accepted ones add up to a mask: letter 1, e-mail 2, phone 4, SMS 8."""
    names = ("consent_letter", "consent_email", "consent_phone", "consent_sms")
    for answers in product(ConsentState, repeat=4):
        who = customer(**dict(zip(names, answers, strict=True)))
        channels = (Channel.LETTER, Channel.EMAIL, Channel.PHONE, Channel.SMS)
        assert tuple(who.consent(channel) for channel in channels) == answers
        accepted = [answer is ConsentState.ACCEPTED for answer in answers]
        assert who.advertising_mask == sum(2**place * yes for place, yes in enumerate(accepted))


def test_the_words_and_lengths_are_those_that_are_stored() -> None:
    """Databases hold them."""
    assert [kind.value for kind in CustomerKind] == ["person", "company"]
    assert [salutation.value for salutation in Salutation] == ["female", "male", "diverse"]
    assert LENGTHS == {
        "number": 40, "last_name": 80, "first_name": 80, "company": 120, "title": 40, "name_extension": 40,
        "sort_name": 120, "email": 254, "language": 2, "notes": 10_000, "external_number": 40, "branch_id": 40,
        "birthday": 5, "postal_code": 12, "country": 2, "mobile": 16, "landline": 16, "number_key": 120,
    }  # fmt: skip
