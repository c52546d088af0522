"""Merging two customers: the form, the choices, what moves, and who answers afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from loyaltycore import Address, CustomField
from loyaltycore.booking import hours_on
from loyaltycore.cards.rules.card import CustomerCard
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.errors import EditedMeanwhile, InvalidInput, NotFound, Refused
from loyaltycore.kernel.contact import AddressKind, Channel, ConsentState
from loyaltycore.kernel.criteria import stored
from loyaltycore.merging import Choice, Merge, MergePlan
from loyaltycore.merging.rules.options import MUST_CHOOSE
from loyaltycore.properties import PropertyValue
from tests.house import HOME, THURSDAY, House, build_house, dump

MOVED = Address("Neue Straße 1", "80331", "München", "DE")


@pytest.fixture
def pair(house: House) -> tuple[Customer, Customer]:
    """Erika, and the account with which she booked online."""
    house.set_up_cards()
    erika = house.customer(phones=["0170 1234567"], notes="Likes blue.")
    erica = house.customer(
        first_name="Erica",
        email="erica@example.org",
        phones=["030 1234567"],
        addresses=[MOVED],
        birth_date="1980-02-01",
        notes="Booked online.",
    )
    return erika, erica


def plan(house: House, pair: tuple[Customer, Customer]) -> MergePlan:
    """The plan as it is proposed."""
    return house.desk.merging.plan(survivor=pair[0].id, loser=pair[1].id)


def merge(house: House, pair: tuple[Customer, Customer]) -> Merge:
    """Merge as proposed."""
    return house.desk.merging.execute(plan(house, pair))


def test_the_form_shows_both_values_of_each_field(house: House, pair: tuple[Customer, Customer]) -> None:
    """F197: the plan has both values of every field, and says in which the two differ."""
    fields = plan(house, pair).fields
    assert (fields["email"].survivor, fields["email"].loser) == ("erika@example.org", "erica@example.org")
    assert fields["email"].differs
    assert not fields["last_name"].differs
    assert [each.key for each in plan(house, pair).differing] == [
        *("first_name", "birth_date", "addresses", "email", "phones", "number", "notes"),
    ]
    assert fields["email"].label == "E-mail address"


def test_a_field_keeps_its_value_unless_somebody_chooses(
    house: House, pair: tuple[Customer, Customer]
) -> None:
    """F198: without a choice every field of the survivor stays as it is."""
    merge(house, pair)
    after = house.desk.customers.get(pair[0].id)
    assert (after.email, after.first_name, after.birth_date) == ("erika@example.org", "Erika", None)


def test_a_field_takes_over_the_other_value(house: House, pair: tuple[Customer, Customer]) -> None:
    """F199, F193: what is taken over stands in the survivor afterwards, and nothing else changes."""
    chosen = plan(house, pair).take("email", "birth_date").take_both("phones", "addresses", "notes")
    done = house.desk.merging.execute(chosen, reason="the same person")
    after = house.desk.customers.get(pair[0].id)
    assert after.email == "erica@example.org"
    assert (after.birth_date, after.birthday) == (date(1980, 2, 1), "02-01")
    assert [each.number for each in after.phones] == ["+491701234567", "+49301234567"]
    assert [each.kind for each in after.addresses] == [AddressKind.RESIDENCE, AddressKind.OLD_RESIDENCE]
    assert after.notes == "Likes blue.\n\nBooked online."
    assert after.first_name == "Erika"
    assert done.survivor_after == after


def test_a_choice_is_taken_back(house: House, pair: tuple[Customer, Customer]) -> None:
    """The last choice counts; and what the survivor lacks is taken over at once."""
    proposed = plan(house, pair)
    assert proposed.take("email").keep("email").result.email == "erika@example.org"
    missing = proposed.take_missing()
    assert missing.choices == {"birth_date": Choice.TAKE}


@pytest.mark.parametrize(
    ("field", "code"), [("consent_email", "not_free"), ("no_field", "unknown_field"), ("birthday", "unknown_field")]
)  # fmt: skip
def test_what_nobody_may_choose_is_refused(
    house: House, pair: tuple[Customer, Customer], field: str, code: str
) -> None:
    """Answers about consent are not chosen, and derived fields are no fields of a form."""
    with pytest.raises(InvalidInput) as caught:
        plan(house, pair).take(field)
    assert caught.value.faults[0].code == code


def test_a_choice_may_be_the_word_of_a_form(house: House, pair: tuple[Customer, Customer]) -> None:
    """What a form sends counts as what it says, and never as something else."""
    proposed = plan(house, pair)
    assert proposed.choosing({"email": "take"}) == proposed.take("email")
    assert proposed.choosing({"email": "take"}).result.email == pair[1].email


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (None, [("choices", "wrong_type")]),
        ({"email": "theirs", "phones": None}, [("email", "unknown_choice"), ("phones", "required")]),
        ({5: Choice.TAKE}, [("<int>", "unknown_field")]),
    ],
)
def test_what_is_no_choice_is_refused(
    house: House, pair: tuple[Customer, Customer], wrong: Any, found: list[tuple[str, str]]
) -> None:
    """Every fault is named, and nothing is chosen."""
    with pytest.raises(InvalidInput) as caught:
        plan(house, pair).choosing(wrong)
    assert [(each.field, each.code) for each in caught.value.faults] == found


def test_both_values_need_a_field_with_room(house: House, pair: tuple[Customer, Customer]) -> None:
    """Two e-mail addresses do not fit; seven phone numbers do not either."""
    with pytest.raises(InvalidInput, match="one value only"):
        plan(house, pair).take_both("email")
    house.desk.customers.change(pair[0].id, phones=[f"0170 100000{n}" for n in range(6)])
    with pytest.raises(InvalidInput, match="more than 6"):
        plan(house, pair).take_both("phones")


@pytest.mark.parametrize("mine", list(ConsentState))
@pytest.mark.parametrize("theirs", list(ConsentState))
def test_the_stricter_consent_wins(house: House, mine: ConsentState, theirs: ConsentState) -> None:
    """Of two answers the stricter one stands, whoever had given it, with its day."""
    erika = house.customer(privacy=mine, consent_email=mine, **_day(mine, "2026-01-02"))
    erica = house.customer(privacy=theirs, consent_email=theirs, **_day(theirs, "2026-01-03"))
    merge(house, (erika, erica))
    after = house.desk.customers.get(erika.id)
    order = (ConsentState.DECLINED, ConsentState.OPEN, ConsentState.ACCEPTED)
    strictest = min(mine, theirs, key=order.index)
    assert after.privacy is after.consent(Channel.EMAIL) is strictest
    given = {mine: erika.privacy_date} if mine is strictest else {theirs: erica.privacy_date}
    assert after.privacy_date == given[strictest]


def _day(state: ConsentState, day: str) -> dict[str, Any]:
    return {} if state is ConsentState.OPEN else {"privacy_date": day}


def test_fields_of_the_host_are_fields_too() -> None:
    """A value that the host application declared is compared and chosen like any other."""
    house = build_house(
        custom_fields=[CustomField("size", "integer", label="Size"), CustomField("nick", "text")]
    )
    erika, erica = house.customer(custom={"size": 7}), house.customer(custom={"size": 8, "nick": "Ri"})
    proposed = plan(house, (erika, erica))
    assert proposed.fields["custom.size"].label == "Size"
    house.desk.merging.execute(proposed.take("custom.size", "custom.nick"))
    assert house.desk.customers.get(erika.id).custom == {"nick": "Ri", "size": 8}


def test_everything_moves(house: House, pair: tuple[Customer, Customer]) -> None:
    """F194: orders, cards, properties, appointments, processes and activities are the survivor's."""
    erika, erica = pair
    desk = house.desk
    order = desk.cards.order(erica.id, template="gold")
    desk.properties.define("frame", name="Frame", values=[PropertyValue("round")])
    desk.properties.assign(erica.id, "frame", "round")
    planner = desk.appointments.setup
    planner.save_resource("room", branch_id="berlin", name="Room", week=hours_on(range(5), "09:00-18:00"))
    visit = desk.appointments.make("room", THURSDAY + timedelta(days=4), minutes=60, customer_id=erica.id)
    process = desk.processes.start(erica.id, _template(house)).process
    merge(house, pair)
    assert [each.id for each in desk.cards.orders_of(erika.id)] == [order.id]
    assert [each.order_id for each in desk.cards.of_customer(erika.id)] == [order.id]
    assert [each.value for each in desk.properties.of_customer(erika.id)] == ["round"]
    after = desk.appointments.of_customer(erika.id).items
    assert [(each.id, each.starts_at, each.state) for each in after] == [
        (visit.id, visit.starts_at, visit.state)
    ]
    assert [each.id for each in desk.processes.of_customer(erika.id)] == [process.id]
    actions = [each.action for each in desk.activities.expand(erika.id)]
    assert {"card_order.placed", "property.assigned", "customer.merged"} <= {*actions}
    assert {each.customer_id for each in desk.activities.expand(erika.id)} == {erika.id}


