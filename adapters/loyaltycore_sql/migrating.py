"""Running the revisions: besides them, the only place that loads Alembic."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from loyaltycore.errors import StorageError

SCRIPTS: Final = "loyaltycore_sql:migrations"


def run_revisions(connection: Connection, prefix: str, last: str = "head") -> None:
    """Run the revisions that a database does not have yet. Only one thread may do so: Alembic keeps globals.

    Args:
        connection: In a transaction for changes of tables.
        prefix: What every name of a table begins with.
        last: Stop after this revision.

    Raises:
        StorageError: The database is not as Alembic expects it, for example because another node has changed it.
    """
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes.update(connection=connection, prefix=prefix)
    try:
        command.upgrade(config, last)
    except CommandError as error:
        raise StorageError(f"the tables cannot be migrated: {error}") from error
