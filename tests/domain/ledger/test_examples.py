"""What the ledger does, in a few lives that people know."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loyaltycore.errors import Refused
from loyaltycore.kernel.ledger import (
    Account,
    Beyond,
    Funding,
    Purse,
    as_of,
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
    shares,
    void,
)
from tests.domain.ledger.acting import HOUR, START, Book

LATER = START + 100 * HOUR


def purse(*lots: tuple[int, int | None, Funding]) -> Purse:
    """A purse with lots that last so many hours."""
    made = Purse("points")
    for amount, lasts, funding in lots:
        expires = None if lasts is None else START + lasts * HOUR
        made = made.after(credit(made, amount, START, funding=funding, expires_at=expires))
    return made


def test_soonest_expiry_is_spent_first_and_what_was_paid_for_last() -> None:
    """Of what expires together, what was given goes before what was paid; what never expires comes last."""
    made = purse((5, None, Funding.GRANTED), (5, 9, Funding.PAID), (5, 9, Funding.GRANTED))
    assert [part.id for part in debit(made, 11, START).parts] == [3, 2, 1]


def test_what_has_expired_cannot_be_spent_though_nobody_has_booked_it() -> None:
    """The clock decides, no job."""
    made = purse((5, 9, Funding.EARNED))
    with pytest.raises(Refused, match="0 can be spent"):
        debit(made, 1, START + 9 * HOUR)
    assert made.available(START + 9 * HOUR - timedelta(microseconds=1)) == 5


def test_restored_units_keep_their_own_last_moment() -> None:
    """What comes back into a lot that has expired is gone, unless there is a grace."""
    made = purse((5, 9, Funding.EARNED))
    spent = debit(made, 5, START)
    made = made.after(spent)
    plain = restore(made, spent, [], 5, LATER)
    graced = restore(made, spent, [], 5, LATER, grace_until=LATER + HOUR)
    assert plain is not None
    assert graced is not None
    assert made.after(plain).balance(LATER) == 0
    assert made.after(graced).balance(LATER) == 5
    booked = expire(made.after(plain), LATER + HOUR)
    assert [move.effective_at for move in booked] == [LATER]


def test_an_award_is_taken_back_from_its_own_lot_and_never_twice() -> None:
    """The rest comes from other lots; what has expired of it is lost already."""
    one = credit(Purse("points"), 10, START, funding=Funding.EARNED, expires_at=START + 9 * HOUR)
    made = Purse("points").after(one)
    made = made.after(credit(made, 10, START, funding=Funding.EARNED))
    made = made.after(debit(made, 4, START))
    back = reverse(made, one, [], 10, START, beyond=Beyond.REFUSE)
    assert back is not None
    assert [(part.id, part.left) for part in back.parts] == [(1, -6), (2, -4)]
    assert reverse(made.after(back), one, [back], 10, START, beyond=Beyond.REFUSE) is None
    late = reverse(made, one, [], 10, LATER, beyond=Beyond.REFUSE)
    assert late is not None
    assert late.amount == -4
    booked = expire(made, LATER)
    after = reverse(made.after(*booked), one, booked, 10, LATER, beyond=Beyond.REFUSE)
    assert after is not None
    assert after.amount == -4


@pytest.mark.parametrize(("beyond", "balance"), [(Beyond.CAP, 0), (Beyond.DEFICIT, -10)])
def test_a_policy_says_what_happens_to_what_is_missing(beyond: Beyond, balance: int) -> None:
    """Refused, capped, or owed and paid by the next credit."""
    award = credit(Purse("points"), 10, START, funding=Funding.EARNED)
    made = Purse("points").after(award)
    made = made.after(debit(made, 10, START))
    with pytest.raises(Refused):
        reverse(made, award, [], 10, START, beyond=Beyond.REFUSE)
    back = reverse(made, award, [], 10, START, beyond=beyond)
    after = made if back is None else made.after(back)
    assert after.balance(START) == balance
    paid = after.after(credit(after, 4, START, funding=Funding.EARNED))
    assert paid.balance(START) == balance + 4
    assert paid.available(START) == max(0, balance + 4)


def test_what_is_set_aside_outlives_its_lot_and_expires_with_the_hold() -> None:
    """Until then it can be spent; afterwards it was there until the hold ended, whenever that is booked."""
    made = purse((9, 5, Funding.EARNED))
    hold = reserve(made, "order", 4, START, START + 20 * HOUR)
    held = made.after(hold)
    assert held.balance(START + 10 * HOUR) == 4
    assert commit(held, "order", 4, START + 10 * HOUR).amount == -4
    booked = expire(held, START + 30 * HOUR)
    assert [move.effective_at for move in booked] == [START + 20 * HOUR]
    history = [credit(Purse("points"), 9, START, funding=Funding.EARNED, expires_at=START + 5 * HOUR), hold]
    then = START + 10 * HOUR
    assert as_of("points", [*history, *booked], then).balance(then) == 4
    with pytest.raises(Refused):
        commit(held, "order", 4, START + 20 * HOUR)


def test_a_booked_expiry_leaves_holds_of_other_lots_where_they_were() -> None:
    """It counts since the lot was over, and a hold that ended afterwards was still there then."""
    made = purse((70, None, Funding.EARNED))
    history = [credit(Purse("points"), 70, START, funding=Funding.EARNED)]
    for move in (
        reserve(made, "order", 9, START, START + 39 * HOUR),
        credit(made, 12, START, funding=Funding.EARNED, expires_at=START + HOUR),
    ):
        made = made.after(move)
        history.append(move)
    then = START + 2 * HOUR
    booked = expire(made, START + 40 * HOUR)
    assert as_of("points", [*history, *booked], then).held(then) == 9


def test_more_than_is_set_aside_cannot_be_spent_by_it() -> None:
    """Set aside anew instead; less releases the rest, and what is over is over."""
    made = purse((9, None, Funding.EARNED))
    held = made.after(reserve(made, "order", 4, START, LATER))
    with pytest.raises(Refused) as refused:
        commit(held, "order", 5, START)
    assert refused.value.code == "purse.hold_exceeded"
    less = held.after(commit(held, "order", 3, START))
    assert (less.available(START), less.held(START)) == (6, 0)
    assert release(less, "order", START) is None


def test_a_purse_has_at_most_32_holds() -> None:
    """Those that are over do not count."""
    made = purse((99, None, Funding.EARNED))
    for number in range(32):
        made = made.after(reserve(made, f"{number}", 1, START, LATER))
    with pytest.raises(Refused) as refused:
        reserve(made, "one more", 1, START, LATER)
    assert refused.value.code == "purse.too_many_holds"
    assert reserve(made, "one more", 1, LATER, LATER + HOUR).hold is not None


def test_lots_can_be_renewed_and_made_void() -> None:
    """An activity prolongs what is there; a cancelled sale takes away what is unspent."""
    made = purse((5, 9, Funding.EARNED), (5, 12, Funding.EARNED))
    move = renew(made, START, LATER)
    assert move is not None
    later = made.after(move)
    assert {lot.expires_at for lot in later.lots} == {LATER}
    assert renew(later, START, LATER) is None
    one, rest = void(later, START, 1), void(later, START)
    assert one is not None
    assert rest is not None
    assert (one.amount, rest.amount) == (-5, -10)
    assert void(later.after(rest), START) is None


def test_what_has_expired_is_not_made_void() -> None:
    """It is breakage, whether or not that is booked before."""
    made = purse((5, 9, Funding.PAID), (3, None, Funding.PAID))
    move = void(made, LATER)
    assert move is not None
    after = made.after(move)
    assert after.turnover.breakage == 0
    assert after.after(*expire(after, LATER)).turnover.breakage == 5
    assert void(made, LATER, 1) is None


def owing(*, held: int) -> Purse:
    """A purse whose award was taken back while it was set aside, so that it owes what it has."""
    award = credit(Purse("points"), 10, START, funding=Funding.EARNED)
    made = Purse("points").after(award)
    made = made.after(reserve(made, "order", held, START, LATER))
    back = reverse(made, award, [], 10, START, beyond=Beyond.DEFICIT)
    assert back is not None
    return made.after(back)


def test_a_debt_is_paid_by_the_next_credit_and_nothing_else_is_owed() -> None:
    """The lot holds what is left of the credit alone."""
    made = owing(held=4)
    assert (made.deficit, made.held(START), made.available(START)) == (4, 4, 0)
    paid = made.after(credit(made, 9, START, funding=Funding.EARNED))
    assert (paid.deficit, paid.lots[-1].left, paid.available(START)) == (0, 5, 5)


def test_a_purse_that_owes_what_it_has_gives_nothing_to_the_other() -> None:
    """Its hold was released, and its lots stand against its debt."""
    made = owing(held=4)
    freed = release(made, "order", START)
    assert freed is not None
    poor, rich = made.after(freed), purse((5, None, Funding.EARNED))
    assert (poor.surplus(START), poor.available(START)) == (0, 0)
    assert shares([poor, rich], 5, START) == (0, 5)


def test_lots_that_are_set_aside_are_not_put_together() -> None:
    """The hold names them, and can be spent afterwards."""
    made = purse(*[(1, None, Funding.EARNED)] * 70)
    made = made.after(reserve(made, "order", 3, START, LATER))
    move = compact(made, START, START + HOUR)
    assert move is not None
    after = made.after(move)
    assert [lot.id for lot in after.lots] == [1, 2, 3, 4]
    assert commit(after, "order", 3, START).amount == -3


def test_a_hold_that_is_forgotten_has_kept_its_lot_until_it_ended() -> None:
    """A later move drops it, and the expiry is booked as of its end all the same; until then nothing is due."""
    made = purse((9, 5, Funding.EARNED))
    made = made.after(reserve(made, "order", 9, START, START + 20 * HOUR))
    assert made.next_expiry(START) == START + 20 * HOUR
    made = made.after(credit(made, 1, START + 25 * HOUR, funding=Funding.EARNED))
    assert made.holds == ()
    assert [move.effective_at for move in expire(made, LATER)] == [START + 20 * HOUR]


def test_a_part_of_what_was_set_aside_is_spent() -> None:
    """Five of three and four units: all of the first lot and two of the second, and two are free again."""
    book = Book()
    for amount in (3, 4):
        book.enter(credit(book.purse, amount, START, funding=Funding.EARNED))
    book.enter(reserve(book.purse, "h", 7, START, START + HOUR))
    book.enter(commit(book.purse, "h", 5, START))
    assert [(part.id, part.left) for part in book.moves[-1].parts] == [(1, -3), (2, -2)]
    assert (book.purse.balance(START), book.purse.available(START)) == (2, 2)


def test_a_use_is_restored_once() -> None:
    """In two parts, and then there is nothing left of it to be restored."""
    made = Purse("points").after(credit(Purse("points"), 10, START, funding=Funding.EARNED))
    spent = debit(made, 5, START)
    made, undone = made.after(spent), []
    for amount in (2, 9):
        back = restore(made, spent, undone, amount, START)
        assert back is not None
        made, undone = made.after(back), [*undone, back]
    assert [move.amount for move in undone] == [2, 3]
    assert restore(made, spent, undone, 1, START) is None


def test_what_is_given_by_hand_is_a_correction() -> None:
    """Its account tells it from what was issued."""
    accounts = [
        credit(Purse("points"), 1, START, funding=Funding.GRANTED, **how).account
        for how in ({}, {"by_hand": True})
    ]
    assert accounts == [Account.ISSUED, Account.ADJUSTED]
