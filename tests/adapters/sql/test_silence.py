"""A server or a network that falls silent is given up: every wait has a bound, and all tries of a verb together."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from attrs import frozen
from sqlalchemy import make_url

from loyaltycore import Desk, Loyalty, StorageBusy, StorageError, StorageUnreachable
from loyaltycore.work import running
from loyaltycore_sql import SqlStorage
from tests.adapters.sql.samples import REGISTRY
from tests.adapters.sql.wire import Wire
from tests.engines import ENGINES, fresh_database

SERVERS = ("postgresql", "mariadb")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The block ends in time."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


@frozen
class Shop:
    """A desk at the end of a wire."""

    wire: Wire
    desk: Desk


@pytest.fixture(params=SERVERS)
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A shop with an open connection, whose network can fall silent."""
    with fresh_database(request.param) as address:
        url = make_url(address)
        assert url.host
        assert url.port
        if request.param == "postgresql":
            url = url.update_query_dict({"connect_timeout": "2"})  # the address of the tests may say more
        with Wire(url.host, url.port) as wire:
            far = url.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
            with closing(SqlStorage(far, timeout=0.5)) as storage:
                yield Shop(wire, Loyalty(storage).session("anna"))


@pytest.mark.parametrize("engine", SERVERS)
def test_a_server_that_accepts_and_says_nothing(engine: str) -> None:
    """A server that lets connections in and never speaks is unreachable."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{engine}://nobody@127.0.0.1:{silent.getsockname()[1]}/x"
        with closing(SqlStorage(url, timeout=1)) as storage, within(8), pytest.raises(StorageUnreachable):
            storage.bind(REGISTRY)


def test_a_network_falls_silent_between_verbs(shop: Shop) -> None:
    """A verb on a pooled connection that has gone silent ends with an error."""
    erika = shop.desk.customers.create(last_name="Mustermann")
    shop.wire.fall_silent()
    with within(running.ENOUGH + 10), pytest.raises(StorageBusy):
        shop.desk.customers.get(erika.id)


def test_a_network_falls_silent_inside_a_block(shop: Shop) -> None:
    """A transaction whose network has gone silent can be left, and says that it came to nothing."""
    with within(10), pytest.raises(StorageError), shop.desk.transaction():
        erika = shop.desk.customers.create(last_name="Mustermann")
        shop.wire.fall_silent()
        shop.desk.customers.get(erika.id)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_lock_of_somebody_else(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verb that meets a lock which is never given back gives up when its budget is used up."""
    monkeypatch.setattr(running, "ENOUGH", 2.0)
    with (
        fresh_database(engine) as url,
        closing(SqlStorage(url, timeout=1)) as storage,
        closing(SqlStorage(url, timeout=1)) as other,
    ):
        desk, rival = Loyalty(storage).session("anna"), Loyalty(other).session("bert")
        erika = desk.customers.create(last_name="Mustermann")
        with rival.transaction():
            rival.customers.change(erika.id, last_name="Neumann")
            with within(7), pytest.raises(StorageBusy):
                desk.customers.change(erika.id, first_name="Erika")
        assert desk.customers.change(erika.id, first_name="Erika").last_name == "Neumann"
