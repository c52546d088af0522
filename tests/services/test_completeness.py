"""Complete data: options, the form, the customer screen, answering, on every storage."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from loyaltycore import Address, InvalidInput, Loyalty, NotFound, Phone, PhoneKind, Refused
from loyaltycore.completeness import FieldState, Gap
from loyaltycore.completeness.rules.options import (
    ADVERTISING,
    ASK_AGAIN_MONTHS,
    BIRTH_DATE,
    EMAIL,
    LANDLINE,
    MOBILE,
    POSTAL_ADDRESS,
    PRIVACY_STATEMENT,
    REQUIRE_ADDRESS,
)
from loyaltycore.completeness.rules.prompt import CompletionPrompt
from loyaltycore.completeness.service import complete, remember, request_for, require_address
from loyaltycore.desk import Desk
from loyaltycore.errors import EditedMeanwhile, RegistrationError
from loyaltycore.kernel.custom_fields import CustomField, FieldKind
from loyaltycore.kernel.settings import Option, Severity
from loyaltycore.memory import MemoryStorage
from tests.hosting import hosted
from tests.house import HOME, House, build_house, dump

SHOE_SIZE = CustomField("shoe_size", FieldKind.INTEGER, label="Shoe size", group="Fitting")
WATCH_SHOES = Option(
    "shop.watch_shoes", False, "Ask for the shoe size.", tab="customer", watches=("custom.shoe_size",)
)


def open_desk(house: House, *options: Option[bool], months: int = 0, branch: str = "berlin") -> Desk:
    """Switch options on for the chain and open a session that sees them."""
    for option in options:
        house.desk.settings.change(option, True)
    if months:
        house.desk.settings.change(ASK_AGAIN_MONTHS, months)
    return house.loyalty.session("anna", branch)


def missing(desk: Desk, customer_id: str) -> list[str]:
    """The fields that are marked."""
    return [gap.field for gap in desk.completeness.of(customer_id).gaps]


def test_the_gaps_of_a_customer(house: House) -> None:
    """F53, F61, F63: an existing customer's empty watched fields are listed, marked red, with their options."""
    desk = open_desk(house, EMAIL, MOBILE, BIRTH_DATE)
    found = desk.completeness.of(house.customer().id)
    born = Gap(
        "birth_date",
        "Date of birth",
        "Person",
        ("completeness.birth_date",),
        Severity.REMIND,
        None,
        None,
        True,
    )
    assert found.gaps == (
        born,
        Gap(
            "mobile", "Mobile number", "Contact", ("completeness.mobile",), Severity.REMIND, None, None, True
        ),
    )
    assert {gap.colour for gap in found.gaps} == {"red"}
    assert (found.watched, found.filled) == (("birth_date", "email", "mobile"), ("email",))
    assert found.score == pytest.approx(1 / 3)
    assert (found.state_of("mobile"), found.state_of("email")) == (FieldState.MISSING, FieldState.PRESENT)


def test_filling_a_field_clears_its_mark(house: House) -> None:
    """F64: whichever way a field is filled, it is not marked any more."""
    desk = open_desk(house, MOBILE, BIRTH_DATE)
    erika = house.customer()
    desk.customers.change(erika.id, phones=["0170 1234567"])
    assert missing(desk, erika.id) == ["birth_date"]
    desk.completeness.answer(erika.id, birth_date=date(1964, 8, 12))
    assert missing(desk, erika.id) == []
    assert desk.completeness.of(erika.id).score == 1


def test_the_creation_form_is_reminded_and_not_held_up(house: House) -> None:
    """F58, F59, F62: a draft is marked field by field, nothing is stored, and the customer is created all the same."""
    desk = open_desk(house, EMAIL, MOBILE, PRIVACY_STATEMENT)
    before = dump(house.loyalty)
    assert [gap.field for gap in desk.completeness.draft().gaps] == ["email", "mobile", "privacy"]
    draft = desk.completeness.draft(last_name="Muster", phones=["0170 1234567"])
    assert [gap.field for gap in draft.gaps] == ["email", "privacy"]
    assert dump(house.loyalty) == before
    made = desk.customers.create(last_name="Muster", phones=["0170 1234567"])
    assert desk.completeness.of(made.id).gaps == draft.gaps
    with pytest.raises(InvalidInput):
        desk.completeness.draft(email="nobody")


def test_nothing_is_marked_while_the_options_are_off(house: House) -> None:
    """F60: without an option switched on there are no gaps, no request, nobody in the list."""
    desk = house.desk
    erika = desk.customers.create(last_name="Muster")
    assert desk.completeness.of(erika.id).gaps == desk.completeness.draft().gaps == ()
    with desk.transaction() as unit:
        assert request_for(desk, unit, erika) is None
        require_address(desk, erika)
    assert desk.completeness.gaps().items == tuple(desk.completeness.each_gap()) == ()
    assert desk.completeness.report().with_gaps == 0


