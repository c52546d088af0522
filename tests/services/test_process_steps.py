"""The step types: what each does when it is executed, and one of a host application's own."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from typing import Any, ClassVar

import pytest
from attrs import evolve

from loyaltycore import InvalidInput, Loyalty, NotFound, Refused
from loyaltycore.completeness.rules.options import ASK_AGAIN_MONTHS, MOBILE
from loyaltycore.errors import RegistrationError, StorageError
from loyaltycore.kernel.validation import Faults
from loyaltycore.memory import MemoryStorage
from loyaltycore.processes import ProcessState, StepState, StepType, StepWork
from loyaltycore.properties import AssignedHow, PropertyValue
from loyaltycore.work.unit import Unit
from tests.hosting import hosted
from tests.house import BASIC, GOLD, House, build_house, dump
from tests.services.workflow import CLASSIFY, running, template, with_origin

PRESET = {**CLASSIFY, "settings": {"property": "origin", "value": "third-party"}}
CARD = {"step": "card", "type": "order_card"}


def test_a_step_without_a_value_asks_for_one(house: House) -> None:
    """F87, F105, F119: a mandatory step asks for the classification, and doing it gives the customer the value."""
    with_origin(house)
    process = running(house, {**CLASSIFY, "mandatory": True}, open_mandatory="block")
    processes = house.desk.processes
    draft = processes.draft_step(process.id, "classify")
    assert ([value.key for value in draft.values], draft.value) == (["own", "third-party"], "")
    with pytest.raises(InvalidInput) as missing:
        processes.execute_step(process.id, "classify")
    assert missing.value.fields == ("value",)
    assert processes.get(process.id) == process
    with pytest.raises(Refused):
        processes.complete_offer(process.id)
    done = processes.execute_step(process.id, "classify", value="third-party")
    [held] = house.desk.properties.of_customer(process.customer_id)
    assert (held.property, held.value) == ("origin", "third-party")
    assert (held.how, held.process_id, held.step_id) == (AssignedHow.STEP, process.id, "classify")
    assert done.step("classify").result == {
        "property": "origin",
        "value": "third-party",
        "assignment": held.id,
    }
    assert processes.complete_offer(process.id).state is ProcessState.COMPLETED


def test_a_preset_value_is_assigned_without_a_question(house: House) -> None:
    """F106: with a preset value the step is done without input, and takes no other value."""
    with_origin(house)
    process = running(house, PRESET)
    processes = house.desk.processes
    draft = processes.draft_step(process.id, "classify")
    assert ([value.key for value in draft.values], draft.value) == (["third-party"], "third-party")
    with pytest.raises(InvalidInput) as other:
        processes.execute_step(process.id, "classify", value="own")
    assert other.value.codes == {"preset"}
    processes.execute_step(process.id, "classify")
    assert [held.value for held in house.desk.properties.of_customer(process.customer_id)] == ["third-party"]


def test_a_classification_can_be_done_again(house: House) -> None:
    """F119: done again the customer has the new value, and the history keeps the old one."""
    with_origin(house)
    process = running(house, CLASSIFY)
    processes = house.desk.processes
    processes.execute_step(process.id, "classify", value="own", comment="says so")
    processes.execute_step(process.id, "classify", value="third-party")
    assert [held.value for held in house.desk.properties.of_customer(process.customer_id)] == ["third-party"]
    history = house.desk.properties.history_of(process.customer_id).items
    assert [(held.value, held.comment) for held in history] == [("third-party", ""), ("own", "says so")]


def test_doing_it_again_takes_back_what_the_step_gave(house: House) -> None:
    """Of a property with several values the step's own value is exchanged; what came from elsewhere stays."""
    values = [PropertyValue(key) for key in ("a", "b", "c", "d")]
    house.desk.properties.define("origin", name="Origin", values=values, multi_valued=True)
    process = running(house, CLASSIFY, {**CLASSIFY, "step": "other"})
    processes, properties = house.desk.processes, house.desk.properties

    def held() -> list[str]:
        return [each.value for each in properties.of_customer(process.customer_id)]

    properties.assign(process.customer_id, "origin", "d")
    processes.execute_step(process.id, "other", value="c")
    processes.execute_step(process.id, "classify", value="a")
    processes.execute_step(process.id, "classify", value="b")
    assert held() == ["d", "c", "b"]
    processes.execute_step(process.id, "classify", value="b")
    assert held() == ["d", "c", "b"]
    properties.unassign(process.customer_id, "origin", "b")
    processes.execute_step(process.id, "classify", value="d")
    processes.execute_step(process.id, "classify", value="a")
    assert held() == ["d", "c", "a"]


