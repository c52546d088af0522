"""Databases for the benchmarks: a SQLite file, and a database of its own on a PostgreSQL server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Engine, create_engine, make_url, text

POSTGRESQL = os.environ.get(
    "LOYALTYCORE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
ENGINES = ("sqlite", "postgresql")


@contextmanager
def database(engine: str) -> Iterator[str]:
    """The URL of an empty database that goes with the block."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder, 'bench.db')}"
        return
    server, name = make_url(POSTGRESQL), f"bench_{token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def bare_engine(url: str) -> Engine:
    """SQLAlchemy's own engine on a database, with the driver that the library takes; each version of it prefers another."""
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def settle(bare: Engine) -> None:
    """Gather now the statistics that a server gathers by itself some minutes after so many rows came in."""
    with bare.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if bare.dialect.name == "sqlite" else "VACUUM ANALYZE"))
