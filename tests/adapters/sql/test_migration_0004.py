"""Numbers without case, and names of all scripts: what an upgrade makes of customers who are there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from loyaltycore.capabilities import core_record_types
from loyaltycore.customers.rules.customer import Customer, NumberRange
from loyaltycore.customers.rules.derived import with_derived
from loyaltycore.errors import SchemaError
from loyaltycore.kernel.criteria import Query
from loyaltycore.processes.rules.template import ProcessTemplate
from loyaltycore.storing.registry import Registry
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.migrating import run_revisions
from loyaltycore_sql.migrations.derived_0004 import derive_names, derive_words, number_key
from tests.adapters.sql.shapes import shape_of
from tests.engines import ENGINES, bare_database

CUSTOMER = """
INSERT INTO loyalty_customers (id, number, kind, last_name, first_name, company, sort_name, created_at, title,
 name_extension, email, phones, addresses, language, notes, privacy, consent_letter, consent_email, consent_phone,
 consent_sms, external_number, branch_id, custom, birthday, postal_code, country, has_post, mobile, landline, version)
VALUES (:id, :number, 'person', :last_name, '', '', 'old', 0, '', '', :email, '[]', '[]', '', '', 'open', 'open', 'open',
 'open', 'open', '', '', '{}', '', '', '', :no, '', '', 3)
"""
KEY = "INSERT INTO loyalty_customers_keys (lookup, value, record_key) VALUES (:lookup, :value, :id)"
TEMPLATE = """
INSERT INTO loyalty_process_templates (id, name, kind, abbreviation, search_key, branch_id, audience, open_mandatory,
 steps, retired, hidden, used, version) VALUES ('t', 'राम', 'repair', 'R', '', '', 'everybody', 'warn', '[]', '{}', :no, :no, 1)