def test_the_options_stand_on_the_tab_of_the_customer(house: House) -> None:
    """F54, F55, F56, F57, F67: options of the chain, with tab, section, what each does and which fields it watches."""
    known = {option.key: option for option in house.desk.settings.known}
    shown = {
        key: (option.tab, option.section, option.watches, option.severity)
        for key, option in known.items()
        if option.watches
    }
    remind = Severity.REMIND
    consents = ("consent_letter", "consent_email", "consent_phone", "consent_sms")
    assert shown == {
        "completeness.privacy_statement": ("customer", "privacy", ("privacy",), remind),
        "completeness.advertising": ("customer", "privacy", consents, remind),
        "completeness.postal_address": ("customer", "process", ("postal_address",), remind),
        "completeness.email": ("customer", "process", ("email",), remind),
        "completeness.landline": ("customer", "process", ("landline",), remind),
        "completeness.mobile": ("customer", "process", ("mobile",), remind),
        "completeness.birth_date": ("customer", "process", ("birth_date",), remind),
        "completeness.salutation": ("customer", "process", ("salutation",), remind),
        "completeness.first_name": ("customer", "process", ("first_name",), remind),
        "processes.require_address": ("customer", "process", ("postal_address",), Severity.REQUIRE),
    }
    assert len({known[key].description for key in shown}) == len(shown)


def test_each_option_marks_its_own_fields(house: House) -> None:
    """F67: one option alone marks what it watches and nothing else."""
    nobody = {"last_name": "Muster"}
    for option in house.desk.settings.known:
        if option.watches:
            desk = open_desk(house, option)
            assert tuple(gap.field for gap in desk.completeness.draft(**nobody).gaps) == option.watches
            house.desk.settings.change(option, None)


def test_a_running_session_keeps_its_options(house: House) -> None:
    """F68, F69: switching an option on reaches sessions opened later, not an open one, not the one that did it."""
    running, erika = house.loyalty.session("berta", "berlin"), house.customer()
    house.desk.settings.change(MOBILE, True)
    assert missing(running, erika.id) == missing(house.desk, erika.id) == []
    assert house.desk.completeness.draft().gaps == ()
    later = house.loyalty.session("anna", "berlin")
    assert missing(later, erika.id) == ["mobile"]
    house.desk.settings.change(MOBILE, False)
    assert missing(later, erika.id) == ["mobile"]


def test_a_branch_has_its_own_way(house: House) -> None:
    """F54: an option of the chain is overridden by a branch, both ways, and the other branches keep the chain's."""
    house.desk.branches.create("bonn", name="Optik Bonn")
    house.desk.settings.change(EMAIL, True)
    house.desk.settings.change(EMAIL, False, branch="bonn")
    house.desk.settings.change(MOBILE, True, branch="bonn")
    watched = {
        branch: house.loyalty.session("anna", branch).completeness.draft().watched
        for branch in ("berlin", "bonn", None)
    }
    assert watched == {"berlin": ("email",), "bonn": ("mobile",), None: ("email",)}


def test_answers_complete_the_customer_and_are_remembered(house: House) -> None:
    """Answers are stored, recorded, and what was asked rests for its months, answered or not."""
    desk = open_desk(house, MOBILE, BIRTH_DATE, POSTAL_ADDRESS, months=1)
    house.clock.advance(days=16)
    erika = house.customer(phones=[Phone("+493012345678", PhoneKind.LANDLINE)], addresses=[])
    after = desk.completeness.answer(erika.id, mobile="0170 1234567", postal_address=HOME)
    assert after == desk.customers.get(erika.id)
    assert (after.landline, after.mobile, after.postal_address) == ("+493012345678", "+491701234567", HOME)
    (gap,) = desk.completeness.of(erika.id).gaps
    assert (gap.field, gap.is_due) == ("birth_date", False)
    assert (gap.last_asked_on, gap.ask_again_on) == (date(2026, 1, 31), date(2026, 2, 28))
    house.clock.advance(days=28)
    assert desk.completeness.of(erika.id).due[0].field == "birth_date"
    actions = [activity.action for activity in desk.activities.of_customer(erika.id).items]
    assert sorted(actions) == ["customer.asked", "customer.changed", "customer.created"]


def test_passing_over_a_question_is_remembered_too(house: House) -> None:
    """F59: no answer at all is fine; the question rests, and asking again on the same day changes nothing."""
    desk = open_desk(house, MOBILE, months=3)
    erika = house.customer()
    assert desk.completeness.answer(erika.id) == erika
    assert not desk.completeness.of(erika.id).due
    before = dump(house.loyalty)
    assert desk.completeness.answer(erika.id) == erika
    with desk.transaction() as unit:
        remember(desk, unit, erika, ["mobile"])
    assert dump(house.loyalty) == before
    with house.loyalty.storage.transaction(read_only=True) as tx:
        prompt = tx.get(CompletionPrompt, erika.id)
    assert prompt == CompletionPrompt(erika.id, erika.id, {"mobile": date(2026, 1, 15)})


