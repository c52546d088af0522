"""Finding customers (F10, F11): by number, name, address, phone and birthday, page by page."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from loyaltycore import DeliveryTarget
from loyaltycore.errors import InvalidInput
from tests.house import build_house

PEOPLE = [
    {
        "last_name": "Müller",
        "first_name": "Erika",
        "email": "Erika@example.org",
        "birth_date": date(1980, 2, 1),
    },
    {"last_name": "Mueller", "first_name": "Max", "phones": ["0170 1234567"], "birth_date": date(1980, 2, 1)},
    {"last_name": "Muller", "first_name": "John", "email": "john@example.org", "phones": ["0170 1234567"]},
    {"last_name": "Müller-Lüdenscheidt", "first_name": "Karl"},
    {"company": "Ärzte am Markt GmbH", "email": "praxis@example.org"},
    {"last_name": "O'Brien", "first_name": "Ína", "company": "Zeta AG"},
]


@pytest.fixture
def people(house):
    """A house with six customers, who carry the numbers A to F."""
    for number, person in zip("ABCDEF", PEOPLE, strict=True):
        house.desk.customers.create(number=number, **person)
    return house


def found(house, **filters):
    """The numbers of those whom `find` gives, after making sure that `count` and `each` agree."""
    page = house.desk.customers.find(**filters)
    assert house.desk.customers.count(**filters) == len(page.items)
    every = list(house.desk.customers.each(**filters))
    assert every == sorted(page.items, key=lambda customer: customer.id)
    assert page.next == ""
    return "".join(customer.number for customer in page.items)


WHOM = [
    ({}, "EADBCF"),
    ({"number": "B"}, "B"),
    ({"number": "b"}, "B"),
    ({"name": "muller"}, "ADC"),
    ({"name": "mueller"}, "ADB"),
    ({"name": "Müller"}, "ADBC"),
    ({"name": "MÜLL"}, "ADBC"),
    ({"name": "Müller, Erika"}, "A"),
    ({"name": "erika m"}, "A"),
    ({"name": "lüden"}, "D"),
    ({"name": "markt"}, "E"),
    ({"name": "aerzte"}, "E"),
    ({"name": "arzt"}, "E"),
    ({"name": "obrien"}, "F"),
    ({"name": "zeta"}, "F"),
    ({"name": "rika"}, ""),
    ({"name": "%"}, ""),
    ({"name": "_"}, ""),
    ({"name": "o' OR '1'='1"}, ""),
    ({"email": "ERIKA@example.org"}, "A"),
    ({"email": "nobody@example.org"}, ""),
    ({"phone": "+49 170 1234567"}, "BC"),
    ({"phone": "0170/1234567"}, "BC"),
    ({"birth_date": date(1980, 2, 1)}, "AB"),
    ({"birth_date": date(1980, 1, 2)}, ""),
    ({"phone": "0170 1234567", "birth_date": date(1980, 2, 1)}, "B"),
    ({"name": "müller", "phone": "01701234567", "email": "john@example.org"}, "C"),
    ({"name": "Erika", "number": "B"}, ""),
    ({"name": "", "number": None, "email": "", "phone": "  "}, "EADBCF"),
]


@pytest.mark.every_engine
def test_filters_find_whom_they_name(people):
    """Each filter finds exactly its customers, several together only those who fit all, in alphabetical order."""
    assert [(filters, found(people, **filters)) for filters, _ in WHOM] == WHOM


@pytest.mark.every_engine
def test_changed_names_are_found_and_old_ones_are_not(people):
    """The lookup follows a change: the new name, address and number find the customer, the old ones nobody."""
    erika = people.desk.customers.by_number("A")
    people.desk.customers.change(erika.id, last_name="Zander", email="z@example.org", phones=["030 7654321"])
    assert (
        found(people, name="zand")
        == found(people, email="z@example.org")
        == found(people, phone="030 7654321")
        == "A"
    )
    assert found(people, name="müller erika") == found(people, email="erika@example.org") == ""


def test_a_customer_found_can_be_opened_with_cards(people):
    """F10, F11: whoever was found is opened by id, and a card is ordered for and found with that very customer."""
    people.set_up_cards(validity_required=False)
    (customer,) = people.desk.customers.find(email="erika@example.org").items
    assert people.desk.customers.get(customer.id) == customer
    order = people.desk.cards.order(customer.id, template="gold", target=DeliveryTarget.BRANCH)
    (card,) = people.desk.cards.of_customer(customer.id)
    assert (card.customer_id, order.customer_id) == (customer.id, customer.id)


@pytest.mark.every_engine
def test_pages_follow_one_another_without_gap_or_repetition(people):
    """Pages of any length put together are the whole list, and the last one says that it is."""
    for limit in (1, 2, 4, 5, 6, 7, 500):
        numbers, cursor, pages = "", "", 0
        while True:
            page = people.desk.customers.find(limit=limit, after=cursor)
            numbers += "".join(customer.number for customer in page.items)
            pages += 1
            assert len(page.items) <= limit
            if not page.next:
                break
            cursor = page.next
        assert numbers == "EADBCF"
        assert pages == -(-6 // limit)


@pytest.mark.every_engine
def test_namesakes_are_paged_in_a_stable_order(house):
    """Customers who sort alike follow one another in the order of their creation."""
    made = [house.desk.customers.create(last_name="Muster").id for _ in range(5)]
    first = house.desk.customers.find(name="muster", limit=3)
    rest = house.desk.customers.find(name="muster", limit=3, after=first.next)
    assert [customer.id for customer in (*first.items, *rest.items)] == made


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        ({"number": 7}, {("number", "wrong_type")}),
        ({"name": b"x"}, {("name", "wrong_type")}),
        ({"name": "x" * 301}, {("name", "too_long")}),
        ({"name": "a\x00b"}, {("name", "control_character")}),
        ({"number": "a\x00b"}, {("number", "control_character")}),
        ({"email": "erika"}, {("email", "bad_email")}),
        ({"phone": "12"}, {("phone", "bad_phone")}),
        ({"birth_date": "1.2.1980"}, {("birth_date", "bad_date")}),
        ({"surname": "x"}, {("surname", "unknown_field")}),
        ({"limit": 0}, {("limit", "out_of_range")}),
        ({"limit": 501}, {("limit", "out_of_range")}),
        ({"limit": "5"}, {("limit", "wrong_type")}),
        ({"after": "x"}, {("after", "bad_cursor")}),
        ({"after": 5}, {("after", "bad_cursor")}),
        ({"after": "WzEsIDJd"}, {("after", "bad_cursor")}),
        (
            {"name": 1, "phone": "x", "limit": -1, "after": "?"},
            {
                ("name", "wrong_type"),
                ("phone", "bad_phone"),
                ("limit", "out_of_range"),
                ("after", "bad_cursor"),
            },
        ),
    ],
)
def test_bad_arguments_are_all_named(people, arguments, faults):
    """A wrong filter, length or cursor is refused, several of them together."""
    with pytest.raises(InvalidInput) as caught:
        people.desk.customers.find(**arguments)
    assert {(fault.field, fault.code) for fault in caught.value.faults} == faults


names = st.text(st.sampled_from("aäÄeouüUß'- nm"), min_size=1, max_size=8).filter(
    lambda text: any(character.isalpha() for character in text)
)


@given(st.lists(names, min_size=1, max_size=6), st.data())
def test_the_beginning_of_any_name_finds_its_customer(last_names, data):
    """Whatever part of a name from its beginning is typed, the customer is among those found."""
    house = build_house()
    made = [house.desk.customers.create(last_name=name) for name in last_names]
    wanted = data.draw(st.sampled_from(made))
    beginning = wanted.last_name[: data.draw(st.integers(1, len(wanted.last_name)))]
    if any(character.isalpha() for character in beginning):
        assert wanted in house.desk.customers.find(name=beginning).items


@pytest.mark.every_engine
def test_each_goes_on_where_a_portion_ends(people, monkeypatch):
    """However many there are, each comes once, also where others are added meanwhile; wrong filters are refused at once."""
    monkeypatch.setattr("loyaltycore.customers.service._PORTION", 2)
    everybody = people.desk.customers.each()
    seen = [next(everybody).number]
    people.desk.customers.create(number="G", last_name="Neu")
    seen += [customer.number for customer in everybody]
    assert seen == list("ABCDEFG")
    with pytest.raises(InvalidInput):
        people.desk.customers.each(birth_date="soon")
