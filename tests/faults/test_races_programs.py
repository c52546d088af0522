"""Rivals at one purse, one card and one code; all of them meet before the first one writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from loyaltycore import Money
from loyaltycore.errors import Refused
from loyaltycore.memory import MemoryStorage
from loyaltycore.ports.storage import Storage
from loyaltycore.programs import OfflineUse, PointsTerms, Quota, QuotaTerms
from loyaltycore.vouchers import BatchState, DiscountVoucherTerms
from loyaltycore_sql import SqlStorage
from tests.bounded import at_once
from tests.conftest import STORAGES
from tests.engines import fresh_database
from tests.faults.meeting import MeetingStorage
from tests.faults.scene import CODE_KEYS
from tests.house import House, build_house
from tests.services.programs import GIFT, card_of, define

pytestmark = pytest.mark.every_engine

RIVALS = 4


@pytest.fixture(params=STORAGES)
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A house with programs, on each storage, whose rivals can be made to meet."""
    if request.param == "memory":
        yield _open(MemoryStorage())
        return
    with fresh_database(request.param) as url:
        storage = SqlStorage(url)
        yield _open(storage)
        storage.close()


def _open(storage: Storage) -> House:
    house = build_house(MeetingStorage(storage), code_keys=CODE_KEYS)
    house.set_up_cards()
    define(house.desk, "three", QuotaTerms([Quota(3)]))
    define(house.desk, "club", PointsTerms())
    define(house.desk, "gift", GIFT)
    define(house.desk, "once", DiscountVoucherTerms(percent=20))
    return house


def _at_once(house: House, call: Any) -> Counter[str]:
    """What several tills are told that do the same at the same moment."""
    storage: Any = house.loyalty.storage
    storage.meet(RIVALS)
    outcomes = at_once(RIVALS, call)
    odd = [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, Refused)]
    assert not odd
    return Counter(each.code if isinstance(each, Refused) else "done" for each in outcomes)


def test_the_last_uses_are_had_by_as_many_as_there_are(house: House) -> None:
    """F2: of four tills that use the last three, three succeed; the last cent is spent once."""
    erika = house.customer()
    mine = house.desk.programs.assign(erika.id, "three")
    told = _at_once(house, lambda _: house.desk.programs.use(mine.id))
    assert told == {"done": 3, "program.exhausted": 1}
    assert house.desk.programs.balance(mine.id).balance == 0
    gift = house.desk.programs.assign(erika.id, "gift", value=Money(1, "EUR"))
    told = _at_once(house, lambda _: house.desk.programs.use(gift.id, quantity=Money(1, "EUR")))
    assert told == {"done": 1, "program.exhausted": RIVALS - 1}


def test_one_receipt_counts_once(house: House) -> None:
    """F44: four times the same line of a receipt, under no key."""
    mine = house.desk.programs.assign(house.customer().id, "three")
    told = _at_once(house, lambda _: house.desk.programs.use(mine.id, order_ref="R-1"))
    assert told == {"done": RIVALS}
    assert house.desk.programs.balance(mine.id).balance == 2


def test_what_several_tills_send_at_once_counts_once(house: House) -> None:
    """The same file of uses, four times at the same moment, and one of a fourth use too many: three count."""
    mine = house.desk.programs.assign(house.customer().id, "three")
    uses = [OfflineUse(mine.id, f"R-{number}") for number in range(4)]
    told = _at_once(house, lambda _: house.desk.programs.use_many(uses))
    assert told == {"done": RIVALS}
    assert house.desk.programs.balance(mine.id).balance == 0
    assert len(house.desk.programs.statement(mine.id).items) == 4


def test_a_month_is_closed_once(house: House) -> None:
    """Closed four times at the same moment, while somebody is late: all are told the same, and nothing is lost."""
    mine = house.desk.programs.assign(house.customer().id, "three")
    begun = house.clock.now()
    house.clock.advance(days=40)
    month = begun.year * 100 + begun.month
    reports = house.desk.programs.reports

    def close(number: int) -> object:
        return reports.close_period("three", month) if number else house.desk.programs.use(mine.id)

    assert _at_once(house, close) == {"done": RIVALS}
    (closed,) = reports.periods("three")
    assert (closed.opening, closed.closing) == (0, 3)
    assert reports.close_period("three", month) == closed


def test_a_program_that_is_had_once_is_had_once(house: House) -> None:
    """F7: of four who assign it at once one does."""
    erika = house.customer()
    told = _at_once(house, lambda _: house.desk.programs.assign(erika.id, "club"))
    assert told == {"done": 1, "program.assigned_already": RIVALS - 1}


def test_the_last_place_on_a_card_is_filled_once(house: House) -> None:
    """F1: five programs a card, however many tills there are."""
    erika = house.customer()
    card = card_of(house, erika.id)
    for number in range(5 + RIVALS):
        define(house.desk, f"more-{number}", QuotaTerms([Quota(1)]))
    for number in range(4):
        house.desk.programs.assign(erika.id, f"more-{number}", card=card.id)
    told = _at_once(
        house, lambda number: house.desk.programs.assign(erika.id, f"more-{4 + number}", card=card.id)
    )
    assert told == {"done": 1, "program.card_full": RIVALS - 1}


def test_one_code_is_redeemed_once(house: House) -> None:
    """F191: one use, four tills; and void against redeem."""
    erika = house.customer()
    issue = house.desk.vouchers.issue
    code = house.desk.vouchers.code_of(issue("once", customer=erika.id, reason="x").id)
    told = _at_once(house, lambda _: house.desk.vouchers.redeem(code))
    assert told == {"done": 1, "voucher.spent": RIVALS - 1}
    voucher = issue("once", customer=erika.id, reason="x")
    other = house.desk.vouchers.code_of(voucher.id)
    calls: list[Any] = [house.desk.vouchers.void, *[lambda _: house.desk.vouchers.redeem(other)] * RIVALS]
    told = _at_once(house, lambda number: calls[number](voucher.id))
    assert told["done"] == 1


def test_two_generators_of_one_batch_make_it_once(house: House) -> None:
    """F191: as many as were wanted, and no more."""
    batch = house.desk.vouchers._begin("once", 5, None, None, "")
    told = _at_once(house, lambda _: house.desk.vouchers.resume(batch.id))
    assert told == {"done": RIVALS}
    assert house.desk.vouchers.batch(batch.id).state is BatchState.DONE
    assert len(list(house.desk.vouchers.export_codes(batch.id))) == 5


def test_two_sweeps_book_once(house: House) -> None:
    """F2: what has expired is booked by one of them."""
    erika = house.customer()
    mine = house.desk.programs.assign(erika.id, "three", ends_on="2026-02-01")
    house.clock.advance(days=60)
    _at_once(house, lambda _: house.desk.programs.sweep())
    lines = house.desk.programs.statement(mine.id).items
    assert [line.amount for line in lines] == [-3, 3]
