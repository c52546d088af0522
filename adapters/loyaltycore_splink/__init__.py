"""Comparing a whole base with Splink: in the embedded database DuckDB, or on a cluster of Apache Spark.

    for pair in desk.merging.all_duplicates(matcher=SplinkMatcher()):
        ...

Needs the extra ``splink``, or ``spark``.
"""

from __future__ import annotations

from loyaltycore.errors import MissingExtra

try:
    from loyaltycore_splink.matcher import SplinkMatcher
    from loyaltycore_splink.spark import SparkMatcher
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in {"splink", "duckdb", "pyarrow"}:
        raise
    raise MissingExtra("splink", error.name or "splink") from error

__all__ = ["SparkMatcher", "SplinkMatcher"]
