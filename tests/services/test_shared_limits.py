"""Limits of more than 512 uses, which orders take from shares: they say what a single number says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from attrs import evolve

from loyaltycore import Refused
from loyaltycore.kernel.criteria import Query
from loyaltycore.kernel.pricing.rule import Every
from loyaltycore.programs import DiscountTerms
from loyaltycore.sales import AmountOff, Limit, PromotionTerms, Rule
from loyaltycore.sales.rules.sharing import SHARES, own_place
from loyaltycore.sales.rules.tally import MOST_HOLDS, USES, Count, Counter, Tally, share_of
from loyaltycore.vouchers import DiscountVoucherTerms
from tests.house import House, build_house
from tests.services.programs import define
from tests.services.sales import FRAME, euros, order
from tests.services.test_vouchers import KEYS

FOREVER = Counter("frames", Every.EVER, "", USES)


@pytest.fixture
def house() -> House:
    """A house in memory: limits are counted by pure rules, and tests of races hold them against the engines."""
    return build_house(code_keys=KEYS)


def _promote(house: House, *limits: Limit) -> None:
    define(
        house.desk, "autumn", PromotionTerms([Rule("frames", AmountOff(euros(1000)), limits=list(limits))])
    )


def _settle(house: House, number: str, customer: str | None = None, **more: Any) -> bool:
    """Whether the limited rule takes anything off."""
    return bool(house.desk.sales.settle(order(customer, FRAME, number=number, **more)).discounts)


def _stock(house: House, used: int, shares: dict[int, int], key: str = "autumn") -> None:
    """Have it that so much was used, and that shares have something, instead of many orders."""
    records = [share_of(key, place).after([Count(FOREVER, has)]) for place, has in shares.items()]
    tally = Tally(key, key, None).after([Count(FOREVER, used + sum(shares.values()))])
    with house.loyalty.storage.transaction() as tx:
        tx.add(*records, tally)


def _tallies(house: House) -> list[Tally]:
    with house.loyalty.storage.transaction(read_only=True) as tx:
        return list(tx.find(Tally, Query()))


def _used(house: House) -> int:
    """What was used, wherever it is counted."""
    return sum(
        count.amount * (1 if each.place is None else -1) for each in _tallies(house) for count in each.counts
    )


def _orders(place: int) -> Iterator[str]:
    """Numbers of orders that take from this share."""
    return (f"R-{number}" for number in count() if own_place(f"R-{number}") == place)


def test_an_order_takes_from_its_share(house: House) -> None:
    """F191: of 10,000 uses the first order gives its share a part; the next one of that share leaves the tally alone."""
    _promote(house, Limit(uses=10_000))
    first, second, *_ = (number for number, _ in zip(_orders(3), range(2), strict=False))
    assert _settle(house, first)
    before = next(each for each in _tallies(house) if each.place is None)
    assert _settle(house, second)
    assert before in _tallies(house)
    assert {each.place for each in _tallies(house)} == {None, 3}
    assert _used(house) == 2


def test_the_last_uses_are_had_wherever_they_are(house: House) -> None:
    """Three left, in three shares, and orders that have another one: three get it, and the fourth is told why not."""
    _promote(house, Limit(uses=600))
    _stock(house, 597, {1: 1, 2: 1, 15: 1})
    orders = _orders(7)
    assert [_settle(house, next(orders)) for _ in range(4)] == [True, True, True, False]
    assert _used(house) == 600


def test_a_tally_of_an_earlier_version_goes_on(house: House) -> None:
    """What one record had counted stays counted there, its last uses as well as its first."""
    _promote(house, Limit(uses=600))
    _stock(house, 598, {})
    assert [_settle(house, f"R-{number}") for number in range(3)] == [True, True, False]
    _promote(house, Limit(uses=2000))
    assert _settle(house, "R-4")
    assert (len(_tallies(house)), _used(house)) == (2, 601)


def test_a_limit_that_is_changed_goes_on_counting(house: House) -> None:
    """Raised above 512 it is shared out; lowered again, what is in shares is no use of it."""
    _promote(house, Limit(uses=1))
    assert [_settle(house, f"R-{number}") for number in range(2)] == [True, False]
    _promote(house, Limit(uses=5000))
    assert [_settle(house, f"S-{number}") for number in range(40)] == [True] * 40
    assert len(_tallies(house)) > SHARES / 2
    _promote(house, Limit(uses=42))
    assert [_settle(house, f"T-{number}") for number in range(3)] == [True, False, False]
    assert _used(house) == 42
    _promote(house, Limit(uses=600))
    assert _settle(house, "U-1")


def test_what_is_reserved_is_in_a_share(house: House) -> None:
    """Set aside, it is nobody else's; released or too late, it is, whichever share another order has."""
    _promote(house, Limit(uses=600))
    _stock(house, 599, {own_place("R-1"): 1})
    others = _orders((own_place("R-1") + 1) % SHARES)
    held = house.desk.sales.reserve(order(None, FRAME, number="R-1"))
    assert house.desk.sales.quote(order(None, FRAME, number="R-1")).discount == euros(1000)
    assert not _settle(house, next(others))
    house.desk.sales.release(held.id)
    assert _settle(house, next(others))


def test_a_reservation_that_is_late_makes_room(house: House) -> None:
    """Before an order hears that nothing is left, what the clock has ended is looked for in all shares."""
    _promote(house, Limit(uses=600))
    _stock(house, 599, {own_place("R-1"): 1})
    others = _orders((own_place("R-1") + 1) % SHARES)
    house.desk.sales.reserve(order(None, FRAME, number="R-1"), minutes=1)
    assert not _settle(house, next(others))
    house.clock.advance(seconds=60)
    assert _settle(house, next(others))
    assert not _settle(house, "R-1")


