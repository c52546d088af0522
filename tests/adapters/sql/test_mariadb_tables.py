"""Tables of MariaDB that are there already and kept otherwise are refused with what mends them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import NullPool, create_engine, text

from loyaltycore.capabilities import core_record_types
from loyaltycore.errors import SchemaError, SchemaTooNew, SchemaTooOld
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.connections import parse_url
from tests.adapters.sql.samples import THINGS
from tests.engines import ODD, bare_database

EVERYTHING = Registry((*core_record_types(), THINGS))
TABLES = ("loyalty_number_ranges", "loyalty_customers_keys", "loyalty_things")
OTHERWISE = {
    "ENGINE=Aria": "Aria",
    "ENGINE=MyISAM": "MyISAM",
    "ROW_FORMAT=COMPACT": "Compact",
    "ROW_FORMAT=REDUNDANT": "Redundant",
    "CONVERT TO CHARACTER SET latin1": "latin1_swedish_ci",
    "CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin": "utf8mb4_bin",
    "CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci": "utf8mb4_general_ci",
    "CONVERT TO CHARACTER SET binary": "binary",
}
VERSIONS = "loyalty_schema_version"
MADE = f"CREATE TABLE {VERSIONS} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
UNSPOKEN = ("ENGINE=Aria", "ENGINE=MyISAM", "CHARACTER SET latin1", "CHARACTER SET binary")
"""How the table of the revisions may have come out while its statement left everything to the server."""


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a database that is set up."""
    with bare_database(ODD) as url:
        with closing(SqlStorage(url)) as storage:
            storage.bind(EVERYTHING)
        yield url


def run(url: str, *statements: str) -> None:
    """Run statements behind the adapter's back."""
    engine = create_engine(parse_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()


@pytest.mark.parametrize("otherwise", OTHERWISE)
def test_a_table_that_is_kept_otherwise(url: str, otherwise: str) -> None:
    """Binding names every such table at once, tells what it is, and the statements it shows put it right."""
    run(url, *(f"ALTER TABLE {table} {otherwise}" for table in TABLES))
    with closing(SqlStorage(url)) as storage:
        with pytest.raises(SchemaError) as caught:
            storage.bind(EVERYTHING)
        assert not isinstance(caught.value, SchemaTooNew | SchemaTooOld)
        message = str(caught.value)
        assert all(f"{table} is " in message for table in TABLES)
        assert OTHERWISE[otherwise] in message
        run(url, *re.findall(r"ALTER TABLE [^;]+", message))
        if "binary" not in otherwise:
            storage.bind(EVERYTHING)


def test_upgrading_asks_too(url: str) -> None:
    """An installer hears of it before anything is changed."""
    run(url, f"ALTER TABLE {TABLES[0]} ROW_FORMAT=COMPACT", f"DELETE FROM {VERSIONS}")  # noqa: S608  our own name
    with closing(SqlStorage(url)) as storage, pytest.raises(SchemaError, match=TABLES[0]):
        storage.upgrade()


def test_tables_of_others_are_nobodys_business(url: str) -> None:
    """A table of the host application is kept as the host likes it, even under the library's prefix."""
    run(url, "CREATE TABLE loyalty_stamps (id INT) ENGINE=MyISAM", "CREATE TABLE mine (id INT) ENGINE=Aria")
    with closing(SqlStorage(url)) as storage:
        storage.bind(EVERYTHING)


@pytest.mark.parametrize("unspoken", UNSPOKEN)
def test_the_revisions_are_read_however_they_are_kept(unspoken: str) -> None:
    """A table of revisions that the server's defaults shaped is understood, and mended by the next migration."""
    with bare_database(ODD) as url, closing(SqlStorage(url)) as storage:
        run(url, f"{MADE} {unspoken}")
        newest = storage.upgrade()
        assert _kept(url) == ("InnoDB", "Dynamic", "utf8mb4_nopad_bin", "varchar")
        run(
            url,
            f"RENAME TABLE {VERSIONS} TO old",
            f"{MADE} {unspoken}",
            f"INSERT INTO {VERSIONS} SELECT * FROM old",  # noqa: S608  our own name
        )
        storage.bind(EVERYTHING)
        assert storage.upgrade() == newest


def _kept(url: str) -> tuple[str, ...]:
    engine = create_engine(parse_url(url), poolclass=NullPool)
    question = (
        "SELECT engine, row_format, collation_name, data_type FROM information_schema.tables t"
        " JOIN information_schema.columns c USING (table_schema, table_name)"
        " WHERE table_schema = DATABASE() AND table_name = :name"
    )
    with engine.connect() as connection:
        return tuple(connection.execute(text(question), {"name": VERSIONS}).one())
