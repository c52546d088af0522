"""What is kept of a question, what an option is, and what a form says of each field."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from loyaltycore.completeness.rules.assess import (
    Completeness,
    CompletionRequest,
    FieldState,
    assess,
    request_of,
    require_address,
)
from loyaltycore.completeness.rules.options import ASK_AGAIN_MONTHS, COMPLETENESS_OPTIONS, EMAIL, MOBILE
from loyaltycore.completeness.rules.prompt import CompletionPrompt, asked_for, remember_asked
from loyaltycore.completeness.rules.report import Coverage
from loyaltycore.completeness.rules.watching import Watching
from loyaltycore.customers.rules.customer import CustomerKind
from loyaltycore.errors import InvalidInput, Refused
from loyaltycore.kernel.criteria import EVERYTHING, Or, stored
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.settings import Severity
from tests.domain.completeness.forms import FIELDS, customer, watch
from tests.domain.customers.forms import TODAY

EARLY = date(2025, 3, 1)


def test_the_first_question_makes_a_prompt() -> None:
    """It is added and noted, its fields in order, under the id of its customer."""
    prompt = CompletionPrompt("c1", "c1", {"email": TODAY, "mobile": TODAY})
    decision = remember_asked("c1", None, ["mobile", "email"], TODAY)
    assert decision == Decision(None, add=(prompt,), notes=(Note("customer.asked", None, prompt),))
    assert list(decision.add[0].asked) == ["email", "mobile"]
    assert (prompt.version, CompletionPrompt("c1", "c1").asked) == (1, {})


def test_a_later_question_is_kept_beside_the_others() -> None:
    """The prompt is saved and noted with both sides; the other fields keep their day."""
    before = CompletionPrompt("c1", "c1", {"email": EARLY, "mobile": EARLY}, version=3)
    after = evolve(before, asked={"email": TODAY, "landline": TODAY, "mobile": EARLY})
    assert remember_asked("c1", before, ["landline", "email"], TODAY) == Decision(
        None, save=(after,), notes=(Note("customer.asked", before, after),)
    )
    assert list(asked_for(before, ["landline"], TODAY).asked) == ["email", "landline", "mobile"]


@pytest.mark.parametrize("before", [None, CompletionPrompt("c1", "c1", {"email": TODAY})])
def test_what_is_known_already_is_not_noted_again(before: CompletionPrompt | None) -> None:
    """Asked for nothing, or for the same on the same day."""
    assert remember_asked("c1", before, ["email"] if before else [], TODAY) == Decision(None)


def test_a_gap_says_all_that_a_form_shows() -> None:
    """Field, label, heading, options, severity, days and colour."""
    found = assess(customer(), watch(EMAIL, months=1), {"email": EARLY}, TODAY)
    (gap,) = found.gaps
    assert (gap.field, gap.label, gap.group) == ("email", "E-mail address", "Contact")
    assert (gap.watched_by, gap.severity) == (("completeness.email",), Severity.REMIND)
    assert (gap.last_asked_on, gap.ask_again_on, gap.is_due) == (EARLY, date(2025, 4, 1), True)
    assert gap.colour == "red"
    assert (found.required, found.due, found.is_complete) == ((), (gap,), False)
    assert request_of(evolve(customer(), id="c1"), found) == CompletionRequest("c1", (gap,))


def test_a_score_is_the_share_of_what_is_there() -> None:
    """Half of two fields; all of none."""
    found = assess(customer(email="e@example.org"), watch(EMAIL, MOBILE), {}, TODAY)
    assert (found.score, found.filled) == (0.5, ("email",))
    assert [found.state_of(key) for key in ("email", "mobile", "notes")] == [
        FieldState.PRESENT,
        FieldState.MISSING,
        FieldState.UNWATCHED,
    ]
    nothing = Completeness((), ())
    assert (nothing.score, nothing.is_complete, nothing.filled) == (1.0, True, ())


def test_an_address_that_is_required_names_whom_it_lacks() -> None:
    """The refusal leads to the customer and to the field."""
    with pytest.raises(Refused) as refusal:
        require_address(evolve(customer(), id="c1"))
    assert (refusal.value.code, dict(refusal.value.facts)) == (
        "process.address_required",
        {"customer": "c1", "field": "postal_address"},
    )


def test_one_field_is_watched_as_before() -> None:
    """The same options and the same pause; nothing where the field is not watched."""
    watched = watch(EMAIL, MOBILE, months=3)
    assert [each.field.key for each in watched.only("email").watches] == ["email"]
    assert watched.only("email").ask_again_months == 3
    assert watched.only("notes") == Watching((), 3)
    assert watch() == Watching((), 0)


def test_whoever_lacks_something_is_asked_for_as_one_condition() -> None:
    """Any of the fields, and where only a kind of customer has it, of that kind."""
    assert watch(EMAIL, MOBILE).lacking == Or((stored("email") == "", stored("mobile") == ""))
    assert watch().lacking == Or(())
    born = FIELDS["birth_date"]
    assert born.lacking == stored("birth_date").is_null() & (stored("kind") == CustomerKind.PERSON)
    assert FIELDS["notes"].empty == FIELDS["addresses"].empty == EVERYTHING


def test_fields_stand_under_their_headings_in_the_order_of_a_form() -> None:
    """Five headings of the library, and those of the host behind them."""
    assert [(key, each.group) for key, each in FIELDS.items()] == [
        *((key, "Name") for key in (
            "kind", "salutation", "title", "first_name", "name_extension", "last_name", "company",
        )),
        *((key, "Person") for key in ("birth_date", "language")),
        *((key, "Contact") for key in (
            "postal_address", "addresses", "email", "landline", "mobile", "phones", "preferred_channel",
        )),
        *((key, "Privacy") for key in (
            "privacy", "privacy_date", "consent_letter", "consent_email", "consent_phone", "consent_sms",
        )),
        *((key, "Administration") for key in ("external_number", "customer_since", "branch_id", "notes")),
        ("custom.shoe_size", "Fitting"), ("custom.shoe", "Further data"), ("custom.frame", "Further data"),
    ]  # fmt: skip
    assert all(each.key == key for key, each in FIELDS.items())


def test_a_field_is_that_of_people_of_companies_or_of_both() -> None:
    """Only what a kind of customer can have is watched of it."""
    only = {key: each.only for key, each in FIELDS.items() if each.only}
    assert only == {
        **dict.fromkeys(
            ("salutation", "title", "first_name", "name_extension", "birth_date"), CustomerKind.PERSON
        ),
        "company": CustomerKind.COMPANY,
    }


def test_every_option_is_off_by_default_and_stands_in_its_section() -> None:
    """Key, default, section, what it watches and how strictly."""
    found = [(option.key, option.default, option.section, option.watches) for option in COMPLETENESS_OPTIONS]
    consents = ("consent_letter", "consent_email", "consent_phone", "consent_sms")
    assert found == [
        ("completeness.privacy_statement", False, "privacy", ("privacy",)),
        ("completeness.advertising", False, "privacy", consents),
        ("completeness.postal_address", False, "process", ("postal_address",)),
        ("completeness.email", False, "process", ("email",)),
        ("completeness.landline", False, "process", ("landline",)),
        ("completeness.mobile", False, "process", ("mobile",)),
        ("completeness.birth_date", False, "process", ("birth_date",)),
        ("completeness.salutation", False, "process", ("salutation",)),
        ("completeness.first_name", False, "process", ("first_name",)),
        ("completeness.ask_again_months", 0, "process", ()),
        ("processes.require_address", False, "process", ("postal_address",)),
    ]
    strict = [option.key for option in COMPLETENESS_OPTIONS if option.severity is Severity.REQUIRE]
    assert strict == ["processes.require_address"]


@pytest.mark.parametrize(("months", "good"), [(-1, False), (0, True), (120, True), (121, False)])
def test_a_pause_is_at_most_ten_years(months: int, *, good: bool) -> None:
    """From none to 120 months."""
    if good:
        assert ASK_AGAIN_MONTHS.read(months) == months
        return
    with pytest.raises(InvalidInput) as caught:
        ASK_AGAIN_MONTHS.read(months)
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("completeness.ask_again_months", "out_of_range")
    ]


def test_a_coverage_counts_those_who_lack_something() -> None:
    """Missing is the rest, the share is of those who can have it, and whole where there is nobody."""
    coverage = Coverage("email", "E-mail", 4, 1)
    assert (coverage.missing, coverage.share) == (3, 0.25)
    assert Coverage("email", "E-mail", 0, 0).share == 1.0
