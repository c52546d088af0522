"""The matcher that uses the embedded database DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
from attrs import frozen
from splink import DuckDBAPI, Linker

from loyaltycore.kernel.matching import Pair, Person
from loyaltycore.merging.rules.chances import Sample
from loyaltycore_splink.rows import COLUMNS, tables_of
from loyaltycore_splink.settings import settings_of, without_common_keys

_AT_ONCE: Final = 10_000


@frozen
class SplinkMatcher:
    """A `loyaltycore.ports.Matcher` that lets Splink compare, in a DuckDB database in a temporary folder.

    Those who share a key are compared, by the same keys, levels and weights as `loyaltycore.merging.KeyMatcher` has, on all
    processors and with the memory that DuckDB takes. Of several addresses, the first one is compared. E-mail, phone and
    address count each for themselves, so families score higher.
    """

    threads: int | None = None
    """How many processors are used; None for all."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        """Find the pairs whose score is at least so much; see `loyaltycore.ports.Matcher`."""
        with TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "people.duckdb")) as database:
            if self.threads is not None:
                database.execute(f"SET threads TO {int(self.threads)}")
            sample = Sample()
            _load(database, people, sample)
            api = DuckDBAPI(database)
            linker = Linker(api.register("people"), settings_of(sample), log_level=None)
            found = linker.inference.predict(threshold_match_probability=least or None)
            rows = database.execute(
                "SELECT unique_id_l, unique_id_r, match_probability"  # noqa: S608  Splink makes the table's name, and no parameter can stand for one
                f" FROM {found.physical_name}"
            )
            while portion := rows.fetchmany(_AT_ONCE):
                yield from (Pair(min(one, other), max(one, other), score) for one, other, score in portion)


def _load(database: duckdb.DuckDBPyConnection, people: Iterable[Person], sample: Sample) -> None:
    database.register("portion", COLUMNS.empty_table())
    database.execute("CREATE TABLE loaded AS FROM portion")
    for table in tables_of(people, sample):
        database.register("portion", table)
        database.execute("INSERT INTO loaded FROM portion")
    database.unregister("portion")
    database.execute(f"CREATE TABLE people AS {without_common_keys()}")
    database.execute("DROP TABLE loaded")
