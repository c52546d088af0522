"""A database whose encoding cannot keep or sort every text is refused before anything is made in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import Engine, NullPool, create_engine, inspect, text

from loyaltycore import Loyalty
from loyaltycore.capabilities import core_record_types
from loyaltycore.errors import StorageBusy, StorageError
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.connections import parse_url
from tests.engines import server

CORE = Registry(core_record_types())
USES: tuple[Callable[[SqlStorage], object], ...] = (
    SqlStorage.upgrade,
    lambda storage: storage.bind(CORE),
    Loyalty,
)


@contextmanager
def made(encoding: str, folder: Path) -> Iterator[str]:
    """The address of an empty database in an encoding."""
    if encoding.startswith("UTF-16"):
        path = folder / "shop.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA encoding = '{encoding}'")
            connection.execute("CREATE TABLE mine (id INTEGER)")
            connection.commit()
        yield f"sqlite:///{path}"
        return
    name = f"loyaltycore_{token_hex(6)}"
    engine = create_engine(server("postgresql"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    how = f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} {how}"))
        try:
            yield server("postgresql").set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def of_host(url: str) -> Engine:
    """An engine that the application has made."""
    speaking = {"client_encoding": "utf8"} if url.startswith("postgresql") else {}
    return create_engine(parse_url(url), poolclass=NullPool, connect_args=speaking)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "WIN1252", "UTF-16le", "UTF-16be"])
def test_an_encoding_that_cannot_serve(encoding: str, tmp_path: Path) -> None:
    """Setting up, binding and the first use are refused with one error that names it, and nothing is made."""
    with made(encoding, tmp_path) as url:
        for use in USES:
            for place in (url, of_host(url)):
                with closing(SqlStorage(place)) as storage, pytest.raises(StorageError) as caught:
                    use(storage)
                assert not isinstance(caught.value, StorageBusy)
                assert encoding in str(caught.value)
                assert "UTF" in str(caught.value)
        with of_host(url).connect() as connection:
            assert set(inspect(connection).get_table_names()) <= {"mine"}
            connection.rollback()