def test_a_preset_that_was_hidden_meanwhile_says_so(house: House) -> None:
    """Nothing is offered, doing it is refused with a code, and showing the value again lets the step be done."""
    with_origin(house)
    process = running(house, PRESET)
    processes, properties = house.desk.processes, house.desk.properties
    for what, code in ((("third-party",), "property.value_hidden"), ((), "property.hidden")):
        properties.hide("origin", *what)
        draft = processes.draft_step(process.id, "classify")
        assert (draft.values, draft.value) == ((), "")
        with pytest.raises(Refused) as refusal:
            processes.execute_step(process.id, "classify")
        assert refusal.value.code == code
        properties.show("origin", *what)
    assert processes.execute_step(process.id, "classify").step("classify").state is StepState.DONE


def test_a_preset_card_template_binds(house: House) -> None:
    """Another template is a fault, and nothing said is the preset one; the dialog shows it alone."""
    house.set_up_cards(templates=[GOLD, BASIC])
    process = running(house, {**CARD, "settings": {"template": "gold"}})
    processes = house.desk.processes
    draft = processes.draft_step(process.id, "card")
    assert ([each.key for each in draft.templates], draft.template) == (["gold"], "gold")
    for other, code in (("basic", "preset"), (7, "wrong_type")):
        with pytest.raises(InvalidInput) as error:
            processes.execute_step(process.id, "card", template=other)
        assert code in error.value.codes
    processes.execute_step(process.id, "card", template=None)
    blank = house.desk.processes.start(process.customer_id, "supply").process
    processes.execute_step(blank.id, "card", template="")
    assert [order.template for order in house.desk.cards.orders_of(process.customer_id)] == ["gold", "gold"]


def test_a_preset_card_template_that_is_gone_is_not_offered(house: House) -> None:
    """The dialog offers no other one instead."""
    house.set_up_cards(templates=[BASIC])
    process = running(house, {**CARD, "settings": {"template": "gold"}})
    draft = house.desk.processes.draft_step(process.id, "card")
    assert (draft.templates, draft.template) == ((), None)


def test_a_step_may_ask_for_fields_of_any_name(house: House) -> None:
    """What a type calls its fields does not collide with what the verb calls its arguments, under a key either."""
    given = {"process_id": "x", "step_id": "y", "unit": "z", "self": "me", "given": "all"}
    process = running(house, {"step": "own", "type": "custom"}, {"step": "keyed", "type": "custom"})
    done = house.desk.processes.execute_step(process.id, "own", **given)
    assert done.step("own").result == given
    for _ in range(2):
        done = house.desk.keyed("k").processes.execute_step(process.id, "keyed", **given)
        assert done.step("keyed").result == given


def test_what_a_type_refuses_leaves_the_step_open(house: House) -> None:
    """F119: a value that is hidden or unknown is refused, and neither step nor customer changes."""
    with_origin(house)
    house.desk.properties.hide("origin", "own")
    process = running(house, CLASSIFY)
    offered = house.desk.processes.draft_step(process.id, "classify").values
    assert [value.key for value in offered] == ["third-party"]
    before = dump(house.loyalty)
    with pytest.raises(Refused) as hidden:
        house.desk.processes.execute_step(process.id, "classify", value="own")
    assert hidden.value.code == "property.value_hidden"
    with pytest.raises(NotFound):
        house.desk.processes.execute_step(process.id, "classify", value="none")
    with pytest.raises(InvalidInput):
        house.desk.processes.execute_step(process.id, "classify", value="own", colour="red")
    assert dump(house.loyalty) == before


def test_a_card_is_ordered_through_its_own_process(house: House) -> None:
    """F12, F17: starting the process of the card yields an order step; opening it drafts the order, doing it orders."""
    house.set_up_cards()
    house.desk.processes.templates.install_customer_card(name="Kundenkarte")
    erika = house.customer()
    process = house.desk.processes.start(erika.id, "customer-card").process
    [step] = process.open_steps
    draft = house.desk.processes.draft_step(process.id, step.id)
    assert (draft.customer_id, draft.template) == (erika.id, "gold")
    assert not house.desk.cards.of_customer(erika.id)
    done = house.desk.processes.execute_step(process.id, step.id, valid_until=date(2028, 12, 31))
    [order] = house.desk.cards.orders_of(erika.id)
    assert order.valid_until == date(2028, 12, 31)
    assert done.step(step.id).result == {"order": order.id, "card": order.card_id}
    with pytest.raises(Refused) as again:
        house.desk.processes.execute_step(process.id, step.id)
    assert again.value.code == "process_step.already_done"
    assert len(house.desk.cards.of_customer(erika.id)) == 1


