"""The matcher that uses a cluster of Apache Spark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from attrs import frozen
from splink import Linker
from sqlglot import transpile

from loyaltycore.errors import Fault, InvalidInput
from loyaltycore.kernel.matching import Pair, Person
from loyaltycore.merging.rules.chances import Sample
from loyaltycore_splink.rows import COLUMNS, tables_of
from loyaltycore_splink.settings import settings_of, without_common_keys

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_FUNCTIONS: Final = (
    "string_split(text STRING, mark STRING) RETURNS ARRAY<STRING> RETURN split(text, mark)",
    "list_has_all(list ARRAY<STRING>, part ARRAY<STRING>) RETURNS BOOLEAN RETURN size(array_except(part, list)) = 0",
    "list_has_any(one ARRAY<STRING>, other ARRAY<STRING>) RETURNS BOOLEAN RETURN arrays_overlap(one, other)",
    "hamming(one STRING, other STRING) RETURNS INT RETURN aggregate("
    "sequence(1, length(one)), 0, (n, i) -> n + int(substr(one, i, 1) <> substr(other, i, 1)))",
    # The function of that name in Splink's library counts what two long words begin with for less.
    "jaro_winkler_similarity(one STRING, other STRING) RETURNS DOUBLE RETURN jaro_sim(one, other) + 0.1D"
    " * aggregate(sequence(1, 4), 0, (n, i) -> n + int(length(one) >= i AND left(one, i) = left(other, i)))"
    " * (1 - jaro_sim(one, other))",
)
"""DuckDB's functions in which the model is written."""


@frozen
class SparkMatcher:
    """A `loyaltycore.ports.Matcher` that lets Splink compare on Spark, for a base that outgrows one machine.

    It finds what `loyaltycore_splink.SplinkMatcher` finds. While it compares, the people stand in a managed table of the
    session's current database, which is dropped afterwards with all that was kept of it. Needs the extra ``spark``, and Java where Spark runs.

    Example:
        ::

            library = splink.backends.spark.similarity_jar_location()
            session = SparkSession.builder.config("spark.jars", library).getOrCreate()
            for pair in desk.merging.all_duplicates(matcher=SparkMatcher(session)):
                ...
    """

    session: SparkSession
    """A session of Spark 4.0 or newer, not one of Spark Connect, whose ``spark.jars`` has Splink's library of similarities."""

    def pairs(self, people: Iterable[Person], least: float) -> Iterator[Pair]:
        """Find the pairs whose score is at least so much; see `loyaltycore.ports.Matcher`.

        Raises:
            InvalidInput: The session lacks the library of similarities, ``no_similarities``.
        """
        from splink.backends.spark import SparkAPI  # noqa: PLC0415  it loads PySpark: whoever has a session has that, nobody else

        # It shares what is computed with, and has views and functions of its own.
        session = self.session.newSession()
        session.catalog.setCurrentDatabase(self.session.catalog.currentDatabase())
        api = SparkAPI(spark_session=session, break_lineage_method="persist")  # type: ignore[no-untyped-call]  # Splink declares no types here
        _give_functions(session)
        sample = Sample()
        with _loaded(session, people, sample) as table:
            session.table(table).createTempView("loaded")
            (query,) = transpile(without_common_keys(), read="duckdb", write="spark")
            kept = session.sql(query)
            linker = Linker(api.register(kept), settings_of(sample), log_level=None)
            found = linker.inference.predict(threshold_match_probability=least or None)
            pairs = session.table(found.physical_name).select(
                "unique_id_l", "unique_id_r", "match_probability"
            )
            for one, other, score in pairs.toLocalIterator():
                yield Pair(min(one, other), max(one, other), score)


def _give_functions(session: SparkSession) -> None:
    if not session.catalog.functionExists("jaro_sim"):
        fault = Fault("session", "no_similarities", "lacks Splink's library of similarities in spark.jars")
        raise InvalidInput([fault])
    for function in _FUNCTIONS:
        session.sql(f"CREATE TEMPORARY FUNCTION {function}")


@contextmanager
def _loaded(session: SparkSession, people: Iterable[Person], sample: Sample) -> Iterator[str]:
    """The name of a table with all people, which is gone afterwards."""
    name = f"loyaltycore_people_{uuid4().hex}"
    try:
        for table in chain([COLUMNS.empty_table()], tables_of(people, sample)):
            session.createDataFrame(table).write.mode("append").saveAsTable(name)
        yield name
    finally:
        session.sql(f"DROP TABLE IF EXISTS {name} PURGE")
