"""Erasing a customer: nothing of the person is left, and nothing gets around what forbids it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

import attrs
import pytest
from hypothesis import given, settings

from loyaltycore import Address, Capability, CustomField
from loyaltycore.booking import hours_on
from loyaltycore.capabilities import core_record_types
from loyaltycore.customers.leaving import FORBIDS_ERASURE
from loyaltycore.customers.rules.blocking import Blocker
from loyaltycore.customers.rules.customer import Customer
from loyaltycore.customers.rules.search import fold
from loyaltycore.errors import NotFound, Refused
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.outbox import MessageState, OutboxMessage
from loyaltycore.kernel.phonetics import cologne
from loyaltycore.ports.storage import Storage
from loyaltycore.privacy import Erasure, Fate
from loyaltycore.privacy.rules.options import NEVER_ERASE
from loyaltycore.properties import PropertyValue
from loyaltycore.storing.blanks import blanks
from loyaltycore.storing.codec import to_json
from loyaltycore.storing.registry import OnErase
from tests.house import THURSDAY, House, build_house, dump
from tests.services.relations import RELATIONS, stored_rows
from tests.services.test_merging_laws import Graph, graphs, merge, open_shop

SECRETS: Final = (
    *(
        "Zacharias",
        "Quittenbaum",
        "Quittenbäumle",
        "zacharias@quitten.example",
        "+491701112223",
        "Quittengasse",
    ),
    *("kleinquitten", "1977-07-07", "Zaubernotiz", "quitten-extra"),
)


def foldings(secret: str) -> set[str]:
    """Every form in which a text may be stored."""
    plain = {secret, secret.lower(), fold(secret), fold(secret, two_letters=True)}
    return {each for each in plain if len(each) > 3}


def erase(house: House, customer: str) -> Erasure:
    """Erase, as somebody who has looked at the preview."""
    confirmation = house.desk.privacy.preview(customer).confirmation
    return house.desk.privacy.erase(customer, confirm=confirmation)


def everything(house: House) -> str:
    """All that is stored, lookup keys included, as one text."""
    rows = []
    with house.loyalty.storage.transaction(read_only=True) as tx:
        for record_type in house.loyalty.registry:
            for record in tx.find(record_type.cls, Query()):
                rows += [to_json(record), repr(record_type.keys_of(record))]
    return "\n".join(rows)


def raw(storage: Storage) -> str:
    """All rows of all tables as the engine has them."""
    from sqlalchemy import inspect, text

    database: Any = storage
    engine = database._database.engine
    with engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return "\n".join(
            str(tuple(row))
            for name in names
            for row in connection.execute(text(f"SELECT * FROM {name}"))  # noqa: S608  the names are our own
        )


def a_life(house: House) -> Customer:
    """Somebody with everything: orders, cards, properties, bookings, messages, a merge, and edits of all of it."""
    desk = house.desk
    house.set_up_cards()
    person = {
        "first_name": "Zacharias",
        "last_name": "Quittenbaum",
        "email": "zacharias@quitten.example",
        "phones": ["0170 1112223"],
        "addresses": [Address("Quittengasse 5", "10969", "Kleinquitten", "DE")],
        "birth_date": "1977-07-07",
        "custom": {"nick": "quitten-extra"},
    }
    one = house.customer(**person)
    double = house.customer(**{**person, "last_name": "Quittenbäumle"})
    desk.customers.change(one.id, notes="Zaubernotiz")
    for each in (one, double):
        order = desk.cards.order(each.id, template="gold", comment="Zaubernotiz")
        house.loyalty.deliver()
        desk.cards.cancel_order(order.id, reason="Zaubernotiz")
    desk.properties.define("frame", name="Frame", values=[PropertyValue("round"), PropertyValue("square")])
    desk.properties.assign(one.id, "frame", "round", comment="Zaubernotiz")
    desk.properties.assign(double.id, "frame", "square", comment="Zaubernotiz")
    setup = desk.appointments.setup
    setup.save_resource(
        "room", branch_id="berlin", name="Room", week=hours_on(range(5), "09:00-18:00"), online=True
    )
    setup.save_template("test", name="Test", length=60, step=30, online=True)
    house.loyalty.planner("berlin").book(
        THURSDAY + timedelta(days=4),
        first_name="Zacharias",
        last_name="Quittenbaum",
        email="zacharias@quitten.example",
        phone="0170 1112223",
    )
    house.loyalty.deliver()
    booked = desk.appointments.reminders("berlin").items[0].about
    desk.appointments.assign(booked, one.id)
    desk.appointments.confirm(booked)
    desk.appointments.notify(booked, about="confirmed", by="email")
    merge(house, one.id, double.id)
    desk.appointments.cancel(booked, reason="Zaubernotiz")
    return desk.customers.get(one.id)


@pytest.fixture
def house(storage: Storage) -> House:
    """A house with a field of the host."""
    return build_house(storage, custom_fields=[CustomField("nick", "text")], capabilities=[RELATIONS])


@pytest.mark.every_engine
def test_nothing_of_the_person_is_left(house: House, storage: Storage) -> None:
    """F201: no record, lookup key, message, activity or journal holds the person's data, in whichever spelling."""
    other = house.customer()
    person = a_life(house)
    before = everything(house)
    assert [each for each in SECRETS if each not in before] == []
    done = erase(house, person.id)
    rest = everything(house)
    if type(storage).__name__ == "SqlStorage":
        rest += raw(storage)
    left = {form for each in SECRETS for form in foldings(each) if form in rest}
    assert left == set()
    assert cologne("quittenbaum") not in rest
    assert house.desk.customers.get(other.id) == other
    assert {each.fate for each in done.records} == {Fate.REMOVE, Fate.SCRUB}


