"""Who may have which process, by age and branch."""

from __future__ import annotations

from datetime import date

import pytest

from loyaltycore.errors import Refused
from loyaltycore.processes import Audience
from loyaltycore.processes.rules.starting import Age, age_on, is_for, require_startable
from tests.domain.processes.workshop import template_of


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(2008, 1, 15), date(2026, 1, 14), 17),
        (date(2008, 1, 15), date(2026, 1, 15), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 1, 15), date(2026, 1, 15), 0),
        (None, date(2026, 1, 15), None),
    ],
)
def test_a_customer_grows_older_on_the_birthday(born: date | None, today: date, years: int | None) -> None:
    """The age counts completed years; 29 February becomes 1 March."""
    assert age_on(today, born) == Age(years)


@pytest.mark.parametrize("born", [None, date(1980, 1, 1)])
def test_a_company_is_one_whatever_its_age(born: date | None) -> None:
    """Its kind is kept with the age."""
    assert age_on(date(2026, 1, 15), born, is_company=True).is_company
    assert not age_on(date(2026, 1, 15), born).is_company


@pytest.mark.parametrize(
    ("age", "meant_for"),
    [
        (Age(17), {Audience.EVERYBODY, Audience.CHILD}),
        (Age(18), {Audience.EVERYBODY, Audience.ADULT}),
        (Age(None), {Audience.EVERYBODY}),
        (Age(None, is_company=True), {Audience.EVERYBODY, Audience.ADULT}),
    ],
)
def test_a_template_is_for_those_of_its_age(age: Age, meant_for: set[Audience]) -> None:
    """A template for children or adults is decided by the age; an unknown age fits neither, a company is no child."""
    assert {audience for audience in Audience if is_for(template_of(audience=audience), age)} == meant_for


@pytest.mark.parametrize(
    ("facts", "branch", "code"),
    [
        ({"hidden": True}, "", "process_template.hidden"),
        ({"branch_id": "berlin"}, "hamburg", "process_template.other_branch"),
        ({"branch_id": "berlin"}, "", "process_template.other_branch"),
        ({"audience": Audience.CHILD}, "", "process_template.other_age"),
    ],
)
def test_what_cannot_be_started_says_why(facts: dict[str, object], branch: str, code: str) -> None:
    """Hidden templates, those of another branch and those for another age are refused with the reason."""
    with pytest.raises(Refused) as refusal:
        require_startable(template_of(**facts), branch, Age(40))
    assert refusal.value.code == code
    assert refusal.value.remedy


def test_a_template_of_the_branch_can_be_started_there() -> None:
    """A restricted template is free in its own branch, an unrestricted one everywhere."""
    require_startable(template_of(branch_id="berlin"), "berlin", Age(40))
    require_startable(template_of(), "hamburg", Age(None))
