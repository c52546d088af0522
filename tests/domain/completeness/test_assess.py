"""Completeness by example: what is watched, when it is asked for again, whose gap it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve

from loyaltycore.capabilities import core_options
from loyaltycore.completeness.rules.assess import assess, request_as_of, request_of, require_address
from loyaltycore.completeness.rules.options import (
    ADVERTISING,
    BIRTH_DATE,
    COMPLETENESS_OPTIONS,
    EMAIL,
    MOBILE,
    POSTAL_ADDRESS,
    PRIVACY_STATEMENT,
    REQUIRE_ADDRESS,
)
from loyaltycore.completeness.rules.prompt import CompletionPrompt, last_asked
from loyaltycore.completeness.rules.watching import check_watching
from loyaltycore.errors import Refused, RegistrationError
from loyaltycore.kernel.contact import Address
from loyaltycore.kernel.settings import Option, Severity
from tests.domain.completeness.forms import FIELDS, OWN, customer, watch
from tests.domain.customers.forms import TODAY

HOME = Address("Lindenstraße 5", "10969", "Berlin", "DE")


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 1, 31), False),
        (date(2026, 2, 27), False),
        (date(2026, 2, 28), True),
        (date(2027, 1, 1), True),
    ],
)
def test_a_question_rests_for_its_months(today: date, *, due: bool) -> None:
    """Asked on 31 January, with a month in between, it is asked again from the last day of February."""
    (gap,) = assess(customer(), watch(EMAIL, months=1), {"email": date(2026, 1, 31)}, today).gaps
    assert (gap.last_asked_on, gap.ask_again_on) == (date(2026, 1, 31), date(2026, 2, 28))
    assert gap.is_due is due


def test_a_question_that_never_was_asked_is_due() -> None:
    """No pause without a question."""
    (gap,) = assess(customer(), watch(EMAIL, months=12), {"mobile": TODAY}, TODAY).gaps
    assert (gap.last_asked_on, gap.ask_again_on, gap.is_due) == (None, None, True)


def test_a_request_can_be_made_once_more() -> None:
    """What was to be asked on a day: with the days that counted then, of what is still watched, or nothing."""
    watched = watch(EMAIL, MOBILE, BIRTH_DATE, months=1)
    before = {"birth_date": None, "email": date(2026, 1, 1), "postal_address": None}
    request = request_as_of("c1", watched, before, date(2026, 2, 1))
    assert request is not None
    assert request.customer_id == "c1"
    assert [(gap.field, gap.last_asked_on, gap.is_due) for gap in request.gaps] == [
        ("birth_date", None, True),
        ("email", date(2026, 1, 1), True),
    ]
    who = evolve(customer(phones=["0170 1234567"]), id="c1")
    now = assess(who, watched, {"email": date(2026, 1, 1)}, date(2026, 2, 1))
    assert request == request_of(who, now)
    assert request_as_of("c1", watched, {"postal_address": None}, date(2026, 2, 1)) is None


@pytest.mark.parametrize("asked", [TODAY, TODAY + timedelta(days=1)])
def test_no_months_ask_each_time(asked: date) -> None:
    """With 0 months a question is due again at once, even if a branch where it is tomorrow already asked it."""
    (gap,) = assess(customer(), watch(EMAIL), {"email": asked}, TODAY).gaps
    assert (gap.ask_again_on, gap.is_due) == (asked, True)


def test_what_is_required_is_always_due() -> None:
    """A pause is for reminders; a field that something needs is asked for until it is there."""
    (gap,) = assess(customer(), watch(REQUIRE_ADDRESS, months=12), {"postal_address": TODAY}, TODAY).gaps
    assert (gap.severity, gap.is_due) == (Severity.REQUIRE, True)


def test_a_gap_names_every_option_that_watches_it() -> None:
    """F67: both options over the address are named, and the stricter one decides."""
    found = assess(customer(), watch(POSTAL_ADDRESS, REQUIRE_ADDRESS), {}, TODAY)
    (gap,) = found.gaps
    assert gap.watched_by == ("completeness.postal_address", "processes.require_address")
    assert gap.severity is Severity.REQUIRE
    assert found.required == (gap,)


def test_a_company_has_no_date_of_birth() -> None:
    """What a kind of customer cannot have is no gap of it."""
    watched = watch(BIRTH_DATE, EMAIL)
    assert assess(customer(last_name="", company="Optik GmbH"), watched, {}, TODAY).watched == ("email",)
    assert assess(customer(), watched, {}, TODAY).watched == ("birth_date", "email")


def test_an_answer_of_no_is_an_answer() -> None:
    """A declined consent and a truth value that is False are filled; open and absent are not."""
    shoe = next(option for option in OWN if option.watches == ("custom.shoe",))
    watched = watch(PRIVACY_STATEMENT, ADVERTISING, shoe)
    consents = dict.fromkeys(("privacy", "consent_letter", "consent_email", "consent_phone"), "declined")
    found = assess(customer(**consents, custom={"shoe": False}), watched, {}, TODAY)
    assert [gap.field for gap in found.gaps] == ["consent_sms"]
    assert found.score == 5 / 6


def test_a_request_asks_for_what_is_due_in_the_order_of_the_form() -> None:
    """Only the due gaps are asked for; where none is due nothing is asked."""
    who, watched = customer(), watch(MOBILE, EMAIL, BIRTH_DATE, months=1)
    request = request_of(who, assess(who, watched, {"email": TODAY}, TODAY))
    assert request is not None
    assert request.fields == ("birth_date", "mobile")
    asked = dict.fromkeys(("birth_date", "email", "mobile"), TODAY)
    assert request_of(who, assess(who, watched, asked, TODAY)) is None


def test_an_address_can_be_required() -> None:
    """An address that no letter would reach is none."""
    require_address(customer(addresses=[HOME]))
    with pytest.raises(Refused) as refused:
        require_address(customer(addresses=[Address("Lindenstraße 5")]))
    assert refused.value.code == "process.address_required"
    assert refused.value.facts["field"] == "postal_address"


def test_the_latest_of_several_prompts_counts() -> None:
    """Two customers who became one were asked whenever either was."""
    early, late = date(2025, 3, 1), date(2025, 9, 1)
    prompts = [
        CompletionPrompt("a", "a", {"email": early, "mobile": late}),
        CompletionPrompt("b", "a", {"email": late, "landline": early}),
    ]
    for order in (prompts, prompts[::-1]):
        assert last_asked(order) == {"email": late, "mobile": late, "landline": early}


def test_the_options_of_the_library_watch_fields_that_exist() -> None:
    """F67: every option says what it does and which fields it watches; one but the pause watches none."""
    check_watching(core_options(), FIELDS)
    assert [option.key for option in COMPLETENESS_OPTIONS if not option.watches] == [
        "completeness.ask_again_months"
    ]
    assert all(option.description and option.tab == "customer" for option in COMPLETENESS_OPTIONS)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (
            Option("shop.a", False, "", watches=("custom.hat_size",)),
            "watches: there is no field 'custom.hat_size'",
        ),
        (Option("shop.a", 1, "", watches=("email",)), "must be True or False"),
        (Option("shop.a", "", "", watches=("email",)), "must be True or False"),
    ],
)
def test_an_option_that_cannot_watch_is_refused(option: Option[bool], words: str) -> None:
    """An unknown field, or an option that is no switch, is a mistake of the program."""
    with pytest.raises(RegistrationError, match=words):
        check_watching([option], FIELDS)