def test_an_erased_customer_is_gone_for_good(house: House) -> None:
    """F202: no verb brings the customer back; id and predecessors refer to nobody, and no merge can be undone."""
    person = a_life(house)
    double = next(iter(house.desk.merging.of_customer(person.id).items))
    erase(house, person.id)
    for gone in (person.id, double.loser_id):
        with pytest.raises(NotFound):
            house.desk.customers.get(gone)
    with pytest.raises(NotFound):
        house.desk.merging.undo(double.id)
    with pytest.raises(NotFound):
        house.desk.customers.by_number(person.number)
    assert house.desk.merging.duplicates_like(last_name="Quittenbaum", birth_date="1977-07-07") == ()


@pytest.mark.every_engine
def test_whoever_was_parted_from_somebody_forgets_that_one(house: House, storage: Storage) -> None:
    """F201: what was written about survivors while they had the person's data goes, along a whole chain; the rest stays."""
    desk, merging = house.desk, house.desk.merging
    first = house.customer(last_name="Erstling", email="first@example.org")
    second = house.customer(last_name="Zweitling", email="second@example.org")
    person = house.customer(last_name="Quittenbaum", email="zacharias@quitten.example", notes="Zaubernotiz")
    desk.customers.change(second.id, notes="before")
    house.clock.advance(hours=1)
    inner = merging.execute(merging.plan(survivor=second.id, loser=person.id).take("last_name").take("email"))
    desk.customers.change(second.id, notes="Zaubernotiz")
    outer = merging.execute(merging.plan(survivor=first.id, loser=second.id).take("last_name"))
    desk.customers.change(second.id, notes="")
    merging.undo(outer.id)
    desk.customers.change(second.id, notes="before")
    merging.undo(inner.id)
    house.clock.advance(hours=1)
    desk.customers.change(second.id, notes="afterwards")
    erase(house, person.id)
    rest = everything(house) + (raw(storage) if type(storage).__name__ == "SqlStorage" else "")
    assert [each for each in SECRETS if each in rest] == []
    assert merging.of_customer(first.id).items == merging.of_customer(second.id).items == ()
    notes = [
        change.after
        for each in desk.activities.expand(second.id)
        for change in each.changes
        if change.field == "notes"
    ]
    assert sorted(notes) == ["afterwards", "before"]


def test_messages_that_have_not_left_are_withdrawn(house: House) -> None:
    """What waits in the outbox is called back, and what was given up cannot be requeued."""
    house.set_up_cards()
    person = house.customer()
    order = house.desk.cards.order(person.id, template="gold")
    house.desk.cards.cancel_order(order.id)
    erase(house, person.id)
    with house.loyalty.storage.transaction(read_only=True) as tx:
        messages = list(tx.find(OutboxMessage, Query()))
    assert {each.state for each in messages} == {MessageState.WITHDRAWN}
    sent = len(house.mailer.outbox) if hasattr(house.mailer, "outbox") else None
    house.loyalty.deliver()
    if sent is not None:
        assert len(house.mailer.outbox) == sent


def test_an_erasure_needs_its_confirmation(house: House) -> None:
    """Without the preview's confirmation, or with that of another version or customer, nothing happens."""
    person, other = house.customer(), house.customer()
    privacy = house.desk.privacy
    seen = privacy.preview(person.id).confirmation
    house.desk.customers.change(person.id, notes="changed")
    before = dump(house.loyalty)
    for confirm in ("", "yes", seen, privacy.preview(other.id).confirmation):
        with pytest.raises(Refused) as caught:
            privacy.erase(person.id, confirm=confirm)
        assert caught.value.code == "erase.not_confirmed"
    assert dump(house.loyalty) == before


