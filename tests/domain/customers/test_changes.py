"""Creating and changing a customer: what is kept, what is noted, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve

from loyaltycore.customers.rules.changes import (
    CHANGED,
    CREATED,
    IMPORTED,
    change_customer,
    enter_customer,
    note_entry,
    require_free,
    require_version,
)
from loyaltycore.customers.rules.form import Reading, read_new
from loyaltycore.errors import EditedMeanwhile, Refused
from loyaltycore.kernel.decisions import Decision, Note
from loyaltycore.kernel.validation import Faults
from tests.domain.customers.forms import TODAY

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
DRAFT = read_new(Faults(), {"last_name": "Muster"}, Reading(TODAY, "DE"))
ERIKA = evolve(DRAFT, id="c1", number="K4711", number_key="k4711", created_at=NOW)


def test_a_draft_becomes_a_customer() -> None:
    """With an id, a number and an instant of its own, and a note on the customer."""
    assert enter_customer(DRAFT, "c1", "K4711", NOW) == Decision(
        ERIKA, add=(ERIKA,), notes=(Note("customer.created", after=ERIKA),)
    )


def test_an_import_says_where_the_customer_came_from() -> None:
    """It is noted under a word of its own, with the source."""
    decision = note_entry(ERIKA, IMPORTED, comment="old.csv")
    assert decision.notes == (Note("customer.imported", after=ERIKA, comment="old.csv"),)


def test_a_change_is_kept_and_noted_and_no_change_is_not() -> None:
    """Before and after stand in the note; where nothing differs nothing happens."""
    after = evolve(ERIKA, first_name="Erika")
    assert change_customer(ERIKA, after) == Decision(
        after, save=(after,), notes=(Note("customer.changed", ERIKA, after),)
    )
    assert change_customer(ERIKA, ERIKA) == Decision(ERIKA)


@pytest.mark.parametrize("expected", [0, 3])
def test_the_version_that_the_caller_saw_is_that_of_the_customer(expected: int) -> None:
    """Zero stands for any."""
    require_version(evolve(ERIKA, version=3), expected)


@pytest.mark.parametrize("expected", [1, 2, 4])
def test_another_version_was_edited_meanwhile(expected: int) -> None:
    """Older or newer, the error says which record, what was expected and what there is."""
    with pytest.raises(EditedMeanwhile) as caught:
        require_version(evolve(ERIKA, version=3), expected)
    assert vars(caught.value) == vars(EditedMeanwhile("customer", "c1", expected, 3))


def test_a_number_is_free_or_somebodys() -> None:
    """The refusal names the number and who has it."""
    require_free("4711", None)
    with pytest.raises(Refused) as refusal:
        require_free("4711", ERIKA)
    assert (refusal.value.code, dict(refusal.value.facts)) == (
        "customer.number_taken",
        {"number": "4711", "customer": "c1"},
    )


def test_the_words_of_activities_are_those_that_are_stored() -> None:
    """Reports look for them."""
    assert (CREATED, IMPORTED, CHANGED) == ("customer.created", "customer.imported", "customer.changed")
