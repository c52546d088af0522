"""A customer number is one number, however its letters are written, typed or scanned."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, strategies as st

from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.customers.rules.numbers import number_key
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.errors import DuplicateKey, NotFound, Refused
from loyaltycore.selections import FieldCondition, Operator
from tests.house import build_house

every_engine = pytest.mark.every_engine

SPELLINGS = [
    "K2027-00035",
    "k2027-00035",
    " k2027-00035 ",
    "]C0K2027-00035",
    "]E0k2027-00035\r\n",
    "]d2k2027-00035",
]
"""As chosen, typed in lower case, and sent by scanners with the identifier of Code 128, EAN or Data Matrix."""


@every_engine
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_finds_its_customer_in_any_spelling(house, spelling):
    """Reading by number and searching ignore case, and what a scanner sends before."""
    customer = house.customer(number="K2027-00035")
    house.customer(number="K2027-00036")
    desk = house.desk
    assert desk.customers.by_number(spelling) == customer
    assert desk.customers.find(number=spelling).items == (customer,)


@every_engine
@pytest.mark.parametrize(
    ("operator", "value"),
    [
        (Operator.IS, "k2027-00035"),
        (Operator.ONE_OF, ("x", "k2027-00035")),
        (Operator.BEGINS, "k2027-00035"),
        (Operator.BEGINS, "k2026"),
    ],
)
def test_a_selection_by_number_ignores_case(house, operator, value):
    """Equal, listed and begun; the opposite of equal leaves the same customer out."""
    customer, other = house.customer(number="K2027-00035"), house.customer(number="K2026-1")
    wanted = other if value == "k2026" else customer
    assert house.desk.selections.page(FieldCondition("number", operator, value)).items == (wanted,)
    if operator is Operator.IS:
        assert house.desk.selections.page(FieldCondition("number", Operator.IS_NOT, value)).items == (other,)


@every_engine
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_that_differs_in_case_is_taken(house, spelling):
    """By whom, and with the number as that customer has it."""
    holder = house.customer(number="K2027-00035")
    with pytest.raises(Refused) as caught:
        house.customer(number=spelling)
    assert (caught.value.code, caught.value.facts["customer"]) == ("customer.number_taken", holder.id)
    assert "'K2027-00035'" in str(caught.value)


@every_engine
def test_no_engine_stores_two_numbers_that_differ_in_case(house):
    """Even if both were free when they were looked for: what is unique is the number without its case."""
    one, other, third = (
        with_derived(Customer(key, number=number))
        for key, number in (("1", "KÄ1"), ("2", "kä1"), ("3", "KA1"))
    )
    with house.loyalty.storage.transaction() as tx:
        tx.add(one, third)
    with pytest.raises(DuplicateKey), house.loyalty.storage.transaction() as tx:
        tx.add(other)


@every_engine
def test_of_many_at_once_one_gets_the_number_in_whatever_case(house):
    """Eight clerks choose one number in eight spellings."""

    def take(number):
        try:
            return house.customer(number=number).id
        except Refused as refusal:
            return refusal.facts["customer"]

    with ThreadPoolExecutor(8) as pool:
        numbers = [a + b + c for a in "vV" for b in "iI" for c in "pP"]
        assert len(set(pool.map(take, numbers))) == 1
    assert house.desk.customers.count() == 1


@every_engine
def test_the_range_passes_over_numbers_chosen_in_other_case(house):
    """A pattern gives no number that somebody has in other letters."""
    desk = house.desk_after(NUMBER_PATTERN, "K-{n}")
    for number in ("k-1", "K-3"):
        desk.customers.create(last_name="Muster", number=number)
    assert [desk.customers.create(last_name="Muster").number for _ in range(2)] == ["K-2", "K-4"]


@every_engine
def test_a_pattern_in_other_case_goes_on_with_the_same_range(house):
    """It makes the same numbers, so it does not begin again, not even where customers are gone."""
    first = house.desk_after(NUMBER_PATTERN, "K-{n}").customers.create(last_name="Muster")
    with house.loyalty.storage.transaction() as tx:
        tx.remove(first)
    assert house.desk_after(NUMBER_PATTERN, "k-{n}").customers.create(last_name="Muster").number == "k-2"


@every_engine
def test_an_import_knows_a_number_in_any_case(house):
    """Of a stored customer and of an earlier row: the same name is the same customer, another name is reported."""
    house.desk.customers.create(last_name="Muster", number="K1")
    house.desk.customers.create(last_name="Ahrens", number="k3")
    rows = b"Nr;Nachname\nk1;Muster\nk2;Huber\nK2;HUBER\nk1;Schmidt\nK3;Ahrens\n"
    for dry_run in (True, False):
        report = house.desk.customers.import_file([rows], columns={"Nr": "number"}, dry_run=dry_run)
        assert (report.added, report.skipped) == (1, 3)
        assert [(row.line, row.code) for row in report.rejected] == [(5, "number_taken")]
    assert [customer.number for customer in house.desk.customers.find().items] == ["k3", "k2", "K1"]


@every_engine
def test_numbers_that_an_import_gives_out_differ_in_more_than_case(house):
    """Also from those that the same file brings along."""
    desk = house.desk_after(NUMBER_PATTERN, "K{n}")
    desk.customers.import_file(
        [b"Nr;Nachname\nk1;Muster\n;Huber\n;Schmidt\nk4;Ahrens\n;Zander\n"], columns={"Nr": "number"}
    )
    assert sorted(customer.number for customer in desk.customers.find().items) == [
        "K2",
        "K3",
        "K5",
        "k1",
        "k4",
    ]


def test_an_external_number_keeps_its_case():
    """It belongs to another system, which may tell a from A."""
    house = build_house()
    report = house.desk.customers.import_file([b"external id;Nachname\na1;Muster\nA1;Muster\n"])
    assert report.added == 2


def test_the_explanation_shows_the_number_as_it_is_written():
    """What is compared is not what people see."""
    house = build_house()
    customer = house.customer(number="K1")
    explained = house.desk.selections.explain(customer.id, FieldCondition("number", Operator.IS, "k1"))
    assert (explained.holds, explained.because) == (True, "Customer number: K1")


letters = st.characters(categories=("L", "N", "P")).filter(
    lambda each: each.upper().casefold() == each.lower().casefold() == each.casefold()
)


@given(st.text(letters, min_size=1, max_size=40), st.data())
def test_numbers_of_any_script_are_without_case(number, data):
    """Whatever letters are written large or small, the number without case is the same."""
    changed = "".join(data.draw(st.sampled_from([each, each.upper(), each.lower()])) for each in number)
    assert number_key(changed) == number_key(number)
    assert len(number_key(number)) <= 120


def test_numbers_that_differ_in_more_than_case_are_two():
    """Blanks, hyphens, zeros and accents tell numbers apart."""
    house = build_house()
    house.customer(number="K-1")
    for other in ("K1", "K 1", "K-01", "Ḱ-1"):
        with pytest.raises(NotFound):
            house.desk.customers.by_number(other)
        house.customer(number=other)