def _template(house: House) -> str:
    templates = house.desk.processes.templates
    templates.create("supply", name="Supply")
    templates.add_step("supply", "task", name="Task", step="task")
    return "supply"


def test_of_two_values_of_one_property_the_survivors_stands(
    house: House, pair: tuple[Customer, Customer]
) -> None:
    """The loser's single value is ended first and stays in the history; an undo gives it back."""
    erika, erica = pair
    desk = house.desk
    desk.properties.define("frame", name="Frame", values=[PropertyValue("round"), PropertyValue("square")])
    desk.properties.assign(erika.id, "frame", "round")
    desk.properties.assign(erica.id, "frame", "square")
    proposed = plan(house, pair)
    move = next(each for each in proposed.moves if each.table == "customer_properties")
    assert (move.count, move.combined) == (0, 1)
    done = desk.merging.execute(proposed)
    assert [each.value for each in desk.properties.of_customer(erika.id)] == ["round"]
    assert {each.value for each in desk.properties.history_of(erika.id).items} == {"round", "square"}
    desk.merging.undo(done.id)
    assert [each.value for each in desk.properties.of_customer(erica.id)] == ["square"]


def test_the_merged_id_and_number_answer_for_ever(house: House, pair: tuple[Customer, Customer]) -> None:
    """Every verb takes the old id and the old number, and nobody else gets that number."""
    erika, erica = pair
    merge(house, pair)
    desk = house.desk
    assert desk.customers.get(erica.id).id == erika.id
    assert desk.customers.by_number(erica.number).id == erika.id
    assert [each.id for each in desk.customers.find(number=erica.number).items] == [erika.id]
    assert desk.customers.count(number=erica.number) == 1
    assert desk.customers.change(erica.id, notes="new").id == erika.id
    assert desk.cards.order(erica.id, template="gold").customer_id == erika.id
    assert desk.activities.of_customer(erica.id) == desk.activities.of_customer(erika.id)
    with pytest.raises(Refused, match="number") as caught:
        house.customer(number=erica.number.lower())
    assert caught.value.code == "customer.number_taken"


