"""Two nodes of a cluster set one database up, and the slower one notes its revision behind the faster one's back."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from loyaltycore_sql import SqlStorage
from loyaltycore_sql.connections import parse_url
from tests.engines import bare_database


def test_an_older_revision_beside_the_newest_is_forgotten(engine: str) -> None:
    """The tables are as the newest revision noted says: the storage opens, and the next change keeps that one alone."""
    with bare_database(engine) as url:
        storage = SqlStorage(url)
        newest = storage.upgrade()
        behind = create_engine(parse_url(url))
        with behind.begin() as connection:
            connection.execute(text("INSERT INTO loyalty_schema_version VALUES ('0001')"))
        assert storage.upgrade() == newest
        storage._schema._change(())
        with behind.begin() as connection:
            noted = connection.execute(text("SELECT version_num FROM loyalty_schema_version")).scalars().all()
        behind.dispose()
        storage.close()
    assert noted == [newest]
