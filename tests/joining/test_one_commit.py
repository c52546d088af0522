"""The host's changes and the library's are kept together or not at all, when the host says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from loyaltycore import Refused
from loyaltycore.kernel.outbox import MessageState
from tests.joining.hosts import Broken, Sale, Shop

Opened = Callable[[Shop], AbstractContextManager[tuple[Any, Callable[[str], None]]]]


@contextmanager
def _core(shop: Shop) -> Iterator[tuple[Any, Callable[[str], None]]]:
    with shop.engine.begin() as connection:
        yield connection, lambda number: shop.sell(connection, number)


@contextmanager
def _orm(shop: Shop) -> Iterator[tuple[Any, Callable[[str], None]]]:
    with Session(shop.engine) as session, session.begin():
        yield session, lambda number: session.add(Sale(number=number))


@contextmanager
def _scoped(shop: Shop) -> Iterator[tuple[Any, Callable[[str], None]]]:
    registry = scoped_session(sessionmaker(shop.engine))
    try:
        yield registry, lambda number: registry.add(Sale(number=number))
    except BaseException:
        registry.rollback()
        raise
    else:
        registry.commit()
    finally:
        registry.remove()


HOSTS = pytest.mark.parametrize("host", [_core, _orm, _scoped], ids=lambda host: host.__name__.strip("_"))


@HOSTS
def test_both_are_kept_at_the_commit_and_not_before(shop: Shop, host: Opened) -> None:
    """Nobody else sees anything before the host has committed, and then everybody sees all."""
    with host(shop) as (connection, sell):
        sell("1")
        with shop.house.loyalty.joined(connection):
            erika = shop.house.customer(last_name="Erika")
            assert shop.house.desk.customers.get(erika.id) == erika
        assert shop.kept() == ([], [])
        sell("2")
    assert shop.kept() == (["1", "2"], ["Erika"])
    assert shop.house.desk.customers.get(erika.id) == erika


@HOSTS
def test_neither_is_kept_without_a_commit(shop: Shop, host: Opened) -> None:
    """Whatever ends the host's transaction after the block takes the library's changes with it."""
    with pytest.raises(Broken), host(shop) as (connection, sell):
        sell("1")
        with shop.house.loyalty.joined(connection):
            shop.house.customer()
        raise Broken
    assert shop.kept() == ([], [])


@HOSTS
def test_blocks_follow_one_another_and_lie_in_one_another(shop: Shop, host: Opened) -> None:
    """One transaction of the host may be joined as often as it likes, and blocks of the library lie inside."""
    loyalty = shop.house.loyalty
    with host(shop) as (connection, sell):
        with loyalty.joined(connection):
            shop.house.customer(last_name="A")
            with loyalty.joined(connection), shop.house.desk.transaction():
                shop.house.customer(last_name="B")
        sell("1")
        with loyalty.joined(connection):
            shop.house.customer(last_name="C")
            assert shop.house.desk.customers.count() == 3
    assert shop.kept() == (["1"], ["A", "B", "C"])


def test_what_accompanies_a_verb_is_there(shop: Shop) -> None:
    """Activities bear the actor's name, messages wait in the outbox, lookup and unique keys are in step."""
    house = shop.house
    with shop.engine.begin() as connection, house.loyalty.joined(connection):
        house.set_up_cards()
        erika = house.customer(last_name="Mustermann")
        order = house.loyalty.session("bert", "berlin").cards.order(erika.id)
        assert [each.id for each in house.desk.customers.find(name="muster").items] == [erika.id]
    actors = {each.actor for each in house.desk.activities.of_customer(erika.id).items}
    assert actors == {"anna", "bert"}
    assert house.desk.outbox.status().messages[MessageState.PENDING] == 2
    assert [each.id for each in house.desk.customers.find(name="muster").items] == [erika.id]
    assert house.loyalty.deliver().done == 2
    assert house.desk.cards.get_order(order.id).vendor_id


def test_nothing_leaves_inside(shop: Shop) -> None:
    """What may still be taken back is not delivered: neither from inside, nor by somebody else."""
    house = shop.house
    house.set_up_cards()
    erika = house.customer()
    with shop.engine.begin() as connection, house.loyalty.joined(connection):
        house.desk.cards.order(erika.id)
        for reach in (house.loyalty.deliver, house.loyalty.catch_up):
            with pytest.raises(Refused) as caught:
                reach()
            assert caught.value.code == "outbox.inside_transaction"
    assert house.loyalty.deliver().done == 2


def test_a_session_opened_inside_sees_what_is_not_committed(shop: Shop) -> None:
    """A branch that the same transaction has made, and its settings."""
    house = shop.house
    with shop.engine.begin() as connection, house.loyalty.joined(connection):
        house.desk.branches.create("hamburg", name="Optik Hamburg")
        assert house.loyalty.session("bert", "hamburg").branch.name == "Optik Hamburg"


def test_two_houses_share_one_transaction(shop: Shop) -> None:
    """Each with its own prefix: their verbs do not mix, and one commit keeps both."""
    from loyaltycore_sql import SqlStorage
    from tests.house import build_house

    club = build_house(SqlStorage(shop.house.loyalty.storage.url, prefix="club_"))
    with shop.engine.begin() as connection:
        with shop.house.loyalty.joined(connection), club.loyalty.joined(connection):
            shop.house.customer(last_name="A")
            club.customer(last_name="B")
        assert shop.kept() == ([], [])
    assert shop.kept() == ([], ["A"])
    assert [each.last_name for each in club.desk.customers.find(name="b").items] == ["B"]
    club.loyalty.storage.close()
