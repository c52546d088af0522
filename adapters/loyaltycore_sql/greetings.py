"""What a server is told and asked on every new connection, so that no default of its own changes what a statement means.

A server, a database and a user can all have settings that differ from the usual ones.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any, Final

from loyaltycore.errors import StorageError

Greet = Callable[[Any, Any], None]
"""A listener for SQLAlchemy's event ``connect``."""

_UNKNOWN_VARIABLE: Final = 1193

_MARIADB_SETTINGS: Final = (
    # Nothing is cut silently, and quotes, bars and backslashes mean what SQLAlchemy takes them to mean.
    "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
    # A table that cannot be made as it is asked for is refused.
    "innodb_strict_mode = ON",
    # A unique key is a promise.
    "unique_checks = ON",
    # No statement is refused, and no answer shortened, because it seems large.
    "sql_safe_updates = OFF",
    "sql_big_selects = ON",
    "sql_select_limit = 18446744073709551615",
    # A COMMIT ends a transaction: it neither begins another one nor closes the connection.
    "completion_type = NO_CHAIN",
    # SQLAlchemy reads what SHOW CREATE TABLE says, with quotes.
    "sql_quote_show_create = ON",
)


def greets_postgresql(timeout: float) -> Greet:
    """How a connection to PostgreSQL begins.

    Args:
        timeout: Seconds to wait for a lock.
    """

    def greet(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {ceil(timeout * 1000)}")
        connection.autocommit = False

    return greet


def greets_mariadb(timeout: float, sync_wait: int) -> Greet:
    """How a connection to MariaDB begins.

    Args:
        timeout: Seconds to wait for a lock.
        sync_wait: Before which statements a Galera node catches up, as its variable ``wsrep_sync_wait``.
    """
    settings = (*_MARIADB_SETTINGS, f"innodb_lock_wait_timeout = {max(1, ceil(timeout))}")

    def greet(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION {', '.join(settings)}")
            # Without it a statement that locks or writes would see what was committed after the snapshot.
            if not set_if_known(cursor, "innodb_snapshot_isolation = ON"):
                raise StorageError(
                    "this MariaDB has no innodb_snapshot_isolation: 10.6.18 or 10.11.8 is needed"
                )
            # On a Galera node: wait until it knows what the others committed before.
            set_if_known(cursor, f"wsrep_sync_wait = {sync_wait}")

    return greet


def set_if_known(cursor: Any, setting: str) -> bool:
    """Set a variable of the session, unless this server has no such variable.

    Returns:
        Whether it has.
    """
    try:
        cursor.execute(f"SET SESSION {setting}")
    except Exception as error:
        if error.args[:1] != (_UNKNOWN_VARIABLE,):
            raise
        return False
    return True
