"""Processes on every storage: started, worked on, completed, reported."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest

from loyaltycore import InvalidInput, NotFound, Refused
from loyaltycore.completeness.rules.options import ASK_AGAIN_MONTHS, EMAIL, MOBILE, REQUIRE_ADDRESS
from loyaltycore.processes import OfferVerdict, Process, ProcessState, StepState
from tests.house import HOME, House, dump
from tests.services.workflow import CLASSIFY, TOO_DEEP, running, template, with_origin


def _code(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def test_starting_copies_the_steps_of_the_template(house: House) -> None:
    """F116: a process has its template's steps as they were, and a later change of the template does not reach it."""
    process = running(house, "a", {"step": "b", "mandatory": True, "description": "why"}, kind="repair")
    assert [(step.id, step.mandatory, step.description) for step in process.steps] == [
        ("a", False, ""),
        ("b", True, "why"),
    ]
    assert (process.state, process.branch_id, process.started_by) == (ProcessState.OPEN, "berlin", "anna")
    assert process.template_version == house.desk.processes.templates.get("supply").version
    templates = house.desk.processes.templates
    templates.add_step("supply", "task", name="New", step="new")
    templates.change_step("supply", "a", name="Other")
    templates.remove_step("supply", "b")
    assert house.desk.processes.get(process.id) == process


def test_a_customer_found_can_be_opened_with_processes_and_cards(house: House) -> None:
    """F11: who is found can be opened with processes, newest first, and cards."""
    house.set_up_cards()
    first = running(house, "a")
    second = house.desk.processes.start(first.customer_id, "supply").process
    house.desk.cards.order(first.customer_id)
    [found] = house.desk.customers.find(name="muster").items
    assert house.desk.processes.of_customer(found.id) == (second, first)
    assert len(house.desk.cards.of_customer(found.id)) == 1
    closed = house.desk.processes.close(first.id, reason="changed their mind")
    assert (closed.state, closed.end_reason) == (ProcessState.CLOSED, "changed their mind")
    assert house.desk.processes.of_customer(found.id, state="open") == (second,)
    assert house.desk.processes.of_customer(found.id, state=ProcessState.CLOSED) == (closed,)


def test_starting_asks_for_what_is_missing_and_is_never_held_up(house: House) -> None:
    """F65: starting a process answers with the data to ask for; a reminder blocks nothing."""
    house.desk.settings.change(MOBILE, True)
    house.desk.settings.change(EMAIL, True)
    desk = house.loyalty.session("anna", "berlin")
    template(house, "supply", "a")
    erika = house.customer(email="")
    started = desk.processes.start(erika.id, "supply")
    assert started.completion is not None
    assert set(started.completion.fields) == {"email", "mobile"}
    assert started.process.is_open
    complete = house.customer(phones=["0170 1234567"])
    assert desk.processes.start(complete.id, "supply").completion is None


def test_answers_complete_the_customer_with_the_start(house: House) -> None:
    """F66: what was answered stands on the customer, in the same transaction as the process."""
    house.desk.settings.change(MOBILE, True)
    desk = house.loyalty.session("anna", "berlin")
    template(house, "supply", "a")
    erika = house.customer()
    draft = desk.processes.draft(erika.id)
    assert draft.completion is not None
    assert [each.id for each in draft.templates] == ["supply"]
    started = desk.processes.start(erika.id, "supply", answers={"phones": ["0170 1234567"]})
    assert started.completion is None
    assert desk.customers.get(erika.id).mobile == "+491701234567"
    assert desk.processes.draft(erika.id).completion is None
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as error:
        desk.processes.start(erika.id, "supply", answers={"email": "no address"})
    assert error.value.fields == ("email",)
    assert dump(house.loyalty) == before


def test_a_repeated_start_answers_with_the_same(house: House) -> None:
    """A till that repeats a start under its key gets the process and what to ask for, as it did at first."""
    house.desk.settings.change(MOBILE, True)
    house.desk.settings.change(EMAIL, True)
    house.desk.settings.change(ASK_AGAIN_MONTHS, 1)
    desk = house.loyalty.session("anna", "berlin")
    template(house, "supply", "a")
    erika = house.customer(email="")
    first = desk.keyed("one").processes.start(erika.id, "supply")
    house.clock.advance(days=40)
    second = desk.keyed("two").processes.start(erika.id, "supply")
    assert first.completion is not None
    assert second.completion is not None
    assert first.completion != second.completion
    desk.completeness.answer(erika.id, email="erika@example.org")
    assert desk.keyed("one").processes.start(erika.id, "supply") == first
    assert desk.keyed("two").processes.start(erika.id, "supply") == second
    answered = desk.keyed("three").processes.start(erika.id, "supply", answers={})
    assert answered.completion is None
    assert desk.keyed("three").processes.start(erika.id, "supply", answers={}) == answered


