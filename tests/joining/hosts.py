"""A host application with a table of its own beside the library's, in one database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import frozen
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from loyaltycore import Service, command
from loyaltycore.customers import Customer
from loyaltycore_sql import SqlStorage
from loyaltycore_sql.connections import parse_url
from tests.engines import fresh_database
from tests.house import House, build_house


class Base(DeclarativeBase):
    """The host's models."""


class Sale(Base):
    """What the host sells."""

    __tablename__ = "sales"

    number: Mapped[str] = mapped_column(String(40), primary_key=True)


SALES: Table = Sale.__table__


class Broken(Exception):
    """Something that the library knows nothing of."""


class Till(Service):
    """Verbs of a host, some of which fail half way."""

    @command("till.greet")
    def greet(self, name: str) -> Customer:
        """Take a customer on; what it calls is part of it."""
        return self.session.customers.create(last_name=name)

    @command("till.stumble")
    def stumble(self, name: str) -> None:
        """Take a customer on, and fail."""
        self.greet(name)
        raise Broken(name)

    @command("till.rename")
    def rename(self, customer_id: str, tries: list[str]) -> Customer:
        """Give a customer another name, and count how often that was tried."""
        tries.append("tried")
        return self.session.customers.change(customer_id, last_name="mine")

    @command("till.trip")
    def trip(self) -> None:
        """Fail before anything was written."""
        raise Broken


@frozen
class Shop:
    """A host with its engine, and a house in the same database."""

    engine: Engine
    reader: Engine
    """Sees what is committed, without getting in anybody's way."""
    house: House

    @property
    def till(self) -> Till:
        """The host's verbs."""
        return Till(self.house.desk)

    def sell(self, connection: Connection, number: str) -> None:
        """Write a sale."""
        connection.execute(insert(SALES), {"number": number})

    def kept(self) -> tuple[list[str], list[str]]:
        """The sales, and the customers' names, that are committed."""
        with self.reader.connect() as connection:
            sales = connection.scalars(select(SALES.c.number).order_by(SALES.c.number)).all()
            names = connection.scalars(select(_NAMES.c.last_name).order_by(_NAMES.c.last_name)).all()
        return list(sales), list(names)


_NAMES = Table("loyalty_customers", MetaData(), Column("last_name", String))


def begins(engine: Engine, how: str) -> None:
    """Let SQLAlchemy begin transactions on SQLite, as its documentation says."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(how)


def host_engine(url: str, **options: Any) -> Engine:
    """An engine as a host would make it."""
    engine = create_engine(parse_url(url), **options)
    if engine.dialect.name == "sqlite":
        begins(engine, "BEGIN IMMEDIATE")
    return engine


@contextmanager
def open_shop(kind: str, **options: Any) -> Iterator[Shop]:
    """A shop on one of the engines; the storage has connections of its own."""
    with fresh_database(kind) as url:
        storage = SqlStorage(url, timeout=2)
        engine, reader = host_engine(url, **options), create_engine(parse_url(url), poolclass=NullPool)
        Base.metadata.create_all(engine)
        try:
            yield Shop(engine, reader, build_house(storage))
        finally:
            engine.dispose()
            storage.close()