def test_a_card_step_stands_in_any_template(house: House) -> None:
    """F13: any template takes a step that orders a card, with a preset card template or without one."""
    house.set_up_cards(templates=[GOLD, BASIC])
    process = running(house, "a", CARD, {**CARD, "step": "preset", "settings": {"template": "basic"}})
    processes = house.desk.processes
    with pytest.raises(Refused) as choice:
        processes.execute_step(process.id, "card")
    assert choice.value.code == "card_order.template_required"
    processes.execute_step(process.id, "card", template="gold", comment="urgent")
    processes.execute_step(process.id, "preset")
    orders = house.desk.cards.orders_of(process.customer_id)
    assert [(order.template, order.comment) for order in orders] == [("basic", ""), ("gold", "urgent")]
    with pytest.raises(InvalidInput):
        processes.execute_step(running_again(house).id, "card", colour="red")


def running_again(house: House) -> Any:
    """Another process from the template that is there."""
    return house.desk.processes.start(house.customer().id, "supply").process


def test_without_an_order_service_the_step_stays_open(house: House) -> None:
    """F12: a refused order keeps neither order nor step."""
    process = running(house, CARD)
    for verb in (house.desk.processes.draft_step, house.desk.processes.execute_step):
        with pytest.raises(Refused) as refusal:
            verb(process.id, "card")
        assert refusal.value.code == "card_order.no_service"
    assert house.desk.processes.get(process.id) == process


@pytest.mark.parametrize(
    "fields", [["email", "birth_date"], ("email", "birth_date", "email"), " email\u00a0 birth_date "]
)
def test_data_are_completed_by_a_step(house: House, fields: object) -> None:
    """F66: a step that needs certain fields is done when they are there, and stands open otherwise."""
    needs = {"step": "data", "type": "complete_data", "settings": {"fields": fields}}
    template(house, "supply", needs)
    erika = house.customer()
    process = house.desk.processes.start(erika.id, "supply").process
    processes = house.desk.processes
    draft = processes.draft_step(process.id, "data")
    assert (draft.asked, draft.missing) == (("email", "birth_date"), ("birth_date",))
    with pytest.raises(InvalidInput) as missing:
        processes.execute_step(process.id, "data", notes="does not say")
    assert [(fault.field, fault.code) for fault in missing.value.faults] == [("birth_date", "required")]
    assert house.desk.customers.get(erika.id) == erika
    done = processes.execute_step(process.id, "data", birth_date=date(1980, 5, 1))
    assert done.step("data").result == {"completed": "birth_date"}
    assert house.desk.customers.get(erika.id).birth_date == date(1980, 5, 1)


def test_a_data_step_without_fields_asks_for_what_is_watched(house: House) -> None:
    """F65: without fields of its own the step asks as the options say, and takes no answer for an answer."""
    template(house, "supply", {"step": "data", "type": "complete_data"})
    erika = house.customer()
    process = house.desk.processes.start(erika.id, "supply").process
    house.desk.settings.change(MOBILE, True)
    house.desk.settings.change(ASK_AGAIN_MONTHS, 1)
    desk = house.loyalty.session("anna", "berlin")
    assert desk.processes.draft_step(process.id, "data").missing == ("mobile",)
    assert desk.completeness.of(erika.id).due
    assert desk.processes.execute_step(process.id, "data").step("data").result == {"completed": ""}
    assert not desk.completeness.of(erika.id).due
    again = desk.processes.execute_step(process.id, "data", mobile="0170 1234567")
    assert again.step("data").result == {"completed": "mobile"}


def test_documents_and_tasks_are_recorded(house: House) -> None:
    """A document is recorded with where it was filed, a task with when it is due and what was remarked."""
    paper = {"step": "paper", "type": "document", "settings": {"document": "Terms", "print_at_once": True}}
    process = running(house, paper, {"step": "call", "settings": {"due_after_days": 14}}, "plain")
    processes = house.desk.processes
    draft = processes.draft_step(process.id, "paper")
    assert (draft.document, draft.print_at_once) == ("Terms", True)
    filed = processes.execute_step(process.id, "paper", reference="A-17")
    assert filed.step("paper").result == {"document": "Terms", "reference": "A-17", "printed": True}
    assert processes.draft_step(process.id, "call").due_on == date(2026, 1, 29)
    assert processes.draft_step(process.id, "plain").due_on is None
    assert processes.execute_step(process.id, "call", note="done").step("call").result == {"note": "done"}
    for step, given in (("paper", {"pages": 2}), ("paper", {"printed": 1}), ("plain", {"x": 1})):
        with pytest.raises(InvalidInput):
            processes.execute_step(process.id, step, **given)


