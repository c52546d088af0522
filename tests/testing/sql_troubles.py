"""What goes wrong at a database, made for real: rivals, triggers that refuse, and lines that break."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from sqlalchemy import make_url, text

from loyaltycore.testing.trouble import Trouble
from loyaltycore_sql.naming import table_name
from tests.adapters.sql.wire import Wire
from tests.testing.databases import PREFIX, behind

WAIT: Final = 2.0
"""Seconds that a storage waits for a lock here."""

_THINGS: Final = table_name(PREFIX, "kit_things")
_REFUSE: Final = {
    "sqlite": (
        f"CREATE TRIGGER refuse_things BEFORE INSERT ON {_THINGS} BEGIN SELECT RAISE(ABORT, 'no room'); END",
    ),
    "mariadb": (
        f"CREATE TRIGGER refuse_things BEFORE INSERT ON {_THINGS} FOR EACH ROW SIGNAL SQLSTATE '45000'",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_things() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no room''; END'",
        # At the end of the transaction: this engine can refuse a commit.
        f"CREATE CONSTRAINT TRIGGER refuse_things AFTER INSERT ON {_THINGS} DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION refuse_things()",
    ),
}
_ALLOW: Final = {
    "sqlite": ("DROP TRIGGER refuse_things",),
    "mariadb": ("DROP TRIGGER refuse_things",),
    "postgresql": (f"DROP TRIGGER refuse_things ON {_THINGS}", "DROP FUNCTION refuse_things()"),
}
_HOLD: Final = {
    "sqlite": "BEGIN IMMEDIATE",
    "mariadb": f"SELECT * FROM {_THINGS} FOR UPDATE",  # noqa: S608  our own names
    "postgresql": f"LOCK TABLE {_THINGS} IN EXCLUSIVE MODE",
}


def trouble_at(url: str, trouble: Trouble) -> AbstractContextManager[object] | None:
    """Trouble inside the database; None for what happens on the way to it.

    Args:
        url: Its address, on which nothing breaks.
        trouble: What is wanted.
    """
    inside = {Trouble.BUSY: held, Trouble.FAIL: refusing}.get(trouble)
    return inside(url) if inside else None


@contextmanager
def held(url: str) -> Iterator[None]:
    """Let somebody else hold all things."""
    engine = behind(url)
    with engine.connect() as rival:
        if engine.dialect.name == "sqlite":
            rival.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]  # it is sqlite3's own
        rival.exec_driver_sql(_HOLD[engine.dialect.name])
        yield
        rival.rollback()


@contextmanager
def refusing(url: str) -> Iterator[None]:
    """Let the engine refuse new things."""
    engine = behind(url)
    _run(url, _REFUSE[engine.dialect.name])
    try:
        yield
    finally:
        _run(url, _ALLOW[engine.dialect.name])


@contextmanager
def on_the_way(wire: Wire, trouble: Trouble, word: bytes = b"COMMIT") -> Iterator[None]:
    """Trouble between a storage and its server.

    Args:
        wire: What lies between them.
        trouble: What is wanted.
        word: What a commit is called on it.
    """
    if trouble is Trouble.LOSE_ANSWER:
        wire.cut_at(word, delivered=True)
    else:
        wire.break_down()
        wire.cut_all()
    try:
        yield
    finally:
        wire.mend()


def wire_to(url: str) -> Wire:
    """A wire to the server of an address."""
    parsed = make_url(url)
    return Wire(
        parsed.host or "127.0.0.1", parsed.port or {"postgresql": 5432}.get(parsed.get_backend_name(), 3306)
    )


def through(wire: Wire, url: str) -> str:
    """The address behind the wire."""
    far = make_url(url).set(host="127.0.0.1", port=wire.port)
    if far.get_backend_name() == "postgresql":
        far = far.update_query_dict({"sslmode": "disable"})  # the wire must be able to read along
    return far.render_as_string(hide_password=False)


def _run(url: str, statements: tuple[str, ...]) -> None:
    engine = behind(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
