"""Whatever a server, a database or a user has for defaults, tables are made alike and statements mean the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st
from sqlalchemy import make_url, text

from loyaltycore import Loyalty
from loyaltycore.capabilities import core_record_types
from loyaltycore.kernel.criteria import Query, has_key, stored
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.migrations import REVISIONS
from tests.adapters.sql.samples import AWKWARD, THINGS, Thing
from tests.adapters.sql.shapes import made_by, recorded
from tests.engines import ODD, bare_database, fresh_database, server
from tests.odd_mariadb import MODES, set_globally

EVERYTHING = Registry((*core_record_types(), THINGS))
ODD_VARIABLES = {
    "sql_mode": f"'{','.join(MODES)}'",
    "sql_safe_updates": "ON",
    "sql_select_limit": "1",
    "max_join_size": "1",
    "completion_type": "1",  # CHAIN
    "unique_checks": "OFF",
    "sql_quote_show_create": "OFF",
    "innodb_strict_mode": "OFF",
}
USUAL_VARIABLES = {
    "sql_mode": "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
    "sql_safe_updates": 0,
    "sql_select_limit": 2**64 - 1,
    "sql_big_selects": 1,
    "completion_type": "NO_CHAIN",
    "unique_checks": 1,
    "sql_quote_show_create": 1,
    "innodb_strict_mode": 1,
    "character_set_client": "utf8mb4",
    "character_set_results": "utf8mb4",
}
KEPT = "SELECT table_name, engine, row_format, table_collation FROM information_schema.tables WHERE table_schema = DATABASE()"


@pytest.fixture
def odd() -> Iterator[str]:
    """The address of an empty database on a server with odd defaults, which the test may make odder."""
    address = server(ODD)
    with bare_database(ODD) as url:
        try:
            yield url
        finally:
            set_globally(address, **dict.fromkeys(ODD_VARIABLES, "DEFAULT"))


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_makes_the_same_on_every_server(odd: str, revision: str) -> None:
    """What a revision makes follows from the revision: engine, character set and row format are not the server's choice."""
    set_globally(server(ODD), **ODD_VARIABLES)
    assert made_by(odd, revision) == recorded("mariadb", revision)


def test_every_table_names_how_it_is_kept(odd: str) -> None:
    """The library's tables, those of the host's record types and the one of the revisions are kept in one way."""
    with closing(SqlStorage(odd)) as storage:
        storage.bind(EVERYTHING)
        with storage._database.engine.connect() as connection:
            found = {name: tuple(kept) for name, *kept in connection.execute(text(KEPT))}
            connection.rollback()
    assert {"loyalty_things", "loyalty_customers_keys", "loyalty_schema_version"} <= found.keys()
    assert set(found.values()) == {("InnoDB", "Dynamic", "utf8mb4_nopad_bin")}


def test_everything_works_with_all_odd_defaults_at_once(odd: str) -> None:
    """Setting up, binding again, and every verb mean what they mean elsewhere: no answer is cut, no key is taken twice."""
    set_globally(server(ODD), **ODD_VARIABLES)
    for _ in range(2):
        with closing(SqlStorage(odd)) as storage:
            storage.upgrade()
            storage.bind(EVERYTHING)
    _tell_a_story(odd, AWKWARD)


def test_a_connection_begins_alike_on_every_server(odd: str) -> None:
    """What a server, a database or a user has for a default is put right before the first statement."""
    set_globally(server(ODD), **ODD_VARIABLES)
    question = ", ".join(f"@@{name} AS {name}" for name in USUAL_VARIABLES)
    with closing(SqlStorage(odd)) as storage, storage._database.engine.connect() as connection:
        assert dict(connection.exec_driver_sql(f"SELECT {question}").mappings().one()) == USUAL_VARIABLES
        connection.rollback()


@given(
    modes=st.frozensets(st.sampled_from(MODES), max_size=6),
    name=st.text(st.sampled_from(AWKWARD), max_size=20),
)
@example(modes=frozenset({"ANSI_QUOTES"}), name='"')
@example(modes=frozenset({"NO_BACKSLASH_ESCAPES"}), name="\\'")
@example(modes=frozenset({"EMPTY_STRING_IS_NULL"}), name="")
@example(modes=frozenset(), name="x" * 20)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_texts_are_kept_in_every_sql_mode(prepared: str, modes: frozenset[str], name: str) -> None:
    """Whatever characters a text has and whatever SQL mode is the server's default, it is kept and found."""
    set_globally(server(ODD), sql_mode=f"'{','.join(sorted(modes))}'")
    _tell_a_story(prepared, name)


@pytest.fixture(scope="module")
def prepared() -> Iterator[str]:
    """The address of a database on the odd server that is set up."""
    with bare_database(ODD) as url:
        with closing(SqlStorage(url)) as storage:
            storage.bind(EVERYTHING)
        try:
            yield url
        finally:
            set_globally(server(ODD), sql_mode="DEFAULT")


def _tell_a_story(url: str, name: str) -> None:
    """Add, find, change and remove things on new connections."""
    name = name[:20]
    with closing(SqlStorage(url)) as storage:
        storage.bind(EVERYTHING)
        things = [Thing(f"t{number}", name, nick="", words=(name or "-", "word")) for number in range(3)]
        with storage.transaction() as tx:
            tx.add(*things)
        with storage.transaction() as tx:
            assert list(tx.find(Thing, Query(stored("name") == name))) == things
            assert list(tx.find(Thing, Query(has_key("word", name or "-")))) == things
            tx.save(*things)
        with storage.transaction() as tx:
            found = list(tx.find(Thing, Query()))
            assert [thing.version for thing in found] == [2, 2, 2]
            assert {(thing.name, thing.nick) for thing in found} == {(name, "")}
            tx.remove(*found)


@pytest.mark.parametrize(
    ("engine", "asked", "variable"),
    [
        ("postgresql", {"client_encoding": "latin1"}, "SHOW client_encoding"),
        ("mariadb", {"charset": "latin1"}, "SELECT @@character_set_client"),
    ],
)
def test_texts_travel_whole(engine: str, asked: dict[str, str], variable: str) -> None:
    """An encoding that is asked for and cannot carry every name is overruled."""
    with fresh_database(engine) as url:
        narrow = make_url(url).update_query_dict(asked).render_as_string(hide_password=False)
        for storage in (SqlStorage(narrow), SqlStorage(url, connect_args=asked)):
            desk = Loyalty(storage).session("anna")
            with storage._database.engine.connect() as connection:
                assert str(connection.exec_driver_sql(variable).scalar()).lower() in {"utf8", "utf8mb4"}
                connection.rollback()
            customer = desk.customers.create(last_name="Łukasz 👓")
            assert desk.customers.get(customer.id).last_name == "Łukasz 👓"
            storage.close()
