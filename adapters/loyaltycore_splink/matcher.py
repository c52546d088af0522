"""The matcher."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import pyarrow as pa
from attrs import frozen
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from loyaltycore.customers.rules.agreeing import sounds_of
from loyaltycore.customers.rules.model import PRIOR
from loyaltycore.customers.rules.search import fold
from loyaltycore.kernel.matching import Pair, Person
from loyaltycore.merging.rules.chances import Sample, chances_of
from loyaltycore.merging.rules.pairing import keys_of
from loyaltycore_splink.comparisons import comparisons

MOST_OF_A_KEY: Final = 200
"""A key that more people share says nothing, as a date of birth that stands for none."""

_PORTION: Final = 10_000
_TEXT, _TEXTS = pa.string(), pa.list_(pa.string())
_COLUMNS: Final = pa.schema(
    [
        ("unique_id", _TEXT),
        *((name, _TEXT) for name in ("last_name", "first_name", "company")),
        *((f"{name}_sound", _TEXT) for name in ("last_name", "first_name", "company")),
        *((name, _TEXT) for name in ("birth_date", "email")),
        ("phones", _TEXTS),
        *((name, _TEXT) for name in ("street", "postal_code", "city")),
        ("keys", _TEXTS),
    ]
)
_WITHOUT_COMMON_KEYS: Final = """
CREATE TABLE people AS
WITH held AS (SELECT unique_id, unnest(keys) AS key FROM loaded),
     rare AS (SELECT key FROM held GROUP BY key HAVING count(*) BETWEEN 2 AND ?),
     kept AS (SELECT unique_id, list(key) AS keys FROM held SEMI JOIN rare USING (key) GROUP BY unique_id)
SELECT loaded.* EXCLUDE (keys), coalesce(kept.keys, []) AS keys FROM loaded LEFT JOIN kept USING (unique_id)
"""


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
            found = _linker(database, sample).inference.predict(threshold_match_probability=least or None)
            rows = database.execute(
                "SELECT unique_id_l, unique_id_r, match_probability"  # noqa: S608  Splink makes the table's name, and no parameter can stand for one
                f" FROM {found.physical_name}"
            )
            while portion := rows.fetchmany(_PORTION):
                yield from (Pair(min(one, other), max(one, other), score) for one, other, score in portion)


def _load(database: duckdb.DuckDBPyConnection, people: Iterable[Person], sample: Sample) -> None:
    rest = iter(people)
    database.register("portion", _COLUMNS.empty_table())
    database.execute("CREATE TABLE loaded AS FROM portion")
    while portion := list(islice(rest, _PORTION)):
        for person in portion:
            sample.see(person)
        rows = pa.Table.from_pylist([_row(person) for person in portion], schema=_COLUMNS)
        database.register("portion", rows)
        database.execute("INSERT INTO loaded FROM portion")
    database.unregister("portion")
    database.execute(_WITHOUT_COMMON_KEYS, [MOST_OF_A_KEY])
    database.execute("DROP TABLE loaded")


def _linker(database: duckdb.DuckDBPyConnection, sample: Sample) -> Linker:
    settings = SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=1 / (1 + 2**-PRIOR),
        comparisons=[*comparisons(chances_of(sample.people))],
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(database)
    return Linker(api.register("people"), settings, log_level=None)


def _row(person: Person) -> dict[str, object]:
    traits = person.traits
    names = {name: _folded(getattr(traits, name)) for name in ("last_name", "first_name", "company")}
    sounds = {f"{name}_sound": None if text is None else sounds_of(text) for name, text in names.items()}
    street, postal_code, city = traits.addresses[0] if traits.addresses else ("", "", "")
    return {
        "unique_id": person.id,
        **names,
        **sounds,
        "birth_date": None if traits.birth_date is None else f"{traits.birth_date:%Y%m%d}",
        "email": traits.email or None,
        "phones": list(traits.phones) or None,
        "street": street or None,
        "postal_code": postal_code or None,
        "city": city or None,
        "keys": list(keys_of(traits)),
    }


def _folded(name: str) -> str | None:
    return fold(name, two_letters=True) if name else None