def test_an_import_knows_the_merged_number(house: House) -> None:
    """A row with the number of a merged customer means the survivor, whatever name stands in it."""
    erika, erica = house.customer(), house.customer(last_name="Schmidt", external_number="X7")
    merge(house, (erika, erica))
    rows = f"number;external_number;last_name;email\n{erica.number};;Schmidt;\n;X7;Schmitt;\n".encode()
    report = house.desk.customers.import_file([rows])
    assert (report.added, report.rejected_rows) == (0, 0)
    assert [each.duplicate_of for each in report.duplicates] == [erika.id, erika.id]


def test_a_taken_number_leaves_the_other_one_behind(house: House, pair: tuple[Customer, Customer]) -> None:
    """If the survivor takes over the loser's number, its own one answers from then on; an undo gives both back."""
    erika, erica = pair
    done = house.desk.merging.execute(plan(house, pair).take("number"))
    assert house.desk.customers.get(erika.id).number == erica.number
    assert house.desk.customers.by_number(erika.number).id == erika.id
    house.desk.merging.undo(done.id)
    assert house.desk.customers.by_number(erika.number).id == erika.id
    assert house.desk.customers.by_number(erica.number).id == erica.id


def test_a_record_about_somebody_merged_is_refused(house: House, pair: tuple[Customer, Customer]) -> None:
    """A host that writes an old id without reading the customer is told so, and nothing points to somebody gone."""
    order = house.desk.cards.order(pair[1].id, template="gold")
    merge(house, pair)
    with house.loyalty.session("host").transaction() as unit:
        card = unit.first(CustomerCard, stored("order_id") == order.id)
    assert card is not None
    with pytest.raises(Refused) as caught, house.loyalty.session("host").transaction() as unit:
        unit.add(attrs.evolve(card, id="new", number="77", customer_id=pair[1].id))
    assert caught.value.code == "customer.merged"
    assert caught.value.facts["survivor"] == pair[0].id


