"""The journey of a message: taken, put back, ended, given a new life; and how long it waits between two tries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given, strategies as st

from loyaltycore.errors import Refused
from loyaltycore.kernel.outbox import (
    MessageState,
    OutboxMessage,
    RetryPolicy,
    finish,
    is_leased,
    lease,
    postpone,
    requeue,
)

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
NEW = OutboxMessage(
    id="m1",
    kind="email.send",
    key="o1.confirmation",
    payload="{}",
    state=MessageState.PENDING,
    due_at=NOW,
    created_at=NOW,
    about_table="card_orders",
    about_key="o1",
    customer_id="c1",
)
HELD = evolve(NEW, attempts=3, leased_by="w1", due_at=LATER)


def test_a_new_message_has_no_history() -> None:
    """It was never tried, nobody holds it, and it is the first version of itself."""
    new = OutboxMessage(
        "m1", "email.send", "k", "{}", MessageState.PENDING, NOW, NOW, "card_orders", "o1", customer_id=None
    )
    assert (new.attempts, new.leased_by, new.finished_at, new.version) == (0, "", None, 1)
    assert (new.code, new.detail, new.vendor_id) == ("", "", "")


def test_the_words_of_states_are_those_that_are_stored() -> None:
    """Databases hold these words: a renamed one would orphan every message."""
    assert [state.value for state in MessageState] == ["pending", "done", "dead", "withdrawn"]


def test_taking_a_message_counts_as_a_try() -> None:
    """The worker holds it until the end of its lease."""
    assert lease(NEW, "w1", LATER) == evolve(NEW, leased_by="w1", due_at=LATER, attempts=1)


def test_an_ended_message_is_held_by_nobody() -> None:
    """State, moment, and what the other side said; the id it gave replaces an older one."""
    held = evolve(HELD, vendor_id="v0")
    assert finish(held, MessageState.DEAD, LATER, code="rejected", detail="no", vendor_id="v1") == evolve(
        held,
        state=MessageState.DEAD,
        finished_at=LATER,
        leased_by="",
        code="rejected",
        detail="no",
        vendor_id="v1",
    )


def test_an_end_without_words_clears_those_of_the_last_try() -> None:
    """A delivered message does not go on saying why it failed before; what the vendor called it stays."""
    tried = evolve(HELD, code="busy", detail="try later", vendor_id="v0")
    done = finish(tried, MessageState.DONE, LATER)
    assert (done.code, done.detail, done.vendor_id) == ("", "", "v0")


def test_long_words_are_shortened_to_what_the_storage_holds() -> None:
    """60 characters of a code, 500 of a detail, 200 of an id, whether a message ends or waits."""
    long = "x" * 501
    ended = finish(HELD, MessageState.DEAD, LATER, code=long, detail=long, vendor_id=long)
    waits = postpone(HELD, LATER, code=long, detail=long)
    assert (len(ended.code), len(ended.detail), len(ended.vendor_id)) == (60, 500, 200)
    assert (len(waits.code), len(waits.detail)) == (60, 500)
    assert len(finish(evolve(HELD, vendor_id=long), MessageState.DONE, LATER).vendor_id) == 200


@pytest.mark.parametrize(("counts", "attempts"), [(True, 3), (False, 2)])
def test_a_postponed_message_waits_for_its_time(*, counts: bool, attempts: int) -> None:
    """Nobody holds it until then; a try that was not the message's fault is given back."""
    due = LATER + timedelta(hours=1)
    assert postpone(HELD, due, code="busy", detail="try later", counts=counts) == evolve(
        HELD, due_at=due, leased_by="", attempts=attempts, code="busy", detail="try later"
    )


def test_a_try_counts_unless_it_is_said() -> None:
    """Postponing takes no try back by itself."""
    assert postpone(HELD, LATER, code="busy", detail="").attempts == 3


@pytest.mark.parametrize(("tried", "attempts"), [(0, 0), (1, 1), (16, 1)])
def test_a_new_life_starts_over_but_does_not_forget_that_there_was_a_try(tried: int, attempts: int) -> None:
    """Due at once, with its tries before it; the other side may have it, so one try stays counted."""
    dead = evolve(NEW, state=MessageState.DEAD, attempts=tried, finished_at=NOW, code="rejected", detail="no")
    assert requeue(dead, LATER) == evolve(NEW, due_at=LATER, attempts=attempts, code="requeued")


@pytest.mark.parametrize("state", [MessageState.PENDING, MessageState.DONE, MessageState.WITHDRAWN])
def test_only_what_was_given_up_gets_a_new_life(state: MessageState) -> None:
    """The refusal says where the message is."""
    with pytest.raises(Refused) as refusal:
        requeue(evolve(NEW, state=state), LATER)
    assert (refusal.value.code, dict(refusal.value.facts)) == ("outbox.not_dead", {"state": state})


@pytest.mark.parametrize(
    ("change", "held"),
    [
        ({}, True),
        ({"leased_by": ""}, False),
        ({"state": MessageState.DONE}, False),
        ({"due_at": NOW}, False),
        ({"due_at": NOW + timedelta(microseconds=1)}, True),
    ],
)
def test_a_message_is_held_while_its_lease_lasts(change: dict[str, object], *, held: bool) -> None:
    """By somebody, while it waits to be delivered, and not at the very end of the lease any more."""
    assert is_leased(evolve(HELD, **change), NOW) is held


@pytest.mark.parametrize(
    ("attempts", "ceiling"),
    [(1, 5), (2, 10), (3, 20), (10, 2560), (11, 3600), (31, 3600), (32, 3600), (100_000, 3600)],
)
def test_the_wait_doubles_up_to_an_hour(attempts: int, ceiling: int) -> None:
    """By default from five seconds on; by chance it is between half of that and all of it."""
    policy = RetryPolicy()
    assert policy.delay(attempts, 0.0) == timedelta(seconds=ceiling / 2)
    assert policy.delay(attempts, 0.5) == timedelta(seconds=ceiling * 0.75)


def test_a_message_is_given_up_after_sixteen_tries_by_default() -> None:
    """And a worker may hold it for five minutes."""
    assert (RetryPolicy().max_attempts, RetryPolicy().lease) == (16, timedelta(minutes=5))


@given(
    attempts=st.integers(1, 10**6),
    chance=st.floats(0, 1, exclude_max=True),
    longest=st.timedeltas(timedelta(seconds=1), timedelta(days=7)),
)
def test_no_wait_is_longer_than_the_longest(attempts: int, chance: float, longest: timedelta) -> None:
    """However often a message was tried and however long the doubling would take."""
    policy = RetryPolicy(longest_delay=longest)
    assert timedelta(0) < policy.delay(attempts, chance) <= longest
