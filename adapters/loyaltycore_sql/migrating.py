"""Running the revisions: besides them, the only place that loads Alembic."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.schema import CreateTable

from loyaltycore.errors import SchemaError, StorageError
from loyaltycore_sql.mariadb_tables import mend_versions
from loyaltycore_sql.tables import versions_table

SCRIPTS: Final = "loyaltycore_sql:migrations"


def run_revisions(connection: Connection, prefix: str, last: str = "head") -> None:
    """Run the revisions that a database does not have yet. Only one thread may do so: Alembic keeps globals.

    Args:
        connection: In a transaction for changes of tables.
        prefix: What every name of a table begins with.
        last: Stop after this revision.

    Raises:
        SchemaError: What the database holds has to be mended first. Nothing was touched.
        StorageError: The database is not as Alembic expects it, for example because another node has changed it.
    """
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    config.attributes.update(connection=connection, prefix=prefix)
    for script in ScriptDirectory.from_config(config).walk_revisions():
        # Before the first revision, because MariaDB keeps what a revision did before another one fails.
        if lacking := getattr(script.module, "require", _nothing)(connection, prefix):
            raise SchemaError(lacking)
    versions = versions_table(prefix)
    connection.execute(CreateTable(versions, if_not_exists=True))
    mend_versions(connection, versions.name)
    try:
        command.upgrade(config, last)
    except CommandError as error:
        raise StorageError(f"the tables cannot be migrated: {error}") from error


def _nothing(_connection: Connection, _prefix: str) -> str:
    return ""
