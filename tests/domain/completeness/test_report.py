"""The report over all customers is the sum of what is true of each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from loyaltycore.completeness.rules.assess import assess
from loyaltycore.completeness.rules.options import EMAIL
from loyaltycore.completeness.rules.report import Census, CompletenessReport
from loyaltycore.completeness.rules.watching import Watching
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import NotFound
from loyaltycore.kernel.contact import Address
from tests.domain.completeness.forms import FIELDS, customer, customers, watch, watchings
from tests.domain.customers.forms import TODAY

HOME = Address("Lindenstraße 5", "10969", "Berlin", "DE")


def report(people: list[Customer], watched: Watching, portion: int = 100) -> CompletenessReport:
    """The report over people who come in portions."""
    census = Census(FIELDS.values(), watched, TODAY)
    for start in range(0, len(people), portion):
        census.count(people[start : start + portion])
    return census.report()


@settings(max_examples=40)
@given(people=st.lists(customers(), max_size=4), watched=watchings(), portion=st.integers(1, 3))
def test_the_report_is_the_sum_of_its_customers(
    people: list[Customer], watched: Watching, portion: int
) -> None:
    """F52: every figure is what counting one by one gives, in whatever portions the customers come."""
    found = report(people, watched, portion)
    each = [assess(who, watched, {}, TODAY) for who in people]
    assert found.customers == len(people)
    assert found.with_gaps == sum(bool(one.gaps) for one in each)
    assert found.score == pytest.approx(sum(one.score for one in each) / len(people) if people else 1)
    for field in FIELDS.values():
        coverage = found.coverage(field.key)
        who_can = [who for who in people if field.applies_to(who)]
        assert coverage.customers == len(who_can)
        assert coverage.filled == sum(bool(field.is_filled(who)) for who in who_can)
        assert coverage.missing == coverage.customers - coverage.filled
        assert coverage.label == field.label


def test_a_group_is_what_marketing_needs() -> None:
    """F51: a letter needs a full name and a full address; a company is named by its own name."""
    people = [
        customer(first_name="Erika", addresses=[HOME], email="e@example.org"),
        customer(addresses=[HOME], phones=["030 12345678", "0170 1234567"]),
        customer(first_name="Max", addresses=[Address("Weg 1")], phones=["0170 1234567"]),
        customer(last_name="", company="Optik GmbH", addresses=[HOME]),
    ]
    found = report(people, watch(EMAIL))
    assert {group.key: group.filled for group in found.groups} == {
        "postal_address": 2, "email": 1, "landline": 1, "mobile": 2,
    }  # fmt: skip
    assert found.reach("mobile").share == 0.5
    assert [group.label for group in found.groups] == ["Full postal address", "E-mail", "Landline", "Mobile"]
    assert (found.watched, found.with_gaps, found.score) == (("email",), 3, 0.25)


def test_a_report_over_nobody_lacks_nothing() -> None:
    """Shares of nothing are whole, and a name that does not exist is an error."""
    found = report([], watch(EMAIL))
    assert (found.customers, found.with_gaps, found.score) == (0, 0, 1.0)
    assert {coverage.share for coverage in (*found.fields, *found.groups)} == {1.0}
    with pytest.raises(NotFound, match=r"no field 'emial'; did you mean 'email'\?"):
        found.coverage("emial")
    with pytest.raises(NotFound, match="no data group 'hat'"):
        found.reach("hat")
