"""How MariaDB keeps tables that are there already: a server's defaults decided what a statement left open.

Every table that the library makes names its engine, its row format, its character set and its collation. One that was
made or converted in another way keeps no transactions, has no room for long names, or compares texts differently.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, TextClause, bindparam, text

from loyaltycore.errors import SchemaError
from loyaltycore_sql.column_types import MARIADB_CHARSET, MARIADB_COLLATION
from loyaltycore_sql.kinds import Kind

_ROOMY: Final = frozenset({"Dynamic", "Compressed"})

_KEPT: Final = """
SELECT table_name, engine, row_format FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_name IN :names
"""
_COMPARED: Final = """
SELECT DISTINCT table_name, collation_name FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name IN :names
AND (collation_name <> :collation OR data_type IN ('binary', 'varbinary', 'blob', 'mediumblob', 'longblob'))
"""


def require_as_made(connection: Connection, names: Collection[str]) -> None:
    """Check how the tables of these names are kept, where they are there.

    Raises:
        SchemaError: Names every table that is kept in another way, and the statements that convert them.
    """
    if Kind(connection.dialect).name != "mariadb":
        return
    faults = _kept_otherwise(connection, names) | _compared_otherwise(connection, names)
    if faults:
        found = "; ".join(f"{name} is {what}" for name, what in sorted(faults))
        mend = " ".join(f"{_conversion(name)};" for name in sorted({name for name, _ in faults}))
        raise SchemaError(
            f"tables are not kept as the library needs them: {found}. Back up, then run: {mend}"
        )


def mend_versions(connection: Connection, name: str) -> None:
    """Convert the table of the revisions, which earlier versions left to the defaults of the server."""
    if Kind(connection.dialect).name != "mariadb":
        return
    if _kept_otherwise(connection, [name]) | _compared_otherwise(connection, [name]):
        column = f"VARCHAR(32) CHARACTER SET {MARIADB_CHARSET} COLLATE {MARIADB_COLLATION} NOT NULL"
        connection.execute(text(f"{_conversion(name)}, MODIFY version_num {column}"))


def _kept_otherwise(connection: Connection, names: Collection[str]) -> set[tuple[str, str]]:
    found = connection.execute(_asking(_KEPT), {"names": list(names)})
    # Nothing is told about a table that somebody is changing at the moment.
    return {
        (name, f"{engine} {row_format}")
        for name, engine, row_format in found
        if engine and (engine != "InnoDB" or row_format not in _ROOMY)
    }


def _compared_otherwise(connection: Connection, names: Collection[str]) -> set[tuple[str, str]]:
    found = connection.execute(_asking(_COMPARED), {"names": list(names), "collation": MARIADB_COLLATION})
    return {(name, collation or "binary") for name, collation in found}


def _asking(question: str) -> TextClause:
    return text(question).bindparams(bindparam("names", expanding=True))


def _conversion(name: str) -> str:
    return (
        f"ALTER TABLE `{name}` ENGINE=InnoDB, ROW_FORMAT=DYNAMIC, CONVERT TO CHARACTER SET {MARIADB_CHARSET} "
        f"COLLATE {MARIADB_COLLATION}"
    )