def test_what_was_asked_is_not_asked_again_too_soon(house: House) -> None:
    """F65: with a pause of a month, the second process of the same week asks for nothing."""
    house.desk.settings.change(MOBILE, True)
    house.desk.settings.change(ASK_AGAIN_MONTHS, 1)
    desk = house.loyalty.session("anna", "berlin")
    template(house, "supply", "a")
    erika = house.customer()
    assert desk.processes.start(erika.id, "supply").completion is not None
    assert desk.processes.start(erika.id, "supply").completion is None
    house.clock.advance(days=31)
    assert desk.processes.start(erika.id, "supply").completion is not None


def test_only_the_option_about_the_address_blocks(house: House) -> None:
    """F65, F66: without an address no process where the option is on; one that is given with the answers is enough."""
    house.desk.settings.change(REQUIRE_ADDRESS, True)
    template(house, "supply", "a")
    erika = house.customer(addresses=[])
    assert house.desk.processes.start(
        erika.id, "supply"
    ).process.is_open  # this session is older than the option
    desk = house.loyalty.session("anna", "berlin")
    with pytest.raises(Refused) as refusal:
        desk.processes.start(erika.id, "supply")
    assert _code(refusal) == "process.address_required"
    assert desk.processes.start(erika.id, "supply", answers={"addresses": [HOME]}).process.is_open


@pytest.mark.parametrize(
    ("audience", "born", "company", "fits"),
    [
        ("child", date(2015, 5, 1), "", True),
        ("adult", date(2015, 5, 1), "", False),
        ("adult", date(1980, 5, 1), "", True),
        ("child", None, "", False),
        ("adult", None, "", False),
        ("adult", None, "Optik GmbH", True),
        ("everybody", None, "", True),
    ],
)
def test_a_template_is_for_customers_of_an_age(
    house: House, audience: str, born: date | None, company: str, *, fits: bool
) -> None:
    """A template for children or adults is offered and started by the customer's age."""
    template(house, "supply", "a", audience=audience)
    fields: dict[str, Any] = {"company": company, "kind": "company"} if company else {"birth_date": born}
    customer = house.customer(**fields)
    offered = [each.id for each in house.desk.processes.draft(customer.id).templates]
    assert offered == (["supply"] if fits else [])
    if fits:
        assert house.desk.processes.start(customer.id, "supply").process.is_open
    else:
        with pytest.raises(Refused) as refusal:
            house.desk.processes.start(customer.id, "supply")
        assert _code(refusal) == "process_template.other_age"


def test_a_process_starts_where_its_template_belongs(house: House) -> None:
    """A template of another branch, and a hidden one, cannot be started."""
    house.loyalty.session("admin").branches.create("hamburg", name="Optik Hamburg")
    house.loyalty.session("admin").processes.templates.create("there", name="There", branch_id="hamburg")
    template(house, "hidden")
    house.desk.processes.templates.hide("hidden")
    erika = house.customer()
    for key, code in (("there", "process_template.other_branch"), ("hidden", "process_template.hidden")):
        with pytest.raises(Refused) as refusal:
            house.desk.processes.start(erika.id, key)
        assert _code(refusal) == code
    there = house.loyalty.session("otto", "hamburg")
    offered = [desk.processes.draft(erika.id).templates for desk in (house.desk, there)]
    assert [[each.id for each in templates] for templates in offered] == [[], ["there"]]
    assert there.processes.start(erika.id, "there").process.branch_id == "hamburg"
    for customer, key in ((erika.id, "nothing"), ("nobody", "there")):
        with pytest.raises(NotFound):
            there.processes.start(customer, key)
    with pytest.raises(InvalidInput):
        there.processes.start(erika.id, "there", answers=["x"], comment=7)  # on purpose


def test_a_start_that_is_repeated_under_its_key_happens_once(house: House) -> None:
    """A till that repeats a start gets the same process."""
    template(house, "supply", "a")
    erika = house.customer()
    first, again = (house.desk.keyed("till-1").processes.start(erika.id, "supply") for _ in range(2))
    assert first == again
    assert house.desk.processes.of_customer(erika.id) == (first.process,)


