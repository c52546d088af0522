"""The contract of the storage port on Django's connection; pytest runs this inside a Django project."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import connection

from loyaltycore.testing import Lacks, StorageCapabilities, StorageConformance
from loyaltycore.testing.samples import REGISTRY
from loyaltycore_sql import DjangoStorage

django.setup()

OF_DJANGO = Lacks("Django's connection belongs to its process, and its address to the settings")


class TestDjangoStorage(StorageConformance):
    """Transactions of the storage's own."""

    capabilities = StorageCapabilities(
        shared=OF_DJANGO,
        durable=OF_DJANGO,
        peekable=OF_DJANGO,
        unreachable=OF_DJANGO,
        trouble=OF_DJANGO,
        exhaustive=connection.vendor == "sqlite" or Lacks("tried on SQLite"),
    )

    @contextmanager
    def open(self) -> Iterator[DjangoStorage]:
        """A storage with empty tables."""
        storage = DjangoStorage()
        storage.bind(REGISTRY)
        storage.upgrade()
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                if table.startswith("loyalty_") and table != "loyalty_schema_version":
                    cursor.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
        yield storage
