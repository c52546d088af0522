"""Comparing a whole base with Splink and the embedded database DuckDB.

    for pair in desk.merging.all_duplicates(matcher=SplinkMatcher()):
        ...

Needs the extra ``splink``.
"""

from __future__ import annotations

from loyaltycore.errors import MissingExtra

try:
    from loyaltycore_splink.matcher import SplinkMatcher
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in {"splink", "duckdb", "pyarrow"}:
        raise
    raise MissingExtra("splink", error.name or "splink") from error

__all__ = ["SplinkMatcher"]