@pytest.mark.parametrize(("mandatory", "pre_step"), list(product([False, True], repeat=2)))
def test_all_four_combinations_of_flags(house: House, *, mandatory: bool, pre_step: bool) -> None:
    """F109, F113, F114, F115: mandatory blocks the offer, a pre-step blocks the other steps, in any combination."""
    process = running(
        house,
        "other",
        {"step": "gate", "mandatory": mandatory, "pre_step": pre_step},
        open_mandatory="block",
    )
    desk = house.desk
    blocked = desk.processes.check_offer(process.id).verdict is OfferVerdict.BLOCKED
    assert blocked == mandatory
    if pre_step:
        for verb in (desk.processes.execute_step, desk.processes.skip_step, desk.processes.draft_step):
            with pytest.raises(Refused) as refusal:
                verb(process.id, "other")
            assert _code(refusal) == "process_step.locked"
            assert refusal.value.facts["names"] == ("Gate",)
    else:
        assert desk.processes.execute_step(process.id, "other").step("other").state is StepState.DONE
    desk.processes.execute_step(process.id, "gate")
    if pre_step:
        desk.processes.execute_step(process.id, "other")
    assert desk.processes.complete_offer(process.id).state is ProcessState.COMPLETED


def test_every_pre_step_has_to_be_done(house: House) -> None:
    """F113: with two pre-steps everything else waits for both, and they do not wait for each other."""
    process = running(house, "x", {"step": "a", "pre_step": True}, {"step": "b", "pre_step": True})
    desk = house.desk
    assert [step.id for step in process.locked_by("x")] == ["a", "b"]
    desk.processes.execute_step(process.id, "b")
    with pytest.raises(Refused) as refusal:
        desk.processes.execute_step(process.id, "x")
    assert refusal.value.facts["waits_for"] == ("a",)
    desk.processes.execute_step(process.id, "a")
    assert desk.processes.execute_step(process.id, "x").step("x").state is StepState.DONE


def test_the_policy_only_warns(house: House) -> None:
    """F110: with the policy to warn, an offer is completed and the open mandatory steps are named."""
    process = running(house, {"step": "a", "mandatory": True}, "b", open_mandatory="warn")
    check = house.desk.processes.check_offer(process.id)
    assert (check.verdict, [step.id for step in check.open_mandatory]) == (OfferVerdict.WARNING, ["a"])
    completed = house.desk.processes.complete_offer(process.id)
    assert completed.state is ProcessState.COMPLETED
    assert [step.id for step in completed.open_mandatory] == ["a"]
    assert house.desk.processes.get(process.id) == completed


def test_the_policy_blocks(house: House) -> None:
    """F111, F112: with the policy to block, an offer is refused until every mandatory step of the template is done."""
    process = running(
        house, {"step": "a", "mandatory": True}, {"step": "b", "mandatory": True}, "c", open_mandatory="block"
    )
    for left in (("a", "b"), ("b",)):
        with pytest.raises(Refused) as refusal:
            house.desk.processes.complete_offer(process.id)
        assert _code(refusal) == "offer.mandatory_steps_open"
        assert refusal.value.facts["steps"] == left
        house.desk.processes.execute_step(process.id, left[0])
    assert house.desk.processes.complete_offer(process.id).open_mandatory == ()


def test_the_policy_is_read_when_the_offer_is_completed(house: House) -> None:
    """F112: one policy per template: changed today, it counts today, for processes that run already."""
    process = running(house, {"step": "a", "mandatory": True}, open_mandatory="block")
    house.desk.processes.templates.change("supply", open_mandatory="warn")
    assert house.desk.processes.complete_offer(process.id).state is ProcessState.COMPLETED


def test_steps_are_skipped_and_done_again_where_that_is_allowed(house: House) -> None:
    """A task is done once; what is neither mandatory nor a pre-step can be skipped, and done after all."""
    process = running(house, "a", {"step": "must", "mandatory": True}, {"step": "note", "type": "custom"})
    processes = house.desk.processes
    assert processes.skip_step(process.id, "a", reason="no time").step("a").state is StepState.SKIPPED
    assert processes.skip_step(process.id, "a") == processes.get(process.id)
    assert processes.execute_step(process.id, "a", note="after all").step("a").result == {"note": "after all"}
    with pytest.raises(Refused) as again:
        processes.execute_step(process.id, "a")
    with pytest.raises(Refused) as skipped:
        processes.skip_step(process.id, "a")
    with pytest.raises(Refused) as must:
        processes.skip_step(process.id, "must")
    assert _code(again) == _code(skipped) == "process_step.already_done"
    assert _code(must) == "process_step.not_skippable"
    processes.execute_step(process.id, "note", said="x", on=date(2026, 1, 15), count=2, sure=True)
    redone = processes.execute_step(process.id, "note", said="y")
    assert redone.step("note").result == {"said": "y"}


