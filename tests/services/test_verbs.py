"""What a verb is, and what happens to services and units that are kept longer than their verb."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pytest

from loyaltycore import RegistrationError, Service, Session, StorageError, command, query
from loyaltycore.customers import Customer
from loyaltycore.memory import MemoryStorage
from loyaltycore.work.running import run_query
from tests.house import House, build_house, dump


class Shelf(Service):
    """A service of a host."""

    def __init__(self, session: Session, /) -> None:
        super().__init__(session)
        object.__setattr__(self, "seen", [])

    seen: list[str]

    @cached_property
    def label(self) -> str:
        """Found out once."""
        self.seen.append("label")
        return "shelf"

    @query
    def peek(self) -> Shelf:
        """The service as it is inside a verb."""
        self.label  # noqa: B018  found out here, too
        return self

    @query
    def scribble(self, customer: Customer) -> None:
        """Write where only reading is allowed."""
        self.unit.save(customer)

    @query
    def order(self) -> None:
        """A command in a query."""
        self.change()

    @query
    def count(self) -> int:
        """How many customers there are."""
        return self.unit.count(Customer)

    @command("shelf.change")
    def change(self) -> int:
        """A query in a command, which sees what the command has written."""
        customer = next(iter(self.unit.find(Customer)))
        self.unit.save(customer)
        return self.count()


def test_a_query_never_writes(house: House) -> None:
    """Alone, inside a block and inside a command alike, by itself and by a command that it calls."""
    erika = house.customer()
    shelf, before = Shelf(house.desk), dump(house.loyalty)
    for attempt in (lambda: shelf.scribble(erika), shelf.order):
        with pytest.raises(StorageError, match="only reads"):
            attempt()
        with house.desk.transaction(), pytest.raises(StorageError, match="only reads"):
            attempt()
    assert dump(house.loyalty) == before
    assert shelf.change() == 1


def test_a_query_inside_a_block_sees_what_the_block_has_written(house: House) -> None:
    """Reading joins the unit that is open."""
    with house.desk.transaction():
        house.customer()
        assert house.desk.customers.count() == 1


def test_the_blocks_of_two_houses_do_not_hide_each_other() -> None:
    """A verb finds the block of its own house, whatever another house has opened inside it."""
    one, other = build_house(), build_house()
    with one.desk.transaction():
        one.customer()
        assert run_query(other.desk, lambda _: one.desk.customers.count()) == 1
        with other.desk.transaction():
            one.customer(last_name="Muster")
            assert one.desk.customers.count() == 2
            assert other.desk.customers.count() == 0
    assert one.desk.customers.count() == 2


def test_a_service_that_is_kept_has_no_unit(house: House) -> None:
    """What came out of a verb cannot reach the unit, which has ended; its verbs still work."""
    kept = Shelf(house.desk).peek()
    with pytest.raises(RuntimeError, match="only inside its verbs"):
        _ = kept.unit
    with pytest.raises(RuntimeError, match="only inside its verbs"):
        _ = Shelf(house.desk).unit
    assert kept.count() == 0


def test_a_service_may_have_an_init_of_its_own(house: House) -> None:
    """A verb runs on a copy that shares what the service holds."""
    shelf = Shelf(house.desk)
    assert shelf.label == "shelf"
    assert shelf.peek().seen is shelf.seen
    assert shelf.seen == ["label"]


def test_a_unit_that_is_kept_writes_nothing(house: House) -> None:
    """The storage in memory is as strict as the others."""
    erika = house.customer()
    with house.desk.transaction() as unit:
        pass
    before = dump(house.loyalty)
    with pytest.raises(StorageError, match="ended"):
        unit.save(erika)
    with pytest.raises(StorageError, match="ended"):
        unit.seek(Customer, erika.id)
    assert dump(house.loyalty) == before


async def _coroutine(_: Any) -> None: ...


def _generator(_: Any) -> Any:
    yield


@pytest.mark.parametrize("odd", [_coroutine, _generator, classmethod(_coroutine), staticmethod(len), len, 3])
def test_a_verb_is_a_plain_method(odd: Any) -> None:
    """What would run after its unit has ended, or without a service, is refused where it stands."""
    for decorate in (query, command("own.odd")):
        with pytest.raises(RegistrationError, match="no plain method"):
            decorate(odd)


def test_a_storage_in_memory_lets_nobody_in_twice() -> None:
    """A second transaction inside the first is refused and leaves the first one whole."""
    house = build_house(MemoryStorage())
    with house.desk.transaction():
        with pytest.raises(StorageError), house.loyalty.storage.transaction():
            pass
        house.customer()
    assert house.desk.customers.count() == 1
