"""Customer numbers are never given twice, whoever asks at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from loyaltycore.customers.rules.customer import Customer, NumberRange
from loyaltycore.customers.rules.numbers import NumberPattern
from loyaltycore.customers.rules.options import NUMBER_PATTERN
from loyaltycore.errors import DuplicateKey, Refused
from tests.house import build_house

pytestmark = pytest.mark.every_engine


def numbers_of(desk, count):
    """The numbers of so many new customers."""
    return [desk.customers.create(last_name="Muster").number for _ in range(count)]


def test_numbers_run_on_by_the_default_pattern(house):
    """Six digits and a check digit, counted up from one."""
    assert numbers_of(house.desk, 3) == ["0000018", "0000026", "0000034"]


def test_a_changed_pattern_reaches_sessions_opened_afterwards(house):
    """The session that was open keeps its pattern; a new one counts by the new one, in a range of its own."""
    numbers_of(house.desk, 1)
    later = house.desk_after(NUMBER_PATTERN, "K{yyyy}-{n:4}")
    assert numbers_of(later, 2) == ["K2026-0001", "K2026-0002"]
    assert numbers_of(house.desk, 1) == ["0000026"]


def test_a_year_in_the_pattern_starts_again_each_year(house):
    """The first customer of the branch's new year gets number one; the year is the local one."""
    desk = house.desk_after(NUMBER_PATTERN, "{yy}/{n:3}")
    assert numbers_of(desk, 2) == ["26/001", "26/002"]
    house.clock.instant = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert numbers_of(desk, 1) == ["27/001"]


def test_taken_numbers_are_passed_over(house):
    """Numbers that callers chose before are skipped, and the range goes on behind them."""
    desk = house.desk_after(NUMBER_PATTERN, "{n}")
    for number in ("1", "2", "4"):
        desk.customers.create(last_name="Muster", number=number)
    assert numbers_of(desk, 3) == ["3", "5", "6"]


def test_a_refused_customer_costs_no_number(house):
    """What is refused takes no number out of the range."""
    with pytest.raises(Refused):
        house.customer(number=house.customer().number)
    assert numbers_of(house.desk, 1) == ["0000026"]


def test_eight_clerks_at_once_get_distinct_numbers_without_a_gap(house):
    """Forty customers created by eight threads have the first forty numbers, each once."""
    desks = [house.loyalty.session(f"clerk {i}", "berlin") for i in range(8)]
    with ThreadPoolExecutor(len(desks)) as pool:
        given = [
            number for numbers in pool.map(lambda desk: numbers_of(desk, 5), desks) for number in numbers
        ]
    pattern = NumberPattern.parse(NUMBER_PATTERN.default)
    assert sorted(given) == [pattern.render(2026, running) for running in range(1, 41)]


def test_a_chosen_number_goes_to_one_of_eight_who_want_it(house):
    """Of eight threads that choose the same number one gets it; the others are told who has it."""

    def take(_):
        try:
            return house.customer(number="VIP").id
        except Refused as refusal:
            return refusal.facts["customer"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(take, range(8)))) == 1
    assert house.desk.customers.count(number="VIP") == 1


def test_a_number_taken_between_reading_and_writing_is_passed_over():
    """A rival who commits the very number that was about to be given makes the command read again and skip it."""
    house = build_house()
    storage = house.loyalty.storage
    original, rivals = storage.transaction, [True]

    def racing(*, read_only=False):
        context = original(read_only=read_only)
        if not read_only and rivals:
            rivals.pop()
            return _Raced(context)
        return context

    storage.transaction = racing
    assert numbers_of(house.desk, 1) == ["0000018"]
    assert rivals == []


class _Raced:
    """A transaction that somebody else overtakes once: its commit finds the number taken."""

    def __init__(self, context):
        self._context = context

    def __enter__(self):
        return self._context.__enter__()

    def __exit__(self, *error):
        self._context.__exit__(DuplicateKey, DuplicateKey("customers", ("number",)), None)
        raise DuplicateKey("customers", ("number",))


def test_the_range_is_kept_as_a_versioned_record(house):
    """Each number given raises the range's version: that is what a rival's save runs into."""
    numbers_of(house.desk, 3)
    with house.loyalty.storage.transaction(read_only=True) as tx:
        assert tx.get(NumberRange, "customers:#") == NumberRange("customers:#", 3, version=3)
        assert tx.get(Customer, "nobody") is None
