"""What the tests inside a Django project work with; it can be imported there alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, connections
from django.test import TransactionTestCase
from shop.loyalty import loyalty
from shop.models import Sale

from loyaltycore.customers import Customer
from loyaltycore.kernel.criteria import Query
from tests.bounded import join, start


class Broken(Exception):
    """Something that the library knows nothing of."""


def desk() -> Any:
    """Somebody at work."""
    return loyalty.session("anna")


def kept() -> tuple[list[str], list[str]]:
    """The numbers of sales, and the names of customers."""
    sales = sorted(Sale.objects.values_list("number", flat=True))
    with loyalty.storage.transaction(read_only=True) as tx:
        names = sorted(each.last_name for each in tx.find(Customer, Query()))
    return sales, names


def take_on(name: str) -> Customer:
    """Take a customer on, with a date, which drivers treat in their own ways."""
    return desk().customers.create(last_name=name, birth_date=date(1964, 8, 12))


def stumble() -> None:
    """A verb that was whole, and an exception after it, in a block of its own."""
    with desk().transaction():
        take_on("half")
        raise Broken


class Emptied(TransactionTestCase):
    """Django empties the tables of its models alone."""

    def tearDown(self) -> None:
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                if table.startswith("loyalty_") and table != "loyalty_schema_version":
                    cursor.execute(f"DELETE FROM {table}")  # noqa: S608  our own names


def closing(work: Any) -> Any:
    """Do something in a thread, and close what Django has opened there."""

    def done(*args: Any) -> Any:
        try:
            return work(*args)
        finally:
            connections.close_all()

    return done


def in_thread(work: Any) -> None:
    """Do something in another thread, to its end."""
    join(start(closing(work)))