def test_a_merge_needs_a_second_customer(house: House, pair: tuple[Customer, Customer]) -> None:
    """F196: itself, nobody, or somebody who was merged already cannot be merged; nothing changes."""
    erika, erica = pair
    before = dump(house.loyalty)
    with pytest.raises(Refused) as caught:
        house.desk.merging.plan(survivor=erika.id, loser=erika.id)
    assert caught.value.code == "merge.same_customer"
    with pytest.raises(NotFound):
        house.desk.merging.plan(survivor=erika.id, loser="nobody")
    assert dump(house.loyalty) == before
    merge(house, pair)
    for survivor, loser in ((house.customer().id, erica.id), (erica.id, house.customer().id)):
        with pytest.raises(Refused) as caught:
            house.desk.merging.plan(survivor=survivor, loser=loser)
        assert caught.value.code == "merge.merged_already"
        assert caught.value.facts["survivor"] == erika.id


def test_a_plan_is_carried_out_once(house: House, pair: tuple[Customer, Customer]) -> None:
    """A second execution is refused, and so is a plan for customers who were changed since."""
    proposed = plan(house, pair)
    house.desk.customers.change(pair[1].id, notes="changed")
    with pytest.raises(EditedMeanwhile):
        house.desk.merging.execute(proposed)
    again = plan(house, pair)
    house.desk.merging.execute(again)
    before = dump(house.loyalty)
    with pytest.raises(Refused) as caught:
        house.desk.merging.execute(again)
    assert caught.value.code == "merge.merged_already"
    assert dump(house.loyalty) == before


def test_a_plan_that_would_combine_other_records_is_outdated(
    house: House, pair: tuple[Customer, Customer]
) -> None:
    """What nobody has seen in the plan is not combined."""
    house.desk.properties.define("frame", name="Frame", values=[PropertyValue("round")])
    house.desk.properties.assign(pair[0].id, "frame", "round")
    proposed = plan(house, pair)
    house.desk.properties.assign(pair[1].id, "frame", "round")
    with pytest.raises(Refused) as caught:
        house.desk.merging.execute(proposed)
    assert caught.value.code == "merge.plan_outdated"


def test_an_option_asks_for_choices(house: House, pair: tuple[Customer, Customer]) -> None:
    """A field that the chain lists holds a merge up until somebody chooses; the preview says so beforehand."""
    desk = house.desk_after(MUST_CHOOSE, "email, last_name")
    proposed = desk.merging.plan(survivor=pair[0].id, loser=pair[1].id)
    assert [each.code for each in proposed.blockers] == ["merge.choice_needed"]
    with pytest.raises(Refused) as caught:
        desk.merging.execute(proposed)
    assert caught.value.facts["fields"] == ("email",)
    assert desk.merging.execute(proposed.keep("email")).survivor_id == pair[0].id
    with pytest.raises(InvalidInput, match="email"):
        house.desk_after(MUST_CHOOSE, "emial")