def test_a_custom_step_keeps_what_it_is_told(house: House) -> None:
    """Texts, integers, truth values and dates come back as they were, from settings and from the result."""
    told = {"text": "Größe", "count": 2, "sure": False, "on": date(2026, 1, 15)}
    process = running(house, {"step": "own", "type": "custom", "settings": told})
    assert house.desk.processes.draft_step(process.id, "own") == told
    done = house.desk.processes.execute_step(process.id, "own", **told)
    assert house.desk.processes.get(process.id).step("own").result == done.step("own").result == told
    with pytest.raises(InvalidInput) as error:
        house.desk.processes.execute_step(process.id, "own", size=1.5)
    assert error.value.fields == ("result.size",)


class Greet(StepType):
    """A host application's own type: it writes into the customer's notes."""

    key: ClassVar[str] = "greet"
    label: ClassVar[str] = "Greet"

    def read_settings(self, faults: Faults, given: Mapping[str, Any], unit: Unit) -> Mapping[str, Any]:
        return {"words": faults.text("words", given.get("words"), limit=40, required=True)}

    def execute(self, work: StepWork, given: Mapping[str, Any]) -> Mapping[str, Any]:
        words = f"{work.settings['words']}, {work.customer.display_name}"
        work.session.customers.change(work.customer.id, notes=words)
        if given.get("fail"):
            raise Refused("greeting.failed", "nobody is there")
        return {"said": words}


def test_a_step_type_of_the_host_application_works_like_the_others() -> None:
    """F102: what a host's own type does is kept together with the step, or not at all."""
    house = build_house(capabilities=[hosted(step_types=[Greet()])])
    assert "greet" in [each.key for each in house.desk.processes.templates.step_types]
    process = running(house, {"step": "hello", "type": "greet", "settings": {"words": "Good morning"}})
    before = dump(house.loyalty)
    with pytest.raises(Refused, match="nobody"):
        house.desk.processes.execute_step(process.id, "hello", fail=True)
    assert dump(house.loyalty) == before
    done = house.desk.processes.execute_step(process.id, "hello")
    assert done.step("hello").result == {"said": "Good morning, Erika Mustermann"}
    assert house.desk.customers.get(process.customer_id).notes == "Good morning, Erika Mustermann"


class Scribble(Greet):
    """A type whose dialog writes, which it must not."""

    key: ClassVar[str] = "scribble"

    def draft(self, work: StepWork) -> str:
        if work.settings["words"] == "unit":
            work.unit.save(evolve(work.customer, notes="by the unit"))
        return str(work.session.customers.change(work.customer.id, notes="by the desk").notes)


@pytest.mark.parametrize("by", ["unit", "desk"])
@pytest.mark.parametrize("in_block", [False, True])
def test_a_draft_that_writes_is_refused_everywhere(by: str, *, in_block: bool) -> None:
    """Inside a block as outside: nothing of it is kept, and the rest of the block is."""
    house = build_house(capabilities=[hosted(step_types=[Scribble()])])
    process = running(house, {"step": "s", "type": "scribble", "settings": {"words": by}})
    block = house.desk.transaction() if in_block else nullcontext()
    with block:
        if in_block:
            house.desk.customers.change(process.customer_id, title="Dr.")
        with pytest.raises(StorageError):
            house.desk.processes.draft_step(process.id, "s")
    after = house.desk.customers.get(process.customer_id)
    assert (after.notes, after.title) == ("", "Dr." if in_block else "")


def test_a_step_whose_type_is_gone_says_so() -> None:
    """A process outlives the program that knew its step type; the other steps go on."""
    storage = MemoryStorage()
    house = build_house(storage, capabilities=[hosted(step_types=[Greet()])])
    process = running(house, "a", {"step": "hello", "type": "greet", "settings": {"words": "Hi"}})
    desk = Loyalty(storage).session("anna", "berlin")
    with pytest.raises(Refused) as refusal:
        desk.processes.execute_step(process.id, "hello")
    assert refusal.value.code == "process_step.unknown_type"
    assert desk.processes.execute_step(process.id, "a").step("a").state is StepState.DONE


class _NoKey(Greet):
    key: ClassVar[str] = "No Key"


class _Twice(Greet):
    key: ClassVar[str] = "task"


@pytest.mark.parametrize("types", [[_NoKey()], [_Twice()], [Greet(), Greet()], [Greet]])
def test_a_step_type_that_cannot_work_is_refused_at_once(types: list[Any]) -> None:
    """F102: a bad key, a key that is taken, and a class instead of an instance do not survive the start."""
    with pytest.raises(RegistrationError, match=r"step type|StepType"):
        Loyalty(MemoryStorage(), capabilities=[hosted(step_types=types)])