def test_a_wrong_answer_changes_nothing(house: House) -> None:
    """Every fault is named, neither the customer nor what was asked is touched, and a stale screen is noticed."""
    desk = open_desk(house, MOBILE, BIRTH_DATE, months=1)
    erika = house.customer()
    before = dump(house.loyalty)
    with pytest.raises(InvalidInput) as refused:
        desk.completeness.answer(erika.id, mobile="12", birth_date=date(2030, 1, 1))
    assert {fault.field for fault in refused.value.faults} == {"mobile", "birth_date"}
    with pytest.raises(EditedMeanwhile):
        desk.completeness.answer(erika.id, expected_version=7, mobile="0170 1234567")
    with pytest.raises(NotFound):
        desk.completeness.answer(erika.id, branch_id="nowhere")
    for verb in (desk.completeness.of, desk.completeness.answer):
        with pytest.raises(NotFound):
            verb("nobody")
    assert dump(house.loyalty) == before


def test_an_answer_under_a_key_is_taken_once(house: House) -> None:
    """A till that repeats its call gets the customer, and the number is not added again."""
    desk = open_desk(house, MOBILE)
    erika = house.customer()
    keyed = desk.keyed("answer-1")
    first = keyed.completeness.answer(erika.id, mobile="0170 1234567")
    desk.customers.change(erika.id, phones=[])
    assert keyed.completeness.answer(erika.id, mobile="0170 1234567").id == first.id
    assert desk.customers.get(erika.id).phones == ()


def test_the_functions_for_other_services_share_one_unit(house: House) -> None:
    """Asking, completing and remembering happen together, or not at all."""
    desk = open_desk(house, MOBILE, EMAIL, months=1)
    erika = house.customer(email="")
    before = dump(house.loyalty)
    with pytest.raises(ZeroDivisionError), desk.transaction() as unit:
        request = request_for(desk, unit, erika)
        assert request is not None
        assert (request.customer_id, request.fields) == (erika.id, ("email", "mobile"))
        remember(desk, unit, complete(desk, unit, erika, {"mobile": "0170 1234567"}), request.fields)
        after = desk.customers.get(erika.id)
        assert after.mobile
        assert request_for(desk, unit, after) is None
        raise ZeroDivisionError
    assert dump(house.loyalty) == before


def test_processes_may_need_an_address(house: House) -> None:
    """F59: the one option that holds something up does so only where it is on and no letter would arrive."""
    desk = open_desk(house, REQUIRE_ADDRESS)
    erika, max_ = house.customer(), house.customer(addresses=[Address("Weg 1")])
    require_address(desk, erika)
    require_address(house.desk, max_)
    with pytest.raises(Refused) as refused:
        require_address(desk, max_)
    assert (refused.value.code, refused.value.facts["customer"]) == ("process.address_required", max_.id)
    (gap,) = desk.completeness.of(max_.id).required
    assert gap.field == "postal_address"


def test_a_field_of_the_host_is_watched_like_any_other(storage: Any) -> None:
    """F67: an option of the host watches a field of the host: marked, asked for, answered, counted."""
    house = build_house(storage, custom_fields=[SHOE_SIZE], capabilities=[hosted(options=[WATCH_SHOES])])
    desk = open_desk(house, WATCH_SHOES)
    erika = house.customer()
    (gap,) = desk.completeness.of(erika.id).gaps
    assert (gap.field, gap.label, gap.group) == ("custom.shoe_size", "Shoe size", "Fitting")
    assert [found.customer.id for found in desk.completeness.gaps().items] == [erika.id]
    desk.completeness.answer(erika.id, custom={"shoe_size": 42})
    assert missing(desk, erika.id) == []
    assert desk.completeness.gaps().items == ()
    assert desk.completeness.report().coverage("custom.shoe_size").filled == 1
    assert [field.key for field in desk.completeness.fields][-1] == "custom.shoe_size"


@pytest.mark.parametrize("watches", [("custom.shoe_size",), ("email", "hat")])
def test_an_option_that_watches_an_unknown_field_is_refused(watches: tuple[str, ...]) -> None:
    """A program that watches what does not exist does not start."""
    option = Option("shop.watch", False, "", watches=watches)
    with pytest.raises(RegistrationError, match="watches: there is no field"):
        Loyalty(MemoryStorage(), capabilities=[hosted(options=[option])])


def test_the_advertising_option_asks_for_each_channel(house: House) -> None:
    """F56: the consents of the section privacy are watched one by one; a refusal is an answer."""
    desk = open_desk(house, ADVERTISING)
    erika = house.customer(consent_email="declined")
    assert missing(desk, erika.id) == ["consent_letter", "consent_phone", "consent_sms"]


def test_the_pause_between_questions_has_bounds(house: House) -> None:
    """No negative pause, none beyond ten years."""
    for months in (-1, 121):
        with pytest.raises(InvalidInput):
            house.desk.settings.change(ASK_AGAIN_MONTHS, months)
    house.desk.settings.change(ASK_AGAIN_MONTHS, 120)


def test_a_draft_takes_the_fields_of_the_session(house: House) -> None:
    """The branch responsible is the session's in a draft too, as it will be when the customer is created."""
    watch_branch = Option("shop.watch_branch", False, "", watches=("branch_id",))
    house = build_house(capabilities=[hosted(options=[watch_branch])])
    assert open_desk(house, watch_branch, LANDLINE).completeness.draft().filled == ("branch_id",)
