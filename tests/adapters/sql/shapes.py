"""What the engines say about the library's tables, and what each revision was recorded to make.

``python -m tests.adapters.sql.shapes 0003`` records what a new revision makes. A published one is never recorded again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, text

from loyaltycore_sql import SqlStorage
from loyaltycore_sql.migrating import run_revisions
from loyaltycore_sql.migrations import REVISIONS
from loyaltycore_sql.naming import version_table_name
from tests.engines import ENGINES, bare_database

RECORDED: Final = Path(__file__).with_name("recorded")

_PREFIX: Final = "loyalty_"
_COLUMNS: Final = """
SELECT column_name, data_type, character_maximum_length, collation_name, is_nullable, column_default
FROM information_schema.columns
WHERE table_name = :table AND table_schema = {schema}
ORDER BY ordinal_position
"""
_PRAGMA: Final = "SELECT name, type, [notnull], dflt_value FROM pragma_table_info(:table)"
_SCHEMA: Final = {"postgresql": "current_schema()", "mariadb": "database()"}

Shape = Mapping[str, Any]
"""By table: columns in their order, primary key, what is unique, indexes, all as text."""


def made_by(url: str, last: str) -> Shape:
    """The shape of an empty database after the revisions up to this one, each run by itself."""
    with closing(SqlStorage(url)) as storage:
        for revision in REVISIONS[: REVISIONS.index(last) + 1]:
            with storage._schema._changing() as connection:
                run_revisions(connection, _PREFIX, revision)
        with storage._database.engine.connect() as connection:
            return shape_of(connection)


def recorded(engine: str, last: str) -> Shape:
    """The shape that a revision was recorded to make: of each revision, those tables are kept that it changed."""
    shape: dict[str, Any] = {}
    for revision in REVISIONS[: REVISIONS.index(last) + 1]:
        shape |= json.loads(_file(engine, revision).read_text())
    return shape


def shape_of(connection: Connection) -> Shape:
    """What the engine says about every table but Alembic's, in words that do not depend on SQLAlchemy's version."""
    names = set(inspect(connection).get_table_names()) - {version_table_name(_PREFIX)}
    return {name: _table(connection, name) for name in sorted(names)}


def _table(connection: Connection, name: str) -> Shape:
    found = inspect(connection)
    indexes = [index for index in found.get_indexes(name) if "duplicates_constraint" not in index]
    return {
        "columns": _columns(connection, name),
        "primary": _named(found.get_pk_constraint(name), "constrained_columns"),
        "unique": sorted(_named(each, "column_names") for each in found.get_unique_constraints(name)),
        "indexes": sorted(_named(each, "column_names") for each in indexes if not each["unique"]),
    }


def _columns(connection: Connection, table: str) -> list[str]:
    engine = connection.dialect.name
    query = _PRAGMA if engine == "sqlite" else _COLUMNS.format(schema=_SCHEMA[engine])
    rows = connection.execute(text(query), {"table": table})
    return [" ".join("-" if value is None else str(value) for value in row) for row in rows]


def _named(found: Any, columns: str) -> str:
    return f"{found['name']}({', '.join(found[columns])})"


def _file(engine: str, revision: str) -> Path:
    return RECORDED / f"{revision}_{engine}.json"


def _record(engine: str, revision: str) -> None:
    with bare_database(engine) as url:
        shape = made_by(url, revision)
    before = {} if revision == REVISIONS[0] else recorded(engine, REVISIONS[REVISIONS.index(revision) - 1])
    changed = [
        f"{json.dumps(name)}: {json.dumps(shape[name])}" for name in shape if shape[name] != before.get(name)
    ]
    _file(engine, revision).write_text("{\n" + ",\n".join(changed) + "\n}\n")


if __name__ == "__main__":
    for each in ENGINES:
        _record(each, sys.argv[1])
