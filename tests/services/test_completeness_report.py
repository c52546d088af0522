"""Gaps over all customers: the list, the stream and the report, on every storage."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from loyaltycore import Address, InvalidInput, NotFound
from loyaltycore.completeness import service as completeness
from loyaltycore.completeness.rules.options import (
    ASK_AGAIN_MONTHS,
    EMAIL,
    MOBILE,
    POSTAL_ADDRESS,
    PRIVACY_STATEMENT,
)
from loyaltycore.completeness.rules.prompt import CompletionPrompt
from loyaltycore.desk import Desk
from loyaltycore.kernel.settings import Option
from tests.domain.completeness.forms import full_forms
from tests.hosting import hosted
from tests.house import HOME, House, build_house

pytestmark = pytest.mark.every_engine


def open_desk(house: House, *options: Option[bool]) -> Desk:
    """Switch options on for the chain and open a session that sees them."""
    for option in options:
        house.desk.settings.change(option, True)
    return house.loyalty.session("anna", "berlin")


def names(found: Any) -> list[str]:
    """The last names in an answer."""
    return [each.customer.last_name for each in found]


def take_on_some(house: House) -> None:
    """Five people: complete, without e-mail, without mobile, without either, and without a street."""
    full = {"email": "x@example.org", "phones": ["0170 1234567"], "addresses": [HOME]}
    for name, change in {
        "Ernst": {},
        "Dora": {"email": ""},
        "Clara": {"phones": []},
        "Bert": {"email": "", "phones": ["030 12345678"]},
        "Anna": {"addresses": [Address(city="Berlin")]},
    }.items():
        house.customer(**{**full, **change, "last_name": name})


def test_customers_with_gaps_are_found_and_filled(house: House) -> None:
    """F78: whoever lacks something is listed by name with all gaps, and drops out once it is filled."""
    desk = open_desk(house, EMAIL, MOBILE)
    take_on_some(house)
    found = desk.completeness.gaps().items
    assert names(found) == ["Bert", "Clara", "Dora"]
    assert [gap.field for gap in found[0].completeness.gaps] == ["email", "mobile"]
    without_email = desk.completeness.gaps(field="email").items
    assert names(without_email) == ["Bert", "Dora"]
    assert without_email[0] == found[0]
    assert next(iter(desk.completeness.each_gap(field="email"))).completeness.watched == ("email", "mobile")
    desk.completeness.answer(found[0].customer.id, email="b@example.org", mobile="0171 1234567")
    assert names(desk.completeness.gaps().items) == ["Clara", "Dora"]


def test_the_list_is_paged_and_the_stream_is_whole(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """F78: pages follow one another by name; the stream gives the same people, whatever the portions."""
    monkeypatch.setattr(completeness, "PORTION", 2)
    desk = open_desk(house, EMAIL, MOBILE, POSTAL_ADDRESS)
    take_on_some(house)
    first = desk.completeness.gaps(limit=3)
    second = desk.completeness.gaps(limit=3, after=first.next)
    assert (names(first.items), names(second.items)) == (["Anna", "Bert", "Clara"], ["Dora"])
    assert second.next == ""
    streamed = list(desk.completeness.each_gap())
    assert sorted(streamed, key=lambda each: each.customer.sort_name) == [*first.items, *second.items]
    assert sorted(names(desk.completeness.each_gap(field="mobile"))) == ["Bert", "Clara"]
    assert list(desk.completeness.each_gap(field="privacy")) == []


def test_gaps_of_one_branch(house: House) -> None:
    """The list, the stream and the report can be had for one branch."""
    house.desk.branches.create("bonn", name="Optik Bonn")
    desk = open_desk(house, EMAIL)
    house.customer(last_name="Here", email="")
    house.customer(last_name="There", email="", branch_id="bonn")
    assert names(desk.completeness.gaps(branch="bonn").items) == ["There"]
    assert names(desk.completeness.each_gap(branch="berlin")) == ["Here"]
    assert desk.completeness.report(branch="bonn").customers == 1
    assert desk.completeness.report().customers == 2


def test_the_report_counts_fields_and_groups(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """F51, F52, F72: coverage of each field and of each data group of marketing, over all customers."""
    monkeypatch.setattr(completeness, "PORTION", 2)
    desk = open_desk(house, EMAIL, MOBILE)
    take_on_some(house)
    report = desk.completeness.report()
    assert report.customers == 5
    assert {group.key: group.filled for group in report.groups} == {
        "postal_address": 4, "email": 3, "landline": 1, "mobile": 3,
    }  # fmt: skip
    assert (report.coverage("first_name").share, report.coverage("birth_date").missing) == (1.0, 5)
    assert report.coverage("addresses").filled == 5
    assert (report.watched, report.with_gaps, report.score) == (("email", "mobile"), 3, 0.6)


def test_a_report_over_nobody(house: House) -> None:
    """A shop without customers has a report, an empty list and an empty stream."""
    desk = open_desk(house, EMAIL)
    assert desk.completeness.report().customers == 0
    assert desk.completeness.gaps().items == tuple(desk.completeness.each_gap()) == ()


def test_wrong_arguments_are_named(house: House) -> None:
    """An unknown field, branch or cursor is refused when it is asked for, not when the stream is read."""
    desk = open_desk(house, EMAIL)
    with pytest.raises(InvalidInput) as refused:
        desk.completeness.gaps(field="hat", limit=0, after="?")
    assert refused.value.codes == {"unknown_field", "out_of_range", "bad_cursor"}
    for field in ("hat", [], {}):
        with pytest.raises(InvalidInput):
            desk.completeness.gaps(field=field)
        with pytest.raises(InvalidInput):
            desk.completeness.each_gap(field=field)
    for ask in (desk.completeness.gaps, desk.completeness.each_gap, desk.completeness.report):
        with pytest.raises(NotFound):
            ask(branch="nowhere")


def test_a_page_of_whoever_has_no_address_ends_where_it_must(memory_house: House) -> None:
    """No storage tells who has any address, so pages are read and thinned out, and none is left out."""
    watch = Option("shop.watch_addresses", False, "", watches=("addresses",))
    house = build_house(capabilities=[hosted(options=[watch])])
    desk = open_desk(house, watch)
    for i in range(6):
        house.customer(last_name=f"M{i}", addresses=[] if i in {1, 4} else [HOME])
    found, after = [], ""
    for _ in range(6):
        page = desk.completeness.gaps(limit=2, after=after)
        found, after = [*found, *names(page.items)], page.next
        if not after:
            break
    assert found == ["M1", "M4"]
    assert sorted(names(desk.completeness.each_gap())) == ["M1", "M4"]


def test_what_merged_customers_were_asked_counts_for_the_survivor(house: House) -> None:
    """A prompt that was moved to another customer is found by that customer, and the later day counts."""
    house.desk.settings.change(ASK_AGAIN_MONTHS, 6)
    desk = open_desk(house, MOBILE)
    erika, other = house.customer(), house.customer(last_name="Other")
    desk.completeness.answer(other.id)
    with house.loyalty.storage.transaction() as tx:
        prompt = tx.get(CompletionPrompt, other.id)
        assert prompt is not None
        tx.save(CompletionPrompt(prompt.id, erika.id, prompt.asked, prompt.version))
    assert not desk.completeness.of(erika.id).due
    listed = {each.customer.id: each.completeness for each in desk.completeness.gaps().items}
    assert not listed[erika.id].due
    assert listed[other.id].due


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(forms=st.lists(full_forms(), max_size=5))
def test_every_storage_finds_whom_the_rule_finds(house: House, forms: list[dict[str, Any]]) -> None:
    """The list holds exactly the customers whose own answer has a gap."""
    desk = open_desk(house, EMAIL, MOBILE, POSTAL_ADDRESS, PRIVACY_STATEMENT)
    for form in forms:
        house.desk.customers.create(**{name: value for name, value in form.items() if name != "custom"})
    everybody = house.desk.customers.find(limit=500).items
    lacking = {who.id for who in everybody if desk.completeness.of(who.id).gaps}
    listed = desk.completeness.gaps(limit=500).items
    assert {each.customer.id for each in listed} == lacking
    assert all(each.completeness == desk.completeness.of(each.customer.id) for each in listed)
    assert {each.customer.id for each in desk.completeness.each_gap()} == lacking
    assert desk.completeness.report().with_gaps == len(lacking)


def test_no_customer_costs_a_query() -> None:
    """The work of a list grows with its portions, not with its customers, and no transaction outlives a portion."""
    from loyaltycore_sql import SqlStorage
    from tests.adapters.sql.helpers import statements

    storage = SqlStorage("sqlite://")
    house = build_house(storage)
    desk = open_desk(house, EMAIL, MOBILE)
    counts = []
    for many in (40, 80):
        with desk.transaction():
            for i in range(40):
                house.customer(last_name=f"M{many}{i}", phones=[])
        with statements(storage) as page:
            assert len(desk.completeness.gaps(limit=500).items) == many
        with statements(storage) as stream:
            assert len(list(desk.completeness.each_gap())) == many
        with statements(storage) as report:
            assert desk.completeness.report().customers == many
        counts.append([len(each) for each in (page, stream, report)])
    assert counts[0] == counts[1]
    storage.close()


def test_memory_stays_flat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight times as many customers take no more memory, neither for the report nor for the stream."""
    from loyaltycore_sql import SqlStorage

    monkeypatch.setattr(completeness, "PORTION", 25)
    storage = SqlStorage("sqlite://")
    house = build_house(storage)
    desk = open_desk(house, EMAIL, MOBILE)
    peaks = []
    for more in (75, 525):
        with desk.transaction():
            for i in range(more):
                house.customer(last_name=f"M{i}", phones=[], notes="n" * 500)
        desk.completeness.report()
        tracemalloc.start()
        desk.completeness.report()
        assert sum(1 for _ in desk.completeness.each_gap()) >= more
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
    storage.close()


def test_every_field_that_can_be_watched_can_be_asked_for(storage: Any) -> None:
    """Customers are listed by any single field: those who lack it are there, and whoever has it is not."""
    fields = [field.key for field in build_house().desk.completeness.fields]
    watch = Option("shop.watch_all", False, "", watches=tuple(fields))
    house = build_house(storage, capabilities=[hosted(options=[watch])])
    bare = house.loyalty.session("admin").customers.create(last_name="M", branch_id="")
    desk = open_desk(house, watch)
    for key in fields:
        listed = [each.customer.id for each in desk.completeness.gaps(field=key).items]
        missing = key in {gap.field for gap in desk.completeness.of(bare.id).gaps}
        assert listed == ([bare.id] if missing else []), key
    assert "phones" in fields