def test_a_company_needs_its_name(house: House, pair: tuple[Customer, Customer]) -> None:
    """Taking over the kind alone would leave a company without a name."""
    company = house.customer(kind="company", company="Optik GmbH", first_name="", last_name="")
    proposed = house.desk.merging.plan(survivor=pair[0].id, loser=company.id)
    assert [each.code for each in proposed.take("kind").blockers] == ["merge.name_missing"]
    assert proposed.take("kind", "company").blockers == ()


def test_an_undo_leaves_what_was_changed_since(house: House, pair: tuple[Customer, Customer]) -> None:
    """A field that was edited after the merge stays and is listed; what was added since stays with the survivor."""
    erika, erica = pair
    desk = house.desk
    done = desk.merging.execute(plan(house, pair).take("email", "birth_date"))
    desk.customers.change(erika.id, email="new@example.org")
    order = desk.cards.order(erica.id, template="gold")
    undone = desk.merging.undo(done.id, reason="two people")
    assert [(each.table, each.field, each.code) for each in undone.conflicts] == [
        ("customers", "email", "changed")
    ]
    after = desk.customers.get(erika.id)
    assert (after.email, after.birth_date) == ("new@example.org", None)
    assert desk.customers.get(erica.id) == erica
    assert [each.id for each in desk.cards.orders_of(erika.id)] == [order.id]
    assert desk.cards.orders_of(erica.id) == ()
    assert desk.activities.of_customer(erika.id).items[0].action == "merge.undone"


def test_merges_are_undone_in_reverse_order(house: House, pair: tuple[Customer, Customer]) -> None:
    """As long as a later merge of the survivor stands, an earlier one is not undone; and none is undone twice."""
    third = house.customer(first_name="Eri")
    first = merge(house, pair)
    second = merge(house, (pair[0], third))
    with pytest.raises(Refused) as caught:
        house.desk.merging.undo(first.id)
    assert (caught.value.code, caught.value.facts["later"]) == ("merge.not_the_last", second.id)
    house.desk.merging.undo(second.id)
    house.desk.merging.undo(first.id)
    with pytest.raises(Refused) as caught:
        house.desk.merging.undo(first.id)
    assert caught.value.code == "merge.undone_already"
    assert [each.id for each in house.desk.merging.of_customer(pair[0].id).items] == [first.id, second.id]


def test_every_change_is_recorded(house: House, pair: tuple[Customer, Customer]) -> None:
    """F222: the merge and its undo stand in the activities, with who, why and every field before and after."""
    done = house.desk.merging.execute(plan(house, pair).take("email"), reason="the same person")
    merged = next(
        each for each in house.desk.activities.expand(pair[0].id) if each.action == "customer.merged"
    )
    assert (merged.actor, merged.comment) == ("anna", "the same person")
    assert [(each.field, each.before, each.after) for each in merged.changes] == [
        ("email", "erika@example.org", "erica@example.org")
    ]
    house.desk.merging.undo(done.id)
    parted = next(
        each for each in house.desk.activities.expand(pair[0].id) if each.action == "customer.parted"
    )
    assert [each.field for each in parted.changes] == ["email"]


def test_home_is_one_place(house: House) -> None:
    """The same address of both is one address afterwards."""
    erika, erica = (
        house.customer(),
        house.customer(addresses=[HOME, MOVED.__class__("Weg 2", "1", "Ort", "DE", AddressKind.BILLING)]),
    )
    house.desk.merging.execute(plan(house, (erika, erica)).take_both("addresses"))
    after = house.desk.customers.get(erika.id).addresses
    assert [each.kind for each in after] == [AddressKind.RESIDENCE, AddressKind.BILLING]