def test_a_reservation_in_a_share_is_settled_once(house: House) -> None:
    """What was set aside becomes the order's use, and nobody else's is touched."""
    _promote(house, Limit(uses=600))
    house.desk.sales.reserve(order(None, FRAME, number="R-1"))
    assert _settle(house, "R-1")
    assert _used(house) == 1
    assert not any(each.holds for each in _tallies(house))


def test_a_use_that_comes_back_is_had_again(house: House) -> None:
    """With a refund of the whole order the last use is somebody else's."""
    _promote(house, Limit(uses=600))
    _stock(house, 599, {own_place("R-1"): 1})
    assert [_settle(house, number) for number in ("R-1", "R-2")] == [True, False]
    house.desk.sales.refund("R-1", "G-1")
    assert _used(house) == 599
    assert [_settle(house, number) for number in ("R-3", "R-4")] == [True, False]


def test_a_code_that_is_taken_over_brings_its_use_out_of_another_share(house: House) -> None:
    """Whoever presents a bearer's code has the last use, which an open reservation holds in its own share."""
    define(house.desk, "autumn", DiscountVoucherTerms(percent=10, uses=5, limits=[Limit(uses=600)]))
    house.desk.vouchers.issue("autumn", customer=house.customer().id, reason="test", code="AUTUMN26")
    assert _settle(house, "R-0", codes=["AUTUMN26"])
    with house.loyalty.storage.transaction() as tx:
        every = list(tx.find(Tally, Query()))
        tally = next(each for each in every if each.place is None)
        (counter,) = (each.counter for each in tally.counts)
        tx.remove(*(each for each in every if each.place is not None))
        tx.add(share_of("autumn", own_place("R-1")).after([Count(counter, 1)]))
        tx.save(evolve(tally, counts=(Count(counter, 600),)))
    other = next(_orders((own_place("R-1") + 1) % SHARES))
    house.desk.sales.reserve(order(None, FRAME, number="R-1", codes=["AUTUMN26"]))
    assert _settle(house, other, codes=["AUTUMN26"])
    assert not _settle(house, "R-1", codes=["AUTUMN26"])
    assert _used(house) == 600


def test_assignments_of_two_revisions_count_together(house: House) -> None:
    """One was assigned when there were two uses, one since there are 600: the first is refused, the second is not."""
    define(house.desk, "autumn", DiscountTerms(10, limits=[Limit(uses=2)]))
    erika = house.customer().id
    old = house.desk.programs.assign(erika, "autumn").id
    define(house.desk, "autumn", DiscountTerms(10, limits=[Limit(uses=600)]))
    new = house.desk.programs.assign(erika, "autumn").id
    assert _settle(house, "R-1", erika, programs=[new])
    assert _settle(house, "R-2", erika, programs=[old])
    assert not _settle(house, "R-3", erika, programs=[old])
    assert _settle(house, "R-4", erika, programs=[new])
    assert _used(house) == 3


def test_each_day_has_shares_of_its_own(house: House) -> None:
    """What is left of a day is no use of the next one, and what is long over is forgotten."""
    _promote(house, Limit(uses=600, every="day"))
    for day in range(6):
        assert _settle(house, f"R-{day}")
        again = (number for number in _orders(own_place("R-0")) if int(number[2:]) > 100 * (day + 1))
        assert _settle(house, next(again))
        house.clock.advance(seconds=86400)
    most = [len(each.counts) for each in _tallies(house) if each.place in {None, own_place("R-0")}]
    assert max(most) <= 4


def test_whoever_is_erased_keeps_nothing_in_a_share(house: House) -> None:
    """What was set aside is had by others; everybody's uses stay counted."""
    _promote(house, Limit(uses=600))
    _stock(house, 598, {own_place("R-1"): 2})
    erika = house.customer().id
    assert _settle(house, "R-1", erika)
    same = (number for number in _orders(own_place("R-1")) if number != "R-1")
    house.desk.sales.reserve(order(erika, FRAME, number=next(same)))
    assert not _settle(house, "S-1")
    privacy = house.desk.privacy
    privacy.erase(erika, confirm=privacy.preview(erika).confirmation)
    assert not any(each.holds for each in _tallies(house))
    assert _used(house) == 599
    assert [_settle(house, f"S-{number}") for number in (2, 3)] == [True, False]


def test_a_merge_leaves_what_everybody_has_used(house: House) -> None:
    """Done and undone, shares and the tally are as they were; a refund finds what was counted for the merged customer."""
    _promote(house, Limit(uses=600))
    erika, double = house.customer().id, house.customer(first_name="Erica").id
    assert _settle(house, "R-1", double)
    before = _tallies(house)
    merging = house.desk.merging
    merge = merging.execute(merging.plan(survivor=erika, loser=double))
    assert _tallies(house) == before
    merging.undo(merge.id)
    assert _tallies(house) == before
    merging.execute(merging.plan(survivor=erika, loser=double))
    house.desk.sales.refund("R-1", "G-1")
    assert _used(house) == 0


def test_a_share_has_room_for_so_many_reservations(house: House) -> None:
    """One more of its orders is refused; one of another share is not."""
    _promote(house, Limit(uses=100_000))
    orders = _orders(3)
    house.desk.sales.reserve(order(None, FRAME, number=next(orders)))
    with house.loyalty.storage.transaction() as tx:
        (share,) = (each for each in tx.find(Tally, Query()) if each.place == 3)
        tx.save(evolve(share, holds=share.holds * MOST_HOLDS))
    with pytest.raises(Refused) as caught:
        house.desk.sales.reserve(order(None, FRAME, number=next(orders)))
    assert caught.value.code == "tally.too_many_holds"
    house.desk.sales.reserve(order(None, FRAME, number=next(_orders(4))))
