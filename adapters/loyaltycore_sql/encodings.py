"""In which encoding a database keeps texts: it was chosen when the database was made, and cannot be changed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from loyaltycore.errors import StorageError
from loyaltycore_sql.kinds import Kind

_POSTGRESQL: Final = (
    "the database keeps texts in {}, which cannot hold every name: make one with CREATE DATABASE ... ENCODING 'UTF8' "
    "TEMPLATE template0, copy this one into it with pg_dump, and put the new one into the address"
)
_SQLITE: Final = (
    "the database keeps texts in {} and sorts them in another order: name a file that is not there yet, and the library "
    "makes it in UTF-8"
)
_ASKED: Final = {
    "postgresql": ("SHOW server_encoding", "UTF8", _POSTGRESQL),
    "sqlite": ("PRAGMA encoding", "UTF-8", _SQLITE),
    # On MariaDB every column names its own.
}


def require_unicode(connection: Connection) -> None:
    """Refuse a database that cannot keep every text, or sorts texts in an order of its own.

    Raises:
        StorageError: It says what to do.
    """
    asked = _ASKED.get(Kind(connection.dialect).name)
    if asked is None:
        return
    question, wanted, complaint = asked
    found = connection.execute(text(question)).scalar_one()
    if found != wanted:
        raise StorageError(complaint.format(found))
