"""What can be done with a purse, at random: each action plans moves as a capability would, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from attrs import define, field
from hypothesis import strategies as st

from loyaltycore.errors import Refused
from loyaltycore.kernel.ledger import (
    Beyond,
    Funding,
    Move,
    MoveKind,
    Purse,
    adjust,
    commit,
    compact,
    credit,
    debit,
    expire,
    release,
    renew,
    reserve,
    restore,
    reverse,
    void,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

Action = Callable[["Book"], None]


@define
class Book:
    """A purse with its history and a clock."""

    now: datetime = START
    purse: Purse = field(factory=lambda: Purse("points"))
    moves: list[Move] = field(factory=list)
    holds: int = 0

    def enter(self, *moves: Move | None) -> None:
        """Apply what was planned, and keep it."""
        for move in moves:
            if move is not None:
                self.purse = self.purse.after(move)
                self.moves.append(move)

    def undoing(self, seq: int) -> list[Move]:
        """The moves that undo another one."""
        return [move for move in self.moves if move.reverses == seq]

    def run(self, actions: list[Action]) -> Book:
        """Do all of them, one after the other."""
        for act in actions:
            with suppress(Refused):
                act(self)
        return self


amounts = st.integers(1, 40)
hours = st.integers(1, 60)
fundings = st.sampled_from(Funding)


def wait(count: int) -> Action:
    def act(book: Book) -> None:
        book.now += count * HOUR

    return act


def give(amount: int, after: int, lasts: int | None, funding: Funding, priority: int) -> Action:
    def act(book: Book) -> None:
        starts = book.now + after * HOUR
        expires = None if lasts is None else starts + lasts * HOUR
        book.enter(
            credit(
                book.purse,
                amount,
                book.now,
                funding=funding,
                starts_at=starts,
                expires_at=expires,
                priority=priority,
                month=book.now.year * 100 + book.now.month,
            )
        )

    return act


def spend(amount: int) -> Action:
    return lambda book: book.enter(debit(book.purse, amount, book.now))


def take(amount: int) -> Action:
    return lambda book: book.enter(adjust(book.purse, amount, book.now))


def hold(amount: int, lasts: int) -> Action:
    def act(book: Book) -> None:
        book.enter(reserve(book.purse, f"h{book.holds}", amount, book.now, book.now + lasts * HOUR))
        book.holds += 1

    return act


def end_hold(which: int, amount: int | None) -> Action:
    def act(book: Book) -> None:
        key = f"h{which % max(1, book.holds)}"
        if amount is None:
            book.enter(release(book.purse, key, book.now))
        else:
            book.enter(commit(book.purse, key, amount, book.now))

    return act


def undo_credit(which: int, amount: int, beyond: Beyond) -> Action:
    def act(book: Book) -> None:
        awards = [move for move in book.moves if move.kind is MoveKind.CREDIT]
        if awards:
            award = awards[which % len(awards)]
            earlier = book.undoing(award.seq)
            book.enter(reverse(book.purse, award, earlier, amount, book.now, beyond=beyond))

    return act


def undo_debit(which: int, amount: int, grace: int | None) -> Action:
    def act(book: Book) -> None:
        spent = [move for move in book.moves if move.kind is MoveKind.DEBIT]
        if spent:
            move = spent[which % len(spent)]
            until = None if grace is None else book.now + grace * HOUR
            book.enter(restore(book.purse, move, book.undoing(move.seq), amount, book.now, grace_until=until))

    return act


def sweep() -> Action:
    return lambda book: book.enter(*expire(book.purse, book.now))


def prolong(lasts: int | None) -> Action:
    return lambda book: book.enter(
        renew(book.purse, book.now, None if lasts is None else book.now + lasts * HOUR)
    )


def empty() -> Action:
    return lambda book: book.enter(void(book.purse, book.now))


def tidy() -> Action:
    return lambda book: book.enter(compact(book.purse, book.now, book.now))


def _grow(count: int, lasts: int | None) -> Action:
    def act(book: Book) -> None:
        for _ in range(count):
            give(1, 0, lasts, Funding.EARNED, 0)(book)

    return act


which = st.integers(0, 20)
maybe_hours = st.none() | hours

gives = st.builds(give, amounts, st.just(0) | hours, maybe_hours, fundings, st.integers(0, 1))
actions: st.SearchStrategy[Action] = st.one_of(
    st.builds(wait, hours),
    gives,
    gives,
    st.builds(spend, amounts),
    st.builds(take, amounts),
    st.builds(hold, amounts, hours),
    st.builds(end_hold, which, st.none() | amounts),
    st.builds(undo_credit, which, amounts, st.sampled_from(Beyond)),
    st.builds(undo_debit, which, amounts, maybe_hours),
    st.builds(sweep),
    st.builds(prolong, maybe_hours),
    st.builds(empty),
    st.builds(tidy),
    st.builds(_grow, st.just(70), maybe_hours),
)
lives = st.lists(actions, max_size=25)
"""What happens to a purse in its life."""
