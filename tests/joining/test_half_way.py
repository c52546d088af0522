"""What is not whole is never committed, and the host hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from loyaltycore import DuplicateKey, InvalidInput, Refused, StaleRecord, StorageError
from loyaltycore.customers import Customer
from tests.joining.hosts import Broken, Sale, Shop

Fail = Callable[[Shop], object]


def _stumbles(shop: Shop) -> None:
    """A verb that wrote and then failed."""
    shop.till.stumble("half")


def _leaves(shop: Shop) -> None:
    """An exception of the host after a verb that was whole, in an inner block."""
    with shop.house.desk.transaction():
        shop.house.customer(last_name="half")
        raise Broken


def _is_stale(shop: Shop) -> None:
    """A record that is not as it was read."""
    with shop.house.desk.transaction() as unit:
        read = next(iter(unit.find(Customer)))
        unit.save(read)
        unit.save(read)


def _is_taken(shop: Shop) -> None:
    """A key that is taken."""
    with shop.house.desk.transaction() as unit:
        unit.add(next(iter(unit.find(Customer))))


def _is_unfit(shop: Shop) -> None:
    """A value that no engine can keep, found out by the storage."""
    from attrs import evolve

    with shop.house.desk.transaction() as unit:
        unit.save(evolve(next(iter(unit.find(Customer))), last_name="\0"))


FAILURES: dict[Fail, type[Exception]] = {
    _stumbles: Broken,
    _leaves: Broken,
    _is_stale: StaleRecord,
    _is_taken: DuplicateKey,
    _is_unfit: InvalidInput,
}
EACH = pytest.mark.parametrize("fail", FAILURES, ids=lambda fail: fail.__name__.strip("_"))


def _swallowed_inside(shop: Shop, connection: Connection | Session, fail: Fail) -> None:
    """The host catches the error inside the block, which then ends with one of its own; the host catches that, too."""
    expected = FAILURES[fail]
    with pytest.raises(StorageError), shop.house.loyalty.joined(connection), pytest.raises(expected):
        fail(shop)


def _swallowed_outside(shop: Shop, connection: Connection | Session, fail: Fail) -> None:
    """The error leaves the block, and the host catches it there."""
    with pytest.raises(FAILURES[fail]), shop.house.loyalty.joined(connection):
        fail(shop)


SWALLOWED = pytest.mark.parametrize(
    "swallow", [_swallowed_inside, _swallowed_outside], ids=["inside", "outside"]
)


@EACH
@SWALLOWED
def test_the_hosts_commit_fails_with_the_cause(shop: Shop, fail: Fail, swallow: Callable[..., None]) -> None:
    """Whatever failed, and wherever the host swallowed it: its commit raises, and nothing is kept, now or later."""
    shop.house.customer(last_name="before")
    with shop.engine.connect() as connection:
        with connection.begin():
            shop.sell(connection, "1")
        with pytest.raises(StorageError) as caught, connection.begin():
            shop.sell(connection, "2")
            swallow(shop, connection, fail)
            with suppress(Exception):  # after an error of its own PostgreSQL takes nothing more
                shop.sell(connection, "3")
        assert isinstance(caught.value.__cause__, FAILURES[fail])
        assert shop.kept() == (["1"], ["before"])
        with connection.begin(), shop.house.loyalty.joined(connection):
            shop.sell(connection, "4")
            shop.house.customer(last_name="after")
    assert shop.kept() == (["1", "4"], ["after", "before"])


@EACH
@SWALLOWED
def test_so_does_that_of_a_session(shop: Shop, fail: Fail, swallow: Callable[..., None]) -> None:
    """A session of the ORM can be rolled back and used again, as after any failed commit."""
    shop.house.customer(last_name="before")
    with Session(shop.engine) as session:
        session.add(Sale(number="2"))
        session.flush()
        swallow(shop, session, fail)
        with pytest.raises(StorageError) as caught:
            session.commit()
        assert isinstance(caught.value.__cause__, FAILURES[fail])
        session.rollback()
        session.add(Sale(number="4"))
        session.commit()
    assert shop.kept() == (["4"], ["before"])


@EACH
def test_nothing_goes_on_after_it(shop: Shop, fail: Fail) -> None:
    """Neither in the block nor in a later one: what came of it could not be kept."""
    shop.house.customer(last_name="before")
    with shop.engine.connect() as connection:
        transaction = connection.begin()
        with pytest.raises(StorageError, match="half way"), shop.house.loyalty.joined(connection):
            with pytest.raises(FAILURES[fail]):
                fail(shop)
            with pytest.raises(StorageError, match="half way"):
                shop.house.desk.customers.count()
        with pytest.raises(StorageError, match="half way"), shop.house.loyalty.joined(connection):
            pytest.fail("the block was entered")
        transaction.rollback()
        with connection.begin(), shop.house.loyalty.joined(connection):
            assert shop.house.desk.customers.count() == 1


def test_what_wrote_nothing_spoils_nothing(shop: Shop) -> None:
    """A refusal, bad input, a failure before the first write: the host may heed it and commit."""
    with shop.engine.begin() as connection:
        shop.sell(connection, "1")
        with pytest.raises(Broken), shop.house.loyalty.joined(connection):
            shop.till.trip()
        with shop.house.loyalty.joined(connection):
            with pytest.raises(InvalidInput):
                shop.house.customer(email="no address")
            erika = shop.house.customer(last_name="Erika")
            with pytest.raises(Refused):
                shop.house.desk.cards.order(erika.id)
        with pytest.raises(Broken), shop.house.loyalty.joined(connection):
            shop.house.desk.customers.get(erika.id)
            raise Broken
    assert shop.kept() == (["1"], ["Erika"])


def test_the_block_ends_with_the_hosts_transaction(shop: Shop) -> None:
    """After a commit or a rollback by the host inside the block, verbs refuse: the next transaction is another one."""
    for end in ("commit", "rollback"):
        with shop.engine.connect() as connection:
            transaction = connection.begin()
            with pytest.raises(StorageError, match="has ended"), shop.house.loyalty.joined(connection):
                shop.house.customer(last_name=end)
                getattr(transaction, end)()
                shop.house.customer(last_name="late")
    assert shop.kept() == ([], ["commit"])


def test_a_commit_in_two_phases_fails_too() -> None:
    """The first phase refuses, and so does the only one."""
    from tests.joining.hosts import open_shop

    with open_shop("mariadb") as shop:
        for prepares in (True, False):
            with shop.engine.connect() as connection:
                transaction = connection.begin_twophase()
                shop.sell(connection, "1")
                _swallowed_outside(shop, connection, _stumbles)
                with pytest.raises(StorageError, match="half way"):
                    transaction.prepare() if prepares else transaction.commit()
                transaction.rollback()
        assert shop.kept() == ([], [])
        with shop.engine.connect() as connection:
            transaction = connection.begin_twophase()
            with shop.house.loyalty.joined(connection):
                shop.house.customer(last_name="Erika")
            transaction.prepare()
            transaction.commit()
        assert shop.kept() == ([], ["Erika"])


def within(shop: Shop, connection: Connection, how: str) -> AbstractContextManager[None]:
    """A block in a block, as a function of the host that joins by itself opens one."""
    loyalty = shop.house.loyalty

    @contextmanager
    def opened() -> Iterator[None]:
        if how == "session":
            session = Session(connection, join_transaction_mode="create_savepoint")
            with session, session.begin(), loyalty.joined(session):
                yield
        elif how == "savepoint":
            with connection.begin_nested(), loyalty.joined(connection):
                yield
        else:
            with loyalty.joined(connection):
                yield

    return opened()


@pytest.mark.parametrize("how", ["connection", "savepoint", "session"])
def test_blocks_may_lie_in_one_another(shop: Shop, how: str) -> None:
    """The outer one sees what the inner one has written, whoever read or wrote it before."""
    desk = shop.house.desk
    with shop.engine.begin() as connection, shop.house.loyalty.joined(connection):
        customer = desk.customers.create(last_name="Muster", notes="outer")
        with within(shop, connection, how):
            assert desk.customers.get(customer.id).notes == "outer"
            desk.customers.change(customer.id, notes="inner")
        assert desk.customers.get(customer.id).notes == "inner"
        desk.customers.change(customer.id, notes="outer again")
        with within(shop, connection, how):
            assert desk.customers.get(customer.id).notes == "outer again"
    assert desk.customers.get(customer.id).notes == "outer again"
