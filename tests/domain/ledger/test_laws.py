"""The laws of the purse, whatever happens to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings, strategies as st

from loyaltycore.errors import Refused
from loyaltycore.kernel.ledger import (
    Beyond,
    Funding,
    MoveKind,
    Purse,
    as_of,
    available_of,
    commit,
    compact,
    credit,
    debit,
    expire,
    release,
    replay,
    reserve,
    restore,
    reverse,
    shares,
)
from loyaltycore.kernel.ledger.lot import spending_order
from loyaltycore.kernel.ledger.planning import planned
from tests.domain.ledger.acting import HOUR, START, Action, Book, amounts, gives, lives

few = settings(max_examples=100)


def answers(purse: Purse, at: datetime) -> tuple[int, ...]:
    """All that a purse says of a moment."""
    return (
        purse.balance(at),
        purse.available(at),
        purse.held(at),
        purse.pending(at),
        purse.liability(at),
    )


def ahead(now: datetime) -> list[datetime]:
    """Moments from now on."""
    return [now + hours * HOUR for hours in (0, 1, 7, 30, 61, 200)]


@few
@given(lives)
def test_all_lots_less_the_debt_and_all_accounts_add_up_to_zero(life: list[Action]) -> None:
    """Law 1: double entry holds inside every purse."""
    book = Book()
    for act in life:
        book.run([act])
        purse = book.purse
        assert sum(lot.left for lot in purse.lots) - purse.deficit + purse.turnover.total == 0


@few
@given(lives)
def test_the_history_makes_the_purse_again(life: list[Action]) -> None:
    """Law 2: replayed moves are the purse, to the last lot."""
    book = Book().run(life)
    assert replay("points", book.moves) == book.purse
    assert [move.seq for move in book.moves] == list(range(1, len(book.moves) + 1))


@few
@given(lives)
def test_nothing_is_ever_negative_and_what_is_set_aside_is_there(life: list[Action]) -> None:
    """Laws 3 and 8: no lot, no availability, and no more pinned than there is."""
    book = Book()
    for act in life:
        book.run([act])
        purse, now = book.purse, book.now
        assert purse.available(now) >= 0
        assert purse.deficit >= 0
        for lot in purse.lots:
            assert lot.left > 0
            assert 0 <= purse.pinned(lot, now) <= lot.left


@few
@given(lives, amounts)
def test_a_debit_succeeds_exactly_when_so_much_is_available(life: list[Action], amount: int) -> None:
    """Law 4: exactly when the amount is available, and then it is gone."""
    book = Book().run(life)
    before = book.purse.available(book.now)
    if amount > before:
        with pytest.raises(Refused) as refused:
            debit(book.purse, amount, book.now)
        assert refused.value.code == "purse.insufficient"
    else:
        after = book.purse.after(debit(book.purse, amount, book.now))
        assert after.available(book.now) == before - amount


@few
@given(lives, amounts)
def test_what_is_drawn_adds_up_and_comes_in_spending_order(life: list[Action], amount: int) -> None:
    """Law 5: draws sum to the amount; a lot is emptied before the next one is touched."""
    book = Book().run(life)
    amount = min(amount, book.purse.available(book.now))
    if not amount:
        return
    move = debit(book.purse, amount, book.now)
    assert -sum(part.left for part in move.parts) == amount == -move.amount
    order = book.purse.open_lots(book.now)
    drawn = {part.id: -part.left for part in move.parts}
    assert [part.id for part in move.parts] == [lot.id for lot in order if lot.id in drawn]
    assert order == sorted(order, key=spending_order)
    last = move.parts[-1].id
    for lot in order[: [each.id for each in order].index(last)]:
        assert drawn.get(lot.id, 0) == book.purse.free(lot, book.now)


@few
@given(lives, st.integers(0, 50))
def test_booking_what_has_expired_changes_no_answer(life: list[Action], late: int) -> None:
    """Law 6: early, late or twice, today and in every moment of the past."""
    book = Book().run(life)
    now = book.now + late * HOUR
    swept = book.purse.after(*expire(book.purse, now))
    assert expire(swept, now) == ()
    for at in ahead(now):
        assert answers(swept, at) == answers(book.purse, at)
    history = [*book.moves, *expire(book.purse, now)]
    for hours in range(0, int((now - START) / HOUR) + 1, 5):
        at = START + hours * HOUR
        assert answers(as_of("points", history, at), at) == answers(as_of("points", book.moves, at), at)


@few
@given(lives, lives, st.integers(1, 30))
def test_a_hold_can_be_spent_as_long_as_it_lives(life: list[Action], more: list[Action], wanted: int) -> None:
    """Law 7: whatever happens in between, expiry, claw-back and sweep included."""
    book = Book().run(life)
    amount = min(wanted, book.purse.available(book.now))
    if not amount or len(list(book.purse.live_holds(book.now))) > 20:
        return
    until = book.now + 40 * HOUR
    book.enter(reserve(book.purse, "mine", amount, book.now, until))
    book.run(more)
    if book.now >= until:
        return
    before = book.purse
    move = commit(before, "mine", amount, book.now)
    assert move.amount == -amount
    assert before.after(move).available(book.now) == before.available(book.now)


@few
@given(lives, amounts)
def test_what_is_set_aside_and_released_was_never_set_aside(life: list[Action], amount: int) -> None:
    """Law 9: reserving and releasing is nothing."""
    book = Book().run(life)
    amount = min(amount, book.purse.available(book.now))
    held = len(list(book.purse.live_holds(book.now)))
    if not amount or held > 20:
        return
    settled = book.purse.after(*expire(book.purse, book.now))
    taken = settled.after(reserve(settled, "mine", amount, book.now, book.now + HOUR))
    assert taken.available(book.now) == settled.available(book.now) - amount
    back = release(taken, "mine", book.now)
    assert back is not None
    assert taken.after(back).lots == settled.lots
    for at in ahead(book.now):
        assert answers(taken.after(back), at) == answers(settled, at)


@few
@given(lives, amounts)
def test_what_is_set_aside_and_spent_is_spent_as_if_at_once(life: list[Action], amount: int) -> None:
    """Law 10: reserving and committing is a debit."""
    book = Book().run(life)
    amount = min(amount, book.purse.available(book.now))
    if not amount or len(list(book.purse.live_holds(book.now))) > 20:
        return
    now = book.now
    at_once = debit(book.purse, amount, now)
    held = book.purse.after(reserve(book.purse, "mine", amount, now, now + HOUR))
    later = commit(held, "mine", amount, now)
    assert later.parts == at_once.parts
    assert held.after(later).lots == book.purse.after(at_once).lots
    assert held.after(later).turnover == book.purse.after(at_once).turnover


@few
@given(lives, amounts, st.integers(1, 40))
def test_what_is_spent_and_restored_at_once_was_never_spent(
    life: list[Action], amount: int, first: int
) -> None:
    """Law 11: at one instant, at once or in two parts; a part restored is that much less spent."""
    book = Book().run(life)
    amount = min(amount, book.purse.available(book.now))
    if not amount:
        return
    # A hold that is over ends with the next move, whatever that is.
    before = book.purse.after(planned(book.purse, MoveKind.RENEW, None, book.now))
    move = debit(before, amount, book.now)
    spent = before.after(move)
    one = restore(spent, move, [], amount, book.now)
    assert one is not None
    assert spent.after(one).lots == before.lots
    assert spent.after(one).turnover == before.turnover
    part = restore(spent, move, [], first, book.now)
    assert part is not None
    rest = restore(spent.after(part), move, [part], amount, book.now)
    both = spent.after(part) if rest is None else spent.after(part, rest)
    assert both.lots == before.lots
    if first < amount:
        less = before.after(debit(before, amount - first, book.now))
        assert spent.after(part).lots == less.lots


@few
@given(lives, st.lists(amounts, min_size=1, max_size=4), st.randoms(), st.sampled_from(Beyond))
def test_what_is_taken_back_in_parts_is_taken_back_as_at_once(
    life: list[Action], parts: list[int], rand: Random, beyond: Beyond
) -> None:
    """Law 12: partial claw-backs in any order are one claw-back, and never more than was given."""
    book = Book().run(life)
    awards = [move for move in book.moves if move.kind is MoveKind.CREDIT]
    if not awards or beyond is Beyond.REFUSE:
        return
    award = awards[-1]
    earlier = book.undoing(award.seq)
    at_once = reverse(book.purse, award, earlier, sum(parts), book.now, beyond=beyond)
    rand.shuffle(parts)
    purse, done = book.purse, list(earlier)
    for part in parts:
        move = reverse(purse, award, done, part, book.now, beyond=beyond)
        if move is not None:
            purse, done = purse.after(move), [*done, move]
    whole = book.purse if at_once is None else book.purse.after(at_once)
    assert (purse.lots, purse.deficit, purse.turnover) == (whole.lots, whole.deficit, whole.turnover)
    assert purse.months == whole.months
    assert award.amount + sum(move.amount for move in done) >= 0


@few
@given(st.lists(amounts, min_size=1, max_size=5), st.lists(amounts, max_size=5), st.randoms())
def test_a_debt_and_credits_add_up_in_any_order(awards: list[int], later: list[int], rand: Random) -> None:
    """Law 13: the total does not depend on the order."""
    purse, moves = Purse("points"), []
    for amount in awards:
        moves.append(credit(purse, amount, START, funding=Funding.EARNED))
        purse = purse.after(moves[-1])
    purse = purse.after(debit(purse, sum(awards), START))
    steps = [("reverse", move) for move in moves] + [("credit", amount) for amount in later]
    rand.shuffle(steps)
    for kind, what in steps:
        if isinstance(what, int):
            purse = purse.after(credit(purse, what, START, funding=Funding.EARNED))
        else:
            move = reverse(purse, what, [], what.amount, START, beyond=Beyond.DEFICIT)
            assert move is not None, kind
            purse = purse.after(move)
    assert purse.balance(START) == sum(later) - sum(awards)


@few
@given(st.lists(lives, min_size=2, max_size=2), amounts)
def test_spending_over_two_purses_is_spending_over_their_lots_together(
    both: list[list[Action]], amount: int
) -> None:
    """Law 14: after a merge, each purse gives what it can and the sum is right."""
    books = [Book().run(life) for life in both]
    now = max(book.now for book in books)
    purses = [book.purse for book in books]
    available = available_of(purses, now)
    if amount > available:
        with pytest.raises(Refused):
            shares(purses, amount, now)
        return
    parts = shares(purses, amount, now)
    assert sum(parts) == amount
    after = [
        purse.after(debit(purse, part, now)) if part else purse
        for purse, part in zip(purses, parts, strict=True)
    ]
    assert available_of(after, now) == available - amount


@few
@given(st.lists(st.tuples(st.integers(0, 1), gives), min_size=1, max_size=8), amounts)
def test_two_purses_are_spent_soonest_first_like_one(credits_: list[tuple[int, Action]], amount: int) -> None:
    """Law 14: what would have been spent first in one purse is spent first in two."""
    one, two = Book(), (Book(), Book())
    for place, act in credits_:
        one.run([act])
        # The same numbers, so that what is equally old is equally old.
        two[place].purse = evolve(two[place].purse, moves=one.purse.moves - 1)
        two[place].run([act])
    if amount > one.purse.available(START):
        return
    parts = shares([book.purse for book in two], amount, START)
    drawn = [
        part.id
        for book, share in zip(two, parts, strict=True)
        if share
        for part in debit(book.purse, share, START).parts
    ]
    assert sorted(drawn) == sorted(part.id for part in debit(one.purse, amount, START).parts)


@few
@given(lives, lives)
def test_the_past_as_it_was_known_never_changes(life: list[Action], more: list[Action]) -> None:
    """Law 15: later moves change nothing that was known."""
    book = Book().run(life)
    now, seen = book.now, book.purse
    assert answers(as_of("points", book.moves, now, now), now) == answers(seen, now)
    book.now += timedelta(microseconds=1)
    book.run(more)
    assert answers(as_of("points", book.moves, now, now), now) == answers(seen, now)
    assert answers(as_of("points", book.moves, now), now) == answers(seen, now)


@few
@given(lives)
def test_what_the_purse_says_of_a_day_to_come_is_what_it_says_on_that_day(life: list[Action]) -> None:
    """Law 16: a balance foreseen is the balance on that day, if nothing happens."""
    book = Book().run(life)
    foreseen = [answers(book.purse, at) for at in ahead(book.now)]
    seen = []
    for at in ahead(book.now):
        swept = book.purse.after(*expire(book.purse, at))
        seen.append(answers(swept, at))
    assert foreseen == seen


@few
@given(lives, amounts)
def test_putting_lots_together_changes_no_answer(life: list[Action], amount: int) -> None:
    """Law 32: neither balances nor what can be spent afterwards."""
    book = Book().run(life)
    move = compact(book.purse, book.now, book.now + HOUR)
    if move is None:
        return
    after = book.purse.after(move)
    assert len(after.lots) < len(book.purse.lots)
    for at in ahead(book.now):
        assert answers(after, at) == answers(book.purse, at)
    if amount <= after.available(book.now):
        spent, before = (debit(each, amount, book.now) for each in (after, book.purse))
        for at in ahead(book.now):
            assert answers(after.after(spent), at) == answers(book.purse.after(before), at)


@few
@given(lives)
def test_the_next_expiry_is_the_next_moment_at_which_something_is_to_be_booked(life: list[Action]) -> None:
    """A sweep finds what there is to be booked, and nothing before its time."""
    book = Book().run(life)
    due = book.purse.next_expiry(book.now)
    if due is None:
        assert not expire(book.purse, book.now + 10_000 * HOUR)
        return
    assert expire(book.purse, max(due, book.now))
    if due - timedelta(microseconds=1) >= book.now:
        assert not expire(book.purse, due - timedelta(microseconds=1))