def test_nothing_changes_in_a_process_that_has_ended(house: House) -> None:
    """F118: a completed process takes no step, no end and no reload."""
    process = running(house, "a", "b")
    house.desk.processes.complete_offer(process.id)
    house.desk.processes.templates.add_step("supply", "task", name="New")
    before = dump(house.loyalty)
    processes = house.desk.processes
    for verb in (
        lambda: processes.execute_step(process.id, "a"),
        lambda: processes.draft_step(process.id, "a"),
        lambda: processes.skip_step(process.id, "a"),
        lambda: processes.close(process.id),
        lambda: processes.check_offer(process.id),
        lambda: processes.complete_offer(process.id),
    ):
        with pytest.raises(Refused) as refusal:
            verb()
        assert _code(refusal) == "process.ended"
    assert processes.reload_open_processes("supply").examined == 0
    assert dump(house.loyalty) == before


def test_what_is_still_to_be_done_is_reported(house: House) -> None:
    """F97: what is forgotten stands in a report: by step, by template, mandatory alone, and counted."""
    with_origin(house)
    first = running(house, {**CLASSIFY, "mandatory": True}, "a")
    others = [house.desk.processes.start(house.customer().id, "supply").process for _ in range(3)]
    template(house, "repair", "a")
    elsewhere = house.desk.processes.start(first.customer_id, "repair").process
    processes = house.desk.processes
    processes.execute_step(first.id, "classify", value="own")
    processes.close(others[0].id)

    def found(**wanted: Any) -> list[tuple[str, list[str]]]:
        page = processes.open_steps(**wanted)
        return [(each.process.id, [step.id for step in each.steps]) for each in page.items]

    assert found(template="supply", step="classify") == [(each.id, ["classify"]) for each in others[1:]]
    assert found(template="supply", mandatory_only=True) == [(each.id, ["classify"]) for each in others[1:]]
    assert (elsewhere.id, ["a"]) in found()
    assert (first.id, ["a"]) in found(template="supply")
    assert [(each.step.id, each.open) for each in processes.count_open_steps("supply")] == [
        ("classify", 2),
        ("a", 3),
    ]
    page = processes.open_steps(template="supply", step="classify", limit=1)
    rest = processes.open_steps(template="supply", step="classify", limit=1, after=page.next)
    assert [each.process for each in (*page.items, *rest.items)] == others[1:]
    assert rest.next == ""
    with pytest.raises(InvalidInput):
        processes.open_steps(step="classify")
    with pytest.raises(NotFound):
        processes.open_steps(template="nothing")


def test_every_change_of_a_process_is_recorded_briefly(house: House) -> None:
    """What happened stands in the customer's activities, with those steps alone that changed."""
    process = running(house, "a", "b", "c")
    processes = house.desk.processes
    processes.execute_step(process.id, "b", note="x")
    processes.skip_step(process.id, "a", reason="no time")
    processes.close(process.id, reason="gone")
    lines = house.desk.activities.of_record("processes", process.id)
    assert [line.action for line in lines] == [
        "process.started", "process.step_done", "process.step_skipped", "process.closed",
    ]  # fmt: skip
    assert {line.customer_id for line in lines} == {process.customer_id}
    [change] = lines[1].changes
    assert (change.field, [step["id"] for step in change.before]) == ("steps", ["b"])
    assert lines[2].comment == "no time"
    assert {change.field for change in lines[3].changes} == {"state", "ended_at", "ended_by", "end_reason"}


@pytest.mark.parametrize(
    "verb", ["get", "execute_step", "draft_step", "skip_step", "close", "complete_offer"]
)
def test_an_unknown_process_or_step_is_said(house: House, verb: str) -> None:
    """What does not exist is `NotFound`."""
    process = running(house, "a")
    call = getattr(house.desk.processes, verb)
    with pytest.raises(NotFound):
        call("none", *(["a"] if "step" in verb else []))
    if "step" in verb:
        for unknown in ("none", TOO_DEEP):
            with pytest.raises(NotFound):
                call(process.id, unknown)


def _unchanged(house: House, process: Process) -> bool:
    return house.desk.processes.get(process.id) == process


def test_a_reason_that_cannot_be_kept_changes_nothing(house: House) -> None:
    """A reason is a text of bounded length."""
    process = running(house, "a")
    for call in (house.desk.processes.close, house.desk.processes.skip_step):
        args = (process.id, "a") if call.__name__ == "skip_step" else (process.id,)
        with pytest.raises(InvalidInput):
            call(*args, reason="x" * 501)
    assert _unchanged(house, process)
