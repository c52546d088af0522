"""Revision 0007 derives what today's library derives."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given, settings, strategies as st

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.likeness import likeness_keys
from loyaltycore.kernel.contact import Address
from loyaltycore.storing.codec import to_json
from loyaltycore_sql.migrations import derived_0007

texts = st.sampled_from(
    ["", "Müller", "Schmidt-Rottluff", "Łódź", "Ωμέγα", "O'Brien", "von der Aue Li", "Weg 5"]
)
customers = st.builds(
    Customer,
    st.just("1"),
    last_name=texts,
    first_name=texts,
    company=texts,
    addresses=st.lists(st.builds(Address, texts, st.sampled_from(["", "10115"]), texts), max_size=2).map(
        tuple
    ),
)


@given(customers)
@settings(max_examples=60)
def test_the_keys_are_those_of_the_library(customer: Customer) -> None:
    """As long as the rules are those of the revision, a migrated customer is found like one who was entered today."""
    row = SimpleNamespace(
        last_name=customer.last_name,
        first_name=customer.first_name,
        company=customer.company,
        addresses=to_json(customer.addresses, tuple[Address, ...]),
    )
    assert derived_0007.likeness_keys(row) == likeness_keys(customer)