def test_nothing_gets_around_a_blocker(house: House) -> None:
    """A card on order and an appointment to come forbid an erasure, also under the id of a merged customer."""
    house.set_up_cards()
    person, double = house.customer(), house.customer(first_name="Erica")
    order = house.desk.cards.order(double.id, template="gold")
    merge(house, person.id, double.id)
    for key in (person.id, double.id):
        preview = house.desk.privacy.preview(key)
        assert [(each.code, each.facts["order"]) for each in preview.blockers] == [
            ("erase.card_on_order", order.id)
        ]
        with pytest.raises(Refused) as caught:
            house.desk.privacy.erase(key, confirm=preview.confirmation)
        assert caught.value.code == "erase.card_on_order"
    house.desk.cards.cancel_order(order.id)
    setup = house.desk.appointments.setup
    setup.save_resource("room", branch_id="berlin", name="Room", week=hours_on(range(5), "09:00-18:00"))
    visit = house.desk.appointments.make(
        "room", THURSDAY + timedelta(days=4), minutes=60, customer_id=person.id
    )
    assert [each.code for each in house.desk.privacy.preview(person.id).blockers] == [
        "erase.appointment_to_come"
    ]
    house.desk.appointments.cancel(visit.id)
    assert erase(house, person.id).erased_id == person.id


def test_a_capability_of_the_host_forbids_too() -> None:
    """What a host declares stands in the way of an erasure like what the library declares."""

    def owes(_: Any, customer: Customer) -> Iterator[Blocker]:
        if customer.notes == "owes":
            yield Blocker("erase.debts", "somebody owes us money")

    def forbids(_: Any) -> Iterable[Any]:
        return [owes]

    house = build_house(capabilities=[Capability(name="debts", adds=(FORBIDS_ERASURE.by(forbids),))])
    person = house.customer(notes="owes")
    with pytest.raises(Refused) as caught:
        erase(house, person.id)
    assert caught.value.code == "erase.debts"


def test_a_chain_that_never_erases_marks(house: House) -> None:
    """With the option on, an erasure is refused whatever is confirmed; a mark says that somebody is to count as deleted."""
    person = house.customer()
    desk = house.desk_after(NEVER_ERASE, value=True)
    with pytest.raises(Refused) as caught:
        desk.privacy.erase(person.id, confirm=desk.privacy.preview(person.id).confirmation)
    assert caught.value.code == "erase.never"
    mark = desk.privacy.mark(person.id)
    assert desk.privacy.mark(person.id) == mark
    assert [each.customer_id for each in desk.privacy.marked().items] == [person.id]
    assert desk.customers.get(person.id) == person
    desk.privacy.unmark(person.id)
    desk.privacy.unmark(person.id)
    assert desk.privacy.marked().items == ()


@pytest.mark.parametrize("marked", [("survivor",), ("loser",), ("survivor", "loser")])
def test_a_mark_is_taken_away_whoever_had_it(house: House, marked: tuple[str, ...]) -> None:
    """A customer who was merged has the marks of both, is not marked again, and loses all of them at once."""
    people = {"survivor": house.customer(), "loser": house.customer(first_name="Erica")}
    for each in marked:
        house.desk.privacy.mark(people[each].id)
    kept = merge(house, people["survivor"].id, people["loser"].id).survivor_id
    house.desk.privacy.mark(kept)
    assert [each.customer_id for each in house.desk.privacy.marked().items] == [kept] * len(marked)
    house.desk.privacy.unmark(kept)
    assert house.desk.privacy.marked().items == ()


def test_an_erasure_is_recorded(house: House) -> None:
    """F222: that somebody was erased stands in the activities, and says nothing about whom."""
    person = house.customer()
    done = erase(house, person.id)
    told = house.desk.activities.of_record("erasures", done.id)
    assert [(each.action, each.actor, each.customer_id) for each in told] == [
        ("customer.erased", "anna", None)
    ]


@given(graphs)
@settings(max_examples=50)
def test_records_go_as_they_are_declared(graph: Graph) -> None:
    """Of any graph: removed, scrubbed or kept as declared, and nobody's record mentions the erased one."""
    house, (person, double, *_) = open_shop(graph)
    merge(house, person.id, double.id)
    before = stored_rows(house.loyalty)
    erase(house, person.id)
    after = stored_rows(house.loyalty)
    for table in ("purses", "passports", "friends"):
        assert {each.customer_id for each in after[table].values()}.isdisjoint({person.id, double.id})
        kept = {key for key, each in before[table].items() if each.customer_id != person.id}
        assert after[table].keys() == kept
    for key, each in after["visits"].items():
        was = before["visits"][key]
        assert each.referrer_id == (None if was.referrer_id == person.id else was.referrer_id)
        assert each.text == ("" if was.customer_id == person.id else was.text)
    assert all(each.friend_id not in {person.id, double.id} for each in after["friends"].values())
    assert after["verdicts"] == before["verdicts"]


def test_whatever_is_to_be_emptied_can_be() -> None:
    """Each field that a declaration of the library empties has a value that says nothing."""
    for record_type in core_record_types():
        link = record_type.customer
        if link is not None and link.erase is OnErase.SCRUB:
            assert attrs.asdict(link)["scrub"]
            assert set(blanks(record_type, link.scrub)) == set(link.scrub)
