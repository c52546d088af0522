"""Splink compares on a real Spark as it does on DuckDB; where PySpark or Java is missing, this is skipped."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loyaltycore.testing import MatcherConformance
from loyaltycore_splink import SparkMatcher
from tests.adapters.splink.test_matcher import BASES, assert_finds_the_same_doubles, assert_weighs_alike

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytest.importorskip("pyspark", reason='PySpark is missing: run `pip install "loyaltycore[spark]"`')
if shutil.which("java") is None:
    pytest.skip("Java is missing, on which Spark runs", allow_module_level=True)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A Spark of one processor, with the library of similarities."""
    from pyspark.sql import SparkSession
    from splink.backends.spark import similarity_jar_location

    options = {
        "spark.jars": similarity_jar_location(),
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.ui.enabled": "false",
    }
    session = SparkSession.builder.master("local[1]").config(map=dict[str, object](options)).getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def matcher(session: SparkSession) -> SparkMatcher:
    return SparkMatcher(session)


class TestSparkMatcher(MatcherConformance):
    @pytest.fixture(autouse=True)
    def _matcher(self, matcher: SparkMatcher) -> None:
        self.matcher = matcher

    def open(self) -> AbstractContextManager[SparkMatcher]:
        return nullcontext(self.matcher)


@pytest.mark.parametrize(("lacking", "others"), BASES.values(), ids=BASES)
def test_one_model_three_engines(
    matcher: SparkMatcher, lacking: dict[str, object], others: list[dict[str, object]]
) -> None:
    """With only one thing that a household shares, Spark weighs as the library itself does."""
    assert_weighs_alike(matcher, lacking, others)


def test_it_finds_the_same_doubles_and_leaves_nobody_behind(
    matcher: SparkMatcher, session: SparkSession
) -> None:
    """Nearly all that the library itself finds; and what Spark was told is dropped."""
    assert_finds_the_same_doubles(matcher)
    assert session.catalog.listTables() == []
    assert session.sparkContext._jsc.getPersistentRDDs().size() == 0
    warehouse = Path(session.conf.get("spark.sql.warehouse.dir").removeprefix("file:"))
    assert list(warehouse.iterdir()) == []


WITHOUT_LIBRARY = """
from pyspark.sql import SparkSession

from loyaltycore.errors import InvalidInput
from loyaltycore_splink import SparkMatcher

session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
try:
    list(SparkMatcher(session).pairs([], 0.5))
except InvalidInput as error:
    print([(fault.field, fault.code) for fault in error.faults])
"""


def test_a_session_without_the_library_is_refused(tmp_path: Path) -> None:
    """What it lacks is named. In a process of its own: Spark keeps the libraries of an earlier session."""
    command = [sys.executable, "-c", WITHOUT_LIBRARY]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=120)
    assert done.stdout == "[('session', 'no_similarities')]\n"