"""
PEOPLE = [
    {"id": "1", "number": "K2026-1", "last_name": "राम", "email": "info@fußball.example.de"},
    {"id": "2", "number": "k2026-2", "last_name": "Müller", "email": "Info@Example.org"},
    {"id": "3", "number": "ÄB", "last_name": "がき", "email": ""},
    *({"id": f"9{n:04}", "number": f"{n:05}", "last_name": "Muster", "email": ""} for n in range(700)),
]


@contextmanager
def at_third_revision(engine: str, *people: dict[str, Any]) -> Iterator[SqlStorage]:
    """A database as 0.1 or a later state left it, with these customers, two ranges, and a template."""
    with bare_database(engine) as url, closing(SqlStorage(url, migrate=True)) as storage:
        with storage._schema._changing() as connection:
            run_revisions(connection, storage.prefix, "0003")
            connection.execute(text(CUSTOMER), [{"no": False, **each} for each in people])
            keys = [{"lookup": "name", "value": "old", "id": each["id"]} for each in people]
            connection.execute(
                text(KEY), [*keys, {"lookup": "phone", "value": "+491", "id": people[0]["id"]}]
            )
            connection.execute(text(TEMPLATE), {"no": False})
            ranges = [
                {"id": "customers:K#", "last": 5},
                {"id": "customers:k#", "last": 9},
                {"id": "other:K", "last": 1},
            ]
            connection.execute(
                text("INSERT INTO loyalty_number_ranges (id, last, version) VALUES (:id, :last, 1)"), ranges
            )
        yield storage


def keys_of(storage: SqlStorage, table: str) -> set[tuple[str, str, str]]:
    with storage._database.engine.begin() as connection:
        return set(map(tuple, connection.execute(text(f"SELECT lookup, value, record_key FROM {table}"))))  # noqa: S608  names of ours


@pytest.mark.parametrize("engine", ENGINES)
def test_customers_are_what_they_would_be_if_they_were_new(engine: str) -> None:
    """Fields and lookup keys that follow from others, the name of the range; once, and after an interruption."""
    registry = Registry(core_record_types())
    with at_third_revision(engine, *PEOPLE) as storage:
        for _ in range(2):
            storage.bind(registry)
            with storage.transaction(read_only=True) as tx:
                people = {each.id: each for each in tx.find(Customer, Query())}
                templates = list(tx.find(ProcessTemplate, Query()))
                assert tx.get(NumberRange, "customers:k#").last == 9
                assert tx.get(NumberRange, "customers:K#") is None
                assert tx.get(NumberRange, "other:K") == NumberRange("other:K", 1)
            assert len(people) == len(PEOPLE)
            for each in PEOPLE[:3]:
                stored = people[each["id"]]
                assert (stored.number, stored.last_name, stored.version) == (
                    each["number"],
                    each["last_name"],
                    3,
                )
                assert with_derived(stored) == stored
            assert all(
                each.number_key == each.number for each in people.values() if each.last_name == "Muster"
            )
            of_customers = registry.of(Customer)
            wanted = {
                (lookup, value, each["id"])
                for each in PEOPLE[:3]
                for lookup, values in of_customers.keys_of(people[each["id"]]).items()
                for value in values
            }
            # Names in ASCII are found as before, so their keys stay what they were.
            others = [each["id"] for each in PEOPLE[3:]]
            stayed = {("name", "old", key) for key in others}
            # What a later revision has added.
            alike = {
                ("likeness", value, key)
                for key in others
                for value in of_customers.keys_of(people[key])["likeness"]
            }
            found = keys_of(storage, "loyalty_customers_keys")
            assert found == wanted | stayed | alike | {("phone", "+491", "1")}
            words = registry.of(ProcessTemplate).keys_of(templates[0])["word"]
            assert keys_of(storage, "loyalty_process_templates_keys") == {
                ("word", word, "t") for word in words
            }
            # As if it had been cut short before its end was noted.
            with storage._database.engine.begin() as connection:
                connection.execute(text("UPDATE loyalty_schema_version SET version_num = '0003'"))


DOUBLES = [
    {"id": "1", "number": "K1", "last_name": "Muster", "email": ""},
    {"id": "2", "number": "K2", "last_name": "Muster", "email": ""},
    {"id": "3", "number": "k1", "last_name": "Huber", "email": ""},
]


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_that_differ_in_case_hold_up_the_upgrade_and_lose_nothing(engine: str) -> None:
    """Both customers are named, with the statement that helps; nothing has changed, and afterwards it goes on."""
    with at_third_revision(engine, *DOUBLES) as storage:
        with storage._database.engine.connect() as connection:
            before = shape_of(connection)
        for _ in range(2):
            with pytest.raises(SchemaError) as caught:
                storage.upgrade()
            said = str(caught.value)
            assert all(
                word in said
                for word in ("'k1' of '3'", "'K1' of '1'", "Nothing was changed", "UPDATE loyalty_customers")
            )
            assert "K2" not in said
            with storage._database.engine.connect() as connection:
                assert shape_of(connection) == before
                assert connection.execute(text("SELECT count(*) FROM loyalty_customers")).scalar() == 3
                assert (
                    connection.execute(text("SELECT version_num FROM loyalty_schema_version")).scalar()
                    == "0003"
                )
        statement = said[said.index("UPDATE") :].partition(", and")[0]
        with storage._database.engine.begin() as connection:
            connection.execute(text(statement))
        storage.bind(Registry(core_record_types()))
        with storage.transaction(read_only=True) as tx:
            assert [each.number for each in tx.find(Customer, Query())] == ["K1", "K2", "k1-2"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_database_of_the_first_version_is_not_half_upgraded(engine: str) -> None:
    """What the last revision demands is asked before the first one runs: MariaDB could not take that one back."""
    with bare_database(engine) as url, closing(SqlStorage(url, migrate=True)) as storage:
        with storage._schema._changing() as connection:
            run_revisions(connection, storage.prefix, "0001")
            columns, _, values = CUSTOMER.partition("VALUES")
            columns = columns.replace(
                "custom, birthday, postal_code, country, has_post, mobile, landline, ", ""
            )
            values = values.replace("'{}', '', '', '', :no, '', '', 3", "3")
            connection.execute(text(f"{columns}VALUES{values}"), DOUBLES)
        with storage._database.engine.connect() as connection:
            before = shape_of(connection)
        with pytest.raises(SchemaError):
            storage.upgrade()
        with storage._database.engine.connect() as connection:
            assert shape_of(connection) == before
            assert (
                connection.execute(text("SELECT version_num FROM loyalty_schema_version")).scalar() == "0001"
            )


NOTHING = {"kind": "person", "last_name": "", "first_name": "", "name_extension": "", "company": "", "email": "", "addresses": "[]"}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "sort_name", "keys"),
    [
        ({"last_name": "राम"}, "राम", {"name": ("राम",)}),
        ({"last_name": "Müller", "first_name": "Ína"}, "mueller ina", {"name": ("muller ina", "mueller ina", "ina muller", "ina mueller")}),
        ({"kind": "company", "company": "Ärzte am Markt"}, "aerzte am markt", {"name": ("arzte am markt", "aerzte am markt", "am markt", "markt")}),
        ({"last_name": "Goethe", "first_name": "J", "name_extension": "von"}, "goethe j", {"name": ("goethe j", "j goethe", "von goethe j", "j von goethe")}),
        ({"email": "Info@fußball.example"}, "", {"email": ("info@fußball.example",)}),
        ({"addresses": '[{"city":"Köln"},{"city":"Bonn","kind":"billing"}]'}, "", {"city": ("koln", "koeln")}),
        ({"last_name": "Андрей Семёнов"}, "андрей семенов", {"name": ("андрей семенов", "семенов")}),
        ({"last_name": "がき"}, "がき", {"name": ("がき",)}),
    ],
)  # fmt: skip
def test_what_revision_0004_derives(
    row: dict[str, str], sort_name: str, keys: dict[str, tuple[str, ...]]
) -> None:
    """The rules of that day, told by examples."""
    derived = derive_names(SimpleNamespace(**NOTHING | row))
    assert (derived.sort_name, derived.keys) == (sort_name, {"name": (), "email": (), "city": (), **keys})


def test_what_else_revision_0004_derives() -> None:
    """Numbers without case, the words of templates, and keys of long addresses."""
    assert [number_key(number) for number in ("K1", "ÄB", "Straße")] == ["k1", "äb", "strasse"]
    assert derive_words("Größe", "G", "") == ("grosse", "g", "groesse")
    long = derive_names(SimpleNamespace(**NOTHING | {"email": "Ä" * 200})).keys["email"][0]
    assert (len(long), long[:56]) == (120, "ä" * 56)
